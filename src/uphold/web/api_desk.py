# SPDX-License-Identifier: Apache-2.0
"""The API's enquiries: listed and moved without personal data, opened for a purpose through the gate."""

from datetime import UTC, datetime
from typing import cast

import msgspec
from sqlalchemy import Connection

from uphold import errors
from uphold.access import client, gate, reading, repeat, staff
from uphold.access.permission import Permission
from uphold.access.reading import Denied, Granted, Question
from uphold.consent import ledger, renewal
from uphold.database.transaction import Transaction
from uphold.enquiry import desk
from uphold.enquiry.desk import Item, State
from uphold.submission import record
from uphold.submission.record import Facts
from uphold.vault import identifier
from uphold.web.api_door import Call, Denial, TooOften
from uphold.web.api_types import (
    Answer,
    Enquiries,
    Enquiry,
    EnquiryQuery,
    Moved,
    MoveEnquiry,
    Open,
    Opened,
)

_MISSING = ("There is no such enquiry.", "Look at the list of enquiries.")


def at(moment: int) -> datetime:
    """Unix milliseconds as a moment in UTC, as JSON tells it."""
    return datetime.fromtimestamp(moment / 1000, UTC)


def listed(call: Call) -> Enquiries:
    """List one page of one state; the cursor is the id of the last enquiry on the page before."""
    query = cast(EnquiryQuery, call.query)
    ids, before = call.app.ring.identifiers, None
    if query.cursor is not msgspec.UNSET:
        before = ids.decode(identifier.ENQUIRY, query.cursor)
        if before is None:
            raise errors.Missing("This is no cursor of this list.", "Take it from `next`.")
    with call.app.database.read() as connection:
        found = desk.page(
            connection,
            query.state,
            exercise=call.client.actor.exercise,
            before=before,
            limit=query.limit + 1,
        )
        names = staff.names(connection)
        facts = record.facts(connection, [line.item.record for line in found])
        items = [
            _told(call, names, line.item, facts[line.item.record]) for line in found[: query.limit]
        ]
    return Enquiries(items, items[-1].id if len(found) > query.limit else None)


def one(call: Call) -> Enquiry:
    """Tell what is known of one enquiry."""
    with call.app.database.read() as connection:
        item, facts = _find(call, connection)
        return _told(call, staff.names(connection), item, facts)


def opened(call: Call) -> Opened | Denial | TooOften:
    """Open a record: counted, decided, journaled, durable, then decrypted. Each is a reading of its own."""
    sent = cast(Open, call.sent)
    with call.app.database.read() as connection:
        _, facts = _find(call, connection)
        question = _question(call, connection, facts, sent)
    ring, most = call.app.ring, call.app.settings.api.openings_per_day

    def enter(tx: Transaction) -> Granted | Denied | None:
        counted = client.take(tx, question.actor.staff, most)
        return reading.enter(tx, ring, question) if counted else None

    entered = call.app.writer.run(enter)
    if entered is None:
        return TooOften((client.DAY_MS - call.now % client.DAY_MS) // 1000)
    if isinstance(entered, Denied):
        return Denial(str(entered.reason), entered.entry)
    outcome = reading.reveal(ring, entered)
    return Opened(
        id=call.path["id"],
        purpose=outcome.purpose,
        entry=outcome.entry,
        at=at(outcome.at),
        values=outcome.values,
        answers=[Answer(letter.subject, letter.text) for letter in outcome.answers],
    )


def move(call: Call) -> bytes:
    """Move an enquiry, once for each key. Which permission it needs depends on the move."""
    to = cast(MoveEnquiry, call.sent).to
    with call.app.database.read() as connection:
        _, facts = _find(call, connection)

    def act(tx: Transaction) -> bytes:
        now = desk.find(tx, facts.number)
        if to not in _moves(call, now):
            raise errors.Conflict(
                "The enquiry cannot be moved so by this client.", "Look at `moves` of the enquiry."
            )
        moved = desk.move(tx, call.app.ring, facts.number, to, call.client.actor.staff)
        return msgspec.json.encode(Moved(call.path["id"], moved.state, at(moved.changed_at)))

    return call.app.writer.run(
        lambda tx: repeat.once(tx, call.client.actor.staff, call.key, call.asked, act)
    )


def _find(call: Call, connection: Connection) -> tuple[Item, Facts]:
    """Find an enquiry among one's own: people's for people's clients, an exercise's for its own."""
    number = call.app.ring.identifiers.decode(identifier.ENQUIRY, call.path["id"])
    found = {} if number is None else record.facts(connection, [number])
    for known, facts in found.items():
        if facts.is_exercise is call.client.actor.exercise:
            return desk.find(connection, known), facts
    raise errors.Missing(*_MISSING)


def _moves(call: Call, item: Item) -> list[State]:
    """Where this client may move an enquiry. Nothing is destroyed by a program."""
    return [
        to
        for to in State
        if to in desk.allowed(item.state) and to != State.DISCARDED
        if call.may(desk.needed(item.state, to))
    ]


def _told(call: Call, names: dict[int, str], item: Item, facts: Facts) -> Enquiry:
    return Enquiry(
        id=call.app.ring.identifiers.encode(identifier.ENQUIRY, facts.number),
        state=item.state,
        form=facts.form,
        edition=facts.edition,
        language=facts.language,
        received_at=at(facts.received_at),
        changed_at=at(item.changed_at),
        taken_by=names.get(item.staff) if item.staff else None,
        aside=list(item.reasons),
        moves=_moves(call, item),
        purposes=_purposes(call, facts),
        entry=facts.entry,
    )


def _purposes(call: Call, facts: Facts) -> list[str]:
    """For which purposes the gate may open it to this client, before it looks at consents and holds."""
    if not call.may(Permission.RECORD_OPEN):
        return []
    given, current = call.app.shelf.edition(facts.edition), call.app.shelf.in_force()
    bound = call.client.actor.purposes or frozenset()
    return [
        name
        for name, one in current.policy.purposes.items()
        if name in bound
        and call.client.actor.role in one.roles
        and gate.fields(given, current, facts.form, name)
    ]


def _question(call: Call, connection: Connection, facts: Facts, sent: Open) -> Question:
    governing = renewal.governing(ledger.acts(connection, facts.number))
    return Question(
        actor=call.client.actor,
        record=facts.number,
        form=facts.form,
        purpose=sent.purpose,
        given=call.app.shelf.edition(governing.get(sent.purpose, facts.edition)),
        current=call.app.shelf.in_force(),
        exercise=facts.is_exercise,
        fields=None if sent.fields is msgspec.UNSET else frozenset(sent.fields),
    )
