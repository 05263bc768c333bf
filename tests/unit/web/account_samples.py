# SPDX-License-Identifier: Apache-2.0
"""Samples of the pages of accounts, and of those that ask for a proof."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web import qr
from uphold.web.account_views import (
    Account,
    Colleague,
    PasskeyRow,
    Passkeys,
    Proof,
    SessionRow,
)

SESSIONS = (
    SessionRow(samples.AT, samples.AT, is_own=True),
    SessionRow(
        samples.AT - samples.DAY, samples.AT - 60_000, False, "/console/account/session/7/end"
    ),
)
LINK = "otpauth://totp/shop.example%3Airina?secret=GEZDGNBVGY3TQOJQ&issuer=shop.example"
# More than one, used and not, and one of which there is a copy.
KEYS = Passkeys(
    (
        PasskeyRow("Telephone", samples.AT, samples.AT, False, "/console/account/passkey/1/remove"),
        PasskeyRow("Stick", samples.AT, None, False, "/console/account/passkey/2/remove"),
        PasskeyRow("Old", samples.AT, samples.AT, True, "/console/account/passkey/3/remove"),
    ),
    may_add=True,
)
NUMBERED = "http://localhost:8000/console/account"


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around, out = samples.frame(language, person=True), samples.frame(language)
    pending = Account(SESSIONS, "pending", 0, "GEZD GNBV GY3T QOJQ", LINK, qr=qr.drawn(LINK))
    other = Colleague(
        *("oleg", "clerk", "active", (replace(SESSIONS[1], end_href=""),), True),
        end_href="/console/staff/y/sessions",
        factor_href="/console/staff/y/factor",
        close_href="/console/staff/y/close",
    )
    code = Proof("/console/login/code", "code", begins=True, next="/console/staff")
    again = Proof("/console/again", "password", begins=False)
    return {
        "account": (Account(SESSIONS, "none"), around),
        "account-pending": (pending, around),
        "account-demanded": (Account(SESSIONS, "none", is_demanded=True), around),
        "account-wrong": (replace(pending, problem="code"), around),
        "account-passkeys": (Account(SESSIONS[:1], "none", 9, passkeys=KEYS), around),
        "account-passkey-wrong": (
            Account(SESSIONS[:1], "set", 9, problem="passkey", passkeys=Passkeys(may_add=True)),
            around,
        ),
        "account-password-wrong": (replace(Account(SESSIONS, "none"), problem="current"), around),
        "account-password-short": (
            replace(Account(SESSIONS, "none"), problem="password-too-short"),
            around,
        ),
        "account-numbered": (
            Account(SESSIONS[:1], "none", passkeys=Passkeys(elsewhere_href=NUMBERED)),
            around,
        ),
        "account-no-passkeys": (
            Account(SESSIONS[:1], "none", passkeys=Passkeys(is_possible=False)),
            around,
        ),
        "account-set": (
            Account(SESSIONS[:1], "set", 10, recovery=("abcd-efgh-2345-6723-klmn-opqr",) * 10),
            around,
        ),
        "colleague": (other, around),
        "colleague-last": (replace(other, problem="last", sessions=(), end_href=""), around),
        "colleague-copied": (replace(other, passkeys=2, blocked=1), around),
        "colleague-own": (replace(other, problem="own", has_factor=False, factor_href=""), around),
        "code": (code, out),
        "code-refused": (replace(code, problem="refused"), out),
        "code-throttled": (replace(code, problem="throttled", retry_after=64), out),
        "code-passkey": (replace(code, options_href="/console/login/code/options"), out),
        "recovery": (replace(code, asks="recovery"), out),
        "recovery-refused": (replace(code, asks="recovery", problem="refused"), out),
        "again": (again, around),
        "locked": (replace(again, is_locked=True), around),
        "locked-kept": (
            replace(
                again,
                is_locked=True,
                kept=(("_unlock", "1"), ("kept.text", "Dear <all>")),
                problem="refused",
            ),
            around,
        ),
        "again-refused": (replace(again, problem="refused"), around),
    }
