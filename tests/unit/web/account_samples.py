# SPDX-License-Identifier: Apache-2.0
"""Samples of the pages of accounts, and of those that ask for a proof."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web.account_views import Account, Colleague, Proof, SessionRow

SESSIONS = (
    SessionRow(samples.AT, samples.AT, is_own=True),
    SessionRow(
        samples.AT - samples.DAY, samples.AT - 60_000, False, "/console/account/session/7/end"
    ),
)
LINK = "otpauth://totp/shop.example%3Airina?secret=GEZDGNBVGY3TQOJQ&issuer=shop.example"


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around, out = samples.frame(language, person=True), samples.frame(language)
    pending = Account(SESSIONS, "pending", 0, "GEZD GNBV GY3T QOJQ", LINK)
    other = Colleague(
        *("oleg", "clerk", "active", (replace(SESSIONS[1], end_href=""),), True),
        *(f"/console/staff/y/{act}" for act in ("sessions", "factor", "close")),
    )
    code = Proof("/console/login/code", "code", begins=True, next="/console/staff")
    again = Proof("/console/again", "password", begins=False)
    return {
        "account": (Account(SESSIONS, "none"), around),
        "account-pending": (pending, around),
        "account-wrong": (replace(pending, problem="code"), around),
        "account-set": (
            Account(SESSIONS[:1], "set", 10, recovery=("abcd-efgh-2345-6723",) * 10),
            around,
        ),
        "colleague": (other, around),
        "colleague-last": (replace(other, problem="last", sessions=(), end_href=""), around),
        "colleague-own": (replace(other, problem="own", has_factor=False, factor_href=""), around),
        "code": (code, out),
        "code-refused": (replace(code, problem="refused"), out),
        "code-throttled": (replace(code, problem="throttled", retry_after=64), out),
        "again": (again, around),
        "again-refused": (replace(again, problem="refused"), around),
    }
