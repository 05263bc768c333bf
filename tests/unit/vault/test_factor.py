# SPDX-License-Identifier: Apache-2.0
"""The sealed secret of a second factor: for its own account and its own site."""

from tests.rings import ring as ring_of
from uphold.vault import factor

SECRET = b"12345678901234567890"


def test_it_opens_for_its_own_account_alone() -> None:
    ring = ring_of()
    blob = factor.seal(ring, 7, SECRET)
    assert factor.open(ring, 7, blob) == SECRET
    assert factor.open(ring, 8, blob) is None
    assert factor.open(ring_of(b"another site"), 7, blob) is None
    assert SECRET not in blob
    assert factor.seal(ring, 7, SECRET) != blob


def test_what_was_changed_opens_nothing() -> None:
    ring = ring_of()
    blob = factor.seal(ring, 7, SECRET)
    for at in range(len(blob)):
        changed = bytes((*blob[:at], blob[at] ^ 1, *blob[at + 1 :]))
        assert factor.open(ring, 7, changed) is None
    assert factor.open(ring, 7, b"") is None
