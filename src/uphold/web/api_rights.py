# SPDX-License-Identifier: Apache-2.0
"""The API's requests: what people ask under the law, with its terms; and the two steps that decide nothing."""

from typing import cast

import msgspec

from uphold import errors
from uphold.access import repeat
from uphold.access.permission import Permission
from uphold.database.transaction import Transaction
from uphold.rights import machine, request, stored as storage
from uphold.rights.machine import Move, Step
from uphold.rights.stored import Stored
from uphold.vault import identifier
from uphold.web import request_desk
from uphold.web.api_desk import at
from uphold.web.api_door import Call
from uphold.web.api_types import Clock, MoveRequest, Request, RequestQuery, Requests

STEPS = (Step.ASK_IDENTITY, Step.TAKE)
"""What a program may do: neither says anything about the person, or to them, that cannot be taken back."""


def listed(call: Call) -> Requests:
    """List one page; the cursor is the number of the last request on the page before."""
    query = cast(RequestQuery, call.query)
    before = None
    if query.cursor is not msgspec.UNSET:
        before = number(query.cursor)
        if before is None:
            raise errors.Missing("This is no cursor of this list.", "Take it from `next`.")
    with call.app.database.read() as connection:
        found = storage.page(
            connection,
            ended=query.ended,
            before=before,
            limit=query.limit + 1,
            exercise=call.client.actor.exercise,
        )
    items = [_told(call, one) for one in found[: query.limit]]
    return Requests(items, str(items[-1].number) if len(found) > query.limit else None)


def one(call: Call) -> Request:
    """Tell of one request."""
    return _told(call, _find(call))


def move(call: Call) -> bytes:
    """Move a request one step, once for each key."""
    step, known = Step(cast(MoveRequest, call.sent).step), _find(call)

    def act(tx: Transaction) -> bytes:
        by = Move(step, tx.now)
        moved = request.move(tx, call.app.ring, known.number, by, call.client.actor.staff)
        request_desk.tell(tx, moved, step)
        return msgspec.json.encode(_told(call, moved))

    return call.app.writer.run(
        lambda tx: repeat.once(tx, call.client.actor.staff, call.key, call.asked, act)
    )


def number(text: str) -> int | None:
    """Read the number of a request or an edition; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _find(call: Call) -> Stored:
    """Find a request among one's own: people's for people's clients, an exercise's for its own."""
    wanted = number(call.path["number"])
    if wanted is not None:
        with call.app.database.read() as connection:
            found = request.find(connection, wanted)
        if found.intake.exercise is call.client.actor.exercise:
            return found
    raise errors.Missing("There is no such request.", "Look at the list of requests.")


def _told(call: Call, known: Stored) -> Request:
    asked, ids = known.request, call.app.ring.identifiers
    leads = machine.TABLE[asked.state] if call.may(Permission.REQUEST_MOVE) else {}
    return Request(
        number=known.number,
        kind=asked.kind,
        state=asked.state,
        channel=known.intake.channel,
        identity=known.intake.identity,
        language=known.intake.language,
        laws=list(asked.profiles),
        received_at=at(asked.received),
        moved_at=at(asked.moved),
        late=asked.late(call.now),
        ground=asked.ground or None,
        clocks=[
            Clock(one.profile, one.rule, at(one.started), at(one.due), one.certain, one.extended)
            for one in asked.clocks
        ],
        enquiries=[ids.encode(identifier.ENQUIRY, each) for each in known.records],
        purposes=list(known.intake.purposes),
        steps=[str(step) for step in STEPS if step in leads],
        entry=known.entry,
    )
