# SPDX-License-Identifier: Apache-2.0
"""Receipts: what one proves, and that nothing tampered with proves anything."""

import pytest

from tests.unit.journal import receipts
from tests.unit.journal.receipts import INDEX, OPENINGS, ORIGIN, SIGNER, SIZE
from uphold.errors import Invalid
from uphold.journal import entry, note, proof

LOG = SIGNER.verifier
TAMPERED = receipts.tampered()


def test_a_receipt_shows_its_entry_and_where_it_stands() -> None:
    made = receipts.make()
    shown = proof.verify(made.receipt(), LOG)
    assert (shown.origin, shown.index, shown.size) == (ORIGIN, INDEX, SIZE)
    assert shown.raw == made.entries[INDEX]
    assert shown.entry == entry.decode(shown.raw)
    assert shown.disclosures == OPENINGS
    assert shown.witnesses == ()


@pytest.mark.parametrize("size", [1, 2, 7, 8, 9, 13])
def test_every_entry_of_every_size_has_a_receipt(size: int) -> None:
    made = receipts.make(size)
    for index in range(size):
        assert proof.verify(made.receipt(index, size), LOG).index == index


@pytest.mark.parametrize("why", TAMPERED)
def test_a_tampered_receipt_proves_nothing(why: str) -> None:
    with pytest.raises(Invalid):
        proof.verify(TAMPERED[why], LOG)


@pytest.mark.parametrize(
    "key",
    [
        receipts.THIEF.verifier,
        note.Verifier("other.example", note.ED25519, LOG.key),
        note.Verifier(LOG.name, note.COSIGNATURE, LOG.key),
    ],
)
def test_another_key_verifies_nothing(key: note.Verifier) -> None:
    with pytest.raises(Invalid):
        proof.verify(receipts.make().receipt(), key)


def test_a_receipt_without_disclosures() -> None:
    made = receipts.make()
    raw = proof.receipt(made.proof(), made.entries[INDEX], ())
    assert proof.verify(raw, LOG).disclosures == ()


def test_a_disclosure_is_base64url() -> None:
    for bad in ("", "a b", 'a"', "a+b", "a=", "й", "\ud800"):
        with pytest.raises(Invalid):
            proof.extra(b"", [bad])


def test_a_receipt_is_never_longer_than_others_read() -> None:
    assert len(proof.extra(b"x" * 29_000, [])) <= proof.MAX_EXTRA
    with pytest.raises(Invalid, match="too long"):
        proof.extra(b"x" * 30_000, [])


def test_a_proof_without_extra_is_a_proof_and_no_receipt() -> None:
    made = receipts.make()
    raw = proof.text(made.proof())
    assert proof.parse(raw) == made.proof()
    assert proof.check(proof.parse(raw), made.entries[INDEX], LOG).checkpoint.size == SIZE
    with pytest.raises(Invalid, match="extra line is missing"):
        proof.verify(raw, LOG)


def test_a_path_has_at_most_63_hashes() -> None:
    made = receipts.make()
    long = proof.Proof(0, (bytes(32),) * 64, made.head())
    with pytest.raises(Invalid, match="too long"):
        proof.parse(proof.text(long))


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(Invalid):
        proof.parse(receipts.make().receipt() + b"x" * 1_000_000)
