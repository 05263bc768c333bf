# SPDX-License-Identifier: Apache-2.0
"""Everything held about a person in one file, with what the law has us tell: JSON, HTML or PDF."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.access import staff
from uphold.rights import answer, fulfil, package, printed
from uphold.rights.package import Package
from uphold.vault import identifier
from uphold.web import frame, kept_fields, my_shown, reply
from uphold.web.my_door import PRIVATE, Visit

DOWNLOAD = "/my/download"
FORMATS: Mapping[str, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}


def schema(_: Request) -> Response:
    """`GET /my/schema.json`: the shape of the JSON file, for anybody."""
    return Response(package.schema(), media_type="application/schema+json")


def taken(visit: Visit) -> Response:
    """`POST /my/download`: every value is opened for it, and the journal has that first."""
    wanted = visit.posted.get("format", "")
    if wanted not in FORMATS:
        raise errors.Invalid("There is no such format.", "Choose one of the buttons.")
    body = _written(_package(visit), wanted)
    headers = {
        **reply.NO_STORE,
        **PRIVATE,
        "content-disposition": f'attachment; filename="my-data.{wanted}"',
    }
    return Response(body, headers=headers, media_type=FORMATS[wanted])


def _package(visit: Visit) -> Package:
    app, held = visit.app, visit.holdings()
    own = fulfil.open_own(app.writer, visit.contact, held.numbers, visit.ground())
    with app.database.read() as connection:
        roles = staff.roles(connection)
        requests = my_shown.requests_of(visit, connection, held)
    encode = app.ring.identifiers.encode
    told = answer.Told(
        edition=app.shelf.in_force(),
        language=visit.language,
        site=frame.site(app, visit.request),
        address=visit.contact.text,
        receipts={number: encode(identifier.RECEIPT, number) for number in held.numbers},
        roles=roles,
        requests=requests,
        label=kept_fields.label,
        editions=app.shelf.edition,
    )
    return answer.of(held, own, told)


def _written(made: Package, wanted: str) -> bytes:
    if wanted == "json":
        return package.json(made)
    laid = printed.of(made)
    return printed.pdf(laid) if wanted == "pdf" else printed.page(laid)
