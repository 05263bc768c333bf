# SPDX-License-Identifier: Apache-2.0
"""One number for one address, on one site, and nothing to read in it."""

import re

from tests import cast
from tests.office import Office, office, quick_hashing
from tests.rings import ring
from uphold.vault import contact, pseudonym
from uphold.vault.contact import Contact

__all__ = ["office", "quick_hashing"]

ANNA = Contact(contact.EMAIL, "anna@example.org")


def test_the_spelling_does_not_matter_and_the_person_does() -> None:
    keys = ring()
    number = pseudonym.of_contact(keys, ANNA)
    assert number is not None
    assert re.fullmatch("[A-Z2-7]{16}", number)
    assert pseudonym.of_contact(keys, Contact(contact.EMAIL, " Anna@Example.ORG")) == number
    others = [Contact(contact.EMAIL, "b@example.org"), Contact(contact.PHONE, "+79990000000")]
    assert number not in [pseudonym.of_contact(keys, one) for one in others]
    assert pseudonym.of_contact(keys, Contact(contact.EMAIL, "nobody")) is None


def test_a_record_has_the_number_of_its_address(office: Office) -> None:
    first, again, other = office.submit(), office.submit(), office.submit(cast.stranger)
    numbers = [
        office.read(lambda c, one=one: pseudonym.of_record(c, office.ring, one))  # type: ignore[misc] # mypy infers no lambda with a default
        for one in (first, again, other)
    ]
    mail = Contact(contact.EMAIL, cast.subject.email)
    assert numbers[0] == numbers[1] == pseudonym.of_contact(office.ring, mail) != numbers[2]


def test_without_an_address_a_record_has_its_own(office: Office) -> None:
    found = office.read(lambda c: pseudonym.of_record(c, office.ring, 999))
    assert found == pseudonym.of_number(office.ring, 999) != pseudonym.of_number(office.ring, 998)
