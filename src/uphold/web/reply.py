# SPDX-License-Identifier: Apache-2.0
"""Answers: pages, JSON, and what each error of the product looks like to a person and to a program."""

from dataclasses import replace

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from uphold import errors
from uphold.app import App
from uphold.policy import dpv
from uphold.policy.document import Edition
from uphold.submission import decode
from uphold.web import frame, pages, views

JSON = "application/json"
NO_STORE = {"cache-control": "no-store"}
RETRY_SECONDS = 5
CONSOLE = "/console"
# For programs: code and message of a status that no error of ours explains.
_MEANINGS = {
    400: ("malformed", "The request could not be read. Nothing was stored."),
    403: ("forbidden", "This is not allowed. Nothing was changed."),
    404: ("not-found", "There is nothing at this address."),
    405: ("wrong-method", "This address takes other methods; see the header Allow."),
    408: ("too-slow", "The body did not come to its end in time. Nothing was stored."),
    409: ("conflict", "It has changed meanwhile. Nothing was changed now."),
    410: ("destroyed", "The data of this receipt were destroyed."),
    413: ("too-large", "The body is larger than is accepted. Nothing was stored."),
    415: ("unsupported-type", "The body has a type that is not accepted. Nothing was stored."),
    429: ("too-many", "Too many requests. Nothing was stored; send the same again later."),
    500: ("fault", "Something went wrong on our side. Sending again never counts twice."),
    503: ("unavailable", "Nothing can be stored just now. Send the same again later."),
}
_STATUSES: tuple[tuple[type[errors.UpholdError], int], ...] = (
    (decode.Malformed, 400),
    (decode.Unsupported, 415),
    (errors.Invalid, 400),
    (errors.Missing, 404),
    (errors.Conflict, 409),
    (errors.Unavailable, 503),
    (errors.Broken, 503),
)


def wants_json(accept: str) -> bool:
    """Tell a program from a browser: JSON is named, HTML is not."""
    return JSON in accept and "text/html" not in accept


def page(
    view: pages.View, around: views.Frame, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Render a page. It is never cached unless `headers` say so: it may show what is one person's."""
    return drawn(pages.render(view, around), status, headers)


def drawn(html: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with a page that was rendered before, else as `page`."""
    return Response(
        html,
        status_code=status,
        media_type="text/html",
        headers={**NO_STORE, "vary": "accept-language", **(headers or {})},
    )


def json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer a program."""
    return Response(
        msgspec.json.encode(content),
        status_code=status,
        media_type=JSON,
        headers={**NO_STORE, **(headers or {})},
    )


def linked(content: object, headers: dict[str, str] | None = None) -> Response:
    """Answer a program with linked data, JSON-LD."""
    return Response(
        msgspec.json.encode(content),
        media_type=dpv.MEDIA_TYPE,
        headers={**NO_STORE, **(headers or {})},
    )


def status_of(error: errors.UpholdError) -> int:
    """Return the HTTP status that an error means."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def see_other(request: Request, address: str) -> Response:
    """Lead on to a page of this site after a post, in the language that the reader has chosen."""
    return RedirectResponse(frame.carried(request, address), 303, headers=NO_STORE)


def problem(
    app: App, request: Request, status: int, details: tuple[str, ...] = (), retry_after: int = 0
) -> Response:
    """Answer with an error page, or its JSON for a program. `details` are sentences in English."""
    extra = {"retry-after": str(retry_after)} if retry_after else {}
    if wants_json(request.headers.get("accept", "")):
        code, message = _MEANINGS.get(status, _MEANINGS[500 if status >= 500 else 400])
        told = {"field": "", "code": code, "message": " ".join(details) or message}
        return json({"ok": False, "errors": [told]}, status, extra)
    edition = _edition(app)
    around = replace(frame.surround(app, request, edition, _place(request)), visit="")
    view = views.Error(
        status=status,
        # Messages of the product are English; a reader of another language gets the page's own words.
        details=details if around.language == "en" else (),
        retry_after=retry_after,
        limit=app.settings.limits.body_bytes if status == 413 else 0,
        back_href=CONSOLE if _in_console(request) else "",
    )
    return page(view, around, status, extra)


def of_error(app: App, request: Request, error: errors.UpholdError) -> Response:
    """Answer with the page of an error that the product raised."""
    status = status_of(error)
    retry = RETRY_SECONDS if status == 503 else 0
    details = tuple(text for text in (error.message, error.advice) if text)
    return problem(app, request, status, details, retry)


def _place(request: Request) -> str:
    """Return where the links to other languages lead: to the same page, unless it only takes posts."""
    posted = request.method not in {"GET", "HEAD"} and _in_console(request)
    return CONSOLE if posted else ""


def _in_console(request: Request) -> bool:
    path = request.url.path
    return path == CONSOLE or path.startswith(f"{CONSOLE}/")


def _edition(app: App) -> Edition | None:
    """Find whose names an error page bears; one that cannot be read must not be a second error."""
    try:
        return app.shelf.in_force_or_none()
    except errors.UpholdError:
        return None
