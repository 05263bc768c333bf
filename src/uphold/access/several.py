# SPDX-License-Identifier: Apache-2.0
"""Open several records for one purpose in one act: each is decided and journaled by itself, then all are opened.

A limit for one act and one for a day stand against what a single hasty or hostile session could carry away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.access import gate, hold, reading, restraint, volume
from uphold.access.permission import Actor
from uphold.access.reading import Denied, Granted, Opened, Question
from uphold.access.volume import Limit, Refused, What
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.policy.document import Edition
from uphold.vault.unlock import KeyRing


@dataclass(frozen=True, slots=True)
class Several:
    """What came of each record, by number in the order asked; `entry` is the index of the act in the journal."""

    outcomes: tuple[tuple[int, Opened | Denied], ...]
    entry: int
    at: int


_Entered = tuple[list[tuple[int, Granted | Denied]], int, int]


def open_several(
    writer: Writer,
    ring: KeyRing,
    actor: Actor,
    purpose: str,
    questions: Sequence[Question],
    *,
    asked: int,
    current: Edition,
    limit: Limit,
) -> Several | Refused:
    """Open what the gate permits of these records, or refuse the whole; all of it is durable on return.

    Every question is of this actor and purpose; `asked` is how many records were asked for, those that there are none
    of included: what an act costs must not tell what there is. Journals copy.opened and an entry for each record, or
    copy.refused. Blocks for the commit. Raises `errors.Invalid` for a purpose that is no id at all,
    `errors.Unavailable` when the journal cannot be written: then nothing is shown.
    """
    entered = writer.run(
        lambda tx: _enter(tx, ring, actor, purpose, questions, asked, current, limit)
    )
    if isinstance(entered, Refused):
        return entered
    outcomes, index, at = entered
    return Several(tuple((record, _reveal(ring, one)) for record, one in outcomes), index, at)


def barred(
    tx: Transaction,
    actor: Actor,
    what: What,
    purpose: str,
    count: int,
    current: Edition,
    limit: Limit,
) -> Refused | None:
    """Refuse an act as a whole, journaled: for its volume, or because the gate bars the purpose to this person."""
    denial = gate.several(actor, purpose, current, hold.active(tx, tx.now), tx.now)
    if denial is not None:
        return volume.refuse(tx, actor, what, purpose, str(denial.reason))
    if what is What.EXPORT and restraint.bonds(tx, actor.staff, tx.now).is_export_frozen:
        return volume.refuse(tx, actor, what, purpose, volume.FROZEN)
    if not limit.allows(count, volume.used(tx, actor.staff, what, tx.now - limit.window)):
        return volume.refuse(tx, actor, what, purpose, volume.LIMIT)
    return None


def _enter(
    tx: Transaction,
    ring: KeyRing,
    actor: Actor,
    purpose: str,
    questions: Sequence[Question],
    asked: int,
    current: Edition,
    limit: Limit,
) -> _Entered | Refused:
    refused = barred(tx, actor, What.OPEN, purpose, asked, current, limit)
    if refused is not None:
        return refused
    outcomes = [(one.record, reading.enter(tx, ring, one)) for one in questions]
    codes: dict[str, entry.Code] = {
        "staff": actor.staff,
        "purpose": purpose,
        "records": len(questions),
        "denied": sum(isinstance(one, Denied) for _, one in outcomes),
    }
    index = tx.append(entry.encode("copy.opened", tx.now, entry.salt(), codes))
    volume.note(tx, actor.staff, What.OPEN, asked, index)
    return outcomes, index, tx.now


def _reveal(ring: KeyRing, one: Granted | Denied) -> Opened | Denied:
    return one if isinstance(one, Denied) else reading.reveal(ring, one)
