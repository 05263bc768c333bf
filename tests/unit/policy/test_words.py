# SPDX-License-Identifier: Apache-2.0
"""Word by word: nothing is lost, nothing is invented, and the way back is the mirror image."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

from uphold.policy import words
from uphold.policy.words import Mark, Run

SAME, ADDED, REMOVED = Mark.SAME, Mark.ADDED, Mark.REMOVED
# Few words, so that much repeats; and anything at all.
some = st.lists(st.sampled_from("the data are kept for 30 days, e-mail. \n\n да нет".split(" ")))
texts = st.one_of(some.map(" ".join), st.text(max_size=80))
_SWAPPED = {SAME: SAME, ADDED: REMOVED, REMOVED: ADDED}


@given(texts, texts)
def test_both_texts_are_in_their_difference(before: str, after: str) -> None:
    runs = words.difference(before, after)
    assert words.first(runs) == words.normal(before)
    assert words.second(runs) == words.normal(after)


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(run.mark is SAME for run in words.difference(text, text))


@given(texts, texts)
def test_the_way_back_is_the_mirror_image(before: str, after: str) -> None:
    def by_fate(runs: tuple[Run, ...], mark: Mark) -> list[str]:
        return [run.text for run in runs if run.mark is mark]

    there, back = words.difference(before, after), words.difference(after, before)
    for mark, mirrored in _SWAPPED.items():
        assert by_fate(there, mark) == by_fate(back, mirrored)


@given(texts, texts)
def test_neighbours_are_joined(before: str, after: str) -> None:
    marks = [run.mark for run in words.difference(before, after)]
    assert all(one is not other for one, other in itertools.pairwise(marks))
    assert (ADDED, REMOVED) not in itertools.pairwise(marks)


@given(texts)
def test_normal_is_a_fixed_point(text: str) -> None:
    once = words.normal(text)
    assert words.normal(once) == once
    assert once.split() == text.split()


def test_white_space_is_no_difference() -> None:
    assert words.difference("one  two\nthree\n \n\nfour", " one two three\n\nfour ") == (
        Run(SAME, "one two three\n\nfour"),
    )
    assert words.difference("", " ") == ()


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        (
            "kept for 30 days after it",
            "kept for 60 days after it",
            (
                Run(SAME, "kept for"),
                Run(REMOVED, " 30"),
                Run(ADDED, " 60"),
                Run(SAME, " days after it"),
            ),
        ),
        # What stands within a word belongs to it.
        (
            "write to a@b.example",
            "write to c@b.example",
            (Run(SAME, "write to"), Run(REMOVED, " a@b.example"), Run(ADDED, " c@b.example")),
        ),
        # A comma between two changes is part of the change.
        (
            "name, phone",
            "address, e-mail",
            (Run(REMOVED, "name, phone"), Run(ADDED, "address, e-mail")),
        ),
        ("данные имя", "данные", (Run(SAME, "данные"), Run(REMOVED, " имя"))),
    ],
)
def test_it_reads_like_a_correction(before: str, after: str, runs: tuple[Run, ...]) -> None:
    assert words.difference(before, after) == runs


def test_a_text_too_long_for_words_is_compared_by_sentences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "_MOST", 10)
    before = "One is here. Two is there! Three?\n\nFour."
    after = "One is here. Two was there! Three?\n\nFour. Five"
    runs = words.difference(before, after)
    assert (words.first(runs), words.second(runs)) == (before, after)
    assert Run(REMOVED, " Two is there!") in runs


@settings(max_examples=50)
@given(texts, texts)
def test_sentences_lose_nothing_either(before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_MOST", 0)
        runs = words.difference(before, after)
    assert words.first(runs) == words.normal(before)
    assert words.second(runs) == words.normal(after)


def test_likeness() -> None:
    one = words.bag("The data are destroyed after 30 days.")
    assert words.likeness(one, one) == 1
    assert words.likeness(one, words.bag("THE DATA are destroyed after 60 days")) == pytest.approx(
        12 / 14
    )
    assert words.likeness(one, words.bag("!?")) == 0
    assert words.likeness(Counter(), Counter()) == 1
