# SPDX-License-Identifier: Apache-2.0
"""From some modules to others, by the shortest way."""

import pytest

from uphold.assurance import reach
from uphold.statistics import released
from uphold.vault import keys

GRAPH = {
    "a": ["a.b", "c"],
    "a.b": ["c"],
    "ab": ["secret"],
    "c": ["d", "elsewhere"],
    "d": ["a", "secret.key"],
    "secret": [],
    "secret.key": ["d"],
}


def test_the_shortest_way_is_named() -> None:
    assert reach.ways(GRAPH, ["a"], ["secret"]) == ("a > c > d > secret.key",)
    assert reach.ways(GRAPH, ["a"], ["ab", "elsewhere"]) == ()
    assert reach.ways(GRAPH, ["ab"], ["secret"]) == ("ab > secret",)


def test_who_is_there_already_needs_no_way() -> None:
    assert reach.ways(GRAPH, ["secret"], ["secret.key"]) == ("secret.key",)


def test_what_a_module_got_hold_of_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    start, ends = ["uphold.statistics.released"], ["uphold.vault.keys"]
    assert reach.between(start, ends) == ()
    monkeypatch.setattr(released, "ring", keys.KeyRing, raising=False)
    assert reach.between(start, ends) == ("uphold.statistics.released > uphold.vault.keys",)
