# SPDX-License-Identifier: Apache-2.0
"""Which questions are answered with noise, which of them the site publishes, and what it shows of their answers (pure).

Half of a month's budget is for what is published; the other half is the operator's, to ask what they like. Where
nothing is published all of it is. Answers are what `budget` stored: nothing here counts anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from uphold import errors
from uphold.statistics import calibrate
from uphold.statistics.question import Answer, Drawn, Question
from uphold.statistics.recipe import Recipe
from uphold.visits import layout

PAGES, DEVICES, VISITORS, COUNTRIES = "pages", "devices", "visitors", "countries"
ALL = "all"
"""The one key of the table of visitors."""
TABLES = (VISITORS, PAGES, DEVICES, COUNTRIES)
"""What may be asked. Each visitor's day has one device and one country, and as many pages as the recipe allows."""
PUBLISHED: Mapping[str, int] = MappingProxyType({VISITORS: 8, PAGES: 4, DEVICES: 8})
"""The tables that are published, each with which part of a month's budget it may cost."""
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({VISITORS: (ALL,), DEVICES: layout.DEVICES})


@dataclass(frozen=True, slots=True)
class Month:
    """What is published of one month, by table; "2026-10". A table that was not answered is absent."""

    month: str
    tables: Mapping[str, Drawn]


def question(made: Recipe, table: str, start: date, end: date, rho: int) -> Question:
    """Return the question for one table; raises `errors.Invalid` for a table that is not answered with noise.

    Keys that anybody can know are named in it; of others only those that many visitors have are found.
    """
    if table not in TABLES:
        raise errors.Invalid(
            f"There is no table {table!r} with noise.", f"Ask for one of: {', '.join(TABLES)}"
        )
    keys = made.public or None if table == PAGES else _KEYS.get(table)
    return Question(
        table,
        start,
        end,
        l0=made.pages_per_person if table == PAGES else 1,
        rho=rho,
        keys=keys,
        delta=0 if keys is not None else calibrate.DELTA,
    )


def share(table: str, allowance: int) -> int:
    """Return what a question costs if nothing else is said, of what a month may cost in all."""
    return max(1, allowance // PUBLISHED.get(table, 8))


def wanted(made: Recipe, month: str, allowance: int) -> tuple[Question, ...]:
    """Return the questions whose answers are published of a month ("2026-10")."""
    first, last = layout.days(month)
    return tuple(question(made, table, first, last, share(table, allowance)) for table in PUBLISHED)


def missing(questions: Iterable[Question], answers: Sequence[Answer]) -> tuple[Question, ...]:
    """Return those of the questions that no answer serves: of the same table and days, drawn no weaker."""
    return tuple(
        one
        for one in questions
        if not any(_is_of(given, one) and given.question.rho >= one.rho for given in answers)
    )


def over(closed: Sequence[date], waiting: Sequence[date], today: date) -> tuple[str, ...]:
    """Return the months that are over, have closed days and no open one, the earliest first."""
    months = dict.fromkeys(f"{day:%Y-%m}" for day in sorted(closed))
    busy = {f"{day:%Y-%m}" for day in (*waiting, today)}
    return tuple(one for one in months if one not in busy and one < f"{today:%Y-%m}")


def month(text: str) -> tuple[date, date]:
    """Return the first and the last day of a month such as "2026-10"; raises `errors.Invalid` for what is none."""
    try:
        if len(text) != len("2026-10"):
            raise ValueError
        return layout.days(text)
    except ValueError:
        raise errors.Invalid(f"{text!r} is no month.", "Write it like this: 2026-10") from None


def month_before(day: date) -> str:
    """Return the month before that of a day."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"


def require_over(start: date, end: date, waiting: Sequence[date], today: date) -> None:
    """Raise `errors.Invalid` unless every day from `start` to `end` is over and closed."""
    busy = next((day for day in sorted(waiting) if start <= day <= end), None)
    if end < today and busy is None:
        return
    raise errors.Invalid(
        f"{busy or today} is not over yet: an answer about it would have to be paid again.",
        f"Ask about days up to {min(busy or today, today) - timedelta(days=1)}.",
    )


def require_counted(end: date, closed: Sequence[date]) -> None:
    """Raise `errors.Missing` for days that end before the first that was counted: an answer would be noise alone."""
    if not closed:
        raise errors.Missing(
            "No day was counted yet, so there is nothing to ask about.",
            "Let the site record visits ([visits] record = true), or import logs: uphold visits import",
        )
    if end < min(closed):
        raise errors.Missing(
            "These days are before the first that was counted: the answer would be noise alone.",
            f"Ask about days from {min(closed)} on.",
        )


def shown(answers: Iterable[Answer]) -> tuple[Month, ...]:
    """Return what is published, the newest month first: of each table the answer over all its days with least noise."""
    best: dict[str, dict[str, Answer]] = {}
    for one in answers:
        asked = one.question
        month = f"{asked.start:%Y-%m}"
        if asked.table not in PUBLISHED or (asked.start, asked.end) != layout.days(month):
            continue
        before = best.setdefault(month, {}).get(asked.table)
        if before is None or before.question.rho < asked.rho:
            best[month][asked.table] = one
    return tuple(
        Month(month, {table: one.drawn for table, one in best[month].items()})
        for month in sorted(best, reverse=True)
    )


def _is_of(answer: Answer, one: Question) -> bool:
    given = answer.question
    return (given.table, given.start, given.end) == (one.table, one.start, one.end)
