# SPDX-License-Identifier: Apache-2.0
"""Each reason for a no, one at a time, and the yes between them. That it is monotone: tests/property."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests import editions
from tests.editions import FIELDS, FORM, PURPOSE
from uphold.access import gate
from uphold.access.gate import Asked, Denial, Hold, Leaving, Own, Reason
from uphold.access.permission import Actor, Role
from uphold.law import disclosure
from uphold.mail import letter
from uphold.policy.document import Edition
from uphold.submission.submit import Technical
from uphold.vault.permit import Permit

CLERK = Actor(7, Role.CLERK)
OWNER = Actor(1, Role.OWNER)
AT = 1_767_323_045_000
ASKED = Asked(CLERK, 42, FORM, PURPOSE, FIELDS, AT, exercise=False)
EDITION = editions.make()
GIVEN = {PURPOSE: "given"}


def decide(
    asked: Asked = ASKED,
    given: Edition = EDITION,
    current: Edition = EDITION,
    consents: dict[str, str] | None = None,
    holds: Sequence[Hold] = (),
) -> Permit | Denial:
    return gate.decide(asked, given, current, GIVEN if consents is None else consents, holds)


def test_the_yes_names_exactly_what_was_asked() -> None:
    current = replace(EDITION, number=3)
    few = replace(ASKED, fields=frozenset({"email"}))
    assert decide(few, current=current) == Permit(
        actor=7,
        purpose=PURPOSE,
        record=42,
        fields=frozenset({"email"}),
        edition=3,
        ground="consent",
    )


def test_exercises_and_people_are_kept_apart() -> None:
    account = replace(CLERK, exercise=True)
    assert decide(replace(ASKED, actor=account)) == Denial(Reason.EXERCISE)
    assert decide(replace(ASKED, exercise=True)) == Denial(Reason.EXERCISE)
    assert isinstance(decide(replace(ASKED, actor=account, exercise=True)), Permit)


def test_an_exercise_is_asked_for_consent_like_anybody() -> None:
    asked = replace(ASKED, actor=replace(CLERK, exercise=True), exercise=True)
    assert decide(asked, consents={}) == Denial(Reason.CONSENT_MISSING)


@pytest.mark.parametrize("which", ["given", "current"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"without_purpose": PURPOSE}, None),
        ({"roles": ("owner", "officer")}, Reason.ROLE_REFUSED),
        ({"roles": ()}, Reason.ROLE_REFUSED),
        ({"without_field": "phone"}, Reason.FIELD_UNDECLARED),
        ({"without_form": True}, Reason.FIELD_UNDECLARED),
    ],
)
def test_both_editions_must_allow_it(
    which: str, change: dict[str, Any], reason: Reason | None
) -> None:
    expected = (
        reason
        or {
            "given": Reason.PURPOSE_UNDECLARED,
            "current": Reason.PURPOSE_RETIRED,
        }[which]
    )
    narrowed: Any = {which: editions.make(**change)}
    assert decide(**narrowed) == Denial(expected)


@pytest.mark.parametrize(
    ("consents", "reason"),
    [
        ({}, Reason.CONSENT_MISSING),
        ({"another": "given"}, Reason.CONSENT_MISSING),
        ({PURPOSE: "expired"}, Reason.CONSENT_MISSING),
        ({PURPOSE: "withdrawn"}, Reason.CONSENT_WITHDRAWN),
    ],
)
def test_consent_is_needed(consents: dict[str, str], reason: Reason) -> None:
    assert decide(consents=consents) == Denial(reason)


def test_a_purpose_on_another_ground_needs_none() -> None:
    contract = editions.make(basis="contract")
    found = decide(given=contract, current=contract, consents={})
    assert isinstance(found, Permit)
    assert found.ground == "contract"


@pytest.mark.parametrize("which", ["given", "current"])
def test_it_needs_one_if_either_edition_asks(which: str) -> None:
    contract = editions.make(basis="contract")
    both: Any = {"given": contract, "current": contract, which: EDITION}
    assert decide(**both, consents={}) == Denial(Reason.CONSENT_MISSING)


def test_a_withdrawal_is_obeyed_on_any_ground() -> None:
    contract = editions.make(basis="contract")
    found = decide(given=contract, current=contract, consents={PURPOSE: "withdrawn"})
    assert found == Denial(Reason.CONSENT_WITHDRAWN)


@pytest.mark.parametrize(
    ("hold", "reason"),
    [
        (Hold(7, None, None, AT + 1), Reason.STAFF_HELD),
        (Hold(None, 42, None, AT + 1), Reason.RECORD_HELD),
        (Hold(None, None, PURPOSE, AT + 1), Reason.PURPOSE_HELD),
        (Hold(None, None, None, AT + 1), Reason.ALL_HELD),
        (Hold(7, 42, PURPOSE, AT + 1), Reason.STAFF_HELD),
    ],
)
def test_a_hold_stops_reading(hold: Hold, reason: Reason) -> None:
    assert decide(holds=[hold]) == Denial(reason)


@pytest.mark.parametrize(
    "hold",
    [
        Hold(8, None, None, AT + 1),
        Hold(None, 43, None, AT + 1),
        Hold(None, None, "another", AT + 1),
        Hold(7, 43, None, AT + 1),
        Hold(7, None, None, AT),
    ],
)
def test_a_hold_of_another_or_of_the_past_does_not(hold: Hold) -> None:
    assert isinstance(decide(holds=[hold]), Permit)


def test_who_does_not_say_what_for_is_refused() -> None:
    assert decide(replace(ASKED, purpose="")) == Denial(Reason.PURPOSE_MISSING)


def test_nothing_asked_is_nothing_given() -> None:
    assert decide(replace(ASKED, fields=frozenset())) == Denial(Reason.NOTHING_ASKED)


def test_a_field_of_another_purpose_is_refused() -> None:
    asked = replace(ASKED, fields=FIELDS | {"birthday"})
    assert decide(asked) == Denial(Reason.FIELD_UNDECLARED)


def test_a_role_without_the_permission_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uphold.access.permission.HELD", {})
    assert decide() == Denial(Reason.NOT_PERMITTED)


def test_technical_data_and_evidence_are_for_the_roles_of_their_purposes() -> None:
    technical, evidence = EDITION.policy.technical, EDITION.policy.evidence
    for purpose in (technical, evidence):
        fields = gate.fields(EDITION, EDITION, FORM, purpose)
        asked = replace(ASKED, purpose=purpose, fields=fields)
        assert decide(asked) == Denial(Reason.ROLE_REFUSED)
        assert isinstance(decide(replace(asked, actor=OWNER)), Permit)
        beyond = replace(asked, actor=OWNER, fields=fields | {"email"})
        assert decide(beyond) == Denial(Reason.FIELD_UNDECLARED)


def test_the_technical_fields_are_those_that_are_stored() -> None:
    assert set(Technical.__struct_fields__) == gate.TECHNICAL_FIELDS


def test_a_purpose_with_fields_has_answers() -> None:
    assert gate.fields(EDITION, EDITION, FORM, PURPOSE) == FIELDS | letter.FIELDS
    gone = editions.make(without_form=True)
    assert gate.fields(gone, EDITION, FORM, PURPOSE) == frozenset()


OWN = Own(42, FORM, PURPOSE, FIELDS, AT)


def own(consents: dict[str, str], *holds: Hold) -> Permit | Denial:
    return gate.own(OWN, EDITION, EDITION, consents, holds)


def test_a_person_is_served_from_their_own_data_under_their_consent() -> None:
    assert own(GIVEN) == Permit(gate.NOBODY, PURPOSE, 42, FIELDS, EDITION.number, "consent")


@pytest.mark.parametrize(
    ("consents", "reason"),
    [({}, Reason.CONSENT_MISSING), ({PURPOSE: "withdrawn"}, Reason.CONSENT_WITHDRAWN)],
)
def test_without_it_they_are_not(consents: dict[str, str], reason: Reason) -> None:
    assert own(consents) == Denial(reason)


def test_a_purpose_on_another_ground_is_no_consent() -> None:
    name = EDITION.policy.technical
    asked = replace(OWN, purpose=name, fields=frozenset({"ip"}))
    assert gate.own(asked, EDITION, EDITION, {}, ()) == Denial(Reason.CONSENT_MISSING)


def test_holds_of_the_record_stop_it_and_those_of_staff_do_not() -> None:
    assert own(GIVEN, Hold(None, 42, None, AT + 1)) == Denial(Reason.RECORD_HELD)
    assert isinstance(own(GIVEN, Hold(7, None, None, AT + 1)), Permit)


# --- for somebody outside -----------------------------------------------------------------------------

OFFICER = Actor(3, Role.OFFICER)
DAY = date(2026, 11, 22)
COURT, AGREED = (disclosure.find(("ru-152fz",), n, DAY) for n in ("court-proceedings", "consent"))
LEAVING = Leaving(
    OFFICER, 42, FORM, PURPOSE, frozenset({"name"}), "authorities", COURT, AT, exercise=False
)


def naming(*purposes: str) -> Edition:
    """The example with a third party that may have data by consent, named by these purposes."""
    policy = EDITION.policy
    partner = replace(
        policy.recipients["authorities"], id="partner", kind="third-party", grounds=("consent",)
    )
    named = {
        name: replace(one, recipients=(*one.recipients, "partner")) if name in purposes else one
        for name, one in policy.purposes.items()
    }
    recipients = {**policy.recipients, "partner": partner}
    return replace(EDITION, policy=replace(policy, recipients=recipients, purposes=named))


def leave(
    asked: Leaving = LEAVING,
    given: Edition = EDITION,
    current: Edition = EDITION,
    consents: dict[str, str] | None = None,
    *holds: Hold,
) -> Permit | Denial:
    return gate.leave(asked, given, current, GIVEN if consents is None else consents, holds)


@pytest.mark.parametrize("consents", [GIVEN, {}, {PURPOSE: "withdrawn"}])
def test_what_the_law_demands_waits_for_no_consent(consents: dict[str, str]) -> None:
    found = leave(consents=consents)
    assert found == Permit(3, PURPOSE, 42, frozenset({"name"}), 1, "court-proceedings")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"actor": CLERK}, Reason.NOT_PERMITTED),
        ({"actor": replace(OFFICER, exercise=True)}, Reason.EXERCISE),
        ({"actor": replace(OFFICER, purposes=frozenset())}, Reason.PURPOSE_NOT_GIVEN),
        ({"purpose": "other"}, Reason.PURPOSE_UNDECLARED),
        ({"recipient": "nobody"}, Reason.RECIPIENT_UNDECLARED),
        ({"recipient": "hosting"}, Reason.GROUND_REFUSED),
        ({"ground": AGREED}, Reason.GROUND_REFUSED),
        ({"fields": frozenset()}, Reason.NOTHING_ASKED),
        ({"fields": frozenset({"name", "ip"})}, Reason.FIELD_UNDECLARED),
    ],
    ids=[
        *("role", "exercise", "bound", "purpose", "nobody", "processor", "ground"),
        *("nothing", "field"),
    ],
)
def test_each_reason_for_which_nothing_leaves(change: dict[str, Any], reason: Reason) -> None:
    assert leave(replace(LEAVING, **change)) == Denial(reason)


def test_a_hold_stops_it_and_a_narrower_edition_too() -> None:
    for hold in (Hold(None, 42, None, AT + 1), Hold(3, None, None, AT + 1)):
        assert isinstance(leave(LEAVING, EDITION, EDITION, GIVEN, hold), Denial)
    without = editions.make(without_purpose=PURPOSE)
    assert leave(current=without) == Denial(Reason.PURPOSE_RETIRED)
    assert leave(given=without) == Denial(Reason.PURPOSE_UNDECLARED)


def test_by_consent_only_what_was_agreed_to_goes_to_whom_the_wording_named() -> None:
    asked, both = replace(LEAVING, recipient="partner", ground=AGREED), naming(PURPOSE)
    assert isinstance(leave(asked, both, both), Permit)
    assert leave(asked, both, both, {}) == Denial(Reason.CONSENT_MISSING)
    assert leave(asked, both, both, {PURPOSE: "withdrawn"}) == Denial(Reason.CONSENT_WITHDRAWN)
    # Named since, but not when they agreed; or not any more.
    assert leave(asked, naming(), both) == Denial(Reason.RECIPIENT_UNDECLARED)
    assert leave(asked, both, naming()) == Denial(Reason.RECIPIENT_UNDECLARED)
