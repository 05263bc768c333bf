# SPDX-License-Identifier: Apache-2.0
"""What of the vault may come back: no key of a destroyed part, none of a burned epoch, nothing of a newer ring."""

import pytest

from tests import rings
from uphold import errors
from uphold.vault import carry
from uphold.vault.carry import Admission

KEY = ("epoch", "number", "wrapped", "contacts")
INDEX = ("kind", "epoch", "value", "part")


def test_keys_and_index_values_of_what_lives_come_back() -> None:
    admission = Admission(rings.ring(epochs=3, burned=1), [256])
    keys = admission.of("vault_key", KEY)
    assert [keys(row) for row in ((2, 512, b"", None), (3, 512, b"", None))] == [True, True]
    assert not keys((2, 256, b"", None))
    assert not keys((1, 512, b"", None))
    for table in ("vault_index", "vault_index_tail"):
        index = admission.of(table, INDEX)
        assert index((1, 3, b"", 512))
        assert not index((1, 3, b"", 256))
        assert not index((1, 1, b"", 512))


def test_content_comes_with_its_record_and_is_forgotten_after() -> None:
    admits = Admission(rings.ring(), [256]).of("vault_part", ("number", "sealed"))
    assert admits((256, b""))


def test_a_key_ring_that_is_older_than_the_backup_is_refused() -> None:
    admits = Admission(rings.ring(), []).of("vault_key", KEY)
    with pytest.raises(errors.Broken, match="no epoch 2"):
        admits((2, 512, b"", None))


def test_a_list_that_lacks_what_the_backup_knows_is_noticed() -> None:
    admission = Admission(rings.ring(), [256])
    admits = admission.of("vault_destroyed", ("number", "purpose", "destroyed_at"))
    assert admits((256, "feedback", 1))
    assert admission.stale == 0
    assert admits((257, "feedback", 1))
    assert admission.stale == 1


def test_a_part_without_a_key_is_noted_as_destroyed() -> None:
    """On a whole site in tests/unit/continuity/test_restore.py; here that the tables are all there."""
    assert {carry.PARTS, carry.KEYS} < carry.TABLES
    assert len(carry.TABLES) == 5
