# SPDX-License-Identifier: Apache-2.0
"""Offers: what a form asks, derived from its edition."""

from dataclasses import replace

import pytest

from tests import editions, orders
from tests.unit.submission.conftest import feedback, order
from uphold import errors
from uphold.policy.document import Edition
from uphold.submission import form


def test_the_example_offers_its_fields_and_one_box() -> None:
    offer = feedback()
    assert list(offer.fields) == ["name", "email", "phone", "message"]
    assert list(offer.boxes) == ["consent.communication"]
    assert [field.key for field in offer.addresses] == ["email", "phone"]
    assert list(offer.purposes) == ["communication"]
    assert offer.rests_on_consent


def test_wordings_cover_what_is_kept_with_every_post() -> None:
    assert list(feedback().wordings) == ["communication", "consent-evidence", "security"]
    assert {wording.language for wording in feedback("en").wordings.values()} == {"en"}


def test_a_language_that_the_policy_lacks_gets_its_first() -> None:
    assert {wording.language for wording in feedback("fr").wordings.values()} == {"en"}


def test_an_order_has_a_purpose_without_a_box() -> None:
    offer = order()
    assert set(offer.boxes) == {"consent.communication", "consent.newsletter"}
    assert [field.key for field in offer.purposes["delivery"]] == ["name", "email", "goods"]
    assert [field.key for field in offer.purposes["newsletter"]] == ["email"]
    assert not offer.rests_on_consent


def test_the_token_binds_form_and_wordings() -> None:
    offer = feedback()
    digests = [offer.form.digest, *(wording.digest for wording in offer.wordings.values())]
    assert [seen.hex() for seen in offer.seen] == [digest[:32] for digest in digests]
    assert feedback("en").seen != offer.seen
    assert feedback("en").seen[0] == offer.seen[0]


def test_a_form_that_the_edition_lacks_is_missing() -> None:
    with pytest.raises(errors.Missing):
        form.derive(editions.example(), "other", "ru")


def test_names_of_inputs_do_not_meet() -> None:
    offer = order()
    assert not set(offer.fields) & (set(offer.boxes) | form.RESERVED)
    assert {"email", "phone"} >= form.ADDRESSES


def on_contract() -> Edition:
    """The order form with nothing but the contract."""
    edition = orders.edition()
    only = replace(
        edition.forms[orders.FORM],
        consents=(),
        fields=tuple(
            replace(field, purposes=("delivery",))
            for field in edition.forms[orders.FORM].fields
            if "delivery" in field.purposes
        ),
    )
    return replace(edition, forms={orders.FORM: only})


def test_a_form_on_a_contract_has_no_box() -> None:
    offer = form.derive(on_contract(), orders.FORM, "en")
    assert offer.boxes == {}
    assert not offer.rests_on_consent
