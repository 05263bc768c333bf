# SPDX-License-Identifier: Apache-2.0
"""What is noticed of the tokens that programs show: one that is none, one that has ended, one at a place that is new.

A token that was laid out for a thief is told of in a transaction of its own, at once; everything else waits a moment.
"""

from starlette.requests import Request

from uphold import errors
from uphold.access import arrival, client, decoy, signal
from uphold.access.arrival import Whence
from uphold.access.client import Client
from uphold.access.signal import Kind, Signal
from uphold.app import App
from uphold.web import noticed

_UNKNOWN, _OK = "unknown", "ok"


def note(app: App, request: Request, token: str, known: Client | None, now: int) -> None:
    """Note that a token was shown at `now` (unix ms); `known` is whose it is. A storage in trouble stops nobody."""
    if not token:
        return
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    run = noticed.run_of(app, request.scope["headers"])
    at = arrival.whence(app.ring.signal_key, address, agent, now, exercise=run)
    if known is None:
        _decoy(app, token, at)
        app.signals.put(_signal(at, _UNKNOWN, 0))
        return
    number, ended = known.actor.staff, known.ended(now)
    request.scope[noticed.STAFF] = number
    if ended is not None or app.places.is_new("token", number, at):
        app.signals.put(_signal(at, str(ended or _OK), number))


def _decoy(app: App, token: str, at: Whence) -> None:
    if not token.startswith(client.PREFIX):
        return
    touched = decoy.touched(decoy.What.TOKEN, at.source)
    with app.database.read() as connection:
        if not decoy.is_token(connection, token):
            return
    try:
        app.writer.run(lambda tx: signal.note(tx, touched))
    except errors.UpholdError:
        app.signals.later(lambda: (touched,))


def _signal(at: Whence, outcome: str, staff: int) -> Signal:
    fields: dict[str, signal.Value] = {
        "outcome": outcome,
        "source": at.source,
        "network": at.network,
    }
    return Signal(Kind.TOKEN, fields, staff, at.exercise)
