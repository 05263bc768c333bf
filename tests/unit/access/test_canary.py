# SPDX-License-Identifier: Apache-2.0
"""An address that is in one export alone is known again wherever it comes back, and nothing else is taken for it."""

from dataclasses import replace

from tests import cast
from tests.editions import FORM
from tests.office import Office
from tests.unit.access.test_export import made
from uphold.access import canary
from uphold.access.canary import Place
from uphold.vault import identifier

DOMAIN = "site.example"


def test_it_is_known_again_in_any_text_and_any_letters(sqlite_office: Office) -> None:
    ring = sqlite_office.ring
    address = canary.address(ring, 7, DOMAIN)
    assert canary.named(ring, [f"Write to <{address}>, please"]) == {7}
    assert canary.named(ring, [address.upper(), "", address]) == {7}
    assert canary.named(ring, [address.partition("@")[0]]) == {7}
    other = canary.address(ring, 8, DOMAIN)
    assert canary.named(ring, [f"{address} {other}"]) == {7, 8}


def test_nothing_else_is_taken_for_one(sqlite_office: Office) -> None:
    ring = sqlite_office.ring
    receipt = ring.identifiers.encode(identifier.RECEIPT, 7)
    address = canary.address(ring, 7, DOMAIN)
    texts = [cast.subject.email, receipt, "a" * 26, f"x{address}", address[1:], "a" * 10_000]
    assert canary.named(ring, texts) == set()


def test_the_row_looks_like_others_and_holds_no_number_of_a_person(sqlite_office: Office) -> None:
    office = sqlite_office
    found = made(office, office.staff(cast.owner), office.submit())
    form = office.edition.forms[FORM]
    row = canary.row(office.ring, found, form, DOMAIN, "abc")
    address = canary.address(office.ring, found.number, DOMAIN)
    assert row.values == {"email": address}
    wordy = replace(form, fields=tuple(one for one in form.fields if one.type != "email"))
    bare = canary.row(office.ring, found, wordy, DOMAIN, "abc")
    assert list(bare.values.values()) == [address]
    assert canary.row(office.ring, found, None, DOMAIN, "abc").values == {}


def test_it_is_noted_once_for_each_place(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    found = made(office, owner, office.submit())
    told = (
        (found.number, Place.SUBMISSION),
        (found.number, Place.SUBMISSION),
        (found.number, Place.MAIL),
        (found.number + 1, Place.MAIL),
    )
    noted = office.run(lambda tx: [bool(canary.note(tx, number, place)) for number, place in told])
    assert noted == [True, False, True, False]
    said = [one for one in office.entries() if one.kind == "canary.seen"]
    codes = {"export": found.number, "staff": owner.staff}
    assert [one.codes for one in said] == [
        {**codes, "place": "submission"},
        {**codes, "place": "mail"},
    ]
    assert [one.place for one in office.read(canary.seen)] == [Place.SUBMISSION, Place.MAIL]
