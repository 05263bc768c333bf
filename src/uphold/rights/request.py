# SPDX-License-Identifier: Apache-2.0
"""Requests as they are stored: stamped when they come in, moved step by step, each step journaled with its row.

`rights.machine` decides; here it is kept. Where a law has the data blocked, a hold is placed on each record in
the transaction that stores the request, and lifted in the one that ends it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import func, insert, select, update

from uphold.access import hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.law.clock import Clock
from uphold.rights import machine
from uphold.rights.machine import Kind, Move, Request, Step
from uphold.rights.stored import (
    PERSON,
    PROVEN,
    Channel,
    Identity,
    Intake,
    Moved,
    Representative,
    Stored,
    due,
    ended,
    find,
    history,
    late,
    of_record,
    of_subject,
    open_,
    soon,
)
from uphold.rights.tables import rights_clock, rights_move, rights_record, rights_request
from uphold.submission import record as submissions
from uphold.vault import commitment
from uphold.vault.unlock import KeyRing

__all__ = [
    "NONE",
    "PERSON",
    "PROVEN",
    "Channel",
    "Identity",
    "Intake",
    "Moved",
    "Representative",
    "Stored",
    "done",
    "due",
    "end_exercised",
    "ended",
    "find",
    "history",
    "late",
    "move",
    "of_record",
    "of_subject",
    "open_",
    "receive",
    "soon",
]

NONE: Final = "none"
"""Stands in the journal for no ground."""


# What two requests ask is the same only where nothing is said beyond the kind and the purposes.
_SAYS_MORE = frozenset({Kind.RECTIFICATION, Kind.COMPLAINT})


def receive(
    tx: Transaction,
    ring: KeyRing,
    zone: str,
    profiles: Iterable[str],
    intake: Intake,
    now: int = 0,
) -> Stored:
    """Take a request in: its clocks are stamped, blocking starts, a duplicate is joined. Journals request.received.

    `zone` is the operator's ("" for each law's own), `now` unix ms of the coming in, 0 for this moment: a
    letter came when it came, not when it was typed in. Raises as `machine.receive`.
    """
    request = machine.receive(intake.kind, profiles, min(now or tx.now, tx.now), zone)
    marked = submissions.facts(tx, intake.records).values()
    intake = replace(
        intake,
        records=tuple(sorted(set(intake.records))),
        exercise=intake.exercise or any(one.is_exercise for one in marked),
    )
    twin = _twin(tx, request, intake)
    number = _next(tx)
    index = _journal(tx, ring, number, request, intake)
    made = Stored(number, request, intake, index)
    # What ends within this transaction, or is asked already, needs no hold of its own.
    _insert(tx, ring, made, blocks=request.blocks and twin is None and not intake.at_once)
    if twin is not None:
        return _step(tx, ring, made, Move(Step.JOIN, tx.now), intake.staff, joined=twin)
    if intake.identity in PROVEN:
        return _step(tx, ring, made, Move(Step.VERIFY, tx.now), intake.staff)
    return made


def move(
    tx: Transaction,
    ring: KeyRing,
    number: int,
    by: Move,
    staff: int,
    *,
    identity: Identity | None = None,
    before: str = "",
    after: str = "",
) -> Stored:
    """Move a request one step. Journals request.moved, and request.proved where digests are given.

    `identity` is how it was seen, with a verification; `before` and `after` are hex SHA-256 of what the person's
    data were and are. Raises `errors.Missing` when there is no such request, and as `machine.move`.
    """
    stored = _step(tx, ring, find(tx, number), by, staff, before=before, after=after)
    if identity is None:
        return stored
    mine = rights_request.c.number == number
    tx.execute(update(rights_request).where(mine).values(identity=identity))
    return replace(stored, intake=replace(stored.intake, identity=identity))


def done(
    tx: Transaction, ring: KeyRing, number: int, staff: int, before: str = "", after: str = ""
) -> Stored:
    """Tell that the software has done what was asked: verified, taken and fulfilled in one transaction."""
    stored = find(tx, number)
    for step in (Step.VERIFY, Step.TAKE):
        if step in machine.TABLE[stored.request.state]:
            stored = _step(tx, ring, stored, Move(step, tx.now), staff)
    return _step(tx, ring, stored, Move(Step.FULFIL, tx.now), staff, before=before, after=after)


def end_exercised(tx: Transaction, ring: KeyRing) -> None:
    """Take back what runs of probes have asked and left open."""
    for one in open_(tx, exercise=True):
        _step(tx, ring, one, Move(Step.RETRACT, tx.now), PERSON)


def _twin(tx: Transaction, request: Request, intake: Intake) -> int | None:
    """The open request of the same person that asks the same and will be answered no later."""
    if intake.at_once or intake.kind in _SAYS_MORE:
        return None
    for one in of_subject(tx, intake.subject):
        asks = one.intake
        covers = (
            set(intake.records) <= set(asks.records)
            and asks.exercise is intake.exercise
            # No purpose named is every purpose.
            and (not asks.purposes or frozenset() < set(intake.purposes) <= set(asks.purposes))
        )
        if covers and machine.answers_too(one.request, request):
            return one.number
    return None


def _next(tx: Transaction) -> int:
    newest = tx.execute(select(func.max(rights_request.c.number))).scalar()
    # Under the write lock, and no request is ever deleted.
    return (newest or 0) + 1


def _journal(tx: Transaction, ring: KeyRing, number: int, request: Request, intake: Intake) -> int:
    first = request.alarm
    codes: dict[str, entry.Code] = {
        "request": number,
        "kind": str(request.kind),
        "channel": str(intake.channel),
        "due": first.due // 1000 if first else 0,
        "profiles": "+".join(request.profiles),
    }
    return _append(tx, ring, "request.received", codes, intake.records)


def _append(
    tx: Transaction,
    ring: KeyRing,
    kind: str,
    codes: Mapping[str, entry.Code],
    records: Sequence[int],
) -> int:
    salt = entry.salt()
    named = records[: entry.MAX_COMMITMENTS]
    names = [commitment.of_record(tx, ring, record, salt) for record in named]
    # About no record that is held: a digest that nobody can open.
    names = names or [commitment.under(None, ring, 0, salt)]
    return tx.append(entry.encode(kind, tx.now, salt, codes, names))


def _insert(tx: Transaction, ring: KeyRing, made: Stored, *, blocks: bool) -> None:
    request, intake = made.request, made.intake
    tx.execute(
        insert(rights_request).values(
            number=made.number,
            kind=request.kind,
            profiles="+".join(request.profiles),
            purposes="+".join(intake.purposes),
            subject=intake.subject,
            channel=intake.channel,
            identity=intake.identity,
            representative=intake.representative or "",
            language=intake.language,
            staff=intake.staff,
            received_at=request.received,
            blocks=int(request.blocks),
            exercise=int(intake.exercise),
            entry=made.entry,
            joined=None,
            **_standing(request),
        )
    )
    for one in request.clocks:
        tx.execute(insert(rights_clock).values(request=made.number, **_row(one)))
    for record in intake.records:
        held = None
        if blocks:
            suspended = Hold(None, record, None, hold.UNTIL_LIFTED)
            held = hold.place(tx, ring, suspended, Reason.DISPUTE, by=intake.staff)
        tx.execute(insert(rights_record).values(request=made.number, record=record, hold=held))


def _step(
    tx: Transaction,
    ring: KeyRing,
    stored: Stored,
    by: Move,
    staff: int,
    *,
    joined: int = 0,
    before: str = "",
    after: str = "",
) -> Stored:
    request, number = machine.move(stored.request, by), stored.number
    codes: dict[str, entry.Code] = {
        "request": number,
        "from": str(stored.request.state),
        "to": str(request.state),
        "staff": staff,
        "ground": by.ground or by.profile or NONE,
    }
    index = _append(tx, ring, "request.moved", codes, stored.records)
    if before and after:
        proof: dict[str, entry.Code] = {"request": number, "before": before, "after": after}
        _append(tx, ring, "request.proved", proof, stored.records)
    tx.execute(
        insert(rights_move).values(
            request=number,
            step=by.step,
            from_state=stored.request.state,
            to_state=request.state,
            staff=staff,
            ground=by.ground or by.profile,
            before=bytes.fromhex(before) or None,
            after=bytes.fromhex(after) or None,
            at=by.at,
            entry=index,
        )
    )
    tx.execute(
        update(rights_request)
        .where(rights_request.c.number == number)
        .values(joined=joined or None, **_standing(request))
    )
    if request.clocks != stored.request.clocks:
        _restamp(tx, number, request.clocks)
    if not request.open:
        _unblock(tx, number, staff)
    return replace(stored, request=request, joined=joined)


def _standing(request: Request) -> dict[str, Any]:
    """The columns that a step changes."""
    first = request.alarm
    told = [one.due - (one.due - one.started) // 3 for one in request.clocks]
    return {
        "state": request.state,
        "moved_at": request.moved,
        "ground": request.ground,
        "due_at": first.due if first else None,
        "soon_at": min(told) if first else None,
    }


def _row(one: Clock) -> dict[str, Any]:
    return {
        "profile": one.profile,
        "rule": one.rule,
        "started_at": one.started,
        "due_at": one.due,
        "zone": one.zone,
        "certain": int(one.certain),
        "extended": int(one.extended),
    }


def _restamp(tx: Transaction, number: int, stamped: Iterable[Clock]) -> None:
    columns = rights_clock.c
    for one in stamped:
        same = (columns.profile == one.profile) & (columns.rule == one.rule)
        tx.execute(update(rights_clock).where(columns.request == number, same).values(**_row(one)))


def _unblock(tx: Transaction, number: int, staff: int) -> None:
    columns = rights_record.c
    query = select(columns.hold).where(columns.request == number, columns.hold.is_not(None))
    for held in list(tx.execute(query).scalars()):
        hold.lift(tx, held, by=staff)
