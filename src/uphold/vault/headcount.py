# SPDX-License-Identifier: Apache-2.0
"""How many people's data there are, by the addresses that they can be found by. Nobody's address is seen.

A person is told by an e-mail address; who gave none beside it, by a telephone number. One person with two addresses
counts as two, which errs on the safe side of every threshold; so does an address while keys are being rotated, as it
has a value under each epoch.
"""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from uphold.vault import contact, tables
from uphold.vault.tables import vault_index, vault_index_tail

_Found = Select[tuple[int, bytes]]

# Slots of the tail's numbers follow the part's: see `tables`.
_SHIFT = tables.SLOTS


def people(connection: Connection, most: int) -> int:
    """Count people, at most `most`."""
    found = 0
    for query in (
        _merged(contact.EMAIL),
        _waiting(contact.EMAIL),
        _alone(_merged(contact.PHONE), vault_index.c.part),
        _alone(_waiting(contact.PHONE), vault_index_tail.c.part),
    ):
        bounded = query.limit(most - found).subquery()
        found += int(connection.execute(select(func.count()).select_from(bounded)).scalar_one())
        if found >= most:
            break
    return found


def _merged(kind: int) -> _Found:
    """Every value of a kind in the index once, in the order of its key, so that nothing is sorted."""
    columns = vault_index.c
    return select(columns.epoch, columns.value).where(columns.kind == kind).distinct()


def _waiting(kind: int) -> _Found:
    """Every value of a kind once that waits in the tail and is not in the index yet."""
    columns, known = vault_index_tail.c, vault_index.alias().c
    same = (known.kind == kind, known.epoch == columns.epoch, known.value == columns.value)
    query = select(columns.epoch, columns.value).where(columns.kind == kind)
    return query.where(~select(known.part).where(*same).exists()).distinct()


def _alone(query: _Found, part: Any) -> _Found:
    """Leave out what stands in the same part as an e-mail address."""
    index, tail = vault_index.alias().c, vault_index_tail.alias().c
    merged = select(index.part).where(index.part == part, index.kind == contact.EMAIL)
    waiting = select(tail.part).where(
        tail.number.between(part * _SHIFT, part * _SHIFT + _SHIFT - 1), tail.kind == contact.EMAIL
    )
    return query.where(~merged.exists(), ~waiting.exists())
