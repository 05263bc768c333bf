# SPDX-License-Identifier: Apache-2.0
"""Consent asked anew on the page of a receipt: shown to its holder, stored only when they tick and send.

The page is reached by an address that nobody else has, so there is nobody to sign in. A signed token says
which wording was shown; if that has changed since, nothing is stored and the page shows the new one.
"""

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.consent import ledger, renewal
from uphold.consent.renewal import Due, Judge
from uphold.policy import words
from uphold.policy.document import Edition
from uphold.submission import form, renew, token
from uphold.submission.form import Offer
from uphold.submission.record import Facts
from uphold.submission.validate import YES
from uphold.vault import remains
from uphold.web import changes, holder, pages, present, renewal_views, reply
from uphold.web.messages import N_

ANSWER = "answer"
KEEP = "keep"
UNTICKED = N_("Tick a box if you agree, or keep everything as it is")
CHANGED = N_("The wording has changed since you opened this page; read it as it is now")


def due(app: App, facts: Facts) -> tuple[Judge, tuple[Due, ...]]:
    """What the holder of a receipt may be asked anew under the edition in force."""
    judge = Judge(app.shelf.in_force())
    with app.database.read() as connection:
        live = frozenset(purpose for _, purpose in remains.live(connection, facts.number))
        acts = ledger.acts(connection, facts.number)
    kept = app.shelf.edition(facts.edition)
    return judge, renewal.due(judge, facts.form, kept, acts, live, app.shelf.edition)


def view(
    app: App, facts: Facts, public: str, language: str, problem: str = ""
) -> renewal_views.Renewals | None:
    """Show what is asked; None when the holder is not concerned."""
    judge, asked = due(app, facts)
    if not asked:
        return None
    current = judge.current
    offer = form.derive(current, facts.form, language)
    issued = token.issue(offer, holder.now())
    oldest = min((one.agreed.edition for one in asked if one.agreed), default=facts.edition)
    return renewal_views.Renewals(
        edition=current.number,
        policy_href=f"/policy?edition={current.number}",
        compare_href=f"/policy/compare/{oldest}/{current.number}",
        action_href=f"/receipt/{public}",
        token=token.write(app.ring.token_key, issued),
        asked=tuple(_one(app, facts, offer, one) for one in asked),
        problem=problem and pages.translations(language).gettext(problem),
    )


def _one(app: App, facts: Facts, offer: Offer, due_: Due) -> renewal_views.Renewal:
    current, language = offer.edition, offer.language
    given = app.shelf.edition(due_.agreed.edition if due_.agreed else facts.edition)
    wording = offer.wordings[due_.purpose]
    before = _wording(given, facts.form, due_.purpose, language) if due_.agreed else ""
    box = offer.boxes[form.BOX + due_.purpose]
    return renewal_views.Renewal(
        name=form.BOX + due_.purpose,
        purpose=present.title(current, due_.purpose, language),
        summary=present.summary(offer, box),
        why=tuple(changes.said(why, current, language) for why in due_.why),
        pieces=changes.pieces(words.difference(before, wording.text)) if before else (),
        language=wording.language,
        wording_href=f"/wording/{wording.digest}",
    )


def _wording(edition: Edition, key: str, purpose: str, language: str) -> str:
    try:
        return edition.wording(key, purpose, language).text
    except errors.Missing:
        return ""


def endpoint(app: App, find: holder.Find, show: holder.Show) -> holder.Handler:
    """Make the handler of `POST /receipt/{id}`; `find` looks a receipt up, `show` shows its page again."""
    return partial(_take, app, find, show)


def _take(
    app: App,
    find: holder.Find,
    show: holder.Show,
    request: Request,
    posted: Mapping[str, str],
) -> Response:
    public = request.path_params["id"]
    facts = find(public)
    address = f"/receipt/{public}"
    judge, asked = due(app, facts)
    with app.database.read() as connection:
        live = frozenset(purpose for _, purpose in remains.live(connection, facts.number))
        withdrawn = ledger.acts(connection, facts.number)
    asked = (*asked, *renewal.again(judge, facts.form, withdrawn, live))
    if posted.get(ANSWER) == KEEP or not asked:
        return reply.see_other(request, f"{address}?done=kept")
    shown = token.read(app.ring.token_key, posted.get(form.TOKEN, ""))
    language = shown.language if shown else judge.current.policy.language
    offer = form.derive(judge.current, facts.form, language)
    if shown is None or shown.form != facts.form or shown.seen != offer.seen:
        return show(request, facts, CHANGED)
    ticked = [one.purpose for one in asked if posted.get(form.BOX + one.purpose, "").lower() in YES]
    if not ticked:
        return show(request, facts, UNTICKED)
    taken = app.writer.run(
        lambda tx: renew.take(tx, app.ring, judge, facts, app.shelf.edition, ticked, language)
    )
    return reply.see_other(request, f"{address}?done={'renewed' if taken else 'kept'}")
