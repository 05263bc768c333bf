# SPDX-License-Identifier: Apache-2.0
"""Forms that come filled in, for who has proved an address and agreed to just that; one press switches it off.

They stand below `/my`, where the session's cookie goes. The form at its public address is the same for everybody:
no address, no cookie and no earlier visit fills it in. Sending it is the same post as from there.
"""

from starlette.responses import Response

from uphold import errors
from uphold.consent import ledger
from uphold.database.transaction import Transaction
from uphold.rights import prefill, request, withdraw
from uphold.rights.machine import Kind
from uphold.rights.stored import PERSON
from uphold.submission import form, token
from uphold.web import holder, my_acts, present, reply, views
from uphold.web.my_door import HOME, PRIVATE, Visit
from uphold.web.present import Again

FORM = "/my/f/{form}"
OFF = "/my/prefill/off"


def shown(visit: Visit) -> Response:
    """`GET /my/f/{form}`: filled in, as far as the person agreed to that."""
    edition, key = visit.app.shelf.in_force(), visit.request.path_params["form"]
    offer = form.derive(edition, key, visit.language)
    if not prefill.serves(edition, key):
        raise errors.Missing("This form never comes filled in.", "Fill it in at its own address.")
    filled = prefill.fill(visit.app.writer, visit.ground(), visit.contact, offer)
    text = token.write(visit.app.ring.token_key, token.issue(offer, holder.now()))
    view = present.hosted(
        offer,
        text,
        Again(filled.values if filled else {}),
        views.Prefilled(filled.received_at, OFF) if filled else None,
    )
    return reply.page(view, visit.frame(), 200, PRIVATE)


def off(visit: Visit) -> Response:
    """`POST /my/prefill/off`: withdraw the consent for it, in everything that this person sent."""
    app, ground = visit.app, visit.ground()
    purpose = ground.rules.current.policy.personalisation

    def work(tx: Transaction) -> None:
        records = prefill.agreed(tx, ground, visit.contact)
        if not records:
            return
        asked = my_acts.ask(tx, visit, Kind.WITHDRAWAL, records, (purpose,), at_once=True)
        for record in records:
            withdraw.withdraw(tx, app.ring, record, purpose, by=ledger.MY, request=asked.number)
        request.done(tx, app.ring, asked.number, PERSON)

    app.writer.run(work)
    return reply.see_other(visit.request, f"{HOME}?done=withdrawn")
