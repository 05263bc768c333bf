# SPDX-License-Identifier: Apache-2.0
"""When data end: the declared rule applied to what happened (pure).

Which edition's rule (decision record 0030):

- a purpose that rests on consent: the edition that the consent was given under, and the one in force where
  that ends it sooner, because nothing wider than what was agreed to is done, and nothing that is no longer needed;
- any other: the edition in force, because nobody's agreement carries it; one that it no longer declares: the
  edition that the data were given under;
- withdrawn consent: besides, the term of `[withdrawal]`, whichever of both editions is stricter.

Years and months are those of the calendar (31 January and a month is the last of February), in UTC; weeks
and days have 7 and 1 times 24 hours.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from uphold import errors
from uphold.policy import term
from uphold.policy.document import Policy, Retention

NEVER = 253_402_300_799_999
"""The last millisecond of the year 9999: an end that is later is put there."""


class Why(StrEnum):
    """By what part of the rules an end came."""

    TERM = "term"
    LIMIT = "limit"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Events:
    """What happened to a part's record, unix milliseconds; None where it has not (or stands no more).

    `received` is the visit's time too: the technical data are those of the request that brought the form.
    `withdrawn` is that of the part's own purpose; of the evidence, when no consent stands any more.
    """

    received: int
    answered: int | None = None
    closed: int | None = None
    withdrawn: int | None = None

    def at(self, event: str) -> int | None:
        """When an event of `document.EVENTS` was."""
        known = {
            "received": self.received,
            "visited": self.received,
            "answered": self.answered,
            "closed": self.closed,
            "withdrawn": self.withdrawn,
        }
        return known.get(event)


@dataclass(frozen=True, slots=True)
class End:
    """When a part ends, unix milliseconds, and why then."""

    at: int
    why: Why


def after(moment: int, text: str) -> int:
    """The moment (unix ms) that a term such as P1M runs out after another; `errors.Invalid` for no term."""
    parsed = term.parse(text)
    if parsed is None:
        raise errors.Invalid(f"{text!r} is no term.", "Write P30D for 30 days, P1Y for a year.")
    try:
        return _added(moment, parsed)
    except (OverflowError, ValueError):
        return NEVER


def end(rule: Retention, events: Events) -> End | None:
    """When a rule ends a part; None where its event has not come and nothing bounds it."""
    ends = []
    started = events.at(rule.after) if rule.after else None
    if started is not None and rule.term:
        ends.append(End(after(started, rule.term), Why.TERM))
    if rule.at_most:
        ends.append(End(after(events.received, rule.at_most), Why.LIMIT))
    return _first(ends)


def of_part(given: Policy, current: Policy, purpose: str, events: Events) -> End | None:
    """When a part of `purpose` ends that was given under `given` while `current` is in force.

    None where no rule says so: neither edition declares the purpose, or its event has not come.
    """
    declared = [one for one in (given, current) if purpose in one.purposes]
    agreed = [one for one in declared if one.purposes[purpose].asks_consent]
    ruling = declared if agreed else declared[-1:]
    ends = [end(one.purposes[purpose].retention, events) for one in ruling]
    if events.withdrawn is not None:
        terms = [one.withdrawal.within for one in agreed if one.withdrawal.within]
        ends += [End(after(events.withdrawn, text), Why.WITHDRAWAL) for text in terms]
    return _first([one for one in ends if one is not None])


def of_visits(given: Policy, current: Policy, purpose: str, visited: int) -> End | None:
    """When the raw data of visits end of which the first was at `visited` (unix ms), recorded under `given`.

    After the term of `[keeps] visits`, or with the purpose that they are kept for, whichever comes first.
    """
    ruling = current if purpose in current.purposes else given
    own = End(after(visited, ruling.visits), Why.TERM)
    whole = of_part(given, current, purpose, Events(visited))
    return _first([own, whole] if whole else [own])


def _first(ends: list[End]) -> End | None:
    return min(ends, key=lambda one: one.at, default=None)


def _added(moment: int, parsed: Mapping[str, int]) -> int:
    second, rest = divmod(moment, 1000)
    start = datetime.fromtimestamp(second, UTC)
    months = 12 * parsed.get("years", 0) + parsed.get("months", 0) + start.month - 1
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, monthrange(year, month)[1])
    there = start.replace(year=year, month=month, day=day)
    exact = {unit: n for unit, n in parsed.items() if unit not in ("years", "months")}
    return int((there + timedelta(**exact)).timestamp()) * 1000 + rest
