# SPDX-License-Identifier: Apache-2.0
"""What of the vault may come back from a backup: nothing that was destroyed since, whatever the backup holds.

    admit    row by row, before anything is written: keys and index values of destroyed parts, and of epochs that
             are burned, never reach the new database
    forget   then the parts that came without a key: content goes, that it was destroyed is noted and journaled

No part is opened. What is left out for its epoch could be opened by nobody any more.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment, destroyed, subject, tables
from uphold.vault.keys import KeyRing
from uphold.vault.tables import (
    vault_destroyed,
    vault_index,
    vault_index_tail,
    vault_key,
    vault_part,
)

# As they stand in the journal: why a part is not there after a restore.
ERASED, BURNED = "erased-before", "key-burned"
TOGETHER = 200

PARTS, KEYS = vault_part.name, vault_key.name
TABLES = frozenset({PARTS, KEYS, vault_index.name, vault_index_tail.name, vault_destroyed.name})

_PART: Mapping[str, str] = {
    vault_key.name: "number",
    vault_index.name: "part",
    vault_index_tail.name: "part",
}


class Admission:
    """Decides about the rows of one backup. `stale` counts the destroyed parts in it that `listed` lacks."""

    def __init__(self, ring: KeyRing, listed: Collection[int]) -> None:
        """Take the newest key ring and the numbers in the file `destroyed`."""
        self._listed = listed
        self._epochs = frozenset(epoch.number for epoch in ring.epochs)
        self._newest = ring.newest.number
        self.stale = 0

    def of(self, table: str, columns: Sequence[str]) -> Callable[[Sequence[Any]], bool]:
        """Return what says of each row of a table whether it comes back.

        That raises `errors.Broken` for an epoch that is newer than the key ring.
        """
        if table == vault_destroyed.name:
            number = columns.index("number")
            return lambda row: self._count(row[number])
        if table not in _PART:
            return lambda _: True
        part, epoch = columns.index(_PART[table]), columns.index("epoch")
        return lambda row: self._lives(row[part], row[epoch])

    def _lives(self, part: int, epoch: int) -> bool:
        if epoch > self._newest:
            raise errors.Broken(
                f"The key ring has no epoch {epoch}, under which the backup is sealed.",
                "Name the newest key ring: this one is older than the backup.",
            )
        return part not in self._listed and epoch in self._epochs

    def _count(self, number: int) -> bool:
        self.stale += number not in self._listed
        return True


def forget(tx: Transaction, ring: KeyRing, listed: Collection[int]) -> dict[str, int]:
    """Note as destroyed some parts that have no key; returns how many by reason, nothing when none is left.

    Journals part.destroyed for each. `ring.destroyed` lists them, before this transaction can commit.
    """
    query = (
        select(vault_part.c.number, vault_part.c.purpose)
        .outerjoin(vault_key, vault_key.c.number == vault_part.c.number)
        .where(vault_key.c.number.is_(None))
        .order_by(vault_part.c.number)
        .limit(TOGETHER)
    )
    counts: dict[str, int] = {}
    gone = []
    for row in tx.execute(query).all():
        reason = ERASED if row.number in listed else BURNED
        salt = entry.salt()
        name = commitment.of_record(tx, ring, tables.record_of(row.number), salt)
        codes: dict[str, str | int] = {"purpose": row.purpose, "reason": reason}
        index = tx.append(entry.encode("part.destroyed", tx.now, salt, codes, [name]))
        tx.execute(delete(vault_part).where(vault_part.c.number == row.number))
        tx.insert(vault_destroyed, (row.number, row.purpose, tx.now, index))
        counts[reason] = counts.get(reason, 0) + 1
        gone.append(row.number)
    subject.forget(tx, gone)
    if ring.destroyed is not None:
        destroyed.append(ring.destroyed, gone)
    return counts
