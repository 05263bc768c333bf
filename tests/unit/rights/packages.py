# SPDX-License-Identifier: Apache-2.0
"""The package of a person on a site of the tests, as the site would make it."""

from tests import cast, site
from tests.office import Office
from uphold.rights import answer, fulfil, holdings
from uphold.rights.answer import Told
from uphold.rights.package import Package
from uphold.vault import contact, identifier
from uphold.vault.contact import Contact


def of(office: Office, person: cast.Person = cast.subject, language: str = "en") -> Package:
    """Everything held about somebody, opened for them."""
    app, named = office.app, Contact(contact.EMAIL, person.email)
    ground = app.holdings()
    held = office.read(lambda c: holdings.of(c, ground, named, site.now()))
    own = fulfil.open_own(office.writer, named, held.numbers, ground)
    told = Told(
        edition=office.edition,
        language=language,
        site=site.ADDRESS,
        address=person.email,
        receipts={
            number: office.ring.identifiers.encode(identifier.RECEIPT, number)
            for number in held.numbers
        },
        roles={1: "clerk"},
        requests=(),
        label=lambda _edition, _form, key, _language: key.title(),
        editions=app.shelf.edition,
    )
    return answer.of(held, own, told)
