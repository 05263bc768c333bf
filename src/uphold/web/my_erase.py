# SPDX-License-Identifier: Apache-2.0
"""Erasing, on `/my`: what it means is shown before, what a preservation order keeps is told with its ground."""

from collections.abc import Sequence

from starlette.background import BackgroundTask
from starlette.responses import Response

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.mail import notice
from uphold.mail.notice import Kind as Notice
from uphold.retention import final, orders
from uphold.rights import fulfil, request
from uphold.rights.fulfil import Erased
from uphold.rights.holdings import Held
from uphold.rights.machine import Kind
from uphold.rights.stored import PERSON
from uphold.web import my_acts, my_shown, my_views
from uphold.web.my_door import HOME, Visit

ALL = "/my/erase"


def shown(visit: Visit) -> Response:
    """`GET /my/{id}/erase`: what erasing this submission means."""
    held = my_acts.mine(visit)
    href = my_shown.address(visit, held.record)
    return _shown(visit, (held,), f"{href}/erase", href)


def all_shown(visit: Visit) -> Response:
    """`GET /my/erase`: what erasing everything means."""
    return _shown(visit, visit.holdings().records, ALL, HOME)


def erased(visit: Visit) -> Response:
    """`POST /my/{id}/erase`."""
    return _erase(visit, (my_acts.mine(visit),))


def all_erased(visit: Visit) -> Response:
    """`POST /my/erase`: every submission that names the proved address."""
    return _erase(visit, visit.holdings().records)


def final_on(visit: Visit) -> str:
    """By when no backup opens what is erased now, as a day; empty where nobody can say."""
    at = final.on(visit.now, final.terms(visit.app.settings.keys, visit.app.ring))
    return "" if at is None else my_shown.day(at)


def _shown(visit: Visit, held: Sequence[Held], action: str, back: str) -> Response:
    language = visit.language
    doomed = tuple(
        my_views.Doomed(
            form_title=my_shown.form_title(one, language),
            received_at=one.facts.received_at,
            goes=tuple(
                my_shown.title(one, purpose, language)
                for purpose in one.purposes
                if not orders.barring(one.barred, one.record, purpose, visit.now)
            ),
            orders=my_shown.orders(one),
        )
        for one in held
        if one.parts
    )
    return visit.page(my_views.Erase(action, back, doomed, final_on(visit)))


def _erase(visit: Visit, held: Sequence[Held]) -> Response:
    left = [one for one in held if one.parts]
    if not left:
        raise errors.Conflict("Nothing is held any more.", "There is nothing to erase.")
    done, number = visit.app.writer.run(lambda tx: _work(tx, visit, left))
    view = my_views.Erased(
        request=number,
        parts=len(done.parts),
        acts=done.acts,
        kept=tuple(
            dict.fromkeys(my_shown.order(one) for member in done.kept for one in member.orders)
        ),
        final_on=final_on(visit),
    )
    response = visit.page(view, path=HOME)
    # What is destroyed is destroyed; this closes its acts, which nobody has to wait for.
    response.background = BackgroundTask(visit.app.sweep().finish_if_possible)
    return response


def _work(tx: Transaction, visit: Visit, held: Sequence[Held]) -> tuple[Erased, int]:
    records = tuple(one.record for one in held)
    asked = my_acts.ask(tx, visit, Kind.ERASURE, records, at_once=True)
    # The letter is queued while a record still says that a run of probes made it.
    letter = my_acts.tell(tx, visit, Notice.ERASED, records[0], {"final": final_on(visit)})
    notice.keep(tx, visit.app.ring, letter, visit.contact)
    done = fulfil.erase(tx, visit.ground(), records, request=asked.number)
    if not done.parts:
        raise errors.Conflict(
            "An order under law keeps all of it for now.", "Ask again when the order has ended."
        )
    request.done(tx, visit.app.ring, asked.number, PERSON, done.before.hex(), done.after.hex())
    return done, asked.number
