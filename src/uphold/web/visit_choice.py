# SPDX-License-Identifier: Apache-2.0
"""`/visit/choice`: where a visitor may agree to the cookie of visits, and take that back in one press.

Nothing asks for it: no page shows a banner, the footer has a link. The box is empty, the wording stands beside it,
and what was agreed is journaled before the cookie is set, with the digest of the very wording. Where the browser says
`Sec-GPC: 1` or `DNT: 1` nothing is asked and nothing set. The site works the same without.
"""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.journal import entry
from uphold.policy.document import Edition
from uphold.web import frame, holder, pages, reply, slip, staffed, visit_cookie, visit_views
from uphold.web.messages import N_
from uphold.web.visit_cookie import Cookie

PATH = "/visit/choice"
AGREE, END = "agree", "end"
YES = "yes"
UNTICKED = N_("Tick the box if you agree; nothing was set")
FOREIGN = N_("The button did not come from this page. Press it again here")
# What is agreed to. A changed text has another digest, and a slip that was signed over another does not hold.
WORDING = (
    N_(
        "I agree that a random number is kept in this browser for %(days)s days and sent with each page of this site"
        " that I look at."
    ),
    N_(
        "It serves to tell the visits of one day apart when they are counted. It is kept sealed with my address,"
        " browser, the time and the page for the term that the policy names, and destroyed with them; no figure shows"
        " it, and nobody else gets it."
    ),
)
_DAYS = visit_cookie.SECONDS // 86_400
_USE = "visit-choice"


def show(app: App, request: Request, problem: str = "") -> Response:
    """`GET /visit/choice`."""
    try:
        _require_offered(app)
        edition = app.shelf.in_force()
        around = frame.surround(app, request, edition, PATH if problem else "")
        translations = pages.translations(around.language)
        view = visit_views.Choice(
            action_href=PATH,
            slip=_slip(app, edition, around.language),
            wording=wording(around.language),
            days=_DAYS,
            state=_state(app, request),
            problem=translations.gettext(problem) if problem else "",
        )
        return reply.page(view, around, 422 if problem else 200)
    except errors.UpholdError as error:
        return reply.of_error(app, request, error)


def wording(language: str) -> tuple[str, ...]:
    """Return what is agreed to, by paragraph."""
    translations = pages.translations(language)
    return tuple(translations.gettext(text) % {"days": _DAYS} for text in WORDING)


def digest(language: str) -> str:
    """Return the digest of the wording: of its paragraphs, joined by empty lines, in UTF-8."""
    return sha256("\n\n".join(wording(language)).encode()).hexdigest()


def endpoint(app: App) -> holder.Handler:
    """Make the handler of `POST /visit/choice`."""
    return partial(_choose, app)


def _choose(app: App, request: Request, posted: Mapping[str, str]) -> Response:
    _require_offered(app)
    edition = app.shelf.in_force()
    language = frame.language(request, edition)
    if not staffed.ours(request) or posted.get(slip.NAME) != _slip(app, edition, language):
        return show(app, request, FOREIGN)
    held = _held(app, request)
    if posted.get("act") == END:
        return _end(app, request, held)
    if posted.get(AGREE) != YES:
        return show(app, request, UNTICKED)
    if held is not None or _refuses(request):
        return reply.see_other(request, PATH)
    return _agree(app, request, edition, language)


def _agree(app: App, request: Request, edition: Edition, language: str) -> Response:
    made = visit_cookie.make()
    codes: dict[str, str | int] = {
        "cookie": made.digest,
        "wording": digest(language),
        "edition": edition.number,
    }
    app.writer.run(lambda tx: tx.append(entry.encode("cookie.agreed", tx.now, entry.salt(), codes)))
    text = made.text(app.ring.token_key)
    return _with_cookie(app, reply.see_other(request, PATH), text)


def _end(app: App, request: Request, held: Cookie | None) -> Response:
    if held is not None:
        codes = {"cookie": held.digest}
        app.writer.run(
            lambda tx: tx.append(entry.encode("cookie.ended", tx.now, entry.salt(), codes))
        )
    return _with_cookie(app, reply.see_other(request, PATH), "")


def _with_cookie(app: App, response: Response, text: str) -> Response:
    response.set_cookie(
        visit_cookie.NAME,
        text,
        max_age=visit_cookie.SECONDS if text else 0,
        path=visit_cookie.PATH,
        httponly=True,
        samesite="strict",
        secure=app.settings.secure,
    )
    return response


def _require_offered(app: App) -> None:
    if app.visits is None or not app.settings.visits.cookie:
        raise errors.Missing("This site asks for no cookie.", "There is nothing to choose.")


def _state(app: App, request: Request) -> str:
    if _held(app, request) is not None:
        return "agreed"
    return "refused" if _refuses(request) else "none"


def _held(app: App, request: Request) -> Cookie | None:
    return visit_cookie.read(
        app.ring.token_key, request.headers.get("cookie", "").encode("latin-1")
    )


def _refuses(request: Request) -> bool:
    return "1" in (request.headers.get("sec-gpc"), request.headers.get("dnt"))


def _slip(app: App, edition: Edition, language: str) -> str:
    return slip.write(app.ring.token_key, _USE, edition.number, language, digest(language))
