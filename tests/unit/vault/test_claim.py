# SPDX-License-Identifier: Apache-2.0
"""An address under a secret opens with that secret, on this site, and with nothing else."""

import re

import pytest

from tests import cast
from tests.rings import ring
from uphold.vault import claim, contact
from uphold.vault.contact import Contact

ANNA = Contact(contact.EMAIL, cast.subject.email)
SECRET = "a secret that nobody else has"


def test_it_opens_under_its_secret_and_no_other() -> None:
    keys = ring()
    blob = claim.seal(keys, SECRET, ANNA)
    assert claim.open(keys, SECRET, blob) == ANNA
    assert claim.open(keys, SECRET + "x", blob) is None
    assert claim.open(ring(b"another site"), SECRET, blob) is None
    assert claim.open(keys, SECRET, blob[:-1] + bytes([blob[-1] ^ 1])) is None
    assert claim.open(keys, SECRET, b"") is None


@pytest.mark.parametrize(
    "text", ["", "a@b.example", "имя@пример.рф", "x" * 700, "\ud800@b.example"]
)
def test_any_text_comes_back_and_its_length_is_hidden(text: str) -> None:
    keys, named = ring(), Contact(contact.PHONE, text)
    blob = claim.seal(keys, SECRET, named)
    assert claim.open(keys, SECRET, blob) == named
    assert cast.subject.mark.encode() not in claim.seal(keys, SECRET, ANNA)
    if len(text) < 100:
        assert len(blob) == len(claim.seal(keys, SECRET, ANNA))


def test_no_two_blobs_are_alike() -> None:
    keys = ring()
    assert claim.seal(keys, SECRET, ANNA) != claim.seal(keys, SECRET, ANNA)


def test_a_link_has_one_secret_that_may_stand_in_an_address() -> None:
    keys = ring()
    secret = claim.secret_of(keys, 7, 1_800_000_000_000)
    assert re.fullmatch("[A-Za-z0-9_-]{43}", secret)
    assert claim.secret_of(keys, 7, 1_800_000_000_000) == secret
    others = {
        claim.secret_of(keys, 8, 1_800_000_000_000),
        claim.secret_of(keys, 7, 1_800_000_000_001),
        claim.secret_of(ring(b"another site"), 7, 1_800_000_000_000),
    }
    assert secret not in others
    assert len(others) == 3


def test_the_store_knows_a_secret_by_its_hash() -> None:
    assert len(claim.known_as(SECRET)) == 32
    assert claim.known_as(SECRET) != claim.known_as(SECRET + "x")
    assert len(claim.known_as("\ud800")) == 32
