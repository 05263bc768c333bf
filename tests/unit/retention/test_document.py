# SPDX-License-Identifier: Apache-2.0
"""The act has every field that Order 179 asks for, in both languages, and names nobody."""

from dataclasses import replace

import pytest

from tests import editions
from uphold.retention import act, document
from uphold.retention.act import Act, Kind, Line
from uphold.retention.document import Document, Ground
from uphold.retention.final import Terms

DAY = 24 * 60 * 60 * 1000
AT = 1_795_000_000_000
TERMS = Terms((AT - 10 * DAY,), 30, 30)
LINES = (Line(256, "AAAA", AT), Line(512, "BBBB", AT), Line(513, "BBBB", AT + DAY))


def ground(purpose: str = "communication", reason: str = "term-ended", *, done: bool = True) -> Ground:  # fmt: skip
    closed = (AT + DAY, 3, 9) if done else (None, None, None)
    made = Act(4, Kind(purpose, 1, reason), AT, 7, *closed)
    return Ground(made, LINES, editions.example(), "example.org", "example.org/journal", TERMS)


def told(printed: Document) -> dict[str, tuple[str, ...]]:
    return {item.key: item.values for item in printed.act}


@pytest.mark.parametrize("language", document.LANGUAGES)
def test_every_point_is_there(language: str) -> None:
    printed = document.of(ground(), language)
    letters = [item.point for item in printed.act if item.point.startswith("3")]
    assert sorted(set(letters)) == [f"3 {letter}" for letter in "abcdefghij"]
    assert [item.point for item in printed.log if item.point] == [f"5 {one}" for one in "abcde"]
    assert [item.key for item in printed.act if not item.values] == ["executors"]
    assert len(printed.sign) == 4


def test_persons_are_counted_by_their_numbers() -> None:
    values = told(document.of(ground(), "en"))
    assert values["subjects"] == ("AAAA: 1", "BBBB: 2")
    assert values["date"] == ("2026-11-18", "2026-11-19")
    assert values["kept"] == ("2029-11-19",)
    assert told(document.of(ground(), "ru"))["date"] == ("18.11.2026", "19.11.2026")


def test_categories_and_data_are_the_declared_ones() -> None:
    values = told(document.of(ground(), "en"))
    assert "E-mail address" in values["categories"]
    assert len(values["data"]) >= 3
    technical = told(document.of(ground("security"), "en"))
    assert technical["data"] == technical["categories"]


def test_processors_are_named_with_their_address() -> None:
    values = told(document.of(ground(), "en"))["processors"]
    assert any(value.startswith("Post Relay LLC, 3 Example") for value in values)


def test_the_export_names_the_entries_and_the_digest() -> None:
    (entries,) = [item.values for item in document.of(ground(), "en").log if item.key == "entries"]
    assert "entry 7" in entries[0]
    assert "entry 9" in entries[1]
    assert act.digest(LINES) in entries[1]


def test_the_date_by_which_it_is_final_in_backups_is_printed() -> None:
    # Closed 11 days after the epoch was made: the next rotation is in 19, then 30 days, and one.
    (told_,) = told(document.of(ground(), "en"))["backups"]
    assert told_.startswith("By 2027-01-08 nobody can open them")
    (said,) = told(document.of(ground(), "ru"))["backups"]
    assert said.startswith("Не позднее 08.01.2027")
    gone = replace(ground(), terms=Terms((AT + 40 * DAY,), 30, 30))
    (already,) = told(document.of(gone, "en"))["backups"]
    assert already.startswith("Nobody can open them any more")
    (unknown,) = told(document.of(ground(done=False), "en"))["backups"]
    assert "uphold keys burn" in unknown


def test_an_act_under_way_says_so() -> None:
    printed = document.of(ground(done=False), "en")
    assert "not completed" in printed.title
    assert told(printed)["kept"] == ()


def test_what_is_not_declared_any_more_can_be_printed() -> None:
    values = told(document.of(ground("gone", "unheard-of"), "en"))
    assert values["reason"] == ("unheard-of",)
    assert values["categories"] == ()


@pytest.mark.parametrize("reason", document.REASONS)
def test_every_reason_is_said_in_both_languages(reason: str) -> None:
    for language in document.LANGUAGES:
        first, *_ = told(document.of(ground(reason=reason), language))["reason"]
        assert first == document.REASONS[reason][language]


def test_a_place_is_lettered_as_in_the_orders_own_text() -> None:
    assert document.place("3 g", "ru") == "п. 3 «ж»"
    assert document.place("3 j", "ru") == "п. 3 «к»"
    assert document.place("8", "ru") == "п. 8"
    assert document.place("5 e", "en") == "p. 5 e"
    assert document.place("", "ru") == document.place("", "en") == ""
