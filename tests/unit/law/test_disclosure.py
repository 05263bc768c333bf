# SPDX-License-Identifier: Apache-2.0
"""The grounds of disclosure are law: dated, with a source each, and said in both languages."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from uphold import errors
from uphold.law import disclosure, profile
from uphold.law.disclosure import Ground
from uphold.law.profile import MARKS
from uphold.policy import document

RU, EU = "ru-152fz", "eu-gdpr"
TODAY = date(2026, 11, 22)
ALL = [one for name in profile.ids() for one in disclosure.of_profile(name)]


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.profile}-{one.id}")
def test_a_ground_says_whom_it_allows_what_and_by_which_provision(one: Ground) -> None:
    assert set(one.title) == set(one.what) == {"en", "ru"}
    assert one.mark in MARKS
    assert one.source
    assert set(one.to) <= set(document.RECIPIENT_KINDS) - {document.PROCESSOR}
    assert one.to
    assert one.valid_from <= one.checked_on <= TODAY
    # Only an authority can oblige, and only what obliges can forbid to tell.
    assert not one.obliges or one.to == (document.AUTHORITY,)
    assert one.obliges or not one.silence
    assert not (one.obliges and one.consent)


@pytest.mark.parametrize("law", [RU, EU])
def test_a_law_has_each_ground_once_and_one_that_rests_on_consent(law: str) -> None:
    ids = [one.id for one in disclosure.of_profile(law)]
    assert len(ids) == len(set(ids))
    assert any(one.consent for one in disclosure.of_profile(law))
    assert any(one.silence for one in disclosure.of_profile(law))


def test_a_ground_is_found_among_the_laws_of_the_policy_on_its_day() -> None:
    assert disclosure.find((RU,), "court-proceedings", TODAY).source == "152-fz:6.1.3"
    assert disclosure.find((RU, EU), "court-order", TODAY).profile == EU
    assert disclosure.find((EU, RU), "consent", TODAY).profile == EU
    with pytest.raises(errors.Missing, match="court-order"):
        disclosure.find((RU,), "court-order", TODAY)
    with pytest.raises(errors.Missing, match="2011-01-01"):
        disclosure.find((RU,), "court-proceedings", date(2011, 1, 1))
    assert disclosure.of_profile("no-such-law") == ()


def test_a_ground_ends_with_its_law() -> None:
    one = replace(ALL[0], valid_to=TODAY)
    assert one.valid(TODAY)
    assert not one.valid(TODAY + timedelta(days=1))
    assert not one.valid(one.valid_from - timedelta(days=1))
