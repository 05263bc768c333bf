# SPDX-License-Identifier: Apache-2.0
"""What is learnt from an incident: without a lesson none is closed, and a lesson is never only words (pure).

It becomes a rule of detection, a measure, or a risk that somebody accepts; each has an id and a day: by when the rule
or the measure stands, or until when the risk is accepted.
"""

import re
from collections.abc import Iterable

from uphold.incident.case import WORDS_MOST, Case, Kind, Lesson

LONGEST_MS = 5 * 365 * 24 * 3600 * 1000
"""So far ahead a day may lie."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}(?:@[a-z0-9-]{1,40}(?::[a-z0-9/._-]{1,60})?)?")


def fault(lesson: Lesson, now: int) -> str:
    """Name the field that is wrong, "" for none: `kind`, `name`, `due` or `words`."""
    wrong = {
        "name": not _ID.fullmatch(lesson.name),
        # What is to come has a day ahead; what stands already may have one behind.
        "due": not 0 < lesson.due <= now + LONGEST_MS
        or (lesson.kind is Kind.RISK and lesson.due <= now),
        "words": not 0 < len(lesson.words.strip()) <= WORDS_MOST,
    }
    return next((name for name, is_so in wrong.items() if is_so), "")


def kind_of(text: str) -> Kind | None:
    """The kind that was chosen, None for what is none."""
    return Kind(text) if text in set(map(str, Kind)) else None


def overdue(cases: Iterable[Case], now: int) -> tuple[tuple[Case, Lesson], ...]:
    """Every lesson whose day is over, with its incident: it is to be looked at again."""
    return tuple((one, each) for one in cases for each in one.lessons if each.due <= now)
