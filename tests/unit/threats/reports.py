# SPDX-License-Identifier: Apache-2.0
"""A report on a model made by hand: one finding in each state, and one change."""

from uphold.policy.document import Edition
from uphold.threats import element
from uphold.threats.change import Kind
from uphold.threats.element import Element, Model, facts
from uphold.threats.judge import Against, Finding, Held, State
from uphold.threats.report import Report
from uphold.threats.stored import Told

DIGEST = "a" * 64


def model() -> Model:
    """A site with an account and one fact that nobody knows."""
    site = facts("config:x", level=4, threat_type=3, https=True, journal_watched=None)
    account = facts("db:access_staff", role="clerk", factor=False)
    return element.model(
        [Element("site", "site", "app", site), Element("account:7", "account", "operator", account)]
    )


def finding(rule: str, state: State, severity: int) -> Finding:
    """A finding on the account, whose measure is known by one piece of evidence."""
    held = Held.KEPT if state is State.MITIGATED else Held.STALE
    against = (Against("guessing-throttled", held, 1_800_000_000_000, DIGEST),)
    because = ("account:7.factor=false",)
    return Finding(f"{rule}@account:7", rule, "account:7", state, severity, because, against)


def report(edition: Edition | None, *, empty: bool = False) -> Report:
    """The report, without any finding where it is to be empty."""
    found = (
        finding("password-guessed", State.MITIGATED, 5),
        finding("password-alone", State.OPEN, 3),
        finding("factor-bypassed", State.OPEN, 4),
        finding("gone-rule", State.UNKNOWN, 2),
    )
    told = Told(
        *(3, "password-alone@account:7", Kind.REOPENED, "mitigated", State.OPEN, 3, 3),
        *(("account:7.factor=false",), 1_795_000_000_000, 41, 40),
    )
    return Report(1_795_406_255_527, model(), () if empty else found, (told,), edition)
