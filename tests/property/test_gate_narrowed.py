# SPDX-License-Identifier: Apache-2.0
"""What narrows, one way at a time: none of them ever turns a no into a yes, of any of the gate's questions.

Each way is also seen to take a yes away, so that no test here passes because nothing was narrowed.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import event, given, settings, strategies as st

from tests.property import test_gate as cases
from tests.property.test_gate import PURPOSES, Case
from uphold.access import gate
from uphold.access.gate import Hold, Leaving
from uphold.access.permission import Permission, Role
from uphold.law import disclosure
from uphold.policy.document import CONSENT, Edition, Policy, Recipient
from uphold.vault.permit import Permit

COURT, PARTNER = "court", "partner"
GROUNDS = disclosure.of_profile("ru-152fz")
# One on which the operator must give, and one that rests on what the person agreed to.
GROUND = next(one for one in GROUNDS if one.obliges and not one.consent)
AGREED = next(one for one in GROUNDS if one.consent)
SCOPES = frozenset({Permission.RECORD_OPEN, Permission.DISCLOSURE_OPEN, Permission.ENQUIRY_LIST})
EXPIRED = "expired"

Draw = Callable[..., Any]
Way = Callable[[Case, Draw], Case]


def outside(edition: Edition) -> Edition:
    """The edition with two recipients outside: one that may demand, one that people may agree to."""
    policy = edition.policy
    text = {"en": "Somebody"}
    recipients = {
        name: Recipient(name, text, text, "RU", ground.to[0], text, grounds=(ground.id,))
        for name, ground in ((COURT, GROUND), (PARTNER, AGREED))
    }
    purposes = {
        name: replace(one, recipients=(COURT, PARTNER)) for name, one in policy.purposes.items()
    }
    return replace(edition, policy=replace(policy, purposes=purposes, recipients=recipients))


def leave(case: Case) -> Permit | gate.Denial:
    """The same as a question of a disclosure: of some purposes what is demanded, of others what was agreed to."""
    asked = case.asked
    to, ground = (COURT, GROUND) if asked.purpose == "communication" else (PARTNER, AGREED)
    named = (asked.actor, asked.record, asked.form, asked.purpose, asked.fields)
    leaving = Leaving(*named, to, ground, asked.at, asked.exercise)
    return gate.leave(leaving, case.given, case.current, case.consents, case.holds)


def in_an_emergency(case: Case) -> Permit | gate.Denial:
    """The same of who has broken the glass of this very record and purpose."""
    return replace(case, asked=replace(case.asked, emergency=True)).decide()


QUESTIONS: Mapping[str, Callable[[Case], Permit | gate.Denial]] = {
    "decide": Case.decide,
    "own": Case.own,
    "leave": leave,
    "emergency": in_an_emergency,
}


def permitted(case: Case) -> dict[str, bool]:
    return {name: isinstance(ask(case), Permit) for name, ask in QUESTIONS.items()}


def withdrawing(case: Case, draw: Draw) -> Case:
    name = _purpose(case, draw)
    return replace(case, consents={**case.consents, name: gate.WITHDRAWN})


def expiring(case: Case, draw: Draw) -> Case:
    """A consent that ends of itself; one that was taken back stays so."""
    name = _purpose(case, draw)
    if case.consents.get(name) != gate.GIVEN:
        return case
    return replace(case, consents={**case.consents, name: EXPIRED})


def holding(case: Case, draw: Draw) -> Case:
    asked = case.asked
    own = Hold(None, asked.record, asked.purpose, asked.at + 1)
    return replace(case, holds=(*case.holds, draw(st.one_of(cases.holds, st.just(own)))))


def narrowing_the_edition_given(case: Case, draw: Draw) -> Case:
    return replace(case, given=cases.narrower(case.given, cast(st.DrawFn, draw)))


def narrowing_the_edition_in_force(case: Case, draw: Draw) -> Case:
    return replace(case, current=cases.narrower(case.current, cast(st.DrawFn, draw)))


def narrowing_a_recipient(case: Case, draw: Draw) -> Case:
    """The edition in force names one no more, or not for a purpose, or not on its ground."""
    policy = case.current.policy
    return replace(case, current=replace(case.current, policy=_less_of_one(policy, draw)))


def _less_of_one(policy: Policy, draw: Draw) -> Policy:
    recipients = dict(policy.recipients)
    name = draw(st.sampled_from(sorted(recipients)))
    if draw(st.booleans()):
        return replace(policy, recipients={k: v for k, v in recipients.items() if k != name})
    if draw(st.booleans()):
        return replace(
            policy, recipients={**recipients, name: replace(recipients[name], grounds=())}
        )
    purposes = {
        name: replace(one, recipients=()) if draw(st.booleans()) else one
        for name, one in policy.purposes.items()
    }
    return replace(policy, purposes=purposes)


def narrowing_a_role(case: Case, draw: Draw) -> Case:
    """The account gets a role that opens nothing."""
    role = draw(st.sampled_from([Role.ANALYST, Role.AUDITOR]))
    return _of(case, role=role)


def narrowing_a_role_in_the_policy(case: Case, draw: Draw) -> Case:
    """One purpose is taken from the role, in either edition."""
    which = draw(st.sampled_from(["given", "current"]))
    edition: Edition = getattr(case, which)
    purposes = dict(edition.policy.purposes)
    if case.asked.purpose in purposes:
        one = purposes[case.asked.purpose]
        left = tuple(role for role in one.roles if role != case.asked.actor.role)
        purposes[case.asked.purpose] = replace(one, roles=left)
    policy = replace(edition.policy, purposes=purposes)
    changed = replace(edition, policy=policy)
    return replace(case, given=changed) if which == "given" else replace(case, current=changed)


def narrowing_what_a_client_may_do(case: Case, draw: Draw) -> Case:
    scopes = case.asked.actor.scopes
    return _of(case, scopes=_fewer(SCOPES if scopes is None else scopes, draw))


def narrowing_what_a_client_may_read_for(case: Case, draw: Draw) -> Case:
    bound = case.asked.actor.purposes
    return _of(case, purposes=_fewer(frozenset(PURPOSES) if bound is None else bound, draw))


def needing_consent(case: Case, draw: Draw) -> Case:
    """A purpose comes to rest on consent in the edition in force."""
    policy = case.current.policy
    name, purposes = _purpose(case, draw), dict(policy.purposes)
    if name in purposes:
        purposes[name] = replace(purposes[name], basis=CONSENT)
    return replace(case, current=replace(case.current, policy=replace(policy, purposes=purposes)))


def losing_a_consent(case: Case, draw: Draw) -> Case:
    """As if it had never been given; a withdrawal is an act too, and stays."""
    name = _purpose(case, draw)
    kept = {k: v for k, v in case.consents.items() if k != name or v == gate.WITHDRAWN}
    return replace(case, consents=kept)


def _purpose(case: Case, draw: Draw) -> str:
    """The one that is asked for most of the time, or there would be little to see."""
    asked = case.asked.purpose
    name: str = draw(st.sampled_from([asked, asked, asked, *PURPOSES]))
    return name


def _of(case: Case, **changed: object) -> Case:
    actor = replace(case.asked.actor, **changed)  # type: ignore[arg-type]  # the callers know the fields
    return replace(case, asked=replace(case.asked, actor=actor))


def _fewer(names: frozenset[str], draw: Draw) -> frozenset[str]:
    return frozenset(one for one in sorted(names) if draw(st.booleans()))


WAYS = (
    withdrawing,
    expiring,
    losing_a_consent,
    needing_consent,
    holding,
    narrowing_a_role,
    narrowing_a_role_in_the_policy,
    narrowing_the_edition_given,
    narrowing_the_edition_in_force,
    narrowing_a_recipient,
    narrowing_what_a_client_may_do,
    narrowing_what_a_client_may_read_for,
)
# Which question a way can touch at all, where it is not each of them: nobody's role matters to the person themself.
ONLY: Mapping[str, frozenset[str]] = {
    "needing_consent": frozenset({"decide", "emergency"}),
    "narrowing_a_role": frozenset({"decide", "leave"}),
    "narrowing_a_role_in_the_policy": frozenset({"decide"}),
    "narrowing_a_recipient": frozenset({"leave"}),
    "narrowing_what_a_client_may_do": frozenset({"decide", "leave"}),
    "narrowing_what_a_client_may_read_for": frozenset({"decide"}),
}


@st.composite
def disclosed(draw: st.DrawFn) -> Case:
    """Any case, most often a permitted one, of a site that names recipients outside; half of them an owner's."""
    full = cases.likely().filter(lambda one: bool(one.asked.fields))
    case = draw(st.one_of(full, full, full, cases.cases))
    case = replace(case, given=outside(case.given), current=outside(case.current))
    if draw(st.integers(0, 2)) == 2:
        case = replace(case, consents={})
    return _of(case, role=Role.OWNER) if draw(st.booleans()) else case


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_way_of_narrowing_turns_a_no_into_a_yes(
    way: Way,
) -> None:
    seen: Counter[tuple[str, bool, bool]] = Counter()

    # The same cases each time: below it is counted what they came to.
    @settings(max_examples=90, derandomize=True, database=None)
    @given(disclosed(), st.data())
    def narrow(case: Case, data: st.DataObject) -> None:
        after = way(case, data.draw)
        before, then = permitted(case), permitted(after)
        for name in QUESTIONS:
            assert before[name] or not then[name], name
            seen[name, before[name], then[name]] += 1
            event(f"{name}: {'yes' if before[name] else 'no'} to {'yes' if then[name] else 'no'}")

    narrow()
    for name in ONLY.get(way.__name__, frozenset(QUESTIONS)):
        assert seen[name, True, False], f"{way.__name__} never took a yes of {name} away"


@settings(max_examples=50)
@given(disclosed(), st.integers(-3, 3))
def test_time_alone_permits_only_what_a_hold_stopped(case: Case, later: int) -> None:
    """Nothing is permitted because it has grown old: but for holds, an answer is the same at any time."""
    without = replace(case, holds=())
    moved = replace(without, asked=replace(without.asked, at=without.asked.at + later))
    assert permitted(moved) == permitted(without)
    held, free = permitted(case), permitted(without)
    assert all(free[name] for name in QUESTIONS if held[name])


@settings(max_examples=50)
@given(disclosed())
def test_who_may_not_ask_for_any_of_a_purpose_is_refused_each_record_of_it(case: Case) -> None:
    asked = case.asked
    denied = gate.several(asked.actor, asked.purpose, case.current, case.holds, asked.at)
    if denied is not None:
        assert isinstance(case.decide(), gate.Denial)


@settings(max_examples=50)
@given(disclosed())
def test_an_emergency_passes_the_role_in_the_policy_and_nothing_else(case: Case) -> None:
    answer, urgent = case.decide(), in_an_emergency(case)
    if isinstance(answer, Permit):
        assert answer == urgent
    elif answer.reason is not gate.Reason.ROLE_REFUSED:
        assert urgent == answer
