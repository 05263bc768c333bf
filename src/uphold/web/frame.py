# SPDX-License-Identifier: Apache-2.0
"""Which language a reader gets, and what surrounds every page."""

from urllib.parse import urlencode

from starlette.requests import Request

from uphold.app import App
from uphold.policy.document import Edition, pick
from uphold.web import pages, views

# What makes an address another page; the rest of a query is about the moment, such as `done`.
_PLACES = frozenset({"edition", "state", "before", "next", "file", "form", "old", "new", "only"})

# The pages that anybody may see, and that say when they were looked at. All that is about one person is left out.
_COUNTED = frozenset({"/", "/policy", "/policy/editions", "/policy/proof", "/statistics"})
_COUNTED_BELOW = ("/policy/compare/", "/f/", "/wording/")


def language(request: Request, edition: Edition | None) -> str:
    """Choose the page's language: `?lang=`, else the browser's wish, else the policy's first language."""
    offered = tuple(pages.LANGUAGES)
    chosen = request.query_params.get("lang", "")
    if chosen in offered:
        return chosen
    for wish in request.headers.get("accept-language", "").split(",")[:10]:
        code = wish.partition(";")[0].strip().lower().partition("-")[0]
        if code in offered:
            return code
    first = edition.policy.language if edition else offered[0]
    return first if first in offered else offered[0]


def carried(request: Request, address: str) -> str:
    """Return an address of this site to go on to, in the language that the reader has chosen by hand."""
    chosen = request.query_params.get("lang", "")
    return pages.in_language(address, chosen) if chosen in pages.LANGUAGES else address


def site(app: App, request: Request) -> str:
    """Return the site's own address without a slash at the end.

    It is the configured one, never what a request says of itself; only a demonstration, which may be
    started on another port each time, follows the request.
    """
    if app.settings.site.demo:
        return f"{request.url.scheme}://{request.url.netloc}"
    return app.settings.site.address.rstrip("/")


def surround(
    app: App,
    request: Request,
    edition: Edition | None,
    path: str = "",
    spoken: str = "",
    *,
    person: views.Person | None = None,
    token: str = "",
    flash: str = "",
) -> views.Frame:
    """Build the frame of a page.

    `path` is its address to GET where that is not the request's own, `spoken` its language where it is
    known already. `person`, `token` and `flash` are for the console.
    """
    chosen = spoken or language(request, edition)
    operator = ""
    if edition is not None:
        operator = pick(edition.policy.operator.name, chosen, edition.policy.language)
    return views.Frame(
        language=chosen,
        site=edition.policy.domain if edition else "Uphold",
        operator=operator,
        path=path or _address(request),
        chosen=request.query_params.get("lang", "") == chosen,
        demo=app.settings.site.demo,
        person=person,
        token=token,
        flash=flash,
        visit="" if person or app.visits is None else _counted(request.url.path),
        has_choice=app.visits is not None and app.settings.visits.cookie,
        has_figures=app.settings.visits.public,
    )


def _counted(path: str) -> str:
    """Return the page whose visit counts; "" for what is one person's own (pure)."""
    return path if path in _COUNTED or path.startswith(_COUNTED_BELOW) else ""


def _address(request: Request) -> str:
    places = [pair for pair in request.query_params.multi_items() if pair[0] in _PLACES]
    return f"{request.url.path}?{urlencode(places)}" if places else request.url.path
