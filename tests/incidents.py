# SPDX-License-Identifier: Apache-2.0
"""Incidents made by hand, for what decides about them without a site.

case = incidents.case(lines=(incidents.line(What.BREACHED, "yes"),))
draft = incidents.drafted(case, "ru-152fz-first", "ru")
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tests import editions
from uphold.incident import drafting
from uphold.incident.case import Case, Kind, Lesson, Line, Sent, What, Whose
from uphold.incident.draft import Draft

LAWS: Final = ("ru-152fz", "eu-gdpr")
HOUR: Final = 3_600_000
AT: Final = 1_795_392_000_000
"""2026-11-23, midnight UTC: when it was detected."""


def line(what: What, value: str = "", words: str = "", at: int = AT) -> Line:
    """One line."""
    return Line(0, what, value, at, 2, 40, words)


def case(
    lines: Sequence[Line] = (),
    sent: Sequence[Sent] = (),
    lessons: Sequence[Lesson] = (),
    *,
    whose: Whose = Whose.PEOPLES,
    alert: int = 0,
) -> Case:
    """An incident that was detected at `AT`."""
    more = [line(What.GIVEN, one.value, one.reference) for one in sent]
    more += [line(What.LESSON, one.value, one.words) for one in lessons]
    first = line(What.DETECTED, str(AT))
    return Case(*(7, alert, 2, 0, whose, AT + HOUR, 2, 40), (first, *lines, *more))


def given(notice: str, at: int) -> Sent:
    """A notice that was given."""
    return Sent(notice, at, 0, "", "no. 77")


def lesson(kind: Kind = Kind.MEASURE, due: int = AT) -> Lesson:
    """A lesson."""
    return Lesson(kind, "second-factor", due, 2, "Two factors.")


def drafted(found: Case, notice: str, language: str, now: int = AT + HOUR) -> Draft:
    """Draft a notice under the policy of the tests."""
    edition = editions.example()
    policy = replace(edition.policy, also=("eu-gdpr",))
    desk = drafting.desk(
        replace(edition, policy=policy), (edition,), "example.org/journal", "Europe/Moscow"
    )
    return desk.draft(found, desk.dues(found, now), notice, language, now)
