# SPDX-License-Identifier: Apache-2.0
"""Asked anew is who agreed to less than the new edition declares, and nobody else."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests import editions, orders
from tests.editions import FORM, PURPOSE
from uphold.consent import renewal
from uphold.consent.ledger import GIVEN, WITHDRAWN, Act
from uphold.consent.renewal import Due, Judge
from uphold.policy.change import What
from uphold.policy.document import Edition

OLD = editions.example()


def later(number: int = 2, **changed: Any) -> Edition:
    """The example as a later edition, with its purpose changed."""
    one = replace(OLD.policy.purposes[PURPOSE], **changed)
    policy = replace(OLD.policy, purposes={**OLD.policy.purposes, PURPOSE: one})
    return replace(OLD, number=number, policy=policy)


WIDER = later(recipients=("hosting", "mail-relay", "survey"))
NARROWER = later(recipients=("hosting",))


def act(kind: str = GIVEN, edition: int = 1, at: int = 1) -> Act:
    return Act(PURPOSE, kind, "a" * 64, "b" * 64, edition, "en", at, at)


def due(current: Edition, *acts: Act, live: tuple[str, ...] = (PURPOSE,)) -> tuple[Due, ...]:
    known = {1: OLD, current.number: current}
    return renewal.due(Judge(current), FORM, OLD, acts, live, known.__getitem__)


def test_who_agreed_to_less_is_asked_and_told_why() -> None:
    given_ = act()
    (found,) = due(WIDER, given_)
    assert (found.purpose, found.agreed) == (PURPOSE, given_)
    assert [(one.what, one.item) for one in found.why] == [(What.RECIPIENT_ADDED, "survey")]


@pytest.mark.parametrize(
    ("acts", "live"),
    [
        # A box left empty is no consent to be asked about.
        ((), (PURPOSE,)),
        ((act(WITHDRAWN),), (PURPOSE,)),
        ((act(), act(WITHDRAWN, at=2)), (PURPOSE,)),
        ((act(edition=2),), (PURPOSE,)),
        ((act(), act(edition=2, at=2)), (PURPOSE,)),
        # Destroyed: there is nothing left to agree about.
        ((act(),), ("security",)),
        ((act(),), ()),
    ],
)
def test_who_is_not_concerned(acts: tuple[Act, ...], live: tuple[str, ...]) -> None:
    assert due(WIDER, *acts, live=live) == ()


@pytest.mark.parametrize(
    "current",
    [
        later(),
        NARROWER,
        later(roles=("owner", "clerk", "officer")),
        later(clause="2.2.3"),
        # It asks no consent any more, or there is no form to ask it on.
        later(basis="contract", recipients=("hosting", "mail-relay", "survey")),
        replace(WIDER, forms={}),
        replace(WIDER, forms={FORM: replace(WIDER.forms[FORM], consents=())}),
    ],
)
def test_nobody_is_asked_for_what_is_not_wider(current: Edition) -> None:
    assert due(current, act()) == ()


def test_who_agreed_anew_is_asked_again_only_for_what_came_later() -> None:
    third = later(3, recipients=("hosting", "mail-relay", "survey"), actions=("collect", "analyse"))
    known = {1: OLD, 2: WIDER, 3: third}
    acts = (act(), act(edition=2, at=2))
    (found,) = renewal.due(Judge(third), FORM, OLD, acts, {PURPOSE}, known.__getitem__)
    assert [one.item for one in found.why] == ["analyse"]


def test_where_no_consent_was_needed_and_one_is_now() -> None:
    kept = later(1, basis="contract")
    judge = Judge(later(2))
    (found,) = renewal.due(judge, FORM, kept, (), {PURPOSE}, {1: kept}.__getitem__)
    assert found.agreed is None
    assert [one.what for one in found.why] == [What.BASIS]
    # But not for a purpose that came later than the record.
    newer = Judge(replace(orders.edition(), number=2))
    assert renewal.due(newer, orders.FORM, OLD, (), {"newsletter"}, {1: OLD}.__getitem__) == ()


def test_the_edition_of_the_last_consent_governs_its_purpose() -> None:
    acts = (act(), act(edition=2, at=2), act(WITHDRAWN, edition=2, at=3))
    assert renewal.governing(acts) == {PURPOSE: 2}
    assert renewal.governing(()) == {}
    assert renewal.last(acts)[PURPOSE].act == WITHDRAWN


def test_a_consent_anew_is_to_the_new_wording() -> None:
    judge = Judge(replace(OLD, number=7))
    found = renewal.consent(judge, FORM, PURPOSE, "ru", 5)
    wording = OLD.wording(FORM, PURPOSE, "ru")
    assert (found.edition, found.wording, found.language) == (7, wording.digest, "ru")
    assert (found.form, found.at) == (OLD.form(FORM).digest, 5)
    # In the first language where there is none in the reader's.
    assert renewal.consent(judge, FORM, PURPOSE, "fr", 5).language == "en"


sets = st.lists(st.sampled_from(("hosting", "mail-relay", "survey", "archive")), unique=True)


@given(sets, sets)
def test_asked_exactly_when_somebody_new_receives(before: list[str], after: list[str]) -> None:
    old, new = later(1, recipients=tuple(before)), later(2, recipients=tuple(after))
    known = {1: old, 2: new}
    found = renewal.due(Judge(new), FORM, old, (act(),), {PURPOSE}, known.__getitem__)
    assert bool(found) is bool(set(after) - set(before))


def again(*acts: Act, live: tuple[str, ...] = (PURPOSE,)) -> tuple[Due, ...]:
    return renewal.again(Judge(OLD), FORM, acts, live)


def test_who_withdrew_may_agree_again_while_the_data_live() -> None:
    given_, gone = act(), act(WITHDRAWN, at=2)
    assert again(given_, gone) == (Due(PURPOSE, given_, ()),)
    assert again(given_, gone, live=()) == ()
    assert again(given_) == ()
    assert again(given_, gone, act(at=3)) == ()
    assert again() == ()


def test_a_purpose_that_asks_no_consent_any_more_is_not_offered_again() -> None:
    acts = (act(), act(WITHDRAWN, at=2))
    assert renewal.again(Judge(later(basis="contract")), FORM, acts, (PURPOSE,)) == ()
