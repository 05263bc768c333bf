# SPDX-License-Identifier: Apache-2.0
"""What can be chosen for a disclosure is what the forms hold for a purpose, and what each ground is."""

import pytest

from tests import editions
from tests.unit.web import disclosure_samples
from uphold.mail import letter
from uphold.web import disclosure_pages
from uphold.web.disclosure_pages import ANSWERS, PROBLEMS

EDITION = editions.example()


def test_each_field_of_a_purpose_can_be_chosen_once() -> None:
    found = disclosure_pages.options(EDITION, "communication", "en")
    keys = [one.value for one in found]
    assert keys == ["name", "email", "phone", "message", ANSWERS]
    assert not set(keys) & letter.FIELDS
    assert all(one.label for one in found)
    kept = disclosure_pages.options(EDITION, "security", "ru")
    assert "IP-адрес" in [one.label for one in kept]


def test_fields_are_named_and_answers_together() -> None:
    named = disclosure_pages.field_names(EDITION, ["email", *letter.FIELDS], "communication", "en")
    assert named == ("E-mail", "Answers sent") or len(named) == 2
    assert disclosure_pages.field_names(EDITION, ["shape"], "communication", "en") == ()


@pytest.mark.parametrize("code", PROBLEMS)
def test_each_problem_leads_to_an_input(code: str) -> None:
    found = disclosure_pages.problem(code, "ru")
    assert found.message
    assert found.anchor == ("fields" if code == "unfit" else code)


def test_a_ground_that_nobody_checked_says_so() -> None:
    assert disclosure_samples.ground("en", "court-proceedings").unsure is False
    assert disclosure_samples.ground("en", "police-request").unsure is True
    assert disclosure_samples.ground("ru", "criminal-case").silence is True
