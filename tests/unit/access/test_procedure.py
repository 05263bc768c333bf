# SPDX-License-Identifier: Apache-2.0
"""No step of a disclosure leads anywhere but where the table says, and none is of one person alone."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from tests import editions
from uphold import errors
from uphold.access import procedure
from uphold.access.procedure import ENDS, MOST_RECORDS, TABLE, Order, Scope, State, Step
from uphold.law import disclosure

NOW = 1_800_000_000_000
DAY = 24 * 3600 * 1000
AUTHORITIES = editions.example().policy.recipients["authorities"]
COURT = disclosure.find(("ru-152fz",), "court-proceedings", date(2026, 11, 22))
CASE = disclosure.find(("ru-152fz",), "criminal-case", date(2026, 11, 22))
SCOPE = Scope((1,), "communication", frozenset({"name"}))
ORDER = Order("authorities", "court-proceedings", "A court", "Ruling 1", "age1x", SCOPE)


def test_every_state_has_its_row_and_ends_have_none_to_go_to() -> None:
    assert set(TABLE) == set(State)
    assert {state for state, row in TABLE.items() if not row} == ENDS


@given(st.lists(st.tuples(st.sampled_from(Step), st.integers(1, 3)), max_size=12))
def test_nothing_is_sent_that_another_did_not_approve(steps: list[tuple[Step, int]]) -> None:
    state, approved_by, prepared_by = State.PREPARED, 0, 1
    for step, staff in steps:
        try:
            state = procedure.move(state, step, staff, prepared_by)
        except (errors.Conflict, errors.Invalid):
            continue
        if step is Step.APPROVE:
            approved_by = staff
        if state in (State.SENT, State.CLOSED):
            assert approved_by not in (0, prepared_by)


def test_an_order_within_policy_and_law_is_taken() -> None:
    procedure.check(ORDER, AUTHORITIES, COURT, NOW)
    procedure.check(replace(ORDER, silence_until=NOW + DAY), AUTHORITIES, CASE, NOW)


@pytest.mark.parametrize(
    "scope",
    [
        replace(SCOPE, records=()),
        replace(SCOPE, fields=frozenset()),
        replace(SCOPE, records=(1, 1)),
        replace(SCOPE, records=tuple(range(MOST_RECORDS + 1))),
    ],
    ids=["no-record", "no-field", "twice", "too-many"],
)
def test_a_scope_is_named_piece_by_piece(scope: Scope) -> None:
    with pytest.raises(errors.Invalid):
        procedure.check(replace(ORDER, scope=scope), AUTHORITIES, COURT, NOW)


@pytest.mark.parametrize("until", [NOW, NOW - DAY, NOW + procedure.LONGEST_SILENCE_MS + 1])
def test_a_silence_has_an_end_ahead_and_not_too_far(until: int) -> None:
    with pytest.raises(errors.Invalid, match="A silence ends"):
        procedure.check(replace(ORDER, silence_until=until), AUTHORITIES, CASE, NOW)


def test_a_recipient_has_nothing_on_a_ground_that_it_does_not_name_or_that_is_for_others() -> None:
    with pytest.raises(errors.Invalid, match="have nothing"):
        procedure.check(ORDER, replace(AUTHORITIES, grounds=()), COURT, NOW)
    company = replace(AUTHORITIES, kind="third-party")
    with pytest.raises(errors.Invalid, match="have nothing on the ground"):
        procedure.check(ORDER, company, COURT, NOW)
    with pytest.raises(errors.Invalid, match="A processor"):
        procedure.check(ORDER, replace(AUTHORITIES, kind="processor"), COURT, NOW)
