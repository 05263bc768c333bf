# SPDX-License-Identifier: Apache-2.0
"""The paper of a disclosure opens in its place and nowhere else."""

from tests.rings import ring as ring_of
from uphold.vault import paper
from uphold.vault.paper import Paper

SAID = Paper("Zyuzya Court", "Ruling No. 1 of 2026, «Q»")


def test_it_opens_for_its_own_disclosure_alone() -> None:
    ring = ring_of()
    blob = paper.seal(ring, 7, SAID)
    assert paper.open(ring, 7, blob) == SAID
    assert paper.open(ring, 8, blob) is None
    assert paper.open(ring_of(b"another site"), 7, blob) is None
    assert b"Zyuzya" not in blob
    assert paper.seal(ring, 7, SAID) != blob


def test_its_length_and_its_print_tell_nothing() -> None:
    ring = ring_of()
    longer = Paper("Zyuzya Court", "Ruling No. 1 of 2026, «Q», on two persons")
    assert len(paper.seal(ring, 7, SAID)) == len(paper.seal(ring, 7, longer))
    assert "Zyuzya" not in repr(SAID)


def test_what_was_changed_opens_nothing() -> None:
    ring = ring_of()
    blob = paper.seal(ring, 7, SAID)
    assert paper.open(ring, 7, blob[:-1]) is None
    assert paper.open(ring, 7, bytes((*blob[:-1], blob[-1] ^ 1))) is None
    assert paper.open(ring, 7, b"") is None
