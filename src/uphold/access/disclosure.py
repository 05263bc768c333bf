# SPDX-License-Identifier: Apache-2.0
"""Disclosures as they are stored: prepared, approved by another, sent, or refused; each step journaled with its row.

`access.procedure` decides; here it is kept, refusals as well. `access.extract` opens what would leave and makes the
file. Who asked and by which document is sealed (`vault.paper`) and stands in no journal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Update, delete, func, insert, select, update

from uphold import errors
from uphold.access import gate, permission, procedure
from uphold.access.disclosed import (
    Disclosure,
    Moved,
    Reader,
    access_disclosure,
    access_disclosure_move,
    access_disclosure_paper,
    access_disclosure_record,
    find,
    known_key,
    listed,
    of_record,
    told,
)
from uphold.access.permission import Actor, Permission
from uphold.access.procedure import Order, Outcome, Reason, State, Step
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.law import disclosure as grounds
from uphold.law.disclosure import Ground
from uphold.policy.document import Edition, Recipient
from uphold.vault import age, commitment, paper, remains
from uphold.vault.paper import Paper
from uphold.vault.unlock import KeyRing

__all__ = [
    "NONE",
    "Desk",
    "Disclosure",
    "Moved",
    "approve",
    "confirm",
    "decline",
    "end_exercised",
    "find",
    "forget",
    "held",
    "known_key",
    "listed",
    "moment",
    "of_record",
    "papers",
    "prepare",
    "refuse",
    "sent",
    "told",
]

NONE = "none"
"""Stands for no recipient and no ground, where somebody was turned away at once."""
PAPER_MS = 3 * 365 * 24 * 3600 * 1000
"""How long after the last step the paper is kept."""

_NO_KEY = (
    "The recipient's public key is no age recipient.",
    "It looks like age1...; ask whoever asks for the data for theirs.",
)

_KINDS = {
    Step.APPROVE: "disclosure.approved",
    Step.REFUSE: "disclosure.refused",
    Step.SEND: "disclosure.sent",
    Step.CONFIRM: "disclosure.closed",
}

Codes = dict[str, entry.Code]


class Known(Protocol):
    """What the room of submissions knows of one without opening it."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def form(self) -> str:
        """The key of the form it came by."""

    @property
    def edition(self) -> int:
        """The edition it was given under."""

    @property
    def received_at(self) -> int:
        """When it came, unix ms."""

    @property
    def is_exercise(self) -> bool:
        """Whether a run of probes made it."""


Look = Callable[[Transaction, Sequence[int]], Mapping[int, Known]]
"""Looks submissions up by number; those that do not exist are left out."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What disclosures are judged by: the key ring, published editions by number, the one in force, `look`."""

    ring: KeyRing
    edition: Callable[[int], Edition]
    current: Edition
    look: Look

    def recipient(self, name: str) -> Recipient:
        """The recipient of the edition in force with this id; raises `errors.Invalid` where it names none."""
        found = self.current.policy.recipients.get(name)
        if found is None:
            raise errors.Invalid(
                f"The policy in force names no recipient {name!r}.",
                "Publish an edition that declares it, with the grounds it may come with.",
            )
        return found

    def ground(self, name: str, at: int) -> Ground:
        """The ground with this id as it is law at a moment (unix ms); raises `errors.Missing` for none."""
        return grounds.find(self.current.policy.laws, name, moment(at).date())


def prepare(tx: Transaction, desk: Desk, actor: Actor, order: Order) -> Disclosure:
    """Prepare a disclosure. Journals disclosure.prepared.

    Raises `errors.Invalid` for what the policy, the law or the procedure does not allow (`procedure.check`),
    `errors.Missing` for a record that there is not, or a ground that no law of the policy gives.
    """
    _require(actor, Permission.DISCLOSURE_PREPARE)
    recipient, ground = desk.recipient(order.recipient), desk.ground(order.ground, tx.now)
    procedure.check(order, recipient, ground, tx.now)
    age.recipient(order.key, _NO_KEY)
    _check_fields(tx, desk, actor, order)
    number, scope = _next(tx), order.scope
    codes: Codes = {
        "disclosure": number,
        "staff": actor.staff,
        "recipient": recipient.id,
        "ground": ground.id,
        "purpose": scope.purpose,
        # The catalogue's codes have no underscore; a field's key may.
        "fields": "+".join(sorted(scope.fields)).replace("_", "-"),
        "until": order.silence_until // 1000,
    }
    index = _append(tx, desk.ring, "disclosure.prepared", codes, scope.records)
    row = {
        "recipient": recipient.id,
        "ground": ground.id,
        "purpose": scope.purpose,
        "fields": "+".join(sorted(scope.fields)),
        "edition": desk.current.number,
        "key": order.key.strip(),
        "silence_until": order.silence_until,
        "state": State.PREPARED,
    }
    _insert(tx, actor, number, row, index)
    for record in scope.records:
        tx.execute(insert(access_disclosure_record).values(disclosure=number, record=record))
    _seal(tx, desk.ring, number, Paper(order.requester, order.document))
    return find(tx, number)


