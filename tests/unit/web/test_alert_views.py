# SPDX-License-Identifier: Apache-2.0
"""The pages of alerts: acts stand only where there are any, and what became of each step is said."""

from tests.unit.web import alert_samples
from uphold.web import pages


def page(name: str) -> str:
    return pages.render(*alert_samples.every("en")[name]).decode()


def test_only_what_can_be_lifted_here_is_offered() -> None:
    shown = page("alerts")
    assert shown.count("Ask to lift it") == 0
    assert shown.count(">Lift it") == 3
    assert "by another" not in shown
    assert "irina has asked to lift it; another must." in shown


def test_what_was_not_done_is_said() -> None:
    shown = page("alerts")
    assert "nobody else could help" in shown
    assert "only said: the rule is being tried out" in shown
    assert "left to a person" in shown


def test_that_nothing_is_looked_for_is_told_on_top() -> None:
    assert "Detection is switched off" in page("alerts-exercise")
    assert "rules only say what they would do" in page("alerts-own")
