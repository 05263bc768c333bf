# SPDX-License-Identifier: Apache-2.0
"""Withdrawal on the page of a receipt: one button for each consent that stands, and what it will mean beside it.

As easily as it was given: no account, no reason, no script, one press. A slip that the page signed comes back
with the post. What is shown has no field's value: labels, dates, grounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.consent import ledger, renewal
from uphold.consent.ledger import Act
from uphold.consent.renewal import Judge
from uphold.database.transaction import Transaction
from uphold.enquiry import desk
from uphold.mail import notice
from uphold.policy import phrases
from uphold.policy.document import Edition, pick
from uphold.policy.phrases import PHRASES
from uphold.retention.ends import Rules
from uphold.rights import request as requests, withdraw
from uphold.rights.machine import Kind
from uphold.submission import form, token
from uphold.submission.record import Facts
from uphold.vault import remains
from uphold.web import frame, holder, present, receipt_requests, reply, slip
from uphold.web.messages import N_
from uphold.web.receipt_views import Again, Meaning, Withdrawal
from uphold.web.renewal_views import Renewal
from uphold.web.views import Agreement

WITHDRAW = "withdraw"
PURPOSE = "purpose"
FOREIGN = N_("The button did not come from this page. Press it again here")
_EMAIL = "email"


def view(
    app: App,
    connection: Connection,
    facts: Facts,
    public: str,
    language: str,
    shown: Sequence[Agreement],
) -> tuple[Agreement, ...]:
    """Add to each consent what its holder can do: withdraw it, or see what its withdrawal means."""
    acts = ledger.acts(connection, facts.number)
    rules = _rules(app)
    live = frozenset(purpose for _, purpose in remains.live(connection, facts.number))
    judge = Judge(rules.current)
    can_return = {one.purpose for one in renewal.again(judge, facts.form, acts, live)}
    last = {act.purpose: act for act in acts}
    found = []
    for one in shown:
        act = last[one.id]
        at = act.at if act.act == ledger.WITHDRAWN else holder.now()
        if one.entry == act.entry:
            means = _meaning(connection, rules, facts, one.id, language, at)
            found.append(replace(one, withdraw=_button(app, facts, public, one, means)))
        elif one.ended_entry == act.entry and one.withdrawn_at:
            means = _meaning(connection, rules, facts, one.id, language, at)
            again = _again(app, facts, public, one.id, language) if one.id in can_return else None
            found.append(replace(one, gone=means, again=again))
        else:
            found.append(one)
    return tuple(found)


def endpoint(app: App, find: holder.Find, show: holder.Show) -> holder.Handler:
    """Make the handler of `POST /receipt/{id}/withdraw`; `find` looks a receipt up, `show` shows its page again."""
    return partial(_take, app, find, show)


def told(app: App, act: Act, public: str, request: Request) -> dict[str, object]:
    """Say to a program what became of a consent."""
    address = f"{frame.site(app, request)}/receipt/{public}"
    return {
        "purpose": act.purpose,
        "state": act.act,
        "at": act.at,
        "edition": act.edition,
        "wording": act.wording,
        "entry": act.entry,
        "proof_url": f"{address}.tlog-proof?entry={act.entry}",
    }


def _take(
    app: App,
    find: holder.Find,
    show: holder.Show,
    request: Request,
    posted: Mapping[str, str],
) -> Response:
    public = request.path_params["id"]
    facts, purpose = find(public), posted.get(PURPOSE, "")
    about = (WITHDRAW, facts.number, purpose)
    is_program = reply.wants_json(request.headers.get("accept", ""))
    if not slip.holds(app.ring.token_key, posted.get(slip.NAME, ""), *about):
        if is_program:
            raise errors.Invalid(
                "The slip is not this receipt's.", "Get the receipt as JSON first."
            )
        return show(request, facts, FOREIGN)
    app.writer.run(lambda tx: _withdraw(tx, app, facts, purpose))
    if not is_program:
        return reply.see_other(request, f"/receipt/{public}?done=withdrawn")
    with app.database.read() as connection:
        act = renewal.last(ledger.acts(connection, facts.number))[purpose]
    return reply.json({"ok": True, **told(app, act, public, request)})


def _withdraw(tx: Transaction, app: App, facts: Facts, purpose: str) -> None:
    """Withdraw, as a request that is fulfilled as it comes in. Pressed twice, nothing is left to do."""
    if ledger.state(tx, facts.number).get(purpose) == ledger.WITHDRAWN:
        return
    kind, language = Kind.WITHDRAWAL, facts.language
    asked = receipt_requests.enter(tx, app, facts, kind, language, (purpose,), at_once=True)
    withdraw.withdraw(tx, app.ring, facts.number, purpose, request=asked.number)
    requests.done(tx, app.ring, asked.number, requests.PERSON)
    # Whoever holds the receipt can do this; the person learns of it all the same.
    codes, what = {"purpose": purpose}, notice.Kind.WITHDRAWN
    notice.queue(tx, what, record=facts.number, language=language, codes=codes)


def slip_of(app: App, record: int, purpose: str) -> str:
    """Sign what a button to withdraw is for."""
    return slip.write(app.ring.token_key, WITHDRAW, record, purpose)


def _button(app: App, facts: Facts, public: str, one: Agreement, means: Meaning) -> Withdrawal:
    return Withdrawal(
        purpose=one.id,
        title=one.purpose,
        action_href=f"/receipt/{public}/withdraw",
        slip=slip_of(app, facts.number, one.id),
        meaning=means,
    )


def _again(app: App, facts: Facts, public: str, purpose: str, language: str) -> Again:
    offer = form.derive(app.shelf.in_force(), facts.form, language)
    box, wording = offer.boxes[form.BOX + purpose], offer.wordings[purpose]
    return Again(
        action_href=f"/receipt/{public}",
        token=token.write(app.ring.token_key, token.issue(offer, holder.now())),
        box=Renewal(
            name=form.BOX + purpose,
            purpose=present.title(offer.edition, purpose, language),
            summary=present.summary(offer, box),
            why=(),
            pieces=(),
            language=wording.language,
            wording_href=f"/wording/{wording.digest}",
        ),
    )


def _rules(app: App) -> Rules:
    return Rules(app.shelf.edition, app.shelf.in_force(), desk.happened)


def _meaning(
    connection: Connection, rules: Rules, facts: Facts, purpose: str, language: str, at: int
) -> Meaning:
    kept, current = rules.edition(facts.edition), rules.current
    found = withdraw.meaning(connection, rules, facts.number, purpose, at)
    evidence = current.policy.purpose(current.policy.evidence)
    notice = present.notice(current, evidence, language)
    live = {name for _, name in remains.live(connection, facts.number)}
    return Meaning(
        data=tuple(present.labels(kept, facts.form, purpose, language)),
        until_at=found.ends_at or 0,
        term=_term(kept, purpose, language),
        is_left=found.is_left,
        is_barred=found.is_barred,
        answers=_answers(kept, facts.form, purpose),
        fills=purpose == kept.policy.personalisation,
        waiting=found.waiting,
        evidence=", ".join(
            pick(current.policy.categories[name].title, language, current.policy.language).lower()
            for name in evidence.categories
        ),
        ground=notice.ground,
        evidence_until_at=found.evidence_at or 0,
        evidence_term=notice.term,
        others=tuple(
            present.title(kept, name, language)
            for name in kept.policy.purposes
            if name in live and name not in (purpose, kept.policy.evidence)
        ),
    )


def _answers(edition: Edition, key: str, purpose: str) -> bool:
    """Tell whether answers go out under a purpose: it has an address, and is not there to fill forms in."""
    fields = edition.form(key).fields
    has_address = any(field.type == _EMAIL and purpose in field.purposes for field in fields)
    return has_address and purpose != edition.policy.personalisation


def _term(edition: Edition, purpose: str, language: str) -> str:
    say = PHRASES.get(language, PHRASES["en"])
    return phrases.end(say, edition.policy.purpose(purpose).retention, language)