def decline(
    tx: Transaction, desk: Desk, actor: Actor, requester: str, document: str, reason: Reason
) -> Disclosure:
    """Turn somebody away who asked without any right to; it is kept like every refusal. Journals disclosure.refused."""
    _require(actor, Permission.DISCLOSURE_PREPARE)
    procedure.check_paper(requester, document)
    number = _next(tx)
    codes: Codes = {"disclosure": number, "staff": actor.staff, "reason": str(reason)}
    index = tx.append(entry.encode("disclosure.refused", tx.now, entry.salt(), codes))
    row = {
        "recipient": NONE,
        "ground": NONE,
        "purpose": "",
        "fields": "",
        "key": "",
        "edition": desk.current.number,
        "silence_until": 0,
        "state": State.REFUSED,
    }
    _insert(tx, actor, number, row, index)
    origin, to, why = State.PREPARED, State.REFUSED, str(reason)
    _note(tx, number, Moved(Step.REFUSE, origin, to, actor.staff, why, "", tx.now, index))
    _seal(tx, desk.ring, number, Paper(requester, document))
    return find(tx, number)


def approve(tx: Transaction, number: int, actor: Actor, seen: str) -> Disclosure:
    """Approve what another prepared, as it was `seen` (`extract.Extract.held`). Journals disclosure.approved.

    Raises `errors.Invalid` for who prepared it, `errors.Conflict` when the records have changed since they were looked
    at or it is not to be approved any more, `errors.Missing` when there is no such disclosure.
    """
    found = _own(tx, number, actor, Permission.DISCLOSURE_APPROVE)
    procedure.move(found.state, Step.APPROVE, actor.staff, found.prepared_by)
    if seen != held(tx, found):
        raise errors.Conflict(
            "What would leave is not what you looked at.", "Look at it once more, then decide."
        )
    made = _step(tx, found, actor, Step.APPROVE, {})
    tx.execute(_of(number).values(held=seen))
    return replace(made, held=seen)


def refuse(tx: Transaction, number: int, actor: Actor, reason: Reason) -> Disclosure:
    """Refuse a disclosure, or take it back; it is kept. Journals disclosure.refused; raises as `approve`."""
    found = _own(tx, number, actor, Permission.DISCLOSURE_PREPARE)
    return _step(tx, found, actor, Step.REFUSE, {"reason": str(reason)})


def sent(tx: Transaction, desk: Desk, number: int, actor: Actor, file: str) -> Disclosure:
    """Note that the file with this digest (hex SHA-256) is handed out. Journals disclosure.sent; raises as `approve`.

    `extract.send` calls it before anybody has the file.
    """
    found = _own(tx, number, actor, Permission.DISCLOSURE_SEND)
    made = _step(tx, found, actor, Step.SEND, {"file": file}, desk.ring)
    tx.execute(_of(number).values(sent_at=tx.now))
    return replace(made, sent_at=tx.now)


def confirm(tx: Transaction, number: int, actor: Actor, outcome: Outcome) -> Disclosure:
    """Say how one that was sent ended. Journals disclosure.closed; raises as `approve`."""
    found = _own(tx, number, actor, Permission.DISCLOSURE_PREPARE)
    return _step(tx, found, actor, Step.CONFIRM, {"outcome": str(outcome)})


def held(reader: Reader, one: Disclosure) -> str:
    """Digest what the records of a disclosure hold now: another one means that something has changed."""
    return remains.digest(reader, one.records).hex()


def papers(reader: Reader, ring: KeyRing, number: int) -> Paper | None:
    """Who asked, and by which document; None once that is deleted."""
    blob = sealed(reader, number)
    return None if blob is None else paper.open(ring, number, blob)


def sealed(reader: Reader, number: int) -> bytes | None:
    """The same as it is stored, which only the site's keys open."""
    columns = access_disclosure_paper.c
    query = select(columns.sealed).where(columns.disclosure == number)
    blob: bytes | None = reader.execute(query).scalar()
    return blob


def forget(tx: Transaction, now: int) -> None:
    """Delete the papers of disclosures whose last step is three years ago."""
    old = access_disclosure_paper.c.moved_at <= now - PAPER_MS
    tx.execute(delete(access_disclosure_paper).where(old))


