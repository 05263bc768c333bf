# SPDX-License-Identifier: Apache-2.0
"""Consents given and withdrawn per day, edition and purpose, tallied from the journal as far as it was read.

Acts are counted, one by one, as if each were a person: the journal knows no persons. What runs of probes did is
left out: a record that is marked as theirs with its consents, and everything else between the beginning of a run
and its end, where the journal does not tell people's withdrawals from the probes' own. So a withdrawal of those
minutes is not in the figures; the consent itself knows of it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import partial

from sqlalchemy import Column, Connection, Table, Text, insert, select, update

from uphold import errors
from uphold.database.engine import Database
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, store
from uphold.journal.entry import Entry
from uphold.visits import layout

GIVEN, WITHDRAWN = "given", "withdrawn"
NONE = "none"
_KEY = ("day", "act", "edition", "purpose")
_FIRST = 1
_STEP = 20_000

statistics_tally = Table(
    "statistics_tally",
    metadata,
    # Such as 20261122, in the site's zone.
    Column("day", Number, primary_key=True, autoincrement=False),
    Column("act", Text, primary_key=True),
    Column("edition", Number, primary_key=True, autoincrement=False),
    Column("purpose", Text, primary_key=True),
    Column("count", Number, nullable=False),
)

# One row, number 1: the journal was read up to this entry.
statistics_cursor = Table(
    "statistics_cursor",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("entry", Number, nullable=False),
    # Whether a run of probes was open there.
    Column("exercise", Number, nullable=False),
)

Key = tuple[int, str, int, str]
"""The day, the act, the edition and the purpose."""


@dataclass(slots=True)
class Reading:
    """What was read so far (pure): hand it entries in their order, those of a transaction together."""

    day: Callable[[int], int]
    """The day of a moment (unix ms), such as 20261122."""
    is_exercise: bool = False
    found: Counter[Key] = field(default_factory=Counter)
    # Consents that no record followed yet; those of the record just before, which the next entry may mark.
    _given: list[Key] = field(default_factory=list)
    _stored: list[Key] = field(default_factory=list)

    def take(self, told: Entry) -> None:
        """Count one entry, or know what it says of its neighbours."""
        match told.kind:
            case "exercise.marked":
                self._stored = []
            case "consent.given":
                self._settle()
                self._given.append(self._key(told, GIVEN))
            case "record.stored":
                self._settle()
                self._store(str(told.codes["consents"]))
            case kind:
                self.rest()
                self._other(kind, told)

    def rest(self) -> None:
        """Count what nothing more can follow."""
        self._settle()
        self._renew()

    def _store(self, consents: str) -> None:
        own = 0 if consents == NONE else consents.count("+") + 1
        first = len(self._given) - own
        self._stored, self._given = self._given[first:], self._given[:first]
        self._renew()

    def _other(self, kind: str, told: Entry) -> None:
        if kind in ("exercise.began", "exercise.ended"):
            self.is_exercise = kind == "exercise.began"
        elif kind == "consent.withdrawn" and not self.is_exercise:
            self.found[self._key(told, WITHDRAWN)] += 1

    def _settle(self) -> None:
        self.found.update(self._stored)
        self._stored = []

    def _renew(self) -> None:
        """Count consents that came without a record: somebody was asked anew."""
        if not self.is_exercise:
            self.found.update(self._given)
        self._given = []

    def _key(self, told: Entry, act: str) -> Key:
        codes = told.codes
        return self.day(told.at_ms), act, int(codes["edition"]), str(codes["purpose"])


def advance(database: Database, writer: Writer, until: int, zone: tzinfo) -> int:
    """Read on in the journal, up to the first transaction at or after `until` (unix ms); returns how far it is.

    Raises `errors.Broken` for damage, and `errors.Conflict` where another process read on meanwhile.
    """
    while True:
        with database.read() as connection:
            begun = _cursor(connection)
            read, end = _read(connection, begun, until, _day_in(zone))
        if end == begun[0]:
            return end
        writer.run(partial(_write, begun, end, read))


def days(connection: Connection) -> tuple[date, ...]:
    """The days of which anything was counted, earliest first."""
    column = statistics_tally.c.day
    found = connection.execute(select(column).distinct().order_by(column)).scalars()
    return tuple(date.fromisoformat(str(day)) for day in found)


def counts(
    connection: Connection, act: str, span: Sequence[date]
) -> Mapping[date, Mapping[tuple[str, str], int]]:
    """How many of an act there were on each day of a span, by edition and purpose."""
    column = statistics_tally.c
    wanted = [layout.number(day) for day in span]
    query = select(statistics_tally).where(column.act == act, column.day.in_(wanted))
    found: dict[date, dict[tuple[str, str], int]] = {}
    for row in connection.execute(query):
        day = found.setdefault(date.fromisoformat(str(row.day)), {})
        day[str(row.edition), row.purpose] = row[4]
    return found


def _day_in(zone: tzinfo) -> Callable[[int], int]:
    return lambda at: layout.number(datetime.fromtimestamp(at / 1000, zone).date())


def _cursor(reader: Connection | Transaction) -> tuple[int, bool]:
    row = reader.execute(select(statistics_cursor)).first()
    return (0, False) if row is None else (row.entry, bool(row.exercise))


def _read(
    connection: Connection, begun: tuple[int, bool], until: int, day: Callable[[int], int]
) -> tuple[Reading, int]:
    at, is_open = begun
    reading, newest = Reading(day, is_open), store.last(connection)
    for batch in store.batches(connection, at, 0 if newest is None else newest.size):
        told = [entry.decode(raw) for raw in batch.entries()]
        if any(one.at_ms >= until for one in told) or batch.number - begun[0] >= _STEP:
            break
        for one in told:
            reading.take(one)
        reading.rest()
        at = batch.end
    return reading, at


def _write(begun: tuple[int, bool], end: int, read: Reading, tx: Transaction) -> None:
    if _cursor(tx) != begun:
        raise errors.Conflict("Another process reads the journal for the figures.", "Try again.")
    at = {"entry": end, "exercise": int(read.is_exercise)}
    if begun == (0, False) and tx.execute(select(statistics_cursor)).first() is None:
        tx.execute(insert(statistics_cursor).values(number=_FIRST, **at))
    else:
        tx.execute(update(statistics_cursor).values(**at))
    for key, count in read.found.items():
        _add(tx, key, count)


def _add(tx: Transaction, key: Key, count: int) -> None:
    column = statistics_tally.c
    where = [column[name] == part for name, part in zip(_KEY, key, strict=True)]
    change = update(statistics_tally).where(*where).values(count=column["count"] + count)
    if tx.execute(change).rowcount == 0:
        tx.execute(
            insert(statistics_tally).values(**dict(zip(_KEY, key, strict=True)), count=count)
        )
