# SPDX-License-Identifier: Apache-2.0
"""What would leave by a disclosure: opened to be looked at, and made into the one file that only the recipient opens.

    preview    gate, journal (disclosure.opened or access.denied), COMMIT, and only then decrypt and show
    send       the same for what was approved; encrypted in memory; journal (disclosure.sent), COMMIT; then handed out

The file (age) holds JSON of `FORMAT`, with the fields that were approved and nothing else; neither it nor what it holds
is kept.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from uphold import errors
from uphold.access import disclosure, gate, hold, procedure, reading
from uphold.access.disclosure import Codes, Desk, Disclosure, Known
from uphold.access.gate import Denial, Hold, Leaving, Reason
from uphold.access.permission import Actor
from uphold.access.procedure import Step
from uphold.access.reading import Denied
from uphold.consent import ledger
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.law.disclosure import Ground
from uphold.mail import letter
from uphold.policy.document import pick
from uphold.vault import age, commitment, records
from uphold.vault.paper import Paper
from uphold.vault.part import Fetched
from uphold.vault.permit import Permit

FORMAT: Final = "uphold/disclosure/v1"


@dataclass(frozen=True, slots=True)
class Shown:
    """What of one record would leave: `values` by field; `answers` that were sent, oldest first, field by field.

    `labels` are the fields' names in the policy's first language.
    """

    record: int
    form: str
    received_at: int
    labels: Mapping[str, str]
    values: Mapping[str, Any] = field(repr=False)
    answers: tuple[Mapping[str, Any], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything that would leave. Whoever approves hands `held` back: it says what they have seen."""

    disclosure: Disclosure
    held: str
    records: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class File:
    """The file for the recipient; `digest` (hex SHA-256) stands in the journal. It is kept nowhere else."""

    disclosure: Disclosure
    name: str
    digest: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Granted:
    permit: Permit
    facts: Known
    fetched: Sequence[Fetched]


@dataclass(frozen=True, slots=True)
class _Opening:
    disclosure: Disclosure
    held: str
    paper: Paper | None
    granted: tuple[_Granted, ...]
    at: int


def preview(writer: Writer, desk: Desk, actor: Actor, number: int) -> Extract | Denied:
    """Open what would leave, for who prepares and who approves; each record's opening is durable on return.

    Blocks for the commit. Raises `errors.Missing` for no such disclosure, `errors.Conflict` for one that has ended.
    """
    opening = writer.run(lambda tx: _open(tx, desk, actor, number))
    if isinstance(opening, Denied):
        return opening
    return Extract(opening.disclosure, opening.held, _shown(desk, opening))


def send(writer: Writer, desk: Desk, actor: Actor, number: int) -> File | Denied:
    """Make the file of what was approved. Its opening and its digest are durable on return.

    Blocks for both commits. Raises as `preview`, `errors.Conflict` when it is not approved or its records have changed
    since; `errors.Invalid` where the library for files of this kind is not installed.
    """
    opening = writer.run(lambda tx: _open(tx, desk, actor, number, Step.SEND))
    if isinstance(opening, Denied):
        return opening
    content = _encrypted(_file(desk, opening), opening.disclosure.key)
    digest = hashlib.sha256(content).hexdigest()
    noted = writer.run(lambda tx: disclosure.sent(tx, desk, number, actor, digest))
    return File(noted, f"disclosure-{number}.age", digest, content)


def _open(
    tx: Transaction, desk: Desk, actor: Actor, number: int, step: Step | None = None
) -> _Opening | Denied:
    found = disclosure.find(tx, number)
    held = disclosure.held(tx, found)
    _require(found, held, actor, step)
    ground = desk.ground(found.ground, tx.now)
    facts = desk.look(tx, found.records)
    holds = hold.active(tx, tx.now)
    granted = []
    for record in found.records:
        one: _Granted | Denial = Denial(Reason.DESTROYED)
        if record in facts:
            asked = _asked(found, facts[record], actor, ground, tx.now)
            one = _judge(tx, desk, asked, facts[record], holds)
        if isinstance(one, Denial):
            # One no is a no to the whole: what is left of it would not be what was prepared.
            return reading.deny(tx, desk.ring, actor, record, found.purpose, one)
        granted.append(one)
    for one in granted:
        _journal(tx, desk, found, one.permit)
    paper = disclosure.papers(tx, desk.ring, number)
    return _Opening(found, held, paper, tuple(granted), tx.now)


