# SPDX-License-Identifier: Apache-2.0
"""Move what is wrapped under older epochs to the newest one, some keys at a time, opening no part.

A key row holds a part's key and the keyed digests of its addresses (`vault.subject`, decision record 0005): both
are wrapped anew, and the index values derived anew from the digests. `vault_part` is not read.

Guarantee: each step is one transaction, so at any moment every part has one key row and the index values that
belong to it. Steps may be broken off and begun anew; a row that does not open is left as it is and counted.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.vault import partkey, seal, subject
from uphold.vault.keys import Epoch, KeyRing
from uphold.vault.tables import vault_key

TOGETHER = 500

_k = vault_key.c
_PAGE = (
    select(_k.number, _k.epoch, _k.wrapped, _k.contacts)
    .where(_k.number > bindparam("after"), _k.epoch != bindparam("newest"))
    .order_by(_k.number)
    .limit(bindparam("limit"))
)
# How many are under an epoch, and which epoch comes next. To group them all SQLite would first sort them, in memory.
_USED = select(
    func.count().filter(_k.epoch == bindparam("of")),
    func.min(_k.epoch).filter(_k.epoch > bindparam("of")),
)
# These stop at the first row that they find: what is asked under the write lock is whether there is any.
_LEFT = select(_k.number).where(_k.epoch != bindparam("newest")).limit(1)
_UNDER = select(_k.number).where(_k.epoch.in_(bindparam("epochs", expanding=True))).limit(1)


class Step(NamedTuple):
    """What one step did: rows moved, rows that do not open, the last row looked at, None after the last of all."""

    moved: int
    stuck: int
    last: int | None


class _Row(NamedTuple):
    number: int
    epoch: int
    wrapped: bytes
    contacts: bytes | None


def used(reader: Connection | Transaction) -> dict[int, int]:
    """Count the parts whose key is wrapped under each epoch. Reads every key row once more than there are epochs."""
    found: dict[int, int] = {}
    of: int | None = -1
    while of is not None:
        rows, after = reader.execute(_USED, {"of": of}).one()
        if rows:
            found[of] = int(rows)
        of = after
    return found


def is_left(reader: Connection | Transaction, newest: int) -> bool:
    """Tell whether a part is wrapped under another epoch than the newest. Reads every key row once at most."""
    return reader.execute(_LEFT, {"newest": newest}).first() is not None


def is_used(reader: Connection | Transaction, numbers: Sequence[int]) -> bool:
    """Tell whether a part is wrapped under one of these epochs. Reads every key row once at most."""
    return reader.execute(_UNDER, {"epochs": list(numbers)}).first() is not None


def move(tx: Transaction, ring: KeyRing, newest: int, after: int, limit: int = TOGETHER) -> Step:
    """Wrap up to `limit` key rows behind row `after` under the newest epoch. Nobody adds others meanwhile."""
    epoch = ring.epoch(newest)
    wanted = {"after": after, "newest": newest, "limit": limit}
    rows = [_Row._make(row) for row in tx.execute(_PAGE, wanted)]
    keys: list[_Row] = []
    index: list[tuple[int, int, bytes, int]] = []
    for row in rows:
        try:
            moved, values = _moved(ring, epoch, row)
        except errors.Broken:
            continue
        keys.append(moved)
        index += values
    if keys:
        parts = [row.number for row in keys]
        tx.execute(delete(vault_key).where(_k.number.in_(parts)))
        for moved in keys:
            tx.insert(vault_key, moved)
        subject.reindex(tx, parts, index)
    last = rows[-1].number if len(rows) == limit else None
    return Step(len(keys), len(rows) - len(keys), last)


def _moved(
    ring: KeyRing, epoch: Epoch, row: _Row
) -> tuple[_Row, list[tuple[int, int, bytes, int]]]:
    """Return the row as it is under another epoch, and its index rows; `errors.Broken` if it does not open."""
    key = partkey.unwrap(ring, row.number, row.epoch, row.wrapped)
    inners = subject.unwrap(ring, row.number, row.epoch, row.contacts)
    nonces = os.urandom(2 * seal.NONCE_BYTES)
    first, second = nonces[: seal.NONCE_BYTES], nonces[seal.NONCE_BYTES :]
    moved = _Row(
        row.number,
        epoch.number,
        partkey.wrap(ring, epoch, row.number, first, key),
        subject.wrap(ring, epoch, row.number, second, inners),
    )
    values = {
        (kind, epoch.number, subject.derive(ring, epoch, kind, version, inner), row.number)
        for kind, version, inner in inners
    }
    return moved, sorted(values)
