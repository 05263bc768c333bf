# SPDX-License-Identifier: Apache-2.0
"""What the laws ask for after a breach: notices with their least content, and fines by size; each marked."""

from datetime import date

import pytest

from uphold import errors
from uphold.law import breach, profile
from uphold.law.breach import Leak, Of

DAY = date(2026, 11, 23)
LAWS = ("ru-152fz", "eu-gdpr")
# Article 21 part 3.1, items 1 and 2; articles 33(3) and 34(2).
LEAST = {
    "ru-152fz-first": {"incident", "causes", "harm", "measures", "person"},
    "ru-152fz-second": {"investigation", "actors"},
    "eu-gdpr-authority": {"incident", "base", "person", "harm", "measures"},
    "eu-gdpr-people": {"incident", "harm", "measures", "person"},
}


def test_each_notice_says_at_least_what_the_act_asks_for() -> None:
    found = {one.id: one for one in breach.notices(LAWS, DAY)}
    assert {
        name: {item.id for item in one.items if item.minimum} for name, one in found.items()
    } == LEAST


def test_every_notice_has_its_term_from_the_profile_or_is_due_at_once() -> None:
    for one in breach.notices(LAWS, DAY):
        if one.rule:
            rule = profile.profile(one.profile).rule(one.rule, DAY)
            assert rule.trigger == ("incident.detected",)
        else:
            assert one.patience > 0


def test_everything_is_marked_and_in_both_languages() -> None:
    for name in LAWS:
        law = breach.law(name)
        marks = [item.mark for one in law.notices for item in one.items]
        marks += [one.mark for one in law.notices] + [one.mark for one in law.fines]
        assert set(marks) <= set(profile.MARKS)
        texts = [law.identifier, law.threshold, *(one.title for one in law.fines)]
        texts += [one.amount for one in law.fines]
        texts += [text for one in law.notices for text in (one.title, one.note)]
        texts += [item.title for one in law.notices for item in one.items]
        assert all(text["en"] and text["ru"] for text in texts)


@pytest.mark.parametrize(
    ("subjects", "identifiers", "part"),
    [
        (999, 9_999, ""),
        (1_000, 0, "13.11-12"),
        (1, 10_000, "13.11-12"),
        (10_000, 0, "13.11-13"),
        (100_000, 0, "13.11-13"),
        (100_001, 0, "13.11-14"),
        (5, 1_000_001, "13.11-14"),
    ],
)
def test_either_number_reaches_a_size_by_itself(subjects: int, identifiers: int, part: str) -> None:
    leak = Leak(subjects, identifiers, special=False, biometric=False, late=False)
    assert [one.id for one in breach.fines(("ru-152fz",), leak, DAY)] == ([part] if part else [])


def test_what_is_late_or_special_adds_its_own() -> None:
    leak = Leak(2, 4, special=True, biometric=True, late=True)
    found = breach.fines(LAWS, leak, DAY)
    assert {one.of for one in found} == {Of.LATE, Of.SPECIAL, Of.BIOMETRIC}
    assert {one.profile for one in found} == set(LAWS)


def test_before_the_fines_of_2025_there_are_none_of_them() -> None:
    leak = Leak(10**6, 10**7, special=True, biometric=True, late=True)
    assert breach.fines(("ru-152fz",), leak, date(2025, 5, 29)) == ()


def test_what_no_law_asks_for_is_missing() -> None:
    with pytest.raises(errors.Missing):
        breach.notice(("ru-152fz",), "eu-gdpr-people", DAY)
    with pytest.raises(errors.Missing):
        breach.law("atlantis")
