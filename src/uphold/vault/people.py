# SPDX-License-Identifier: Apache-2.0
"""How many people and addresses records name, with no part opened: by the keyed digests beside the parts' keys.

Two records that share an address, or are joined by a third that shares one with each, are one person's. A record in
which no address is indexed is a person of its own: nobody is left out of a count, and somebody may be in it twice.
The digests are the same in every epoch, so a rotation of keys under way counts nobody twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from uphold.database.transaction import Transaction
from uphold.vault import contact, subject, tables
from uphold.vault.keys import KeyRing
from uphold.vault.tables import vault_destroyed, vault_key, vault_part

_TOGETHER = 200

Reader = Connection | Transaction


@dataclass(frozen=True, slots=True)
class People:
    """How many people some records are about, and how many different addresses name them.

    `nameless` are the records in which no address is indexed, those of whom everything is destroyed among them.
    """

    subjects: int
    emails: int
    phones: int
    nameless: int

    @property
    def addresses(self) -> int:
        """How many addresses there are."""
        return self.emails + self.phones


def count(reader: Reader, ring: KeyRing, records: Iterable[int]) -> People:
    """Count the people of these records; raises `errors.Broken` when a digest was tampered with."""
    wanted = set(records)
    joined: dict[bytes, bytes] = {}
    kinds: dict[bytes, int] = {}
    named: set[int] = set()
    heads: dict[int, bytes] = {}
    for record, members in _addresses(reader, ring, wanted):
        for kind, _, inner in members:
            kinds[inner] = kind
            first = heads.setdefault(record, inner)
            _join(joined, first, inner)
            named.add(record)
    people = {_root(joined, inner) for inner in kinds}
    emails = sum(kind == contact.EMAIL for kind in kinds.values())
    nameless = len(wanted - named)
    return People(len(people) + nameless, emails, len(kinds) - emails, nameless)


def parts(reader: Reader, records: Iterable[int]) -> set[tuple[int, str]]:
    """Return which purposes these records still hold a part for: pairs of record and purpose."""
    columns = vault_part.c
    query = select(columns.number, columns.purpose)
    found: set[tuple[int, str]] = set()
    for chosen in _batches(sorted(set(records))):
        within = or_(*(columns.number.between(*tables.parts_of(one)) for one in chosen))
        found |= {
            (tables.record_of(row.number), row.purpose)
            for row in reader.execute(query.where(within))
        }
    return found


def destroyed(reader: Reader, since: int, until: int) -> set[tuple[int, str]]:
    """Return what was destroyed from one moment to another (unix ms, both included): record and purpose."""
    columns = vault_destroyed.c
    query = select(columns.number, columns.purpose).where(
        columns.destroyed_at >= since, columns.destroyed_at <= until
    )
    return {(tables.record_of(row.number), row.purpose) for row in reader.execute(query)}


def _addresses(
    reader: Reader, ring: KeyRing, wanted: set[int]
) -> Iterator[tuple[int, list[tuple[int, int, bytes]]]]:
    columns = vault_key.c
    query = select(columns.number, columns.epoch, columns.contacts).where(
        columns.contacts.is_not(None)
    )
    for chosen in _batches(sorted(wanted)):
        within = or_(*(columns.number.between(*tables.parts_of(one)) for one in chosen))
        for row in reader.execute(query.where(within)):
            members = subject.unwrap(ring, row.number, row.epoch, row.contacts)
            yield tables.record_of(row.number), members


def _batches(records: list[int]) -> Iterator[list[int]]:
    return (records[at : at + _TOGETHER] for at in range(0, len(records), _TOGETHER))


def _root(joined: dict[bytes, bytes], inner: bytes) -> bytes:
    while (above := joined.get(inner, inner)) != inner:
        # Half the way is cut each time, so that no chain grows long.
        joined[inner] = joined.get(above, above)
        inner = above
    return inner


def _join(joined: dict[bytes, bytes], one: bytes, other: bytes) -> None:
    left, right = _root(joined, one), _root(joined, other)
    if left != right:
        joined[right] = left
