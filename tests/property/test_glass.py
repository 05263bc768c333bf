# SPDX-License-Identifier: Apache-2.0
"""A broken glass stands in for the role, and for nothing else: whatever else says no still does."""

from dataclasses import replace

from hypothesis import given

from tests.property.test_gate import Case, anything, cases
from uphold.access.gate import Reason
from uphold.access.permission import Role
from uphold.policy.document import Edition
from uphold.vault.permit import Permit


def to_everybody(edition: Edition) -> Edition:
    """The edition as if every role might read for every purpose."""
    policy = edition.policy
    purposes = {
        name: replace(purpose, roles=tuple(Role)) for name, purpose in policy.purposes.items()
    }
    return replace(edition, policy=replace(policy, purposes=purposes))


def broken(case: Case) -> Case:
    return replace(case, asked=replace(case.asked, emergency=True))


@given(anything)
def test_it_answers_as_if_the_policy_named_the_role(case: Case) -> None:
    widened = replace(case, given=to_everybody(case.given), current=to_everybody(case.current))
    assert broken(case).decide() == widened.decide()


@given(cases)
def test_it_changes_nothing_where_the_role_is_not_what_stands_in_the_way(case: Case) -> None:
    verdict = case.decide()
    if isinstance(verdict, Permit) or verdict.reason is not Reason.ROLE_REFUSED:
        assert broken(case).decide() == verdict
