# SPDX-License-Identifier: Apache-2.0
"""A mark is this site's, of one run, for minutes; anything else is no mark."""

import pytest
from hypothesis import given, strategies as st

from uphold.submission import exercise
from uphold.submission.exercise import LIFE_SECONDS

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = 1_767_323_045_678
MARK = exercise.issue(KEY, 7, NOW)


def test_it_comes_back_as_its_run() -> None:
    assert exercise.verify(KEY, MARK, NOW) == 7
    assert exercise.verify(KEY, exercise.issue(KEY, 2**40, NOW), NOW) == 2**40


def test_it_says_which_run_and_until_when() -> None:
    run, expiry, tag = MARK.split(".")
    assert (run, int(expiry)) == ("7", NOW // 1000 + LIFE_SECONDS)
    assert len(tag) == 22


def test_it_expires() -> None:
    end = NOW + LIFE_SECONDS * 1000
    assert exercise.verify(KEY, MARK, end - 1000) == 7
    assert exercise.verify(KEY, MARK, end) is None


def test_none_is_made_ahead_of_its_time() -> None:
    assert exercise.verify(KEY, MARK, NOW - 1000) is None


def test_another_key_makes_no_mark() -> None:
    assert exercise.verify(OTHER, MARK, NOW) is None


def test_it_cannot_be_moved_to_another_run_or_time() -> None:
    run, expiry, tag = MARK.split(".")
    for forged in (f"8.{expiry}.{tag}", f"{run}.{int(expiry) - 1}.{tag}", f"{run}.{expiry}."):
        assert exercise.verify(KEY, forged, NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "7..",
        f"0{MARK}",
        f" {MARK}",
        f"{MARK}\n",
        MARK.upper(),
        "7.1.é",
        "9" * 400,
        f"{MARK}=",
    ],
)
def test_what_is_spelled_otherwise_is_no_mark(text: str) -> None:
    assert exercise.verify(KEY, text, NOW) is None


@given(st.text(max_size=60))
def test_no_text_is_a_mark(text: str) -> None:
    assert exercise.verify(KEY, text, NOW) is None
