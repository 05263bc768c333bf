# SPDX-License-Identifier: Apache-2.0
"""Random bytes from a pool: each once, and never too few."""

import os

import pytest

from uphold.vault.pool import Pool


def test_each_byte_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def remembered(size: int, draw: object = os.urandom) -> bytes:
        assert callable(draw)
        drawn.append(draw(size))
        return drawn[-1]

    monkeypatch.setattr(os, "urandom", remembered)
    pool = Pool(10)
    assert pool(4) + pool(6) == drawn[0]
    assert pool(3) == drawn[1]
    assert [len(one) for one in drawn] == [10, 3]


def test_what_the_pool_has_too_little_of_is_drawn() -> None:
    pool = Pool(4)
    assert [len(pool(size)) for size in (3, 16, 1)] == [3, 16, 1]
