# SPDX-License-Identifier: Apache-2.0
"""The daily work on figures: close the days that are over, tally consents, release what has come due, drop what ended.

    run.work(Site(store, database, writer, zone, matters, recipe, keep_months))

One process of a store at a time: a lock on a file in it, which the system lets go when the process ends. Every step
can be broken off and done again. The recipe that was fixed last before the work stands for all of it; where none
ever was, the site's own is fixed first. One that was changed since waits until a person fixes it.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from sqlalchemy import Connection

from uphold import errors
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.statistics import (
    count,
    ledger,
    recipe as recipes,
    release,
    released,
    store as counted,
    tally,
)
from uphold.statistics.ledger import Act, Fixed
from uphold.statistics.recipe import KINDS, Source
from uphold.statistics.release import Due
from uphold.statistics.store import Counts
from uphold.statistics.table import Table
from uphold.visits import compact, layout
from uphold.visits.layout import Store

LOCK: Final = "run.lock"
Matter = Callable[[Connection, int, int, tzinfo], Iterable[tuple[date, str]]]
"""Lists day and code of each answer from `since` on and before `until` (unix ms)."""
Told = Callable[[str, int, int], None]
"""Told how far the work is: the step, how much of it is done, how much there is."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the work is given. `recipe` are the bytes that the site's folder declares; `matters` are by table."""

    store: Store
    database: Database
    writer: Writer
    zone: tzinfo
    recipe: bytes
    matters: Mapping[str, Matter] = field(default_factory=dict)
    keep_months: int = 25


@dataclass(frozen=True, slots=True)
class Done:
    """What the work brought: days, and atoms by name. `waits`: the folder's recipe is not the one that stands."""

    closed: tuple[date, ...]
    dropped: tuple[date, ...]
    released: tuple[str, ...]
    refused: tuple[str, ...]
    waits: bool


def _nobody(_step: str, _done: int, _all: int) -> None:
    """Tell nobody."""


def work(site: Site, now: int, told: Told = _nobody) -> Done:
    """Do all that is due at `now` (unix ms).

    Raises `errors.Conflict` while another process works on the store, `errors.Unavailable` where it cannot be read or
    written, `errors.Invalid` for a recipe that is wrong where none stands yet.
    """
    with _alone(site.store):
        compact.tidy(site.store)
        fixed = _standing(site)
        waits = fixed.recipe.digest != recipes.parse(site.recipe).digest
        with site.database.read() as connection:
            release.finish(site.store, ledger.done(connection))
        at = datetime.fromtimestamp(now / 1000, site.zone)
        closed = _close(site, at, told)
        dropped = _drop(site, at.date())
        # What is on its way around midnight is waited for, as for the days' files.
        today = (at - compact.GRACE).date()
        shown, refused = _release(site, fixed, today, now, told)
        if closed or dropped or shown or refused:
            site.writer.run(lambda tx: ledger.run(tx, len(shown), len(refused)))
    return Done(closed, dropped, shown, refused, waits)


def _standing(site: Site) -> Fixed:
    def fix(tx: Transaction) -> Fixed | None:
        if ledger.standing(tx) is None:
            ledger.fix(tx, site.recipe, ledger.SITE)
        return ledger.standing(tx)

    with site.database.read() as connection:
        found = ledger.standing(connection)
    found = found or site.writer.run(fix)
    if found is None:
        raise errors.Broken("The recipe of the figures is not to be found.", "Restore a backup.")
    return found


def _close(site: Site, at: datetime, told: Told) -> tuple[date, ...]:
    """Close the days that are over, and put on record each closed one that is not yet."""
    ended = compact.ended(site.store, at)
    again = counted.again(site.store, ended)
    if ended:
        with compact.closer(site.store) as close:
            for done, day in enumerate(ended):
                told("close", done, len(ended))
                close(day)
    with site.database.read() as connection:
        noted = ledger.days(connection, Act.CLOSED)
    fresh = tuple(day for day in site.store.closed_days() if day not in noted)
    events = counted.events(site.store, fresh)

    def note(tx: Transaction) -> None:
        for day in fresh:
            ledger.close(tx, day, events[day], again.get(day, 0))

    if fresh:
        site.writer.run(note)
    return fresh


def _drop(site: Site, today: date) -> tuple[date, ...]:
    """Remove the days whose term is over; that they are removed is on record first."""
    before = layout.kept_since(today, site.keep_months)
    ended = tuple(day for day in site.store.closed_days() if day < before)

    def note(tx: Transaction) -> None:
        for day in ended:
            ledger.drop(tx, day)

    if ended:
        site.writer.run(note)
        compact.drop(site.store, before)
    return ended


def _release(
    site: Site, fixed: Fixed, today: date, now: int, told: Told
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    midnight = int(datetime.combine(today, time.min, site.zone).timestamp() * 1000)
    told("tally", 0, 1)
    tally.advance(site.database, site.writer, midnight, site.zone)
    with site.database.read() as connection:
        linked = ledger.linked(connection)
        done = release.covered(ledger.done(connection), ledger.recipes(connection))
        matters = _matters(site, connection, done.get("acts", ()), midnight)
        visited = site.store.closed_days()
        acted = {
            *visited,
            *tally.days(connection),
            *(day for its in matters.values() for day, _ in its),
        }
    due = release.due(fixed.recipe, {"visits": visited, "acts": acted}, done, today)
    passed: dict[bool, list[str]] = {True: [], False: []}
    with counted.counting(site.store, [day for one in due for day in one.days]) as counts:
        for number, one in enumerate(due):
            told("release", number, len(due))
            tables = _tables(site, one, counts, matters)
            before = released.read(site.store)
            judged = release.judge(tables, one, fixed.recipe, before, linked)
            passed[release.place(site.store, site.writer, fixed, one, judged, now)].append(one.atom)
    return tuple(passed[True]), tuple(passed[False])


_Matters = Mapping[str, Counter[tuple[date, str]]]


def _matters(site: Site, connection: Connection, done: Iterable[date], until: int) -> _Matters:
    """How many answers there were by day and code, from the last day on that was counted."""
    last = max(done, default=None)
    first = (
        None if last is None else datetime.combine(last + timedelta(days=1), time.min, site.zone)
    )
    since = 0 if first is None else int(first.timestamp() * 1000)
    return {
        name: Counter(list_answers(connection, since, until, site.zone))
        for name, list_answers in site.matters.items()
    }


def _tables(site: Site, one: Due, counts: Counts, matters: _Matters) -> tuple[Table, ...]:
    """Count every table of an atom."""
    visits = [name for name in one.names if KINDS[name].source is Source.VISITS]
    found = {each.name: each for each in counts.tables(one.days, visits)}
    with site.database.read() as connection:
        for name in one.names:
            match KINDS[name].source:
                case Source.JOURNAL:
                    given = tally.counts(connection, name, one.days).values()
                    found[name] = count.consents(name, sum(map(Counter, given), Counter()))
                case Source.MATTERS:
                    its = Counter[str]()
                    for (day, code), number in matters.get(name, Counter()).items():
                        its[code] += number if day in one.days else 0
                    found[name] = count.acts(name, its)
                case Source.VISITS:
                    continue
    return tuple(found[name] for name in one.names)


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    try:
        store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(store.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise errors.Unavailable(
            f"The statistics' store cannot be written ({error.strerror}).",
            "See that the folder of [visits] store belongs to the one who serves.",
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise errors.Conflict(
            "Another process works on the figures.", "Wait for its end; they are this site's too."
        ) from None
    finally:
        os.close(handle)
