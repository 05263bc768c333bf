# SPDX-License-Identifier: Apache-2.0
"""The question after an answer, on the page of a receipt: did it help? Asked once, answered without a name.

That it was answered is stored and journaled; what was answered goes to the figures as an event of nobody's
(`enquiry.opinion`). Nothing of the request goes with it: no address, no browser, no page. Where the site makes no
figures of visits nobody is asked. What runs of probes answer is stored like any and never counted.
"""

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.enquiry import opinion
from uphold.enquiry.opinion import Opinion
from uphold.submission.record import Facts
from uphold.visits.record import Seen
from uphold.web import holder, reply, slip
from uphold.web.messages import N_
from uphold.web.receipt_views import Opinions

ANSWER = "opinion"
ANSWERS = tuple(str(one) for one in Opinion)

FOREIGN = N_("Choose an answer, and press the button on this page")


def view(app: App, facts: Facts, public: str) -> Opinions | None:
    """Show the question, or None where it is not asked: there is no answer, or they have said already."""
    with app.database.read() as connection:
        if not is_asked(app, connection, facts.number):
            return None
    return Opinions(
        action_href=f"/receipt/{public}/opinion", slip=slip_of(app, facts.number), answers=ANSWERS
    )


def is_asked(app: App, connection: Connection, record: int) -> bool:
    """Whether the person is asked: where figures of visits are made, and there is an answer to speak of."""
    return app.visits is not None and opinion.is_asked(connection, record)


def endpoint(app: App, find: holder.Find, show: holder.Show) -> holder.Handler:
    """Make the handler of `POST /receipt/{id}/opinion`; `find` looks a receipt up, `show` shows its page again."""
    return partial(_take, app, find, show)


def slip_of(app: App, record: int) -> str:
    """Sign what the form of the question is for."""
    return slip.write(app.ring.token_key, ANSWER, record)


def _take(
    app: App,
    find: holder.Find,
    show: holder.Show,
    request: Request,
    posted: Mapping[str, str],
) -> Response:
    public = request.path_params["id"]
    facts, said = find(public), posted.get(ANSWER, "")
    is_ours = slip.holds(app.ring.token_key, posted.get(slip.NAME, ""), ANSWER, facts.number)
    is_program = reply.wants_json(request.headers.get("accept", ""))
    if not is_ours or said not in ANSWERS:
        if is_program:
            raise errors.Invalid("No such answer.", f"Give one of: {', '.join(ANSWERS)}.")
        return show(request, facts, FOREIGN)
    is_first = app.writer.run(lambda tx: opinion.give(tx, facts.number))
    if is_first and app.visits is not None and not facts.is_exercise:
        app.visits.note(nobodys(said))
    if is_program:
        return reply.json({"ok": True})
    return reply.see_other(request, f"/receipt/{public}?done=opinion")


def nobodys(said: str) -> Seen:
    """Make of an answer what is counted: nothing of who sent it (pure but for the clock)."""
    return Seen(
        at=holder.now(), address="", agent="", cookie=None, kind=opinion.KIND, item=said, page=""
    )
