# SPDX-License-Identifier: Apache-2.0
"""Which language a reader gets, and what surrounds every page."""

from starlette.requests import Request

from uphold.app import App
from uphold.policy.document import Edition, pick
from uphold.web import pages, views


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
    )


def _address(request: Request) -> str:
    query = "&".join(
        f"{name}={value}" for name, value in request.query_params.multi_items() if name == "edition"
    )
    return f"{request.url.path}?{query}" if query else request.url.path
