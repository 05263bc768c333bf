# SPDX-License-Identifier: Apache-2.0
"""Withdrawal and what forms come filled in with, broken."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from tests import personal
from tests.editions import PURPOSE
from tests.sabotage.sabotage import Ground, several
from uphold.access import gate
from uphold.consent import ledger
from uphold.enquiry import reply
from uphold.mail.delivery import Refused
from uphold.retention import due
from uphold.rights import fulfil, holdings, prefill
from uphold.web import my_door, present, public, receipt_json
from uphold.web.present import Again

CONFIRM = '<p><label>Why? <textarea name="reason" required></textarea></label></p>'
SURE = '<p><label><input type="checkbox" name="sure"> I am sure</label></p>'
BUTTON = '<p class="acts"><button type="submit">{{ _("Withdraw: %(purpose)s"'


def only_hide(ground: Ground) -> None:
    """A withdrawal is thanked for and shown, and stored nowhere."""
    ground.patch.setattr(ledger, "withdraw", lambda *_given, **_named: 0)


def cache_consents(ground: Ground) -> None:
    """To be faster, the gate remembers what a record's consents were."""
    known: dict[int, dict[str, str]] = {}

    def remembered(before: Any, reader: Any, record: int) -> dict[str, str]:
        if record not in known:
            known[record] = before(reader, record)
        return known[record]

    ground.wrap(ledger, "state", remembered)


def ask_why(ground: Ground) -> None:
    """Whoever withdraws is to say why, and to confirm."""
    ground.template("withdraw.html", BUTTON, CONFIRM + SURE + BUTTON)


def no_button(ground: Ground) -> None:
    """The page says where to write, and has no button."""
    ground.template("receipt.html", '{% include "withdraw.html" %}', "")


def send_what_is_written(ground: Ground) -> None:
    """The mailer does not ask the gate about what was accepted before."""

    def trusting(before: Any, *given: Any) -> Any:
        return lambda _tx, _item: Refused("exercise-only", lasting=True)

    ground.wrap(reply, "mailer", trusting)


def forget_the_sweep(ground: Ground) -> None:
    """Nobody tells the sweep: the data stay until their usual end."""
    ground.patch.setattr(due, "note", lambda *_given, **_named: None)


def promise_a_later_day(ground: Ground) -> None:
    """The page names a day that is months after the policy's term."""

    def later(before: Any, means: Any) -> Any:
        told = before(means)
        return {**told, "destroyed_by": told["destroyed_by"] + 90 * 86_400_000}

    ground.wrap(receipt_json, "_meaning", later)


# --- forms that come filled in ------------------------------------------------------------------------


def _filling(ground: Ground, values: Callable[[Request], dict[str, str]]) -> None:
    """Let the public form come filled in with what a request gives rise to."""
    asked: ContextVar[Request] = ContextVar("asked")

    def form(before: Any, self: Any, request: Request) -> Any:
        asked.set(request)
        return before(self, request)

    def hosted(before: Any, offer: Any, token: str, again: Any = None, more: Any = None) -> Any:
        found = values(asked.get()) if asked.get(None) else {}
        return before(offer, token, replace(again or Again({}), values=found), more)

    ground.wrap(public.Public, "form", form)
    ground.wrap(present, "hosted", hosted)


def fill_from_the_address(ground: Ground) -> None:
    """A link in a letter fills the form in by what its address says."""
    _filling(ground, lambda request: dict(request.query_params))


def fill_from_a_cookie(ground: Ground) -> None:
    """Whoever has been below `/my` is known at the public form, too."""
    _filling(ground, lambda request: {"name": "Anna"} if my_door.COOKIE in request.cookies else {})


def fill_from_what_was_answered(ground: Ground) -> None:
    """What was sent for an answer fills the next form in; nobody was asked about that."""

    def fill(_before: Any, writer: Any, about: Any, contact: Any, _offer: Any) -> Any:
        records = writer.run(lambda tx: holdings.records_of(tx, about.ring, contact))
        own = fulfil.open_own(writer, contact, records, about)
        values = {k: str(v) for one in own if one.purpose == PURPOSE for k, v in one.values.items()}
        return prefill.Filled(1, 1, values)

    ground.patch.setattr(prefill, "serves", lambda *_: True)
    ground.wrap(prefill, "fill", fill)


def fill_after_switching_off(ground: Ground) -> None:
    """Switching off withdraws the consent, and the filling in looks at what is still there."""

    def agreed(_before: Any, reader: Any, about: Any, contact: Any) -> Any:
        return holdings.records_of(reader, about.ring, contact)

    def own(before: Any, asked: Any, given: Any, current: Any, consents: Any, holds: Any) -> Any:
        return before(asked, given, current, dict.fromkeys(consents, "given"), holds)

    ground.publish(*personal.CHANGES)
    ground.wrap(prefill, "agreed", agreed)
    ground.wrap(gate, "own", own)


def fill_without_the_journal(ground: Ground) -> None:
    """It is the person's own, so nobody writes down that it was opened."""
    ground.publish(*personal.CHANGES)
    ground.patch.setattr(prefill, "_journal", lambda *_: None)


SABOTAGES = (
    *several(
        "consent.withdrawable",
        ("hides", "A withdrawal is acknowledged and not stored", only_hide),
        ("cached", "The gate remembers consents", cache_consents),
        ("why", "A reason and a confirmation are asked", ask_why),
        ("no-button", "The page has no button", no_button),
        ("mailed", "The mailer does not ask the gate again", send_what_is_written),
        ("kept", "The sweep is not told", forget_the_sweep),
        ("later", "The page promises a later day than the term", promise_a_later_day),
    ),
    *several(
        "personalisation.own-consent",
        ("address", "A form is filled in by its address", fill_from_the_address),
        ("cookie", "A cookie fills the public form in", fill_from_a_cookie),
        ("answered", "Data sent for an answer fill forms in", fill_from_what_was_answered),
        ("after", "Forms are filled in after it was switched off", fill_after_switching_off),
        ("unjournaled", "Filling in is not journaled", fill_without_the_journal),
    ),
)