def _judge(
    tx: Transaction, desk: Desk, asked: Leaving, known: Known, holds: Sequence[Hold]
) -> _Granted | Denial:
    """Ask the gate, with the consents as they are within this transaction, and fetch what it permits."""
    given, consents = desk.edition(known.edition), ledger.state(tx, asked.record)
    verdict = gate.leave(asked, given, desk.current, consents, holds)
    if isinstance(verdict, Denial):
        return verdict
    fetched = records.fetch(tx, verdict)
    return _Granted(verdict, known, fetched) if fetched else Denial(Reason.DESTROYED)


def _require(found: Disclosure, held: str, actor: Actor, step: Step | None) -> None:
    if found.exercise is not actor.exercise:
        raise errors.Missing(f"There is no disclosure {found.number}.", "Look at the list.")
    if step is not None:
        procedure.move(found.state, step, actor.staff, found.prepared_by)
        if held != found.held:
            raise errors.Conflict(
                "The data have changed since this was approved, so it may not go out.",
                "Refuse it, prepare another, and have that approved.",
            )
    elif not found.open:
        raise errors.Conflict(
            "This disclosure has ended; there is nothing to look at any more.",
            "Its history says what was done.",
        )


def _asked(found: Disclosure, facts: Known, actor: Actor, ground: Ground, at: int) -> Leaving:
    return Leaving(
        actor=actor,
        record=facts.number,
        form=facts.form,
        purpose=found.purpose,
        fields=frozenset(found.fields),
        recipient=found.recipient,
        ground=ground,
        at=at,
        exercise=facts.is_exercise,
    )


def _journal(tx: Transaction, desk: Desk, found: Disclosure, permit: Permit) -> None:
    codes: Codes = {
        "disclosure": found.number,
        "staff": permit.actor,
        "purpose": permit.purpose,
        "fields": "+".join(sorted(permit.fields)).replace("_", "-"),
    }
    salt = entry.salt()
    name = commitment.of_record(tx, desk.ring, permit.record, salt)
    index = tx.append(entry.encode("disclosure.opened", tx.now, salt, codes, (name,)))
    reading.remember(tx, permit.record, permit.actor, permit.purpose, None, index)


def _shown(desk: Desk, opening: _Opening) -> tuple[Shown, ...]:
    return tuple(_record(desk, one) for one in opening.granted)


def _record(desk: Desk, one: _Granted) -> Shown:
    values: dict[str, Any] = {}
    answers: list[Mapping[str, Any]] = []
    for _, opened in records.open_each(desk.ring, one.permit, one.fetched):
        if letter.FIELDS & opened.keys():
            answers.append(opened)
        else:
            values |= opened
    given = desk.edition(one.facts.edition)
    form = given.forms.get(one.facts.form)
    declared = form.fields if form is not None else ()
    language = given.policy.language
    labels = {member.key: pick(member.label, language) for member in declared}
    return Shown(
        record=one.facts.number,
        form=one.facts.form,
        received_at=one.facts.received_at,
        labels={key: labels.get(key, key) for key in sorted(one.permit.fields)},
        values=values,
        answers=tuple(answers),
    )


def _file(desk: Desk, opening: _Opening) -> bytes:
    """Put the extract into JSON that people can read too. No receipt's id is in it: whoever has one can use it."""
    found, policy = opening.disclosure, desk.current.policy
    language, recipient = policy.language, desk.recipient(found.recipient)
    ground, said = desk.ground(found.ground, opening.at), opening.paper
    made = {
        "format": FORMAT,
        "disclosure": found.number,
        "made_at": disclosure.moment(opening.at),
        "operator": {
            "name": pick(policy.operator.name, language),
            "contact": policy.operator.contact,
        },
        "recipient": {"id": recipient.id, "name": pick(recipient.name, language)},
        "requester": said.requester if said else "",
        "document": said.document if said else "",
        "ground": {
            "id": ground.id,
            "title": pick(ground.title, language),
            "law": ground.source,
        },
        "purpose": pick(policy.purposes[found.purpose].title, language),
        "records": [
            {
                "number": at,
                "received_at": disclosure.moment(one.received_at),
                "fields": [
                    {"key": key, "label": one.labels[key], "value": value}
                    for key, value in one.values.items()
                ],
                "answers": list(one.answers),
            }
            for at, one in enumerate(_shown(desk, opening), 1)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def _encrypted(plain: bytes, key: str) -> bytes:
    into = io.BytesIO()
    age.encrypt(iter((plain,)), into, age.recipient(key))
    return into.getvalue()
