# SPDX-License-Identifier: Apache-2.0
"""Conditions bind as Sigma's do, and what is none is refused."""

import pytest

from tests.unit.detection.rules import event
from uphold.detection import condition
from uphold.errors import Invalid

# Of three selections the first and the last hold.
SELECTIONS = {"a1": {"x": 1}, "a2": {"x": 2}, "b": {"y": 1}, "_c": {"x": 1}}
FOUND = event(1, 5, x=1, y=1)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a1", True),
        ("not a1", False),
        ("not not a1", True),
        ("a1 and a2", False),
        ("a1 or a2 and a2", True),
        ("(a1 or a2) and a2", False),
        ("not a2 and b", True),
        ("not (a2 or b)", False),
        ("1 of a*", True),
        ("all of a*", False),
        ("any of them", True),
        ("all of them", False),
        ("1 of _*", True),
        ("1 of a2 or (b)", True),
    ],
)
def test_conditions(text: str, holds: bool) -> None:
    assert condition.read({**SELECTIONS, "condition": text}).holds(FOUND) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a1 a2",
        "a1 and",
        "or a1",
        "(a1",
        "a1)",
        "zzz",
        "1 of z*",
        "1 of",
        "2 of a*",
        "not",
        "(" * 200 + "a1" + ")" * 200,
        "a1 or " * 500 + "a1",
        "a1 | count() > 5",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="condition"):
        condition.read({**SELECTIONS, "condition": text})


def test_a_condition_needs_selections_with_names() -> None:
    with pytest.raises(Invalid, match="nothing is no name"):
        condition.read({"condition": "a"})
    with pytest.raises(Invalid, match="and is no name"):
        condition.read({"and": {"x": 1}, "condition": "and"})
    with pytest.raises(Invalid, match=r"detection\.condition"):
        condition.read({"a": {"x": 1}, "condition": ["a"]})


def test_negation_tells_nothing_of_kinds() -> None:
    kinds = {"a": {"kind": "a"}, "b": {"kind": "b"}}
    assert condition.read({**kinds, "condition": "a or b"}).kinds == frozenset({"a", "b"})
    assert condition.read({**kinds, "condition": "a and not b"}).kinds == frozenset({"a"})
    assert condition.read({**kinds, "condition": "not b"}).kinds is None
