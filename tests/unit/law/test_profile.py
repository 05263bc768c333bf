# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import date, timedelta

import pytest

from uphold import errors
from uphold.law import calendar, clock, profile
from uphold.law.profile import MARKS, Profile, Rule, Sense, Term, Unit
from uphold.policy import document

RU, EU = "ru-152fz", "eu-gdpr"
TODAY = date(2026, 11, 22)
WORKING, DAYS, MONTHS, HOURS = "working-days", "calendar-days", "months", "hours"

# What the acts say, copied here by hand: rule, term, longer by, mark.
EXPECTED: dict[str, list[tuple[str, int, str, int, str]]] = {
    RU: [
        ("access.answer", 10, WORKING, 5, "V1"),
        ("access.refusal", 10, WORKING, 5, "V2"),
        ("rectification.change", 7, WORKING, 0, "V1"),
        ("erasure.destroy", 7, WORKING, 0, "V2"),
        ("dispute.block", 0, HOURS, 0, "V1"),
        ("inaccuracy.correct", 7, WORKING, 0, "V1"),
        ("unlawful.stop", 3, WORKING, 0, "V1"),
        ("unlawful.destroy", 10, WORKING, 0, "V1"),
        ("purpose.destroy", 30, DAYS, 0, "V1"),
        ("withdrawal.destroy", 30, DAYS, 0, "V1"),
        ("objection.stop", 10, WORKING, 5, "V2"),
        ("destruction.postponed", 6, MONTHS, 0, "V2"),
        ("destruction.proof", 36, MONTHS, 0, "V1"),
        ("breach.notice", 24, HOURS, 0, "V1"),
        ("breach.result", 72, HOURS, 0, "V1"),
        ("regulator.answer", 10, WORKING, 5, "M"),
        ("register.notify", 0, HOURS, 0, "V2"),
        ("register.change", 15, "day-of-next-month", 0, "V2"),
        ("register.end", 10, WORKING, 0, "V2"),
        ("automated.answer", 30, DAYS, 0, "V2"),
        ("access.again", 30, DAYS, 0, "M"),
        ("marketing.stop", 0, HOURS, 0, "M"),
        ("protection.first", 0, HOURS, 0, "V2"),
        ("protection.again", 36, MONTHS, 0, "V2"),
    ],
    EU: [
        ("access.answer", 1, MONTHS, 2, "V2"),
        ("rectification.change", 1, MONTHS, 2, "V2"),
        ("erasure.destroy", 1, MONTHS, 2, "V2"),
        ("withdrawal.destroy", 1, MONTHS, 0, "V2"),
        ("restriction.answer", 1, MONTHS, 2, "V2"),
        ("objection.stop", 1, MONTHS, 2, "V2"),
        ("portability.give", 1, MONTHS, 2, "V2"),
        ("dispute.block", 0, HOURS, 0, "M"),
        ("request.refusal", 1, MONTHS, 0, "V2"),
        ("marketing.stop", 0, HOURS, 0, "M"),
        ("notice.indirect", 1, MONTHS, 0, "V2"),
        ("breach.notice", 72, HOURS, 0, "V2"),
    ],
}
ALL = [rule for name in profile.ids() for rule in profile.profile(name).rules]


def told(rule: Rule) -> tuple[str, int, str, int, str]:
    longer = rule.extension.amount if rule.extension else 0
    return rule.id, rule.term.amount, rule.term.unit.value, longer, rule.mark


@pytest.mark.parametrize("name", [RU, EU])
def test_a_profile_has_the_terms_of_its_law(name: str) -> None:
    assert [told(rule) for rule in profile.profile(name).rules] == EXPECTED[name]


def test_the_profiles_are_those_that_a_policy_can_name() -> None:
    assert set(profile.ids()) == set(document.PROFILES)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: f"{rule.profile}-{rule.id}")
def test_a_rule_says_all_that_it_must(rule: Rule) -> None:
    assert rule.mark in MARKS
    assert rule.source
    assert rule.valid_from <= TODAY
    assert rule.checked_on <= TODAY
    assert rule.trigger
    assert all(rule.duty[language] for language in ("en", "ru"))
    if rule.extension:
        assert all(rule.extension.condition[language] for language in ("en", "ru"))
    assert rule.at_once or rule.term.amount > 0
    assert not rule.blocks or rule.at_once


@pytest.mark.parametrize("name", profile.ids())
def test_a_profile_is_whole(name: str) -> None:
    law = profile.profile(name)
    assert calendar.calendar(law.calendar).id == law.calendar
    assert clock.zone(law.zone).key == law.zone
    assert all(law.title[language] for language in ("en", "ru"))
    for ground in law.grounds:
        assert ground.mark in MARKS
        assert ground.kinds
        assert all(ground.title[language] for language in ("en", "ru"))


def test_rules_of_one_id_never_hold_on_the_same_day() -> None:
    for rule in ALL:
        later = [
            other
            for other in ALL
            if other is not rule and (other.profile, other.id) == (rule.profile, rule.id)
        ]
        assert not any(other.valid(rule.valid_from) for other in later)


def law_with(*rules: Rule) -> Profile:
    return replace(profile.profile(RU), rules=rules)


def test_a_changed_rule_holds_from_its_day_on() -> None:
    old = replace(profile.profile(RU).rule("unlawful.stop", TODAY), valid_to=date(2026, 12, 31))
    new = replace(old, valid_from=date(2027, 1, 1), valid_to=None, term=Term(5, Unit.WORKING_DAYS))
    law = law_with(old, new)
    assert law.rule("unlawful.stop", date(2026, 12, 31)) is old
    assert law.rule("unlawful.stop", date(2027, 1, 1)) is new
    assert law.started("unlawful.found", date(2027, 1, 1)) == (new,)


def test_a_rule_is_no_law_before_its_first_and_after_its_last_day() -> None:
    rule = profile.profile(RU).rule("destruction.proof", TODAY)
    assert rule.sense is Sense.UNTIL
    assert rule.valid_to is not None
    assert rule.valid(rule.valid_from)
    assert rule.valid(rule.valid_to)
    assert not rule.valid(rule.valid_from - timedelta(days=1))
    assert not rule.valid(rule.valid_to + timedelta(days=1))


def test_what_is_not_there_is_told_with_what_is() -> None:
    with pytest.raises(errors.Missing) as caught:
        profile.profile("us-none")
    assert EU in caught.value.advice
    with pytest.raises(errors.Missing) as caught:
        profile.profile(RU).rule("access.never", TODAY)
    assert "access.answer" in caught.value.advice
    with pytest.raises(errors.Missing):
        profile.profile(EU).rule("access.answer", date(2018, 5, 24))
