# SPDX-License-Identifier: Apache-2.0
"""What a code may be is said for every shape, and clauses are named as the policy names them."""

from uphold.journal import kind
from uphold.policy import markdown


def test_clauses_are_named_as_the_policy_names_them() -> None:
    assert kind.PATTERNS["clause"].pattern == markdown.ID.pattern.replace(r"\d", "[0-9]")


def test_every_shape_but_the_number_is_a_pattern() -> None:
    assert set(kind.SHAPES) == {"number", *kind.PATTERNS}
