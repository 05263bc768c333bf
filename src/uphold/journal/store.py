# SPDX-License-Identifier: Apache-2.0
"""The journal's tables and how they are read. Reading needs no key, so an auditor needs none.

    journal_batch  one row per batch: index of its first entry, count, identity, signed head, entries
    journal_tile   full tiles only, each with the subtree hash over it; partial ones are computed
    journal_head   the one row that a batch locks before it appends: size and identity of the last batch

Rows are only ever added (the head row apart), so what belongs to a size stays true however long the
reading takes. Damage met on the way is errors.Broken; `audit` says where it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    Column,
    Connection,
    CursorResult,
    Executable,
    LargeBinary,
    Table,
    bindparam,
    delete,
    select,
)

from uphold.database.schema import Number, metadata
from uphold.errors import Broken, Invalid, Missing
from uphold.journal import tile, tree

ADVICE = "Run `uphold journal verify`, and restore the database from a backup if it finds damage."
HEAD_ROW = 1
_PAGE = 64
_LARGEST = 2**63 - 1

# Small columns first: SQLite then reads a head without walking through the entries behind it.
journal_batch = Table(
    "journal_batch",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("count", Number, nullable=False),
    Column("batch", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("entries", LargeBinary, nullable=False),
)

journal_tile = Table(
    "journal_tile",
    metadata,
    Column("level", Number, primary_key=True, autoincrement=False),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)

journal_head = Table(
    "journal_head",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("size", Number, nullable=False),
    Column("batch", LargeBinary, nullable=False),
)

BATCHES = journal_batch.name
TABLES = frozenset({BATCHES, journal_tile.name, journal_head.name})

_b, _t = journal_batch.c, journal_tile.c
_LAST = select(_b.number, _b["count"], _b.batch, _b.note).order_by(_b.number.desc()).limit(1)
_HOLD = select(journal_head.c.number).with_for_update()
_HOLDING = (
    select(_b.number, _b["count"], _b.note, _b.entries)
    .where(_b.number <= bindparam("index"))
    .order_by(_b.number.desc())
    .limit(1)
)
_PAGE_OF = (
    select(_b.number, _b["count"], _b.note, _b.entries)
    .where(_b.number >= bindparam("start"), _b.number < bindparam("end"))
    .order_by(_b.number)
    .limit(_PAGE)
)
_TILE = select(_t.hashes).where(_t.level == bindparam("level"), _t.number == bindparam("number"))
_ROOTS = (
    select(_t.root)
    .where(_t.level == bindparam("level"))
    .where(_t.number >= bindparam("start"), _t.number < bindparam("end"))
    .order_by(_t.number)
)


class Reads(Protocol):
    """A connection, or a transaction that is being written."""

    def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy Core statement."""


class Last(NamedTuple):
    """The newest batch: its first entry's index, its count, identity, and the signed head after it."""

    number: int
    length: int
    batch: bytes
    note: bytes

    @property
    def size(self) -> int:
        """The number of entries in the journal."""
        return self.number + self.length


class Batch(NamedTuple):
    """One batch with its entries still in one piece."""

    number: int
    length: int
    note: bytes
    blob: bytes

    @property
    def end(self) -> int:
        """The index after its last entry."""
        return self.number + self.length

    def entries(self) -> list[bytes]:
        """Return the entries. Raises Broken when they are not as many as the row says."""
        try:
            found = tile.unbundle(self.blob)
        except Invalid as error:
            raise Broken(f"Batch {self.number} of the journal is damaged.", ADVICE) from error
        if len(found) != self.length:
            raise Broken(f"Batch {self.number} of the journal is damaged.", ADVICE)
        return found


def hold(connection: Connection) -> None:
    """Lock the head row, as every batch does before it writes: nobody appends until the transaction ends."""
    connection.execute(_HOLD)


def forsake(connection: Connection) -> None:
    """Take the head row away: no process of any version appends here any more."""
    connection.execute(delete(journal_head))


def last(reads: Reads) -> Last | None:
    """Return the newest batch, None when the journal is empty."""
    row = reads.execute(_LAST).one_or_none()
    return None if row is None else Last._make(row)


def holding(reads: Reads, index: int) -> Batch | None:
    """Return the last batch that begins at or before entry `index`; it may end before it."""
    row = reads.execute(_HOLDING, {"index": index}).one_or_none()
    return None if row is None else Batch._make(row)


