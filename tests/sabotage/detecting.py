# SPDX-License-Identifier: Apache-2.0
"""Rules of detection that are off, out of reach or merely tried. Each rule is broken in many ways in test_rules.py."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.detection import book
from uphold.detection.book import Book
from uphold.detection.rule import Rule, Rules

PROMISE = "intrusion.detected"


def set_up(ground: Ground, line: str) -> None:
    """Add a line to the settings of detection."""
    path = ground.folder / "uphold.toml"
    path.write_text(path.read_text("utf-8") + f"\n[detection]\n{line}\n", encoding="utf-8")


def changed(ground: Ground, change: Callable[[Rule], Rule]) -> None:
    """Load the rules as if the package had others."""
    before = book.of_site

    def of_site(settings: Any) -> Book:
        known = before(settings)
        every = tuple(change(rule) for rule in known.rules.every)
        return Book(Rules(every, known.rules.digest), known.states)

    ground.patch.setattr(book, "of_site", of_site)


def _rarer(rule: Rule) -> Rule:
    if rule.correlation is None:
        return rule
    return replace(rule, correlation=replace(rule.correlation, least=100_000))


def raise_thresholds(ground: Ground) -> None:
    """Somebody was tired of alerts."""
    changed(ground, _rarer)


SABOTAGES = several(
    PROMISE,
    ("rules-off", "Detection is switched off in the settings", partial(set_up, line="on = false")),
    (
        "rule-tried",
        "One rule is only tried out, by the settings",
        partial(set_up, line='dry_run = ["canary-record"]'),
    ),
    ("rules-rarer", "Thresholds are raised beyond what anybody does", raise_thresholds),
)
# One probe of a rule tells of it: live attacks, and what befalls them, are in `intruding`.
_TOLD_BY = {f"{PROMISE}/rule-tried": f"{PROMISE}.canary-record"}
SABOTAGES = tuple(
    replace(one, only=_TOLD_BY.get(one.id, f"{PROMISE}.record-sweep")) for one in SABOTAGES
)
