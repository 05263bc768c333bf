# SPDX-License-Identifier: Apache-2.0
"""Answers: pages, JSON, and what each error of the product looks like to a person and to a program."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.policy.document import Edition
from uphold.submission import decode
from uphold.web import frame, pages, views

JSON = "application/json"
NO_STORE = {"cache-control": "no-store"}
RETRY_SECONDS = 5
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
    return Response(
        pages.render(view, around),
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


def status_of(error: errors.UpholdError) -> int:
    """Return the HTTP status that an error means."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def problem(
    app: App, request: Request, status: int, details: tuple[str, ...] = (), retry_after: int = 0
) -> Response:
    """Answer with an error page, or its JSON for a program."""
    extra = {"retry-after": str(retry_after)} if retry_after else {}
    if wants_json(request.headers.get("accept", "")):
        message = " ".join(details)
        return json(
            {"errors": [{"field": "", "code": str(status), "message": message}]}, status, extra
        )
    around = frame.surround(app, request, _edition(app), "/")
    view = views.Error(status=status, details=details, retry_after=retry_after)
    return page(view, around, status, extra)


def of_error(app: App, request: Request, error: errors.UpholdError) -> Response:
    """Answer with the page of an error that the product raised."""
    status = status_of(error)
    retry = RETRY_SECONDS if status == 503 else 0
    return problem(app, request, status, _details(app, request, error), retry)


def _details(app: App, request: Request, error: errors.UpholdError) -> tuple[str, ...]:
    # Messages of the product are English; a reader of another language gets the page's own words.
    if frame.language(request, _edition(app)) != "en":
        return ()
    return tuple(text for text in (error.message, error.advice) if text)


def _edition(app: App) -> Edition | None:
    """Find whose names an error page bears; one that cannot be read must not be a second error."""
    try:
        return app.shelf.in_force_or_none()
    except errors.UpholdError:
        return None
