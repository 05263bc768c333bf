# SPDX-License-Identifier: Apache-2.0
"""What is held about a person is found by their address, and shown without opening anything."""

from tests import cast, site
from tests.editions import PURPOSE
from tests.office import Office
from uphold.access import reading
from uphold.enquiry import desk
from uphold.retention import orders
from uphold.retention.ends import Rules
from uphold.retention.orders import Terms
from uphold.rights import holdings
from uphold.rights.holdings import Ground, Holdings
from uphold.vault import contact
from uphold.vault.contact import Contact

EMAIL = Contact(contact.EMAIL, cast.subject.email)
PHONE = Contact(contact.PHONE, cast.subject.phone)


def ground(office: Office) -> Ground:
    shelf = office.app.shelf
    return Ground(office.ring, Rules(shelf.edition, shelf.in_force(), desk.happened))


def of(office: Office, named: Contact = EMAIL) -> Holdings:
    return office.read(lambda c: holdings.of(c, ground(office), named, site.now()))


def test_records_are_found_by_either_address_newest_first(sqlite_office: Office) -> None:
    office = sqlite_office
    first, other, second = office.submit(), office.submit(cast.stranger), office.submit()
    assert of(office).numbers == of(office, PHONE).numbers == (second, first)
    assert of(office, Contact(contact.EMAIL, cast.stranger.email)).numbers == (other,)
    assert of(office, Contact(contact.EMAIL, "nobody@nowhere.example")).records == ()


def test_an_address_of_one_kind_finds_nothing_of_another(sqlite_office: Office) -> None:
    office = sqlite_office
    office.submit()
    assert of(office, Contact(contact.PHONE, cast.subject.email)).records == ()


def test_what_is_held_is_told_without_opening_it(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, record = office.staff(cast.clerk), office.submit()
    reading.open_record(office.writer, office.ring, office.question(clerk, record))
    before = len(office.raw())
    (held,) = of(office).records
    assert len(office.raw()) == before
    policy = office.edition.policy
    assert held.purposes == (policy.evidence, PURPOSE, policy.technical)
    assert [act.purpose for act in held.acts] == [PURPOSE]
    assert all(part.end is not None for part in held.parts)
    assert [(one.staff, one.purpose) for one in held.readings] == [(clerk.staff, PURPOSE)]
    assert (held.destroyed, held.corrections, held.barred) == ((), (), ())
    assert cast.subject.mark not in repr(held)
    assert of(office).one(record) is not None
    assert of(office).one(record + 1) is None


def test_an_order_that_bars_destruction_is_told(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    for purpose in (PURPOSE, "unheard-of"):
        terms = Terms(record, purpose, "A claim in court.", 0, None)
        office.run(lambda tx, terms=terms: orders.place(tx, terms, 1))  # type: ignore[misc] # mypy infers no lambda with a default
    (held,) = of(office).records
    assert [one.terms.purpose for one in held.barred] == [PURPOSE]
