# SPDX-License-Identifier: Apache-2.0
"""Which days a page of figures shows, and which it compares them with (pure).

    ?last=28                            the last four weeks that there are
    ?from=2026-10-26&to=2026-11-22      days of one's own, the last one included
    &compare=before | year | none       as many days before | 52 weeks earlier | nothing

Figures are released by day, week or month, and longer times are sums of those: days that are asked for are drawn in
to whole ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from uphold.statistics.recipe import Grain

SPANS = (7, 28, 84, 364)
USUAL = 28
BEFORE, YEAR, NONE = "before", "year", "none"
ORDER, UNREADABLE = "order", "none"
# 52 weeks, so that Mondays are compared with Mondays.
_YEAR = timedelta(days=364)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The days that are shown, `end` included, and those compared with, None for none.

    `last` is the quick way that was taken, 0 for days of one's own; `problem` says why other days are shown than
    were asked for: ORDER, UNREADABLE or nothing. `is_empty`: no whole day, week or month lies between them.
    """

    start: date
    end: date
    compare: str
    last: int
    before: tuple[date, date] | None
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing between the days."""
        return self.start > self.end

    @property
    def query(self) -> str:
        """The same days as a query, for links to other pages; the usual ones where there is nothing between these."""
        if self.is_empty:
            return f"last={USUAL}&compare={self.compare}"
        days = f"last={self.last}" if self.last else f"from={self.start}&to={self.end}"
        return f"{days}&compare={self.compare}"


def choose(query: Mapping[str, str], span: tuple[date, date], grain: Grain) -> Chosen:
    """Choose the days that a query asks for, of those that there are; what cannot be read is the usual four weeks."""
    first, last = span
    compare = query.get("compare", BEFORE)
    compare = compare if compare in (BEFORE, YEAR, NONE) else BEFORE
    given = (query.get("from", ""), query.get("to", ""))
    if not any(given):
        return _latest(_quick(query.get("last", "")), span, grain, compare)
    found = _read(given, span)
    if isinstance(found, str):
        return _latest(USUAL, span, grain, compare, found)
    # Days that lie apart from those that there are leave nothing between the two.
    start = min(max(found[0], first), last + _DAY)
    end = max(min(found[1], last), first - _DAY)
    return _chosen(*_inward(start, end, grain), compare, 0, first)


def _latest(
    days: int, span: tuple[date, date], grain: Grain, compare: str, problem: str = ""
) -> Chosen:
    first, last = span
    end = _ended(last, grain)
    start = _begun(max(end - (days - 1) * _DAY, first), grain)
    return _chosen(start, end, compare, days, first, problem)


def _chosen(
    start: date, end: date, compare: str, last: int, first: date, problem: str = ""
) -> Chosen:
    before: tuple[date, date] | None = None
    if compare != NONE and start <= end:
        back = _YEAR if compare == YEAR else end - start + _DAY
        before = (start - back, end - back)
        # Days of which there are no figures yet would make what is shown look better than it is.
        if before[0] < first:
            before = None
    return Chosen(start, end, compare, last, before, problem)


def _read(given: tuple[str, str], span: tuple[date, date]) -> tuple[date, date] | str:
    try:
        start, end = (
            date.fromisoformat(text) if text else usual
            for text, usual in zip(given, span, strict=True)
        )
    except ValueError:
        return UNREADABLE
    return (start, end) if start <= end else ORDER


def _quick(text: str) -> int:
    return next((days for days in SPANS if text == str(days)), USUAL)


def _inward(start: date, end: date, grain: Grain) -> tuple[date, date]:
    return _begun(start, grain), _ended(end, grain)


def _begun(day: date, grain: Grain) -> date:
    """The first day from this one on with which a week or a month begins."""
    match grain:
        case Grain.WEEK:
            return day + (-day.weekday() % 7) * _DAY
        case Grain.MONTH:
            return day if day.day == 1 else (day.replace(day=1) + 31 * _DAY).replace(day=1)
        case _:
            return day


def _ended(day: date, grain: Grain) -> date:
    """The last day up to this one with which a week or a month ends."""
    match grain:
        case Grain.WEEK:
            return day - ((day.weekday() + 1) % 7) * _DAY
        case Grain.MONTH:
            return day if (day + _DAY).day == 1 else day.replace(day=1) - _DAY
        case _:
            return day
