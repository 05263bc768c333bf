# SPDX-License-Identifier: Apache-2.0
"""The gate is monotone: taking away (consent, role, field, purpose) or holding never turns a no into a yes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import given, settings, strategies as st

from tests import editions
from tests.editions import FORM
from uphold.access import gate
from uphold.access.gate import Asked, Denial, Hold, Own
from uphold.access.permission import Actor, Permission, Role
from uphold.consent import renewal
from uphold.consent.ledger import Act
from uphold.policy.document import BASES, CONSENT, READERS, ROLES, Edition
from uphold.vault.permit import Permit

PURPOSES = ("communication", "news", "security", "consent-evidence")
KEYS = ("name", "email", "phone", "message")
AT = 1_000


@dataclass(frozen=True)
class Case:
    """Everything that the gate looks at."""

    asked: Asked
    given: Edition
    current: Edition
    consents: Mapping[str, str]
    holds: tuple[Hold, ...]

    def __repr__(self) -> str:
        # Two whole editions would be longer than what hypothesis is willing to print.
        editions = [(e.policy.purposes, e.forms.keys()) for e in (self.given, self.current)]
        return f"Case({self.asked}, {editions}, {self.consents}, {self.holds})"

    def decide(self) -> Permit | Denial:
        return gate.decide(self.asked, self.given, self.current, self.consents, self.holds)

    def own(self) -> Permit | Denial:
        """The same as a question of the person's own data."""
        asked = self.asked
        own = Own(asked.record, asked.form, asked.purpose, asked.fields, asked.at)
        return gate.own(own, self.given, self.current, self.consents, self.holds)


@st.composite
def any_edition(draw: st.DrawFn) -> Edition:
    base = editions.example()
    pattern = base.policy.purposes["communication"]
    purposes = {
        name: replace(
            pattern,
            id=name,
            basis=draw(st.sampled_from(BASES)),
            roles=tuple(draw(st.sets(st.sampled_from(ROLES)))) or (),
        )
        for name in draw(st.sets(st.sampled_from(PURPOSES), min_size=1))
    }
    form = base.forms[FORM]
    fields = tuple(
        replace(
            form.fields[0],
            key=key,
            purposes=tuple(draw(st.sets(st.sampled_from(PURPOSES)))),
        )
        for key in draw(st.sets(st.sampled_from(KEYS)))
    )
    forms = {FORM: replace(form, fields=fields)} if draw(st.integers(0, 9)) else {}
    return replace(base, policy=replace(base.policy, purposes=purposes), forms=forms)


roles_of_staff = st.sampled_from(list(Role))
maybe = st.none()
holds = st.builds(
    Hold,
    staff=maybe | st.integers(1, 3),
    record=maybe | st.integers(1, 3),
    purpose=maybe | st.sampled_from(PURPOSES),
    until_at=st.integers(AT - 1, AT + 2),
)
questions = st.builds(
    Asked,
    actor=st.builds(
        Actor,
        staff=st.integers(1, 3),
        role=roles_of_staff,
        exercise=st.booleans(),
        scopes=st.sampled_from((None, None, frozenset(Permission), frozenset())),
        purposes=st.sampled_from((None, None, frozenset(PURPOSES), frozenset(PURPOSES[:2]))),
    ),
    record=st.integers(1, 3),
    form=st.just(FORM),
    purpose=st.sampled_from(PURPOSES),
    fields=st.frozensets(st.sampled_from([*KEYS, "ip", "page", "act"]), max_size=3),
    at=st.just(AT),
    exercise=st.booleans(),
)
consents = st.dictionaries(
    st.sampled_from(PURPOSES), st.sampled_from(["given", "withdrawn"]), max_size=4
)
anything = st.builds(
    Case,
    asked=questions,
    given=any_edition(),
    current=any_edition(),
    consents=consents,
    holds=st.lists(holds, max_size=2).map(tuple),
)


@st.composite
def likely(draw: st.DrawFn) -> Case:
    """A case that is permitted most of the time, so that narrowing has something to take away."""
    edition = draw(any_edition())
    purpose = draw(st.sampled_from(sorted(edition.policy.purposes)))
    exercise = draw(st.booleans())
    actor = Actor(draw(st.integers(1, 3)), Role(draw(st.sampled_from(READERS))), exercise)
    opened = replace(edition.policy.purposes[purpose], roles=tuple(Role))
    purposes = {**edition.policy.purposes, purpose: opened}
    edition = replace(edition, policy=replace(edition.policy, purposes=purposes))
    fields = gate.fields(edition, edition, FORM, purpose)
    asked = Asked(actor, draw(st.integers(1, 3)), FORM, purpose, fields, AT, exercise)
    return Case(asked, edition, edition, {purpose: "given"}, ())


