# SPDX-License-Identifier: Apache-2.0
"""Verify a whole stored journal: every entry, tile, signature and root, in one streaming pass.

Each finding says what is wrong and where. Whatever bytes the tables hold, findings are all that comes out.
Needs the public key only. Memory does not grow with the journal.

An entry that was changed breaks the root of its batch. Which entry it was is known when the tile over it
is full, because the tile still holds the old leaf hash; the pass then goes on from the stored tile, so
that damage in one place is not reported at every later head.

What no signature covers: a batch's identity, which means nothing and serves to look a batch up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from uphold.errors import Invalid
from uphold.journal import checkpoint, entry, note, store, tile, tree

LARGEST_GAP = 65_536
"""Behind a hole of more entries than this, roots are not compared any more."""

_PAGE = 64
_NUMBERS = 2**63
_LOST = bytes(tree.HASH_BYTES)

_b, _t, _h = store.journal_batch.c, store.journal_tile.c, store.journal_head.c


def _raw(column: Any, name: str) -> Any:
    """Select a column as the driver gives it: a type's own conversion may choke on damage."""
    return type_coerce(column, NullType()).label(name)


_BATCHES = (
    select(
        _raw(_b.number, "number"),
        _raw(_b["count"], "length"),
        _raw(_b.batch, "batch"),
        _raw(_b.note, "note"),
        _raw(_b.entries, "blob"),
    )
    .where(_b.number >= bindparam("start"))
    .order_by(_b.number)
    .limit(_PAGE)
)
_FLOOR = select(func.max(_b.number)).where(_b.number <= bindparam("index"))
_TILE = select(_raw(_t.root, "root"), _raw(_t.hashes, "hashes")).where(
    _t.level == bindparam("level"), _t.number == bindparam("number")
)
_COUNTS = (
    select(_raw(_t.level, "level"), func.count().label("tiles"), func.max(_t.number).label("top"))
    .group_by(_t.level)
    .order_by(_t.level)
)
_HEADS = select(_raw(_h.number, "number"), _raw(_h.size, "size"), _raw(_h.batch, "batch"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `batch` and `entry` are indices, `tile` a C2SP path; None where not meant."""

    what: str
    batch: int | None = None
    entry: int | None = None
    tile: str | None = None

    def __str__(self) -> str:
        places = (("batch", self.batch), ("entry", self.entry), ("tile", self.tile))
        where = ", ".join(f"{name} {place}" for name, place in places if place is not None)
        return f"{where}: {self.what}" if where else self.what


def run(
    connection: Connection,
    log: note.Verifier,
    head_file: bytes | None = None,
    seen: Callable[[int], None] | None = None,
) -> Iterator[Finding]:
    """Yield everything wrong with the stored journal of the log with this key; nothing when all is well.

    `head_file` is the content of the host's head file, which the journal must reach and agree with. `seen`
    is told after each batch how many entries the pass has come by.
    """
    return _Pass(connection, log, head_file, seen).run()


def readable(
    connection: Connection, start: int = 0, end: int = _NUMBERS - 1
) -> Iterator[tuple[int, bytes]]:
    """Yield (index, bytes) of the entries `start` to `end` that can be read, whatever lies between them."""
    at = connection.execute(_FLOOR, {"index": start}).scalar()
    at = start if at is None else at
    query = _BATCHES.where(_b.number < bindparam("end"))
    while at < end and (
        page := connection.execute(query, {"start": at, "end": end}).mappings().all()
    ):
        for row in page:
            entries, _ = _unbundle(row["blob"])
            for index, raw in enumerate(entries, row["number"]):
                if start <= index < end:
                    yield index, raw
        at = page[-1]["number"] + 1


class _Pass:
    """One pass over the tables, batch by batch."""

    def __init__(
        self,
        connection: Connection,
        log: note.Verifier,
        head_file: bytes | None,
        seen: Callable[[int], None] | None,
    ) -> None:
        self._connection = connection
        self._seen = seen
        self._log = log
        self._head_file = head_file
        self._noted: checkpoint.Checkpoint | None = None
        self._retrace = _Retrace(connection)
        self._expected = 0
        self._identity: object = b""
        self._named: tuple[object, int, int] = (None, 0, 0)

    def run(self) -> Iterator[Finding]:
        try:
            yield from self._read_head_file()
            start = -_NUMBERS
            while page := self._connection.execute(_BATCHES, {"start": start}).mappings().all():
                for row in page:
                    yield from self._batch(row)
                    if self._seen is not None:
                        self._seen(self._expected)
                start = page[-1]["number"] + 1
                if start == _NUMBERS:
                    break
            yield from self._stop()
        except DBAPIError as error:
            kind = type(error.orig).__name__
            yield Finding(f"the database itself cannot be read on ({kind})", batch=self._expected)

    def _read_head_file(self) -> Iterator[Finding]:
        if self._head_file is None:
            return
        try:
            self._noted = checkpoint.verify(self._head_file, self._log).checkpoint
        except Invalid as error:
            yield Finding(f"the head file holds no head of this journal: {error.message}")

    def _batch(self, row: RowMapping) -> Iterator[Finding]:
        number = row["number"]
        yield from self._join(number)
        entries, cut = _unbundle(row["blob"])
        head, wrong = self._head(row["note"])
        if wrong is not None:
            yield Finding(wrong, batch=number)
        end = _end(number, row["length"], len(entries), head)
        if cut is not None:
            yield Finding(cut, batch=number, entry=number + len(entries))
        if row["length"] != len(entries):
            yield Finding("does not hold as many entries as its row says", batch=number)
        if head is not None and head.size != number + len(entries):
            yield Finding("does not hold as many entries as its signed head says", batch=number)
        if not isinstance(row["batch"], bytes) or len(row["batch"]) != 16:
            yield Finding("its identity is not 16 bytes", batch=number)
        yield from self._entries(number, entries[: end - number])
        if number == self._expected:
            leaves = [tree.leaf(raw) for raw in entries[: end - number]]
            yield from self._retrace.grow(number, leaves, end)
            if head is not None:
                yield from self._compare(number, head)
        self._expected = max(self._expected, end)
        self._identity = row["batch"]

    def _join(self, number: int) -> Iterator[Finding]:
        """Check that the batch begins where the one before it ended; fill a hole so that indices hold."""
        if number < self._expected:
            what = f"overlaps the entries before it, which end at {self._expected}"
            yield Finding(what, batch=number)
        elif number > self._expected:
            what = f"entries {self._expected} to {number - 1} before it are missing"
            yield Finding(what, batch=number)
            yield from self._retrace.grow(number, [], number)
            self._expected = number

    def _head(self, raw: object) -> tuple[checkpoint.Checkpoint | None, str | None]:
        """Return the signed head, or what is wrong with it."""
        if not isinstance(raw, bytes):
            return None, "its signed head is no bytes"
        try:
            return checkpoint.verify(raw, self._log).checkpoint, None
        except Invalid as error:
            return None, f"its signed head does not verify: {error.message}"

    def _entries(self, number: int, entries: list[bytes]) -> Iterator[Finding]:
        """Check each entry against the catalogue: that the journal begins, and says nothing else."""
        for index, raw in enumerate(entries, number):
            try:
                found = entry.decode(raw)
            except Invalid as error:
                yield Finding(error.message, batch=number, entry=index)
                continue
            if (found.kind == "journal.opened") != (index == 0):
                what = "a journal begins with journal.opened, once"
                yield Finding(what, batch=number, entry=index)
            elif found.kind == "journal.opened":
                self._named = (found.codes["origin"], number, index)
            elif found.kind == "journal.continued":
                yield from self._continued(number, index, found)

    def _continued(self, number: int, index: int, found: entry.Entry) -> Iterator[Finding]:
        """Follow the origin of the journal through a restore that it went on after."""
        codes = found.codes
        if codes["before"] != self._named[0]:
            what = "it goes on from another journal than the one before it"
            yield Finding(what, batch=number, entry=index)
        if codes["kept"] != index or int(codes["size"]) < index:
            what = "it does not stand behind the entries that it says were kept"
            yield Finding(what, batch=number, entry=index)
        self._named = (codes["origin"], number, index)

    def _compare(self, number: int, head: checkpoint.Checkpoint) -> Iterator[Finding]:
        """Compare the signed head with the tree, and with the head file where that is of its size."""
        if not self._retrace.reaches(head):
            yield Finding("its entries do not lead to its signed root", batch=number)
        noted = self._noted
        if noted is not None and noted.size == head.size:
            self._noted = None
            if noted.root != head.root:
                yield Finding("the head file has another root at this size", batch=number)

    def _stop(self) -> Iterator[Finding]:
        """Check what can only be known at the end: no tile too many, head row and head file reached."""
        noted, size = self._noted, self._expected
        if noted is not None and noted.size > size:
            yield Finding(f"the journal has {size} entries, and the head file knows {noted.size}")
        elif noted is not None and (noted.size > 0 or noted.root != tree.EMPTY):
            yield Finding(f"the head file is of size {noted.size}, where no batch ends")
        yield from self._retrace.stop(size)
        origin, number, index = self._named
        if origin not in (None, self._log.name):
            yield Finding("the journal opens with another origin", batch=number, entry=index)
        heads = self._connection.execute(_HEADS).mappings().all()
        wanted = [(store.HEAD_ROW, size, self._identity)] if size else []
        if [(row["number"], row["size"], row["batch"]) for row in heads] != wanted:
            yield Finding("the head row does not name the last batch and the journal's size")


@dataclass(slots=True)
class _Tree:
    """A tree so far, and as it was before the tile that is now being filled."""

    edge: tile.Edge
    before: tile.Edge


class _Retrace:
    """The tree computed again from the entries, beside a second one that believes the stored tiles.

    The second exists from the first tile on that does not hold its entries' hashes. The next signed root
    tells which to go on with; while neither leads to it, roots and higher tiles are not compared.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._computed = _Tree(tile.Edge(), tile.Edge())
        self._believing: _Tree | None = None
        self._is_lost = False
        self._is_over = False

    def grow(self, number: int, leaves: list[bytes], end: int) -> Iterator[Finding]:
        """Add the leaf hashes of batch `number`, which ends at `end`; those that are lost count as zeros."""
        missing = end - self._computed.edge.size - len(leaves)
        self._is_lost = self._is_lost or missing > 0
        self._is_over = self._is_over or missing > LARGEST_GAP
        if self._is_over:
            return
        leaves = leaves + [_LOST] * missing
        while leaves:
            # One tile at a time, so that its stored copy can be weighed right behind it.
            room = tile.WIDTH - self._computed.edge.size % tile.WIDTH
            chunk, leaves = leaves[:room], leaves[room:]
            self._computed.edge.extend(chunk)
            if self._believing is not None:
                self._believing.edge.extend(chunk)
            if self._computed.edge.full:
                yield from self._weigh(number)

    def reaches(self, head: checkpoint.Checkpoint) -> bool:
        """Tell whether a tree leads to the signed root; once it does not, not again until one does."""
        if self._is_over or self._computed.edge.size != head.size:
            return True
        if self._computed.edge.root() != head.root:
            if self._believing is None or self._believing.edge.root() != head.root:
                was_lost, self._is_lost = self._is_lost, True
                return was_lost
            self._computed = self._believing
        self._believing = None
        self._is_lost = False
        return True

    def stop(self, size: int) -> Iterator[Finding]:
        """Look for tiles beyond the tree; missing ones were found on the way."""
        for row in self._connection.execute(_COUNTS).mappings():
            level, top = row["level"], row["top"]
            is_level = isinstance(level, int) and 0 <= level <= tile.MAX_LEVEL
            have = size >> (tile.HEIGHT * (level + 1)) if is_level else 0
            if row["tiles"] > have or not isinstance(top, int) or top >= have:
                yield Finding("there are tiles that the tree does not have", tile=f"tile/{level}")

    def _weigh(self, number: int) -> Iterator[Finding]:
        """Compare the tiles that have just become full with the stored ones, the lowest one first."""
        lowest, *higher = self._computed.edge.full
        row = self._row(lowest)
        stored = _whole(row)
        differing = [] if stored is None else list(_differences(stored, lowest.hashes))
        if stored is None:
            yield Finding("the tile is missing or not 8192 bytes", tile=_name(lowest))
        for at in differing:
            index = lowest.number * tile.WIDTH + at
            what = "the entry does not have the hash in its tile"
            yield Finding(what, number if index >= number else None, index, _name(lowest))
        if stored is not None and (differing or self._believing is not None):
            edge = (self._believing or self._computed).before.copy()
            edge.extend(_split(stored))
            self._believing = _Tree(edge, edge)
        elif not self._is_lost and self._believing is None:
            if row is not None and row["root"] != lowest.root:
                what = "the hash over the tile is not that of its hashes"
                yield Finding(what, tile=_name(lowest))
            for full in higher:
                yield from self._higher(full)
        for candidate in filter(None, (self._computed, self._believing)):
            candidate.edge.full.clear()
            candidate.before = candidate.edge.copy()

    def _higher(self, full: tile.Full) -> Iterator[Finding]:
        row = self._row(full)
        stored = _whole(row)
        if row is None or stored is None:
            yield Finding("the tile is missing or not 8192 bytes", tile=_name(full))
        elif stored != full.hashes:
            yield Finding("the tile differs from the tiles below it", tile=_name(full))
        elif row["root"] != full.root:
            yield Finding("the hash over the tile is not that of its hashes", tile=_name(full))

    def _row(self, full: tile.Full) -> RowMapping | None:
        place = {"level": full.level, "number": full.number}
        return self._connection.execute(_TILE, place).mappings().one_or_none()


def _end(number: int, length: object, found: int, head: checkpoint.Checkpoint | None) -> int:
    """Decide where a batch ends: its signed head knows; without one, the larger count that is credible."""
    if head is not None and 0 <= head.size - number <= LARGEST_GAP:
        return head.size
    if isinstance(length, int) and found < length <= LARGEST_GAP:
        return number + length
    return number + found


def _unbundle(blob: object) -> tuple[list[bytes], str | None]:
    """Return the whole entries at the front of a blob, and what is wrong behind them."""
    if not isinstance(blob, bytes):
        return [], "its entries are no bytes"
    entries: list[bytes] = []
    at, end = 0, len(blob)
    while at < end:
        start = at + 2
        stop = start + int.from_bytes(blob[at:start], "big")
        if start > end or stop > end:
            return entries, "the entry is cut short"
        entries.append(blob[start:stop])
        at = stop
    return entries, None


def _whole(row: RowMapping | None) -> bytes | None:
    """Return the hashes of a tile's row when they are bytes and complete."""
    hashes = None if row is None else row["hashes"]
    return hashes if isinstance(hashes, bytes) and len(hashes) == tile.BYTES else None


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + tree.HASH_BYTES] for at in range(0, tile.BYTES, tree.HASH_BYTES)]


def _differences(stored: bytes, computed: bytes) -> Iterator[int]:
    if stored != computed:
        pairs = zip(_split(stored), _split(computed), strict=True)
        yield from (at for at, (one, other) in enumerate(pairs) if one != other)


def _name(full: tile.Full) -> str:
    return tile.path(tile.Address(full.level, full.number, tile.WIDTH))
