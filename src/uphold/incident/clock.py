# SPDX-License-Identifier: Apache-2.0
"""The clocks of an incident: one for each notice of each law, all counted from its detection (pure).

The terms are those of the law profiles; a notice whose law names no number is due at once, from the moment that it
was found to be needed. Laws are never merged: each notice has its own clock, and the first to end is the one to watch.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from uphold.incident.case import Case, Need, What, need
from uphold.law import breach, clock
from uphold.law.breach import Notice, When

HOUR_MS = 3600 * 1000


class Stand(StrEnum):
    """How a notice stands."""

    RUNNING = "running"
    SOON = "soon"
    LATE = "late"
    GIVEN = "given"
    GIVEN_LATE = "given-late"
    WITHHELD = "withheld"
    NOT_NEEDED = "not-needed"
    WAITING = "waiting"
    """Not known to be needed, and no term runs."""


ENDED = frozenset({Stand.GIVEN, Stand.GIVEN_LATE, Stand.WITHHELD, Stand.NOT_NEEDED})


@dataclass(frozen=True, slots=True)
class Due:
    """One notice with its clock. Times are unix ms; `due` 0: no term runs."""

    notice: Notice
    need: Need
    stand: Stand
    started: int
    due: int
    given_at: int = 0

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.stand in {Stand.RUNNING, Stand.SOON, Stand.LATE}


def dues(case: Case, laws: Iterable[str], now: int, zone: str = "") -> tuple[Due, ...]:
    """Every notice that the laws know of with its clock, in the order of the laws; `zone` is the operator's."""
    day = moment_day(case.detected_at, zone)
    return tuple(_due(case, one, now, zone) for one in breach.notices(laws, day))


def moment_day(at: int, zone: str) -> date:
    """The day of a moment (unix ms) in the operator's zone, UTC where none is named."""
    return clock.moment(at).astimezone(clock.zone(zone or "UTC")).date()


def watched(found: Iterable[Due]) -> Due | None:
    """The clock that ends first among those that somebody must act on; None if there is none."""
    return min((one for one in found if one.is_open), key=lambda one: one.due, default=None)


def is_late(found: Iterable[Due]) -> bool:
    """Whether a notice is late, or was."""
    return any(one.stand in {Stand.LATE, Stand.GIVEN_LATE} for one in found)


def _due(case: Case, notice: Notice, now: int, zone: str) -> Due:
    needed = need(case, notice)
    started, due = _term(case, notice, needed, zone)
    given = case.given(notice.id)
    at = given.sent_at if given else 0
    return Due(
        notice, needed, _stand(case, notice, needed, (started, due, at), now), started, due, at
    )


def _stand(
    case: Case, notice: Notice, needed: Need, times: tuple[int, int, int], now: int
) -> Stand:
    started, due, given_at = times
    if given_at:
        return Stand.GIVEN_LATE if due and given_at >= due and notice.rule else Stand.GIVEN
    if case.withheld(notice.id) is not None:
        return Stand.WITHHELD
    if needed is Need.NOT_NEEDED:
        return Stand.NOT_NEEDED
    if not due:
        return Stand.WAITING
    if now >= due:
        return Stand.LATE
    # The last third of a term, as for every clock of a law; what is due at once is so from the beginning.
    is_soon = not notice.rule or now >= due - (due - started) // 3
    return Stand.SOON if is_soon else Stand.RUNNING


def _term(case: Case, notice: Notice, needed: Need, zone: str) -> tuple[int, int]:
    """When a notice's term began and ends (unix ms); 0 where none runs."""
    if notice.rule:
        for one in clock.start(notice.profile, "incident.detected", case.detected_at, zone):
            if one.rule == notice.rule:
                return one.started, one.due
        return 0, 0
    if needed is not Need.NEEDED:
        return 0, 0
    # "Without undue delay": from when it was found to be needed.
    what = What.BREACHED if notice.when is When.BREACHED else What.RISK
    found = case.last(what)
    at = found.at if found else case.detected_at
    return at, at + notice.patience * HOUR_MS
