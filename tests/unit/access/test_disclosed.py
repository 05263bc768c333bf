# SPDX-License-Identifier: Apache-2.0
"""The register of disclosures tells what stands in it, people's apart from exercises'."""

import pytest

from tests import cast
from tests.releases import Releases
from uphold import errors
from uphold.access import disclosed
from uphold.access.procedure import State


def test_the_newest_stands_first_and_states_are_told_apart(desk: Releases) -> None:
    first, second = desk.prepare(), desk.prepare()
    desk.approve(first.number)
    every = desk.office.read(disclosed.listed)
    assert [one.number for one in every] == [second.number, first.number]
    approved = desk.office.read(lambda c: disclosed.listed(c, State.APPROVED))
    assert [one.number for one in approved] == [first.number]
    assert len(desk.office.read(lambda c: disclosed.listed(c, limit=1))) == 1
    assert desk.find(first.number).fields == ("email", "name")


def test_nothing_of_a_person_stands_in_it(desk: Releases) -> None:
    desk.approve(desk.prepare().number)
    rows = str(desk.office.read(disclosed.listed))
    assert cast.subject.mark not in rows
    assert desk.key in rows


def test_a_record_of_which_nothing_left_has_nothing_to_tell(desk: Releases) -> None:
    one = desk.prepare()
    assert desk.told() == ()
    desk.approve(one.number)
    assert desk.told() == ()
    desk.sent(one.number)
    assert [found.number for found in desk.told()] == [one.number]
    assert desk.office.read(lambda c: disclosed.told(c, 999)) == ()


def test_no_key_is_known_of_who_was_sent_nothing(desk: Releases) -> None:
    desk.prepare()
    assert desk.office.read(lambda c: disclosed.known_key(c, "authorities")) == ""


def test_there_is_no_disclosure_that_was_never_prepared(desk: Releases) -> None:
    with pytest.raises(errors.Missing):
        desk.find(1)