def batches(reads: Reads, start: int, end: int) -> Iterator[Batch]:
    """Yield the batches that hold entries `start` to `end`, a page in memory at a time."""
    first = holding(reads, start)
    while first is not None:
        yield first
        page = reads.execute(_PAGE_OF, {"start": first.number + 1, "end": end}).all()
        for row in page[:-1]:
            yield Batch._make(row)
        first = Batch._make(page[-1]) if page else None


def entries(reads: Reads, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield (index, entry bytes) from `start` up to `end` or the end of the journal. Raises Broken."""
    stop = _LARGEST if end is None else end
    if start >= stop:
        return
    expected = None
    for batch in batches(reads, start, stop):
        if expected not in (None, batch.number):
            raise Broken(f"Entries before {batch.number} of the journal are missing.", ADVICE)
        expected = batch.end
        for index, raw in enumerate(batch.entries(), batch.number):
            if start <= index < stop:
                yield index, raw


def entry(reads: Reads, index: int) -> bytes:
    """Return the bytes of one entry. Raises Missing beyond the end, Broken on damage."""
    batch = holding(reads, index) if 0 <= index <= _LARGEST else None
    if batch is not None and index < batch.end:
        return batch.entries()[index - batch.number]
    newest = last(reads)
    if index >= 0 and newest is not None and index < newest.size:
        raise Broken(f"Entry {index} of the journal is missing.", ADVICE)
    raise Missing(f"The journal has no entry {index}.", "The first entry has index 0.")


def full_tile(reads: Reads, level: int, number: int) -> bytes:
    """Return the 8192 bytes of a full tile. Raises Broken when its row is missing or damaged."""
    row = reads.execute(_TILE, {"level": level, "number": number}).one_or_none()
    if row is None or len(row[0]) != tile.BYTES:
        name = tile.path(tile.Address(level, number, tile.WIDTH))
        raise Broken(f"The journal's {name} is missing or damaged.", ADVICE)
    return bytes(row[0])


def hashes(reads: Reads, level: int, start: int, end: int) -> list[bytes]:
    """Return the hashes `start` to `end` of a tile level, from what lies below it. Raises Broken."""
    if level == 0:
        found = [tree.leaf(raw) for _, raw in entries(reads, start, end)]
    else:
        span = {"level": level - 1, "start": start, "end": end}
        found = [bytes(row[0]) for row in reads.execute(_ROOTS, span)]
    if len(found) != end - start:
        raise Broken(f"The journal lacks hashes of tile level {level}.", ADVICE)
    return found


def edge(reads: Reads, size: int) -> tile.Edge:
    """Return the right edge of the tree at `size` entries. Raises Broken on damage."""
    tails = []
    level = 0
    while (have := size >> (tile.HEIGHT * level)) > 0:
        start = have - have % tile.WIDTH
        tails.append(hashes(reads, level, start, have) if start < have else [])
        level += 1
    return tile.Edge.resume(size, tails)


def read_tile(reads: Reads, size: int, address: tile.Address) -> bytes:
    """Return the bytes of a tile that a tree of `size` entries has, partial ones of any width included.

    Raises Missing when the tree is too small for it, Broken on damage.
    """
    level, number, width = address
    if not 1 <= width <= tile.width(size, level, number):
        raise Missing("The journal has no such tile yet.")
    if tile.width(size, level, number) == tile.WIDTH:
        return full_tile(reads, level, number)[: width * tree.HASH_BYTES]
    start = number * tile.WIDTH
    return b"".join(hashes(reads, level, start, start + width))


class Nodes:
    """The complete subtrees of the tree under one edge, from the edge and from full tiles.

    Called as tree.Complete; keeps the tiles it has read, so make one per proof.
    """

    def __init__(self, reads: Reads, edge: tile.Edge) -> None:
        self._reads = reads
        self._edge = edge
        self._known = dict(zip(tree.subtrees(0, edge.size), edge.peaks, strict=True))
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Return the hash of complete subtree (level, index). Raises Broken on damage."""
        known = self._known.get((level, index))
        if known is not None:
            return known
        height, rest = divmod(level, tile.HEIGHT)
        number, first = divmod(index << rest, tile.WIDTH)
        return tree.root(self._tile(height, number)[first : first + (1 << rest)])

    def _tile(self, level: int, number: int) -> list[bytes]:
        if tile.width(self._edge.size, level, number) < tile.WIDTH:
            return self._edge.tails[level]
        found = self._tiles.get((level, number))
        if found is None:
            raw = full_tile(self._reads, level, number)
            found = [raw[at : at + tree.HASH_BYTES] for at in range(0, tile.BYTES, tree.HASH_BYTES)]
            self._tiles[level, number] = found
        return found
