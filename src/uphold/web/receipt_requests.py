# SPDX-License-Identifier: Apache-2.0
"""Requests from the page of a receipt: whoever holds it may ask, and is told nothing of what was written.

What needs proof of who asks (to see, to correct) is done on the person's own page; here is what the receipt's
number suffices for. Blocking starts at once where a law says so.
"""

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.rights import request as requests
from uphold.rights.machine import Kind
from uphold.rights.request import Channel, Identity, Intake, Stored
from uphold.submission.record import Facts
from uphold.vault import pseudonym
from uphold.web import frame, holder, reply, slip
from uphold.web.messages import N_
from uphold.web.receipt_views import Asked, Asking

REQUEST = "request"
KIND = "kind"
KINDS = (Kind.ERASURE, Kind.RESTRICTION, Kind.OBJECTION, Kind.COMPLAINT)
"""What the number of a receipt suffices to ask for."""

FOREIGN = N_("Choose what you ask for, and press the button on this page")


def view(app: App, facts: Facts, public: str) -> Asking:
    """Show what may be asked, and what was."""
    with app.database.read() as connection:
        made = requests.of_record(connection, facts.number)
    return Asking(
        action_href=f"/receipt/{public}/request",
        slip=slip_of(app, facts.number),
        kinds=tuple(str(kind) for kind in KINDS),
        made=tuple(_asked(one) for one in made),
    )


def endpoint(app: App, find: holder.Find, show: holder.Show) -> holder.Handler:
    """Make the handler of `POST /receipt/{id}/request`; `find` looks a receipt up, `show` shows its page again."""
    return partial(_take, app, find, show)


def told(one: Asked) -> dict[str, object]:
    """Say to a program how far a request is."""
    return {
        "request": one.number,
        "kind": one.kind,
        "state": one.state,
        "received_at": one.received_at,
        "due_at": one.due_at,
    }


def slip_of(app: App, record: int) -> str:
    """Sign what the form of a request is for."""
    return slip.write(app.ring.token_key, REQUEST, record)


def _take(
    app: App,
    find: holder.Find,
    show: holder.Show,
    request: Request,
    posted: Mapping[str, str],
) -> Response:
    public = request.path_params["id"]
    facts, kind = find(public), posted.get(KIND, "")
    is_ours = slip.holds(app.ring.token_key, posted.get(slip.NAME, ""), REQUEST, facts.number)
    is_program = reply.wants_json(request.headers.get("accept", ""))
    if not is_ours or kind not in KINDS:
        if is_program:
            raise errors.Invalid("No such request.", f"Ask for one of: {', '.join(KINDS)}.")
        return show(request, facts, FOREIGN)
    language = frame.language(request, app.shelf.in_force())
    made = app.writer.run(lambda tx: enter(tx, app, facts, Kind(kind), language))
    if is_program:
        return reply.json({"ok": True, **told(_asked(made))}, 201)
    return reply.see_other(request, f"/receipt/{public}?done=asked")


def enter(
    tx: Transaction,
    app: App,
    facts: Facts,
    kind: Kind,
    language: str,
    purposes: tuple[str, ...] = (),
    *,
    at_once: bool = False,
) -> Stored:
    """Store a request of whoever holds the receipt; `at_once` if it is fulfilled in this transaction."""
    intake = Intake(
        kind=kind,
        records=(facts.number,),
        subject=pseudonym.of_record(tx, app.ring, facts.number),
        channel=Channel.RECEIPT,
        identity=Identity.RECEIPT,
        language=language,
        purposes=purposes,
        at_once=at_once,
    )
    laws = app.shelf.in_force().policy.laws
    return requests.receive(tx, app.ring, app.settings.site.zone, laws, intake)


def _asked(one: Stored) -> Asked:
    first = one.request.alarm
    return Asked(
        number=one.number,
        kind=str(one.request.kind),
        state=str(one.request.state),
        received_at=one.request.received,
        due_at=first.due if first else 0,
        is_blocking=one.request.blocking,
    )