# Mostly cases that are permitted, or there would be little to take away from.
cases = st.one_of(likely(), likely(), likely(), anything)


def narrower(edition: Edition, draw: st.DrawFn) -> Edition:
    """The edition with something taken away: a purpose, a role, a field, its service, a ground, a form."""
    policy, forms = edition.policy, dict(edition.forms)
    purposes = dict(policy.purposes)
    name = draw(st.sampled_from(sorted(purposes))) if purposes else None
    match draw(st.integers(0, 5)):
        case 0 if name:
            purposes.pop(name)
        case 1 if name:
            roles = purposes[name].roles
            kept = tuple(role for role in roles if draw(st.booleans()))
            purposes[name] = replace(purposes[name], roles=kept)
        case 2 if name:
            purposes[name] = replace(purposes[name], basis=CONSENT)
        case 3 if forms:
            fields = tuple(f for f in forms[FORM].fields if draw(st.booleans()))
            forms[FORM] = replace(forms[FORM], fields=fields)
        case 4 if forms:
            fields = tuple(
                replace(f, purposes=tuple(p for p in f.purposes if draw(st.booleans())))
                for f in forms[FORM].fields
            )
            forms[FORM] = replace(forms[FORM], fields=fields)
        case 5:
            forms = {}
    return replace(edition, policy=replace(policy, purposes=purposes), forms=forms)


def bound(actor: Actor, draw: st.DrawFn) -> Actor:
    """The actor with fewer scopes and purposes, most of the time those that matter here among them."""
    scopes = set(Permission) if actor.scopes is None else actor.scopes
    purposes = set(PURPOSES) if actor.purposes is None else actor.purposes
    gone = draw(st.sampled_from([*PURPOSES, Permission.RECORD_OPEN, Permission.ENQUIRY_LIST]))
    return replace(actor, scopes=frozenset(scopes - {gone}), purposes=frozenset(purposes - {gone}))


def take_away(case: Case, draw: st.DrawFn) -> Case:
    # Editions have the most that can go, so they are the likeliest to lose something.
    match draw(st.sampled_from([0, 1, 2, 3, 3, 4, 4, 4, 5])):
        case 0:
            name = draw(st.sampled_from(PURPOSES))
            return replace(case, consents={**case.consents, name: "withdrawn"})
        case 1:
            # A consent that was never given; a withdrawal is an act too, and stays.
            name = draw(st.sampled_from(PURPOSES))
            kept = {k: v for k, v in case.consents.items() if k != name or v == "withdrawn"}
            return replace(case, consents=kept)
        case 2:
            return replace(case, holds=(*case.holds, draw(holds)))
        case 3:
            return replace(case, given=narrower(case.given, draw))
        case 5:
            # A machine client is given less than it was; a person becomes one.
            actor = bound(case.asked.actor, draw)
            return replace(case, asked=replace(case.asked, actor=actor))
        case _:
            return replace(case, current=narrower(case.current, draw))


@st.composite
def steps(draw: st.DrawFn) -> list[Case]:
    """A case, and what it becomes while things are taken away one after another."""
    path = [draw(cases)]
    for _ in range(draw(st.integers(2, 8))):
        path.append(take_away(path[-1], draw))
    return path


@settings(max_examples=1000)
@given(steps())
def test_taking_away_never_permits(path: list[Case]) -> None:
    # Once a no, always a no: yes, yes, no, no, ...
    for decide in (Case.decide, Case.own):
        answers = [isinstance(decide(case), Permit) for case in path]
        assert answers == sorted(answers, reverse=True)


@given(cases, st.sampled_from(PURPOSES))
def test_withdrawing_refuses_its_purpose_and_permits_nothing(case: Case, purpose: str) -> None:
    after = replace(case, consents={**case.consents, purpose: "withdrawn"})
    for decide in (Case.decide, Case.own):
        before, then = decide(case), decide(after)
        if case.asked.purpose == purpose:
            assert isinstance(then, Denial)
        else:
            # Another purpose is neither helped nor harmed.
            assert then == before


@given(cases)
def test_one_s_own_data_are_used_under_a_consent_that_stands_only(case: Case) -> None:
    answer = case.own()
    if isinstance(answer, Permit):
        assert case.consents[answer.purpose] == "given"
        assert answer.actor == gate.NOBODY
        for edition in (case.given, case.current):
            assert answer.fields <= gate.fields(edition, edition, FORM, answer.purpose)


@given(cases, st.data())
def test_asking_for_less_of_what_is_permitted_is_permitted(case: Case, data: st.DataObject) -> None:
    permit = case.decide()
    if isinstance(permit, Permit):
        fewer = data.draw(
            st.frozensets(st.sampled_from(sorted(case.asked.fields)), min_size=1), "fewer"
        )
        less = replace(case, asked=replace(case.asked, fields=fewer)).decide()
        assert isinstance(less, Permit)
        assert less.fields == fewer


