# SPDX-License-Identifier: Apache-2.0
"""Selections hold for what they describe, and say for which kinds they can."""

from typing import Any

import pytest

from tests.unit.detection.rules import event
from uphold.detection import selection
from uphold.errors import Invalid

FOUND = event(1, 5, "record.opened", staff=7, purpose="Answer", taken=True, at_all="x*y", by=7)


@pytest.mark.parametrize(
    ("raw", "holds"),
    [
        ({"purpose": "answer"}, True),
        ({"purpose|cased": "answer"}, False),
        ({"purpose|cased": "Answer"}, True),
        ({"purpose": ["mail", "answer"]}, True),
        ({"purpose|contains|all": ["ans", "wer"]}, True),
        ({"purpose|contains|all": ["ans", "xxx"]}, False),
        ({"purpose|startswith": "ANS"}, True),
        ({"purpose|endswith|cased": "WER"}, False),
        ({"at_all": r"x\*y"}, True),
        ({"purpose|re": "^A.s"}, True),
        ({"purpose|re|i": "^a.S"}, True),
        ({"staff": 7}, True),
        ({"staff": "7"}, False),
        ({"staff|contains": "7"}, True),
        ({"staff": True}, False),
        ({"taken": True}, True),
        ({"taken": 1}, False),
        ({"taken|startswith": "tr"}, True),
        ({"staff|gt": 6}, True),
        ({"staff|gte": 8}, False),
        ({"staff|lt": 8, "staff|lte": 7}, True),
        ({"purpose|gt": 0}, False),
        ({"taken|gt": 0}, False),
        ({"other": None}, True),
        ({"staff": None}, False),
        ({"staff|exists": True}, True),
        ({"other|exists": True}, False),
        ({"other|exists": False}, True),
        ({"staff|fieldref": "by"}, True),
        ({"staff|fieldref": "other"}, False),
        ({"staff|fieldref": "purpose"}, False),
        ({"other": "*"}, False),
        ([{"staff": 8}, {"taken": True}], True),
        ([{"staff": 8}, {"taken": False}], False),
        (["nswe"], True),
        (["nobody"], False),
    ],
)
def test_selections(raw: Any, holds: bool) -> None:
    assert selection.read("one", raw).holds(FOUND) is holds


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        ({"kind": "Record.Opened"}, {"record.opened"}),
        ({"kind": ["a", "b"], "staff": 1}, {"a", "b"}),
        ([{"kind": "a"}, {"kind": "b"}], {"a", "b"}),
        ([{"kind": "a"}, {"staff": 1}], None),
        ({"kind": "staff.*"}, None),
        ({"kind|startswith": "staff"}, None),
    ],
)
def test_kinds_that_it_can_hold_for(raw: Any, kinds: set[str] | None) -> None:
    assert selection.read("one", raw).kinds == kinds


@pytest.mark.parametrize(
    "raw",
    [
        {},
        [],
        "word",
        [1],
        {"a|near": 1},
        {"|contains": "a"},
        {"a|contains|startswith": "a"},
        {"a|gt": "1"},
        {"a|gt": True},
        {"a|gt|cased": 1},
        {"a|exists": "yes"},
        {"a|fieldref": 7},
        {"a|re": 7},
        {"a|re": "(a+)+"},
        {"a|i": "a"},
        {"a": 1.5},
        {"a": {}},
        {"a": []},
        {"a|contains": 5},
        {"a|contains|contains": "a"},
    ],
)
def test_what_is_no_selection_is_refused_by_its_key(raw: Any) -> None:
    with pytest.raises(Invalid, match="one"):
        selection.read("one", raw)
