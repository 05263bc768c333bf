# SPDX-License-Identifier: Apache-2.0
"""Withdrawal, broken."""

from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.consent import ledger
from uphold.enquiry import reply
from uphold.mail.delivery import Refused
from uphold.retention import due
from uphold.web import receipt_json

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
)
