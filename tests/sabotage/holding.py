# SPDX-License-Identifier: Apache-2.0
"""Suspensions that are not obeyed, and readings of the journal that leave no trace."""

from collections.abc import Callable
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.access import gate, hold, reading
from uphold.assurance import chronicle
from uphold.database.transaction import Transaction
from uphold.vault.unlock import KeyRing
from uphold.web import messages
from uphold.web.console import Console
from uphold.web.staffed import Visit


def obey_no_hold(ground: Ground) -> None:
    """The gate was written anew, and the holds were forgotten."""
    ground.patch.setattr(gate, "_held", lambda *_: None)


def forget_holds_of(member: str) -> Callable[[Ground], None]:
    """The query leaves out the holds of one kind, as a join that drops rows would."""

    def forget(ground: Ground) -> None:
        def active(before: Callable[..., Any], *asked: Any) -> Any:
            return tuple(one for one in before(*asked) if getattr(one, member) is None)

        ground.wrap(hold, "active", active)

    return forget


def refuse_held_silently(ground: Ground) -> None:
    """Under a hold the answer is no, and nobody writes down who asked."""
    before = reading.deny

    def deny(tx: Transaction, ring: KeyRing, actor: Any, record: int, purpose: str, no: Any) -> Any:
        if str(no.reason).endswith("-held"):
            return reading.Denied(no.reason, 0, tx.now)
        return before(tx, ring, actor, record, purpose, no)

    ground.patch.setattr(reading, "deny", deny)


def read_the_journal_unseen(ground: Ground) -> None:
    ground.patch.setattr(chronicle, "_tell", lambda *_: None)


def write_a_reader_down_once(ground: Ground) -> None:
    """Who reads the journal often would fill it, somebody thought: the first reading of the day is enough."""
    seen: set[int] = set()
    before = chronicle._tell

    def told(tx: Transaction, ring: KeyRing, reader: int, of: str, number: int) -> None:
        if reader not in seen:
            seen.add(reader)
            before(tx, ring, reader, of, number)

    ground.patch.setattr(chronicle, "_tell", told)


def ask_again_without_a_trace(ground: Ground) -> None:
    """Who names no purpose is sent back to the form before the gate is asked."""

    def open_(before: Callable[..., Any], console: Console, visit: Visit) -> Any:
        if visit.posted.get("purpose"):
            return before(console, visit)
        return console._enquiry(visit, *console.own(visit), messages.PURPOSE_NEEDED)

    ground.wrap(Console, "open", open_)


SABOTAGES = (
    *several(
        "access.role-limits",
        ("no-hold", "The gate obeys no hold", obey_no_hold),
        ("holds-of-records", "Holds of a record are lost on the way", forget_holds_of("record")),
        ("holds-of-staff", "Holds of a member of staff are lost too", forget_holds_of("staff")),
        ("held-silently", "A refusal under a hold is not written down", refuse_held_silently),
    ),
    *several(
        "access.journaled-first",
        ("journal-unseen", "Reading the journal leaves no entry", read_the_journal_unseen),
        ("journal-once", "Who reads the journal is written down once", write_a_reader_down_once),
    ),
    *several(
        "access.denials-journaled",
        ("no-purpose", "Who names no purpose leaves no trace", ask_again_without_a_trace),
    ),
)
