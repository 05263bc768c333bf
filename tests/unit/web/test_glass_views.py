# SPDX-License-Identifier: Apache-2.0
"""Openings in an emergency on their pages: the words are shown escaped, and acts only where there are any."""

from tests.unit.web import glass_samples, samples
from uphold.web import pages
from uphold.web.console_views import EnquiryFacts
from uphold.web.glass_views import Glasses

FACTS = EnquiryFacts("N" * 26, "NNNN", "Feedback", samples.AT, "new", "en", 1, "/console/enquiry/x")


def page(name: str) -> str:
    return pages.render(*glass_samples.every("en", FACTS)[name]).decode()


def test_a_running_one_can_be_ended_and_looked_at_and_one_that_is_over_cannot() -> None:
    shown = page("glasses")
    assert shown.count("/console/glass/2/end") == 1
    assert shown.count("/console/glass/2/see") == 1
    assert "2 openings in an emergency have not been looked at." in shown


def test_a_form_says_what_is_wrong_at_each_field() -> None:
    wrong = page("glass-wrong")
    for name in ("purpose", "reason", "words", "minutes"):
        assert f'id="{name}-error"' in wrong
    assert "4 hours" in wrong


def test_where_the_role_may_open_everything_no_form_is_offered() -> None:
    assert 'name="words"' not in page("glass-nothing")
    assert Glasses(()).problem == ""
