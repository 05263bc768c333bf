# SPDX-License-Identifier: Apache-2.0
"""What is held about a person, on paper: for who asked to see it and has no way to the site."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from uphold import errors
from uphold.access import staff
from uphold.app import App
from uphold.rights import answer, holdings, perform, printed
from uphold.rights.fulfil import Own
from uphold.rights.holdings import Holdings
from uphold.rights.package import Package
from uphold.rights.stored import Stored
from uphold.submission import form
from uphold.vault import identifier
from uphold.web import frame, kept_fields, reply
from uphold.web.staffed import Visit

FORMATS: Mapping[str, str] = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def made(app: App, visit: Visit, stored: Stored, ground: holdings.Ground) -> Response:
    """Open what a request is about, journaled as this member of staff's reading, and lay it out for printing.

    Raises `errors.Invalid` for an unknown format, and as `perform.hand_out`.
    """
    wanted = visit.posted.get("format", "")
    if wanted not in FORMATS:
        raise errors.Invalid("There is no such format.", "Choose one of the buttons.")
    own = perform.hand_out(app.writer, ground, stored, visit.session.actor.staff)
    laid = printed.of(_package(app, visit, stored, ground, own))
    body = printed.pdf(laid) if wanted == "pdf" else printed.page(laid)
    name = f"request-{stored.number}.{wanted}"
    kept = {**reply.NO_STORE, "content-disposition": f'inline; filename="{name}"'}
    return Response(body, headers=kept, media_type=FORMATS[wanted])


def _package(
    app: App, visit: Visit, stored: Stored, ground: holdings.Ground, own: Sequence[Own]
) -> Package:
    with app.database.read() as connection:
        held = holdings.of_records(connection, ground, stored.records, visit.now)
        roles = staff.roles(connection)
    encode = app.ring.identifiers.encode
    told = answer.Told(
        edition=app.shelf.in_force(),
        language=stored.intake.language,
        site=frame.site(app, visit.request),
        address=_address(held, own) or stored.intake.subject,
        receipts={number: encode(identifier.RECEIPT, number) for number in held.numbers},
        roles=roles,
        requests=(stored,),
        label=kept_fields.label,
        editions=app.shelf.edition,
    )
    return answer.of(held, own, told)


def _address(held: Holdings, own: Sequence[Own]) -> str:
    """The first address that the records hold, for the head of the document; "" for none."""
    for one in held.records:
        asked = (
            one.edition.forms[one.facts.form].fields if one.facts.form in one.edition.forms else ()
        )
        keys = [field.key for field in asked if field.type in form.ADDRESSES]
        for key in keys:
            for part in own:
                if part.record == one.record and part.values.get(key):
                    return str(part.values[key])
    return ""
