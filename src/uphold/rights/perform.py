# SPDX-License-Identifier: Apache-2.0
"""Do what a request asks and end it, in one transaction, for the members of staff who answer it.

access, portability    handed out beforehand; the digest of what was handed out is kept
rectification          fields corrected in every part that holds them
withdrawal             each consent that stands, or those for the purposes named
erasure                everything that no preservation order keeps
restriction            a hold on each record, until it is lifted
objection              the same, for the purposes named or for all
complaint              looked into and answered; nothing is done here
"""

from collections.abc import Mapping
from dataclasses import dataclass

from uphold import errors
from uphold.access import hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.consent import ledger
from uphold.consent.ledger import GIVEN
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.rights import fulfil, machine, request, withdraw
from uphold.rights.fulfil import Own
from uphold.rights.holdings import Ground
from uphold.rights.machine import Kind, Move, Step
from uphold.rights.stored import Stored
from uphold.submission import form, record as submissions, validate
from uphold.submission.validate import Problem
from uphold.vault import remains


@dataclass(frozen=True, slots=True)
class Done:
    """A request that was fulfilled. `kept` says that preservation orders kept something from erasure."""

    stored: Stored
    kept: bool = False


def perform(
    tx: Transaction,
    ground: Ground,
    number: int,
    staff: int,
    *,
    changes: Mapping[int, Mapping[str, str]] | None = None,
    handed: str = "",
) -> Done | list[Problem]:
    """Fulfil a request that is in work; or everything wrong with the `changes`, nothing done.

    `changes` are new values by record and field, for a rectification; `handed` the hex SHA-256 of the package that
    was handed out, for access. The caller has a sweep run after an erasure. Raises `errors.Conflict` for a request
    that is not in work, `errors.Invalid` for a rectification without a change, and as the acts themselves.
    """
    stored = request.find(tx, number)
    if Step.FULFIL not in machine.TABLE[stored.request.state]:
        raise errors.Conflict("The request is not in work.", "Look at where it stands now.")
    before = remains.digest(tx, stored.records)
    kept = False
    match stored.request.kind:
        case Kind.RECTIFICATION:
            wrong = _correct(tx, ground, stored, staff, changes or {})
            if wrong:
                return wrong
        case Kind.WITHDRAWAL:
            _withdraw(tx, ground, stored)
        case Kind.ERASURE:
            erased = fulfil.erase(tx, ground, stored.records, request=number, staff=staff)
            kept = bool(erased.kept)
        case Kind.RESTRICTION | Kind.OBJECTION:
            _restrict(tx, ground, stored, staff)
        case _:
            pass
    after = handed or remains.digest(tx, stored.records).hex()
    by = Move(Step.FULFIL, tx.now)
    moved = request.move(tx, ground.ring, number, by, staff, before=before.hex(), after=after)
    return Done(moved, kept)


def hand_out(writer: Writer, ground: Ground, stored: Stored, staff: int) -> tuple[Own, ...]:
    """Open everything that a request to see it is about, as the reading of the member of staff who hands it out.

    Each part's reading is durable in the journal on return. Raises `errors.Conflict` for a request that asks
    something else, or is not in work: until then nobody has said who asks.
    """
    shows = stored.request.kind in (Kind.ACCESS, Kind.PORTABILITY)
    if not shows or Step.FULFIL not in machine.TABLE[stored.request.state]:
        raise errors.Conflict(
            "This request opens nothing.", "Verify who asks, and take the request into work."
        )
    return fulfil.open_for(writer, stored.records, staff, ground)


def _correct(
    tx: Transaction,
    ground: Ground,
    stored: Stored,
    staff: int,
    changes: Mapping[int, Mapping[str, str]],
) -> list[Problem]:
    asked = {record: values for record, values in changes.items() if values}
    if not asked:
        raise errors.Invalid("Nothing is to be corrected.", "Enter what shall stand instead.")
    if not asked.keys() <= set(stored.records):
        raise errors.Missing("The request is not about this submission.", "Look at the request.")
    facts = submissions.facts(tx, asked)
    # All of it is looked at before any of it is done.
    for record, values in asked.items():
        given = facts[record]
        offer = form.derive(ground.rules.edition(given.edition), given.form, given.language)
        wrong = validate.correction(offer, values)
        if isinstance(wrong, list):
            return wrong
    for record, values in asked.items():
        fulfil.correct(tx, ground, record, values, request=stored.number, staff=staff)
    return []


def _withdraw(tx: Transaction, ground: Ground, stored: Stored) -> None:
    named = stored.intake.purposes
    for record in stored.records:
        last = {act.purpose: act.act for act in ledger.acts(tx, record)}
        for purpose, act in last.items():
            if act == GIVEN and (not named or purpose in named):
                withdraw.withdraw(
                    tx, ground.ring, record, purpose, by=ledger.STAFF, request=stored.number
                )


def _restrict(tx: Transaction, ground: Ground, stored: Stored, staff: int) -> None:
    for record in stored.records:
        for purpose in stored.intake.purposes or (None,):
            suspended = Hold(None, record, purpose, hold.UNTIL_LIFTED)
            hold.place(tx, ground.ring, suspended, Reason.RESTRICTION, by=staff)
