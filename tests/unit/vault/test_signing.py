# SPDX-License-Identifier: Apache-2.0
"""The journal's keys: the first is the ring's own, each later one another."""

import msgspec

from tests import rings
from uphold.config import Settings, Site
from uphold.vault import signing


def settings(*origins: str) -> Settings:
    *before, origin = origins
    return msgspec.structs.replace(Settings(), site=Site(origin=origin, continues=tuple(before)))


def test_the_first_journal_is_signed_under_the_rings_seed() -> None:
    ring = rings.ring()
    found = signing.signer(settings("a.example"), ring)
    assert found.vkey == signing.of(ring, "a.example", ()).vkey
    assert signing.earlier(settings("a.example"), ring) == ()


def test_each_later_journal_has_a_key_of_its_own_and_the_earlier_ones_stay_known() -> None:
    ring = rings.ring()
    third = settings("a.example", "a.example/1", "a.example/2")
    keys = [signing.signer(third, ring), *signing.earlier(third, ring)]
    assert [key.name for key in keys] == ["a.example/2", "a.example/1", "a.example"]
    assert len({key.verifier.key for key in keys}) == 3
    second = settings("a.example", "a.example/1")
    assert signing.signer(second, ring).vkey == keys[1].vkey
    assert signing.signer(settings("a.example"), ring).vkey == keys[2].vkey


def test_another_ring_has_other_keys() -> None:
    of = settings("a.example", "a.example/1")
    assert signing.signer(of, rings.ring()).vkey != signing.signer(of, rings.ring(b"other")).vkey
