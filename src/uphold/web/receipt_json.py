# SPDX-License-Identifier: Apache-2.0
"""The receipt as a program reads it: the same as on its page, and what it takes to withdraw. No field's value."""

from starlette.requests import Request

from uphold.app import App
from uphold.consent import ledger, renewal
from uphold.submission.record import Facts
from uphold.web import frame, receipt_requests, slip, withdrawals
from uphold.web.receipt_views import Agreement, Asking, Meaning, Receipt


def receipt(app: App, request: Request, facts: Facts, shown: Receipt) -> dict[str, object]:
    """Say what the page of a receipt shows."""
    site = frame.site(app, request)
    with app.database.read() as connection:
        last = renewal.last(ledger.acts(connection, facts.number))
    consents = []
    for one in shown.agreements:
        if one.withdraw is None and one.gone is None:
            continue  # replaced by a later one, which follows
        act = last[one.id]
        told = {**withdrawals.told(app, act, shown.number, request), "title": one.purpose}
        consents.append({**told, "given_at": one.given_at, **_what_then(site, one)})
    return {
        "ok": True,
        "id": shown.number,
        "form": facts.form,
        "edition": shown.edition,
        "received_at": shown.received_at,
        "receipt_url": f"{site}/receipt/{shown.number}",
        "proof_url": shown.proof.address,
        "consents": consents,
        **_requests(site, shown.asking),
    }


def _requests(site: str, asking: Asking | None) -> dict[str, object]:
    if asking is None:
        return {}
    way = {"url": f"{site}{asking.action_href}", "slip": asking.slip, "slip_field": slip.NAME}
    made = [receipt_requests.told(one) for one in asking.made]
    return {"requests": made, "request": {**way, "kinds": asking.kinds}}


def _what_then(site: str, one: Agreement) -> dict[str, object]:
    if one.withdraw is None:
        return {"means": _meaning(one.gone)} if one.gone else {}
    button = one.withdraw
    return {
        "withdraw": {
            "url": f"{site}{button.action_href}",
            "purpose": button.purpose,
            "slip": button.slip,
            "slip_field": slip.NAME,
            "means": _meaning(button.meaning),
        }
    }


def _meaning(means: Meaning) -> dict[str, object]:
    return {
        "data": means.data,
        "is_left": means.is_left,
        "destroyed_by": means.until_at,
        "barred_by_order": means.is_barred,
        "answers_end": means.answers,
        "answers_unsent": means.waiting,
        "kept": means.evidence,
        "kept_because": means.ground,
        "kept_until": means.evidence_until_at,
        "not_touched": means.others,
    }
