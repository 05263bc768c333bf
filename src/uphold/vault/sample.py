# SPDX-License-Identifier: Apache-2.0
"""Tell whether what is stored would open, without anybody seeing it: what opens is thrown away here."""

from collections.abc import Collection
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select

from uphold import errors
from uphold.vault import partkey, seal, tables
from uphold.vault.keys import KeyRing
from uphold.vault.tables import vault_key, vault_part

LARGEST = 64
_TOGETHER = 5_000


class Sample(NamedTuple):
    """How many parts were tried, and how many of them opened."""

    tried: int
    opened: int


def of(connection: Connection, ring: KeyRing, limit: int = LARGEST) -> Sample:
    """Try the latest parts, up to `limit`: they are sealed under the newest keys and the newest of everything."""
    columns = vault_part.c
    query = (
        select(
            columns.number,
            columns.purpose,
            columns.version,
            columns.sealed,
            vault_key.c.epoch,
            vault_key.c.wrapped,
        )
        .join(vault_key, vault_key.c.number == columns.number)
        .order_by(columns.number.desc())
        .limit(limit)
    )
    tried = opened = 0
    for row in connection.execute(query):
        tried += 1
        place = ring.places.part(tables.record_of(row.number), row.purpose, row.version)
        try:
            key = partkey.unwrap(ring, row.number, row.epoch, row.wrapped)
            seal.unseal(AESGCM(key), row.sealed, place)
        except errors.Broken:
            continue
        opened += 1
    return Sample(tried, opened)


def back(connection: Connection, numbers: Collection[int]) -> int:
    """Count the parts among `numbers` of which a key or the content is there.

    Goes through what is there, some at a time: what was ever destroyed may be many times as much.
    """
    found: set[int] = set()
    for column in (vault_key.c.number, vault_part.c.number):
        query = select(column).order_by(column).limit(_TOGETHER)
        after = -1
        while page := list(connection.execute(query.where(column > after)).scalars()):
            found.update(number for number in page if number in numbers)
            after = page[-1]
    return len(found)
