# SPDX-License-Identifier: Apache-2.0
"""What the pages of alerts are made of: every kind of signal has its words, and what an alert can be found to be."""

from dataclasses import replace

from tests.unit.assurance.test_drill import ALERT
from uphold.access.signal import Kind
from uphold.web import alert_pages


def test_every_kind_of_signal_has_its_words() -> None:
    assert {str(one) for one in Kind} - alert_pages.NOTICED.keys() == set()


def test_a_right_alert_of_an_exercise_is_an_exercise() -> None:
    assert alert_pages.verdicts(ALERT) == ("drill", "false")
    assert alert_pages.verdicts(replace(ALERT, exercise=0)) == ("true", "false")
