# SPDX-License-Identifier: Apache-2.0
"""A lesson becomes a rule, a measure or an accepted risk, with an id and a day."""

from dataclasses import replace

import pytest

from tests import incidents
from tests.incidents import AT, HOUR
from uphold.incident import lesson
from uphold.incident.case import Kind


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, ""),
        ({"name": "export-plain@flow:export/bank"}, ""),
        ({"name": "Export plain"}, "name"),
        ({"name": ""}, "name"),
        ({"due": 0}, "due"),
        ({"due": AT + lesson.LONGEST_MS + 1}, "due"),
        # What stands already may have a day behind, an accepted risk may not.
        ({"due": AT - HOUR}, ""),
        ({"due": AT - HOUR, "kind": Kind.RISK}, "due"),
        ({"due": AT + HOUR, "kind": Kind.RISK}, ""),
        ({"words": "  "}, "words"),
    ],
)
def test_what_a_lesson_needs(changed: dict[str, object], fault: str) -> None:
    made = replace(incidents.lesson(), **changed)  # type: ignore[arg-type]  # fields by name
    assert lesson.fault(made, AT) == fault


def test_kinds_are_known_by_their_words() -> None:
    assert [lesson.kind_of(one) for one in ("rule", "measure", "risk", "hope")] == [*Kind, None]


def test_what_is_over_is_looked_at_again() -> None:
    case = incidents.case(lessons=[incidents.lesson(due=AT), incidents.lesson(due=AT + HOUR)])
    assert [each.due for _, each in lesson.overdue([case], AT)] == [AT]
