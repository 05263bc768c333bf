# SPDX-License-Identifier: Apache-2.0
"""Commitments: RFC 9901's format, salts from the part's key, openings while the key lives and not after."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from tests import cast
from tests.unit.vault.conftest import Store
from uphold import errors
from uphold.vault import commitment, identifier, partkey, records, seal
from uphold.vault.tables import vault_part

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "ledger-vectors.json"
SALT = bytes(range(16))
FIRST = 5 << 8


def opened(disclosure: str) -> list[str]:
    padded = disclosure + "=" * (-len(disclosure) % 4)
    found: list[str] = json.loads(base64.urlsafe_b64decode(padded))
    return found


def of_record(store: Store) -> str:
    return store.read(lambda c: commitment.of_record(c, store.ring, 5, SALT))


def test_the_published_vectors_agree() -> None:
    if not VECTORS.exists():
        pytest.skip("the published vectors are not beside this checkout")
    members = json.loads(VECTORS.read_text())["ledger5"]["disclosures"]
    for member in members:
        salt = bytes.fromhex(member["salt_hex"])
        disclosure = commitment.disclosure(salt, "subject", "person-0007")
        assert disclosure == member["disclosure"]
        assert commitment.digest(disclosure) == member["digest"]
    assert len(members) == 5


def test_a_known_disclosure() -> None:
    text = "WyJsbmVEZ1pueExUYjE3cGNkU2ZhS3ZBIiwic3ViamVjdCIsInBlcnNvbi0wMDA3Il0"
    salt = bytes.fromhex("9677838199f12d36f5ee971d49f68abc")
    assert commitment.disclosure(salt, "subject", "person-0007") == text
    assert commitment.digest(text) == "Jml4mG5Jm0APw9P92fc9qwXRs9o1ijQhUO-OG5r8hEE"


def test_salts_come_from_the_parts_key_the_entry_and_the_name() -> None:
    key = seal.keyed(bytes(32))
    salt = commitment.salt(key, SALT, "record")
    assert salt == hmac.digest(bytes(32), b"uphold/salt/v1\0" + SALT + b"record", "sha256")[:16]
    others = {
        commitment.salt(key, SALT, "other"),
        commitment.salt(key, SALT[::-1], "record"),
        commitment.salt(seal.keyed(b"\1" * 32), SALT, "record"),
    }
    assert salt not in others
    assert len(others) == 3


@pytest.mark.parametrize("length", [0, 15, 17])
def test_an_entrys_salt_has_sixteen_bytes(length: int) -> None:
    with pytest.raises(errors.Invalid):
        commitment.salt(seal.keyed(bytes(32)), bytes(length), "record")


def test_a_receipt_opens_the_record_of_the_first_entry(store: Store) -> None:
    digests = commitment.stored(store.submit(5), SALT)
    openings = store.read(lambda c: commitment.openings(store.ring, c, 5, SALT, digests))
    assert [commitment.digest(member) for member in openings] == digests[:1]
    identity = store.ring.identifiers.encode(identifier.RECORD, 5)
    assert [opened(member)[1:] for member in openings] == [["record", identity]]
    assert cast.leaks("".join(openings).encode()) == []


def test_the_first_entry_commits_to_each_part_as_it_is_stored(store: Store) -> None:
    sealed = store.submit(5)
    rows = store.read(lambda c: c.execute(select(vault_part).order_by(vault_part.c.number)).all())
    expected = [hashlib.sha256(row.sealed).digest() for row in rows]
    digests = commitment.stored(sealed, SALT)[1:]
    assert [base64.urlsafe_b64decode(digest + "=") for digest in digests] == expected
    assert digests == [commitment.of_sealed(part) for part in sealed.parts]
    assert len(set(digests)) == 3


def test_the_opening_goes_with_the_part_that_salted_it(store: Store) -> None:
    digests = commitment.stored(store.submit(5), SALT)
    store.run(lambda tx: records.destroy(tx, store.ring, 5, ["technical"], "expired"))
    openings = store.read(lambda c: commitment.openings(store.ring, c, 5, SALT, digests))
    assert [commitment.digest(member) for member in openings] == digests[:1]
    store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    assert store.read(lambda c: commitment.openings(store.ring, c, 5, SALT, digests)) == []


def test_another_records_digests_do_not_open(store: Store) -> None:
    digests = commitment.stored(store.submit(5), SALT)
    store.submit(6)
    assert store.read(lambda c: commitment.openings(store.ring, c, 6, SALT, digests)) == []
    assert store.read(lambda c: commitment.openings(store.ring, c, 5, SALT[::-1], digests)) == []


def test_a_later_entry_is_salted_from_the_lowest_live_part(store: Store) -> None:
    sealed = store.submit(5)
    assert of_record(store) == commitment.of_new_record(sealed, SALT)
    store.run(lambda tx: records.destroy(tx, store.ring, 5, ["consent-evidence"], "expired"))
    later = of_record(store)
    assert later != commitment.of_new_record(sealed, SALT)
    openings = store.read(lambda c: commitment.openings(store.ring, c, 5, SALT, [later]))
    assert [opened(member)[1] for member in openings] == ["record"]


def test_of_many_entries_those_that_name_a_record_are_told(store: Store) -> None:
    digests = commitment.stored(store.submit(5), SALT)
    other = commitment.stored(store.submit(6), SALT)
    names = store.read(lambda c: commitment.naming(c, store.ring, 5))
    assert names(SALT, digests)
    assert not names(SALT, other)
    assert not names(SALT[::-1], digests)
    assert not names(SALT, [])
    store.run(lambda tx: records.destroy(tx, store.ring, 5, ["consent-evidence"], "expired"))
    left = store.read(lambda c: commitment.naming(c, store.ring, 5))
    assert not left(SALT, digests)
    assert left(SALT, [of_record(store)])


def test_with_no_key_left_a_commitment_is_nobodys(store: Store) -> None:
    first, second = of_record(store), of_record(store)
    assert first != second
    assert len(first) == 43


def test_claims_of_one_part_are_derived_again_until_it_is_destroyed(store: Store) -> None:
    store.submit(5)
    claims = {"record": "x", "wording": "y"}
    again = store.read(lambda c: commitment.disclosures(store.ring, c, FIRST, SALT, claims))
    key = store.read(lambda c: partkey.of_part(c, store.ring, FIRST))
    assert key is not None
    expected = [
        commitment.disclosure(commitment.salt(seal.keyed(key), SALT, name), name, value)
        for name, value in claims.items()
    ]
    assert again == expected
    store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    assert store.read(lambda c: commitment.disclosures(store.ring, c, FIRST, SALT, claims)) is None
