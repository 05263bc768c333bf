# SPDX-License-Identifier: Apache-2.0
"""The words of drafts are there in both languages, with the same places to fill."""

import string

import pytest

from tests.incidents import AT
from uphold.incident import phrases
from uphold.incident.case import DEGREES, NATURES, WAYS


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_twice_with_the_same_holes() -> None:
    tables = (phrases.SAY, phrases.NATURES, phrases.DEGREES, phrases.RESPONSES)
    for text in (text for table in tables for text in table.values()):
        assert set(text) == set(phrases.LANGUAGES)
        assert holes(text["en"]) == holes(text["ru"])


def test_every_code_has_its_words() -> None:
    assert {*NATURES, *WAYS} == phrases.NATURES.keys()
    assert set(DEGREES) == phrases.DEGREES.keys()


@pytest.mark.parametrize(
    ("source", "english", "russian"),
    [
        ("152-fz:21.3-1.1", "152-FZ, article 21(3.1)(1)", "152-ФЗ, ст. 21, ч. 3.1, п. 1"),
        ("gdpr:33.3.a", "GDPR, article 33(3)(a)", "GDPR, статья 33(3)(a)"),
        (
            "koap:13.11.12",
            "Code of administrative offences, article 13.11(12)",
            "КоАП РФ, ст. 13.11, ч. 12",
        ),
    ],
)
def test_a_provision_is_cited_as_its_law_is(source: str, english: str, russian: str) -> None:
    assert phrases.place(source, "en") == english
    assert phrases.place(source, "ru") == russian


def test_a_moment_names_its_zone() -> None:
    assert phrases.moment(AT, "en", "") == "2026-11-23 00:00 UTC"
    assert phrases.moment(AT, "ru", "Europe/Moscow") == "23.11.2026 03:00 UTC+03:00"


def test_a_length_of_time_is_whole_hours_or_minutes() -> None:
    assert [phrases.span(one, "en") for one in (5 * 60_000, 3 * 3_600_000)] == ["5 min", "3 h"]


def test_what_was_done_reads_as_a_sentence() -> None:
    assert phrases.nature("unlawful+access+copying", "en") == "unlawful access, copying"
    assert phrases.nature("accidental+loss", "ru") == "утрата (случайно)"
