# SPDX-License-Identifier: Apache-2.0
"""The kinds and facts of a model: each has a type and says what it says, and the reference is printed from them."""

from tools import threats
from uphold.threats import vocabulary

TYPES = {"bool", "int", "str", "list"}


def test_every_fact_has_a_type_and_says_something() -> None:
    kinds = vocabulary.kinds()
    assert next(iter(kinds)) == "site"
    for kind in kinds.values():
        assert kind.about.endswith("."), kind.name
        assert set(kind.facts.values()) <= TYPES, kind.name
        assert all(kind.says[name] for name in kind.facts), kind.name
    assert len({kind.plural for kind in kinds.values()}) == len(kinds)


def test_the_reference_is_that_of_the_vocabulary() -> None:
    assert threats.PAGE.read_text(encoding="utf-8") == threats.page(), "run: make promises"