@given(cases)
def test_a_permit_is_for_what_was_asked_and_no_more(case: Case) -> None:
    answer = case.decide()
    if isinstance(answer, Permit):
        asked = case.asked
        assert (answer.actor, answer.record) == (asked.actor.staff, asked.record)
        assert (answer.purpose, answer.fields) == (asked.purpose, asked.fields)
        assert asked.actor.purposes is None or asked.purpose in asked.actor.purposes
        assert asked.actor.scopes is None or Permission.RECORD_OPEN in asked.actor.scopes
        for edition in (case.given, case.current):
            assert asked.actor.role in edition.policy.purposes[asked.purpose].roles


@given(cases, st.booleans(), st.booleans())
def test_an_exercise_reads_its_own_and_nobody_reads_it(
    case: Case, account: bool, record: bool
) -> None:
    actor = replace(case.asked.actor, exercise=account)
    asked = replace(case.asked, actor=actor, exercise=record)
    answer = replace(case, asked=asked).decide()
    if account is not record:
        assert isinstance(answer, Denial)
    else:
        # Among its own, an exercise is told what people are told among theirs.
        other = replace(asked, actor=replace(actor, exercise=not account), exercise=not record)
        assert answer == replace(case, asked=other).decide()


@given(cases)
def test_the_same_question_has_the_same_answer(case: Case) -> None:
    assert case.decide() == case.decide()


@given(likely())
def test_the_likely_cases_are_permitted_unless_they_ask_for_nothing(case: Case) -> None:
    # Guards the tests above against passing because everything is refused.
    assert isinstance(case.decide(), Permit) is bool(case.asked.fields)


def wider(edition: Edition, draw: st.DrawFn) -> Edition:
    """The edition with more in it: roles, fields for a purpose, purposes, other grounds."""
    policy, forms = edition.policy, dict(edition.forms)
    purposes = {
        name: replace(one, roles=tuple({*one.roles, *draw(st.sets(st.sampled_from(ROLES)))}))
        for name, one in policy.purposes.items()
    }
    pattern = editions.example().policy.purposes["communication"]
    for name in draw(st.sets(st.sampled_from(PURPOSES))):
        purposes.setdefault(name, replace(pattern, id=name, basis=draw(st.sampled_from(BASES))))
    if forms:
        fields = tuple(
            replace(one, purposes=tuple({*one.purposes, *draw(st.sets(st.sampled_from(PURPOSES)))}))
            for one in forms[FORM].fields
        )
        forms[FORM] = replace(forms[FORM], fields=fields)
    return replace(edition, number=2, policy=replace(policy, purposes=purposes), forms=forms)


@st.composite
def widened(draw: st.DrawFn) -> tuple[Case, Case]:
    """A record under an edition, and the same record after a wider edition came into force."""
    case = draw(cases)
    edition = case.given
    return replace(case, current=edition), replace(case, current=wider(edition, draw))


@settings(max_examples=200)
@given(widened())
def test_a_wider_edition_never_permits_more_on_what_was_agreed_to_before(
    pair: tuple[Case, Case],
) -> None:
    before, after = pair
    if isinstance(after.decide(), Permit):
        assert isinstance(before.decide(), Permit)


@settings(max_examples=200)
@given(widened(), st.lists(st.sampled_from(["given", "withdrawn"]), max_size=4))
def test_a_consent_anew_opens_its_own_purpose_and_no_other(
    pair: tuple[Case, Case], later: list[str]
) -> None:
    """What somebody did under the second edition governs that purpose; a withdrawal is obeyed at once."""
    before, after = pair
    known = {1: replace(after.given, number=1), 2: after.current}
    acts = [Act("communication", "given", "", "", 1, "en", 0, 0)]
    acts += [
        Act("communication", kind, "", "", 2, "en", at, at) for at, kind in enumerate(later, 1)
    ]
    governing = renewal.governing(acts)
    asked = after.asked
    chosen = known[governing.get(asked.purpose, 1)]
    state = {**after.consents, "communication": acts[-1].act}
    answer = replace(after, given=chosen, consents=state).decide()
    if asked.purpose != "communication":
        assert answer == after.decide()
    elif isinstance(answer, Permit):
        assert acts[-1].act == "given"
        # No more than the edition agreed to, which without a consent anew is the first one.
        assert answer.fields <= gate.fields(chosen, after.current, FORM, asked.purpose)
        if "given" not in later:
            assert isinstance(replace(before, consents=state).decide(), Permit)
