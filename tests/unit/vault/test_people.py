# SPDX-License-Identifier: Apache-2.0
"""People and addresses are counted without opening a part: once each, however many records name them."""

from tests import cast
from tests.editions import PURPOSE
from tests.office import Office, quick_hashing, sqlite_office
from uphold.vault import people
from uphold.vault.people import People

__all__ = ["quick_hashing", "sqlite_office"]


def test_who_shares_an_address_is_one_person(sqlite_office: Office) -> None:
    office = sqlite_office
    anna, other = cast.subject, cast.stranger
    first, second = office.submit(anna), office.submit(anna)
    third = office.submit(other)
    with office.app.database.read() as connection:
        one = people.count(connection, office.ring, [first])
        assert people.count(connection, office.ring, [first, second]) == one
        assert one.subjects == 1
        both = people.count(connection, office.ring, [first, second, third, third])
        assert both.subjects == 2
        assert both.addresses == 2 * one.addresses
        assert people.count(connection, office.ring, []) == People(0, 0, 0, 0)


def test_a_record_without_an_address_is_a_person_of_its_own(sqlite_office: Office) -> None:
    office = sqlite_office
    first = office.submit()
    with office.app.database.read() as connection:
        found = people.count(connection, office.ring, [first, 991, 992])
    assert (found.subjects, found.nameless) == (3, 2)


def test_what_a_record_holds_and_what_was_destroyed(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    with office.app.database.read() as connection:
        held = people.parts(connection, [record, record + 1])
        assert (record, PURPOSE) in held
        assert {number for number, _ in held} == {record}
        assert people.destroyed(connection, 0, 2**53) == set()