def end_exercised(tx: Transaction) -> None:
    """End what runs of probes have prepared and left open, and delete their papers."""
    nobody = Actor(gate.NOBODY, permission.Role.OWNER, exercise=True)
    for one in listed(tx, exercise=True, open_only=True):
        if Step.REFUSE in procedure.TABLE[one.state]:
            _step(tx, one, nobody, Step.REFUSE, {"reason": str(Reason.EXERCISE)})
        else:
            _step(tx, one, nobody, Step.CONFIRM, {"outcome": str(Outcome.UNDELIVERED)})
    columns = access_disclosure.c
    exercised = select(columns.number).where(columns.exercise == 1)
    tx.execute(
        delete(access_disclosure_paper).where(access_disclosure_paper.c.disclosure.in_(exercised))
    )


def moment(at: int) -> datetime:
    """A moment in unix milliseconds as a UTC time, whole seconds."""
    return datetime.fromtimestamp(at // 1000, UTC)


def _require(actor: Actor, needed: Permission) -> None:
    if not permission.may(actor, needed):
        raise errors.Invalid("Your role has no part in disclosures.", "Ask the owner or officer.")


def _own(tx: Transaction, number: int, actor: Actor, needed: Permission) -> Disclosure:
    """Find a disclosure that an actor may act on: exercises and people stay apart."""
    _require(actor, needed)
    found = find(tx, number)
    if found.exercise is not actor.exercise:
        raise errors.Missing(f"There is no disclosure {number}.", "Look at the list.")
    return found


def _check_fields(tx: Transaction, desk: Desk, actor: Actor, order: Order) -> None:
    scope = order.scope
    found = desk.look(tx, scope.records)
    for record in scope.records:
        known = found.get(record)
        if known is None or known.is_exercise is not actor.exercise:
            raise errors.Missing(f"There is no submission {record}.", "Look at the list.")
        given = desk.edition(known.edition)
        wrong = scope.fields - gate.fields(given, desk.current, known.form, scope.purpose)
        if wrong:
            raise errors.Invalid(
                f"Submission {record} has nothing for {scope.purpose!r} called {min(wrong)!r}.",
                "Choose fields that serve the purpose in the policy.",
            )


def _next(tx: Transaction) -> int:
    newest = tx.execute(select(func.max(access_disclosure.c.number))).scalar()
    # Under the write lock, and no disclosure is ever deleted.
    return (newest or 0) + 1


def _append(
    tx: Transaction, ring: KeyRing | None, kind: str, codes: Codes, records: Sequence[int]
) -> int:
    salt = entry.salt()
    names = [commitment.of_record(tx, ring, record, salt) for record in records if ring]
    return tx.append(entry.encode(kind, tx.now, salt, codes, names))


def _insert(tx: Transaction, actor: Actor, number: int, row: dict[str, Any], index: int) -> None:
    tx.execute(
        insert(access_disclosure).values(
            number=number,
            held="",
            exercise=int(actor.exercise),
            prepared_by=actor.staff,
            prepared_at=tx.now,
            moved_at=tx.now,
            sent_at=0,
            entry=index,
            **row,
        )
    )


def _seal(tx: Transaction, ring: KeyRing, number: int, said: Paper) -> None:
    sealed = paper.seal(ring, number, said)
    row = {"disclosure": number, "sealed": sealed, "moved_at": tx.now}
    tx.execute(insert(access_disclosure_paper).values(**row))


def _step(
    tx: Transaction,
    one: Disclosure,
    actor: Actor,
    step: Step,
    codes: Codes,
    ring: KeyRing | None = None,
) -> Disclosure:
    """Take a step and journal it; with the ring the entry commits to the records."""
    to = procedure.move(one.state, step, actor.staff, one.prepared_by)
    said: Codes = {"disclosure": one.number, "staff": actor.staff, **codes}
    index = _append(tx, ring, _KINDS[step], said, one.records if ring else ())
    reason, file = str(codes.get("reason") or codes.get("outcome", "")), str(codes.get("file", ""))
    _note(tx, one.number, Moved(step, one.state, to, actor.staff, reason, file, tx.now, index))
    tx.execute(_of(one.number).values(state=to, moved_at=tx.now))
    mine = access_disclosure_paper.c.disclosure == one.number
    tx.execute(update(access_disclosure_paper).where(mine).values(moved_at=tx.now))
    return find(tx, one.number)


def _of(number: int) -> Update:
    return update(access_disclosure).where(access_disclosure.c.number == number)


def _note(tx: Transaction, number: int, made: Moved) -> None:
    tx.execute(
        insert(access_disclosure_move).values(
            disclosure=number,
            step=made.step,
            from_state=made.origin,
            to_state=made.to,
            staff=made.staff,
            reason=made.reason,
            file=made.file,
            at=made.at,
            entry=made.entry,
        )
    )
