# SPDX-License-Identifier: Apache-2.0
"""Walk through the whole vault, record by record, and say what does not hold together. Opens no part.

What a part's entry says of its content shows whether it was changed; that needs no key. With the key ring
every wrapped key is opened too, and what was salted from it derived again, so that a part moved or exchanged
together with its entry shows.

Limits: a part's `version` and content are authenticated together when it is opened, which this does not do.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from cryptography.hazmat.primitives.hmac import HMAC
from sqlalchemy import Connection, RowMapping

from uphold import errors
from uphold.database import walk
from uphold.database.walk import Row, Unreadable
from uphold.vault import commitment, identifier, partkey, seal, subject, tables
from uphold.vault.keys import KeyRing
from uphold.vault.tables import (
    vault_destroyed,
    vault_index,
    vault_index_tail,
    vault_key,
    vault_part,
)

# Pages of sealed parts stay small: one part may be as long as a post.
_PAGE_OF_PARTS = 64
_INDEX_ORDER = ("part", "kind", "epoch", "value")
NOWHERE = 1 << 64
"""The record of rows whose key is no number: behind every number that there can be."""
PARTS = vault_part.name
DESTROYED = vault_destroyed.name


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold together: in which table, at which number, what."""

    table: str
    number: int | None
    what: str


class Live:
    """A part that is not destroyed, and what it commits to. `sealed` is the digest of its content.

    `is_opened` says whether its key opened; then an anchor also knows its record's digests.
    """

    __slots__ = ("_keyed", "_name", "is_opened", "number", "purpose", "sealed", "version")

    def __init__(self, row: Row, ring: KeyRing | None, part_key: bytes | None) -> None:
        """Take the part's row, and its unwrapped key if there is one."""
        self.number: int = row.number
        self.purpose: object = row.values["purpose"]
        self.version: object = row.values["version"]
        self.sealed = commitment.sealed_digest(row.values["sealed"])
        self.is_opened = part_key is not None
        self._name = ""
        self._keyed: HMAC | None = None
        record = tables.record_of(row.number)
        if (
            ring is not None
            and part_key is not None
            and row.number == tables.part_number(record, 0)
        ):
            self._name = ring.identifiers.encode(identifier.RECORD, record)
            self._keyed = seal.keyed(part_key)

    def record(self, entry_salt: bytes) -> str | None:
        """The digest by which an entry with this salt commits to the record's id; None if it is not known."""
        if self._keyed is None:
            return None
        chosen = commitment.salt(self._keyed, entry_salt, commitment.RECORD)
        return commitment.digest(commitment.disclosure(chosen, commitment.RECORD, self._name))


@dataclass(slots=True)
class Held:
    """What the vault holds of one record: parts that live and parts that are destroyed, by part number."""

    record: int
    live: dict[int, Live] = field(default_factory=dict)
    destroyed: dict[int, RowMapping] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    damaged: set[int] = field(default_factory=set)
    """Parts that are there and cannot be read."""


def records(connection: Connection, ring: KeyRing | None) -> Iterator[Held]:
    """Yield every record that any table of the vault knows of, lowest number first.

    Memory is that of one record and a page of each table. Raises SQLAlchemy's DBAPIError when a table
    cannot be read on.
    """
    streams = (
        _by_record(walk.rows(connection, vault_part, page=_PAGE_OF_PARTS), 8),
        _by_record(walk.rows(connection, vault_key), 8),
        _by_record(walk.rows(connection, vault_destroyed), 8),
        _by_record(walk.rows(connection, vault_index_tail), 10),
        _by_record(walk.rows(connection, vault_index, _INDEX_ORDER), 8),
    )
    merged = heapq.merge(*streams, key=_record)
    for record, members in groupby(merged, key=_record):
        yield _Inspection(ring, record).held(row for _, row in members)


def part(connection: Connection, number: int) -> Live | None:
    """Look at one part, without its key; None when it is destroyed, or its row is not what it should be."""
    row = walk.row(connection, vault_part, number)
    held = _Inspection(None, tables.record_of(number)).held([] if row is None else [row])
    return held.live.get(number)


def _by_record(rows: walk.Rows, bits: int) -> Iterator[tuple[int, Row | Unreadable]]:
    """Name the record of each row. A key that is no number sorts last, where it becomes a fault."""
    for row in rows:
        yield (row.number >> bits if isinstance(row.number, int) else NOWHERE), row


def _record(member: tuple[int, Row | Unreadable]) -> int:
    return member[0]


