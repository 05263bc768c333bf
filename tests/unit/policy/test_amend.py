# SPDX-License-Identifier: Apache-2.0
import tomllib

import pytest
from hypothesis import given, strategies as st

from tests import editions, orders
from uphold.errors import Conflict, Invalid
from uphold.policy import amend, check
from uphold.policy.document import Binding, Duty

NAME = "policy/policy.toml"
RAW = editions.files()[NAME]
ORDER = [clause.id for clause in editions.example().texts["en"]]
DUTY = Duty({"en": "The head", "ru": "Глава"}, {"": 'Says "yes"'}, "P1Y")


def bound(name: str, *promises: str, fact: bool = False, duty: Duty | None = None) -> Binding:
    return Binding(name, promises, fact, duty)


def bind(text: str, *wanted: Binding) -> str:
    return amend.bind(text.encode(), wanted, ORDER, "en").decode()


def bare(text: str) -> str:
    """The example's declarations as they were before any clause was bound."""
    return text[: text.index("\n# --- What keeps each clause")]


def test_a_first_table_stands_at_the_end_under_a_heading() -> None:
    before = bare(RAW.decode())
    after = bind(before, bound("1.2", "links.marked", "links.no-third-party"))
    assert after.startswith(before.rstrip("\n"))
    added = after.removeprefix(before.rstrip("\n"))
    assert added == (
        f'\n\n{amend.HEADING}\n\n[clause."1.2"]\n'
        'promises = ["links.marked", "links.no-third-party"]\n'
    )


def test_tables_come_in_the_order_of_the_text() -> None:
    text = bare(RAW.decode())
    for name in ("2.1", "4.1", "1.2", "5.1", "3.1", "preamble.1"):
        text = bind(text, bound(name, "links.marked", duty=DUTY if name == "3.1" else None))
    found = list(tomllib.loads(text)["clause"])
    assert found == sorted(found, key=ORDER.index)


def test_what_stands_there_is_replaced_and_nothing_else_is_touched() -> None:
    text = RAW.decode()
    after = bind(text, bound("1.1.1", "consent.required"), bound("1.2", fact=True))
    old = text[text.index('[clause."1.1.1"]\n') :].partition("]\n\n")[0] + "]\n"
    assert after == text.replace(
        old, '[clause."1.1.1"]\npromises = ["consent.required"]\n'
    ).replace('promises = ["links.no-third-party", "links.marked"]', "fact = true")


def test_comments_and_other_keys_of_a_table_stay() -> None:
    text = (
        '[clause."1.1"]\n# why\npromises = [  # all of it\n    "links.marked",\n]\n# after\n'
        '[clause."1.1".duty]  # who\nwho = "x"\nwhat = "y"\nevery = "P1Y"\n'
    )
    assert bind(text, bound("1.1", "input.bounded")) == (
        '[clause."1.1"]\npromises = ["input.bounded"]\n# why\n# after\n'
        '[clause."1.1".duty]  # who\nwho = "x"\nwhat = "y"\nevery = "P1Y"\n'
    )


def test_a_duty_is_added_once() -> None:
    text = bind(bare(RAW.decode()), bound("1.1", duty=DUTY))
    assert tomllib.loads(text)["clause"]["1.1"]["duty"] == {
        "who": {"en": "The head", "ru": "Глава"}, "what": {"en": 'Says "yes"'}, "every": "P1Y",
    }  # fmt: skip
    other = Duty({"en": "x"}, {"en": "y"}, "P2Y")
    assert bind(text, bound("1.1", "links.marked", duty=other)).count("duty]") == 1


def test_line_ends_and_the_mark_of_the_encoding_stay() -> None:
    text = "\ufefflanguages = ['en']\r\n# end\r\n"
    after = bind(text, bound("1.1", "links.marked"))
    assert after.startswith("\ufefflanguages = ['en']\r\n# end\r\n")
    assert "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    [
        'clause = { "1.1" = { fact = true } }\n',
        'clause."1.1".fact = true\n',
        '[clause]\n"1.1".fact = true\n',
        '[clause]\n"1.1" = { promises = [] }\n',
    ],
)
def test_a_way_of_writing_that_cannot_be_edited_is_refused_with_the_lines(text: str) -> None:
    with pytest.raises(Conflict) as refused:
        bind(text, bound("1.1", "links.marked"))
    assert 'promises = ["links.marked"]' in refused.value.advice


@pytest.mark.parametrize("raw", [b"\xff", b"a = ", b"[" * 3000])
def test_what_is_no_toml_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        amend.bind(raw, [bound("1.1", "links.marked")], ORDER, "en")


@given(
    st.sampled_from(ORDER),
    st.lists(st.sampled_from(["links.marked", "input.bounded"]), unique=True, min_size=1),
    st.booleans(),
)
def test_any_clause_of_the_example_can_be_bound_anew(
    name: str, promises: list[str], with_duty: bool
) -> None:
    """The rows of all others stay as they are, one by one."""
    duty = DUTY if with_duty else None
    after = bind(RAW.decode(), bound(name, *promises, duty=duty))
    before = tomllib.loads(RAW.decode())
    found = tomllib.loads(after)
    assert found["clause"].pop(name)["promises"] == promises
    before["clause"].pop(name, None)
    assert found == before


def test_a_whole_text_is_bound_in_one_go() -> None:
    files = orders.files()
    files[NAME] = amend.bind(
        bare(RAW.decode()).encode(), [bound(name, fact=True) for name in ORDER], ORDER, "en"
    )
    files = {**editions.files(), NAME: files[NAME]}
    assert check.files(files).problems == ()
