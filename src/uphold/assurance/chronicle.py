# SPDX-License-Identifier: Apache-2.0
"""What the journal says of one record, and of one member of staff; that somebody reads it is journaled first.

Of a record: what the tables name as its entries, from the whole journal, and every entry that commits to it, found
by its keys in a window of the journal. Where its keys are destroyed only the first is left, which is what
destruction means. Of a member of staff: every entry in the window whose codes name their number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Table, select, union

from uphold import errors
from uphold.access import hold
from uphold.database.engine import Database
from uphold.database.schema import metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, store
from uphold.journal.entry import Entry
from uphold.rights import stored
from uphold.submission import record as submission
from uphold.vault import commitment
from uphold.vault.unlock import KeyRing

RECORD, STAFF = "record", "staff"
WINDOW = 20_000
"""How many entries are looked through for one page: a third of a second."""
MOST = 200
"""How many lines one page may have."""

# The codes that name a member of staff by number, whatever the entry.
_NAMING = ("staff", "by", "held", "read")
_LIFTS = frozenset({"hold.lifted", "hold.lift-asked"})


@dataclass(frozen=True, slots=True)
class Archive:
    """Where the journal is read, and where that is noted."""

    database: Database
    writer: Writer
    ring: KeyRing


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its index, its kind, its time (unix ms), its codes; the record that a table ties it to, 0 for none."""

    index: int
    kind: str
    at: int
    codes: Mapping[str, str | int]
    record: int = 0


@dataclass(frozen=True, slots=True)
class Chapter:
    """Lines, newest first. Of the journal the entries from `start` up to `end` were looked through.

    `older` is where to go on (as `before`), 0 where there is nothing further back.
    """

    lines: tuple[Line, ...]
    start: int
    end: int
    older: int


def of_record(archive: Archive, record: int, reader: int, before: int | None = None) -> Chapter:
    """Read the journal of a record, as the member of staff `reader`, back from the entry `before`.

    Journals journal.read, durable before anything is read. Raises `errors.Missing` for a record that there is not.
    """
    ring = archive.ring
    with archive.database.read() as connection:
        begun = _began(connection, record)
    archive.writer.run(lambda tx: _tell(tx, ring, reader, RECORD, record))
    with archive.database.read() as connection:
        noted, holds = _noted(connection, record), hold.numbers(connection, "record", record)
        names = commitment.naming(connection, ring, record)

        def speaks(index: int, found: Entry) -> bool:
            is_named = index in noted or _lifts(found, holds)
            return is_named or (bool(found.commitments) and names(found.salt, found.commitments))

        return _chapter(connection, speaks, before, begun, noted if before is None else set())


def of_staff(archive: Archive, staff: int, reader: int, before: int | None = None) -> Chapter:
    """Read the journal of a member of staff, as `reader`; as `of_record`. The number is not looked up."""
    archive.writer.run(lambda tx: _tell(tx, archive.ring, reader, STAFF, staff))
    with archive.database.read() as connection:
        holds = hold.numbers(connection, "staff", staff)

        def speaks(_: int, found: Entry) -> bool:
            return _lifts(found, holds) or any(
                found.codes.get(name) == staff for name in _NAMING if name in found.codes
            )

        chapter = _chapter(connection, speaks, before, 0, set())
        tied = _tied(connection, [line.index for line in chapter.lines])
        lines = tuple(replace(line, record=tied.get(line.index, 0)) for line in chapter.lines)
        return replace(chapter, lines=lines)


def _tell(tx: Transaction, ring: KeyRing, reader: int, of: str, number: int) -> None:
    salt = entry.salt()
    codes: dict[str, entry.Code] = {
        "staff": reader,
        "of": of,
        "read": number if of == STAFF else 0,
    }
    name = (
        commitment.of_record(tx, ring, number, salt)
        if of == RECORD
        else commitment.under(None, ring, 0, salt)
    )
    tx.append(entry.encode("journal.read", tx.now, salt, codes, (name,)))


def _began(connection: Connection, record: int) -> int:
    facts = submission.facts(connection, (record,)).get(record)
    if facts is None:
        raise errors.Missing("There is no such record.", "Look at the list of enquiries.")
    return facts.entry


def _naming() -> list[Table]:
    """The tables that name for each row both a record and an entry."""
    return [one for one in metadata.sorted_tables if {"record", "entry"} <= set(one.c.keys())]


def _tied(connection: Connection, indexes: Sequence[int]) -> dict[int, int]:
    """The records that the tables tie entries to, by the entries' indexes."""
    query = union(
        *(
            select(one.c.entry, one.c.record).where(one.c.entry.in_(indexes), one.c.record > 0)
            for one in _naming()
        )
    )
    return {row.entry: row.record for row in connection.execute(query)}


def _noted(connection: Connection, record: int) -> set[int]:
    """The entries that the tables name of a record: every table with a column for each, and its requests'."""
    query = union(*(select(one.c.entry).where(one.c.record == record) for one in _naming()))
    found = {_began(connection, record), *stored.entries(connection, record)}
    # Rows from before their tables named entries have 0, which is the opening of the journal.
    return (found | set(connection.execute(query).scalars())) - {0}


def _lifts(found: Entry, holds: frozenset[int]) -> bool:
    return found.kind in _LIFTS and found.codes["hold"] in holds


def _chapter(
    connection: Connection,
    speaks: Callable[[int, Entry], bool],
    before: int | None,
    first: int,
    noted: set[int],
) -> Chapter:
    """Look through the window that ends at `before`, or at the newest entry; never before the entry `first`."""
    newest = store.last(connection)
    size = newest.size if newest else 0
    end = size if before is None else max(first, min(before, size))
    start = max(first, end - WINDOW)
    found = [
        Line(index, one.kind, one.at_ms, one.codes)
        for index, one in _entries(connection, start, end)
        if speaks(index, one)
    ]
    start = found[-MOST].index if len(found) > MOST else start
    found = found[-MOST:]
    found += [
        Line(index, one.kind, one.at_ms, one.codes)
        for index in sorted(noted)
        if index < start
        for _, one in _entries(connection, index, index + 1)
    ]
    lines = tuple(sorted(found, key=lambda line: -line.index))
    return Chapter(lines, start, end, start if start > first else 0)


def _entries(connection: Connection, start: int, end: int) -> Iterator[tuple[int, Entry]]:
    for index, raw in store.entries(connection, start, end):
        try:
            yield index, entry.decode(raw)
        except errors.Invalid:
            continue  # the journal's audit says so; the rest is read all the same