class _Inspection:
    """The rows of one record, set against each other."""

    def __init__(self, ring: KeyRing | None, record: int) -> None:
        self._ring = ring
        self._held = Held(record)
        self._parts: dict[int, Row] = {}
        self._keys: dict[int, Row] = {}
        self._index: dict[int, list[Row]] = {}

    def held(self, rows: Iterable[Row | Unreadable]) -> Held:
        """Sort the rows, then compare them part by part."""
        for row in rows:
            self._sort(row)
        for number, member in self._parts.items():
            self._part(number, member)
        for number, member in self._keys.items():
            if number not in self._parts:
                self._fault(member, "the key has no part")
        for number, members in self._index.items():
            if number not in self._parts:
                for member in members:
                    self._fault(member, f"it indexes part {number}, which does not live")
        return self._held

    def _fault(self, row: Row | Unreadable, what: str) -> None:
        number = row.number if isinstance(row.number, int) else None
        self._held.faults.append(Fault(row.table, number, what))

    def _sort(self, row: Row | Unreadable) -> None:
        if isinstance(row, Unreadable) or not isinstance(row.number, int):
            self._fault(row, "the row cannot be read")
            if row.table == vault_part.name:
                self._held.damaged.add(row.number)
        elif row.table == vault_part.name:
            self._parts[row.number] = row
        elif row.table == vault_key.name:
            self._keys[row.number] = row
        elif row.table == vault_destroyed.name:
            self._held.destroyed[row.number] = row.values
        else:
            part = row.number
            if row.table == vault_index_tail.name:
                part >>= 2
                if row.values["part"] != part:
                    self._fault(row, "it indexes another part than its number says")
            self._index.setdefault(part, []).append(row)

    def _part(self, number: int, row: Row) -> None:
        if number in self._held.destroyed:
            self._fault(row, "the part is there, and so is the note that it was destroyed")
        if not isinstance(row.values["sealed"], bytes):
            self._fault(row, "its content is no bytes")
            self._held.damaged.add(number)
            return
        key = self._keys.get(number)
        if key is None:
            self._fault(row, "the part has no key")
            self._held.live[number] = Live(row, None, None)
            return
        self._held.live[number] = Live(row, self._ring, self._unwrapped(number, key))
        self._contacts(number, key)

    def _unwrapped(self, number: int, key: Row) -> bytes | None:
        """Open the part's key; it does not leave this room."""
        epoch, wrapped = key.values["epoch"], key.values["wrapped"]
        if not _is_epoch(epoch) or not isinstance(wrapped, bytes):
            self._fault(key, "its epoch is no number, or the wrapped key no bytes")
        elif self._ring is not None:
            try:
                return partkey.unwrap(self._ring, number, epoch, wrapped)
            except errors.Broken as error:
                self._fault(key, f"the wrapped key does not open: {error.message}")
        return None

    def _contacts(self, number: int, key: Row) -> None:
        """Compare the blind index with the contacts wrapped beside the key, without learning an address."""
        epoch, blob = key.values["epoch"], key.values["contacts"]
        found = self._index.get(number, [])
        if blob is not None and not isinstance(blob, bytes):
            self._fault(key, "the wrapped contacts are no bytes")
        elif self._ring is None or not _is_epoch(epoch):
            if (blob is None) != (not found):
                self._fault(key, "wrapped contacts and index do not belong together")
        else:
            try:
                contacts = subject.unwrap(self._ring, number, epoch, blob)
                self._compare(self._ring, key, contacts, found)
            except errors.Broken as error:
                self._fault(key, f"the wrapped contacts do not open: {error.message}")

    def _compare(
        self, ring: KeyRing, key: Row, contacts: list[tuple[int, int, bytes]], found: list[Row]
    ) -> None:
        """Each contact has its value under the key's epoch; each value of the index is one of a contact."""
        known = {epoch.number: epoch for epoch in ring.epochs}
        own = key.values["epoch"]
        there: dict[tuple[object, object, object], Row] = {}
        for row in found:
            if there.setdefault(_value(row), row) is not row:
                self._fault(row, f"it indexes a contact of part {key.number} a second time")
        right = {
            (kind, number, subject.derive(ring, known[number], kind, version, inner))
            for number in {own, *(value[1] for value in there)} & known.keys()
            for kind, version, inner in contacts
        }
        for value, row in there.items():
            if value not in right:
                self._fault(row, f"it is not the index value of a contact of part {key.number}")
        if not {value for value in right if value[1] == own} <= there.keys():
            self._fault(key, "the index lacks a contact of the part: it cannot be found by it")


def _value(row: Row) -> tuple[object, object, object]:
    return row.values["kind"], row.values["epoch"], row.values["value"]


def _is_epoch(value: object) -> bool:
    return isinstance(value, int) and 0 <= value < 1 << 32
