# SPDX-License-Identifier: Apache-2.0
"""Accounts of a run: apart from people's, out of reach of a link, closed for good."""

import pytest

from tests import cast
from tests.office import Office
from uphold import errors
from uphold.access import exercise, staff
from uphold.access.permission import Actor, Role


@pytest.fixture
def account(office: Office) -> exercise.Opened:
    return exercise.open_account(office.writer, 3, Role.OFFICER)


def test_it_acts_as_an_exercise(office: Office, account: exercise.Opened) -> None:
    found = office.read(lambda c: staff.actor(c, account.number))
    assert found == Actor(account.number, Role.OFFICER, exercise=True)


def test_a_person_does_not(office: Office) -> None:
    assert not office.staff(cast.clerk).exercise


def test_it_stands_apart(office: Office, account: exercise.Opened) -> None:
    person = office.staff(cast.owner)
    assert [one.number for one in office.read(staff.accounts)] == [person.staff]
    assert [one.number for one in office.read(exercise.accounts)] == [account.number]


def test_it_is_journaled_like_any(office: Office, account: exercise.Opened) -> None:
    invited, set_ = office.entries()[-2:]
    assert (invited.kind, set_.kind) == ("staff.invited", "staff.password-set")
    assert invited.codes == {"staff": account.number, "role": "officer", "by": 0}
    assert set_.codes == {"staff": account.number}


def test_no_link_is_made_for_it(office: Office, account: exercise.Opened) -> None:
    with pytest.raises(errors.Missing):
        office.run(lambda tx: staff.renew(tx, account.number, 0))
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: staff.invite(tx, account.login, Role.OWNER, 0))


def test_it_is_closed_for_good(office: Office, account: exercise.Opened) -> None:
    other = exercise.open_account(office.writer, 4, Role.CLERK)
    office.run(lambda tx: exercise.close(tx, 3))
    assert office.read(lambda c: staff.actor(c, account.number)) is None
    assert [one.number for one in office.read(exercise.accounts)] == [other.number]
    with pytest.raises(errors.Missing):
        office.run(lambda tx: staff.renew(tx, account.number, 0))
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: staff.invite(tx, account.login, Role.OWNER, 0))
    assert office.read(lambda c: staff.actor(c, account.number)) is None


def test_it_is_known_as_an_exercise_s_when_it_is_closed(
    office: Office, account: exercise.Opened
) -> None:
    office.staff(cast.clerk)
    office.run(lambda tx: exercise.close(tx, 3))
    assert office.read(exercise.accounts) == ()
    assert office.read(exercise.numbers) == {account.number}


def test_no_two_runs_have_the_same_login(office: Office, account: exercise.Opened) -> None:
    assert exercise.open_account(office.writer, 3, Role.OFFICER).login != account.login
