# SPDX-License-Identifier: Apache-2.0
"""Wildcards match as they read, and no regular expression can take long."""

import random
import re

import pytest

from uphold.detection import pattern
from uphold.errors import Invalid


@pytest.mark.parametrize(
    ("text", "given", "holds"),
    [
        ("a*c", "abbc", True),
        ("a*c", "ab", False),
        ("*b*", "aBc", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*", "", True),
        ("ab*ba", "aba", False),
        ("*a?c*d", "xxabcabcd", True),
        ("a.*", "abc", False),
        (r"\*a*", "*ab", True),
        (r"\*a*", "xab", False),
        ("a*", "a\nb", True),
    ],
)
def test_wildcards(text: str, given: str, holds: bool) -> None:
    matches = pattern.glob(text, cased=False)
    assert matches is not None
    assert matches(given) is holds


def test_a_text_without_wildcards_is_compared_as_it_is() -> None:
    assert pattern.glob(r"a\*\?\\b\c", cased=False) is None
    assert pattern.literal(r"a\*\?\\b\c") == r"a*?\b\c"


def test_wildcards_are_as_a_naive_expression_has_them() -> None:
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    for _ in range(2000):
        text = "".join(draw.choices("ab*?", k=draw.randrange(7)))
        given = "".join(draw.choices("abA", k=draw.randrange(9)))
        naive = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
        matches = pattern.glob(text, cased=False)
        found = matches(given) if matches else pattern.literal(text).lower() == given.lower()
        assert found is (re.fullmatch(naive, given, re.IGNORECASE) is not None), (seed, text, given)


@pytest.mark.parametrize(
    "text",
    [
        "(a|b)*",
        "(a?a?)*b",
        "(a+)+",
        "((ab)*)*",
        "(?=a)b",
        "(?i)a",
        r"(a)\1",
        "a?" * 20,
        "a*a*a*",
        "(a|b)" * 20,
        "a{200}",
        "(a{1,9}){1,9}",
        "(",
        "a" * 300,
        "[",
    ],
)
def test_what_could_take_long_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="regular expression"):
        pattern.regex(text, "")


@pytest.mark.parametrize(
    ("text", "given", "holds"),
    [
        ("^a+b$", "aab", True),
        (r"(union|select)\s+(all|distinct)?", "UNION  x", False),
        ("[^]a]+x", "bx", True),
        ("(?:ab)+c", "ababc", True),
        ("x{3,5}y{,2}z{2,}", "xxxyzz", True),
        (r"\(\*[*+]\)", "(*+)", True),
    ],
)
def test_what_is_plain_is_taken(text: str, given: str, holds: bool) -> None:
    assert pattern.regex(text, "")(given) is holds


def test_flags_and_the_bound_of_what_is_looked_at() -> None:
    assert pattern.regex("AB", "i")("xabx")
    assert not pattern.regex("b", "")("a" * pattern.MOST_TEXT + "b")


def test_the_worst_that_is_taken_ends() -> None:
    # That it comes back is what is shown: one way more to go, and it is refused.
    assert not pattern.regex("a*a*(d|e)", "")("a" * 10_000)
    with pytest.raises(Invalid, match="choices"):
        pattern.regex("a*a*(d|e)(f|g|h)", "")
