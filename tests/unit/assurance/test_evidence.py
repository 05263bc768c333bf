# SPDX-License-Identifier: Apache-2.0
import hashlib

import pytest

from tests.unit.assurance import proofs
from uphold import errors
from uphold.assurance import evidence
from uphold.assurance.probe import Said
from uphold.journal import checkpoint, note

SIGNER = note.Signer("site.example/journal", bytes(32))


def test_evidence_is_read_back_as_it_was_signed() -> None:
    made = proofs.evidence(saw=(Said("Seen: %(what)s", {"what": "a\nb\u2014"}), Said("да")))
    raw = SIGNER.sign(evidence.text(made))
    assert evidence.parse(raw, SIGNER.verifier) == made
    assert raw.startswith(b"uphold evidence v1\n{")


def test_its_text_is_canonical() -> None:
    first = proofs.evidence(saw=(Said("x", {"a": 1, "b": "2"}),))
    second = proofs.evidence(saw=(Said("x", {"b": "2", "a": 1}),))
    assert evidence.text(first) == evidence.text(second)
    assert evidence.digest(first) == hashlib.sha256(evidence.text(second)).hexdigest()
    assert evidence.digest(first) != evidence.digest(proofs.evidence())


def test_another_key_or_a_changed_letter_is_not_believed() -> None:
    raw = SIGNER.sign(evidence.text(proofs.evidence()))
    with pytest.raises(errors.Invalid):
        evidence.parse(raw, note.Signer("site.example/journal", bytes([1] * 32)).verifier)
    with pytest.raises(errors.Invalid):
        evidence.parse(raw.replace(b'"kept"', b'"brok"'), SIGNER.verifier)


def test_a_head_of_the_journal_is_no_evidence_and_the_other_way_round() -> None:
    head = checkpoint.Checkpoint("site.example/journal", 1, bytes(32))
    with pytest.raises(errors.Invalid, match="no evidence"):
        evidence.parse(SIGNER.sign(checkpoint.text(head)), SIGNER.verifier)
    with pytest.raises(errors.Invalid):
        checkpoint.verify(SIGNER.sign(evidence.text(proofs.evidence())), SIGNER.verifier)


@pytest.mark.parametrize(
    "text",
    [
        b"uphold evidence v1\n{}\n",
        b"uphold evidence v1\nno json\n",
        evidence.text(proofs.evidence()).replace(b'"v":1', b'"v":2'),
        evidence.text(proofs.evidence()).replace(b'"v":1', b'"v": 1'),
        evidence.text(proofs.evidence()).replace(b'"v":1', b'"v":1,"more":1'),
    ],
)
def test_what_is_signed_and_of_another_shape_is_refused(text: bytes) -> None:
    with pytest.raises(errors.Invalid):
        evidence.parse(SIGNER.sign(text), SIGNER.verifier)
