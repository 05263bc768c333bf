# SPDX-License-Identifier: Apache-2.0
"""A slip is good for what it was signed for, and for nothing else."""

import pytest

from uphold.web import slip

KEY, OTHER = b"k" * 32, b"o" * 32


def test_what_was_signed_holds() -> None:
    text = slip.write(KEY, "withdraw", 7, "communication")
    assert slip.holds(KEY, text, "withdraw", 7, "communication")
    assert len(text) == 32


@pytest.mark.parametrize(
    "about",
    [
        ("withdraw", 8, "communication"),
        ("request", 7, "communication"),
        ("withdraw", 7),
        # Parts that would read the same if they were only put one behind the other.
        ("withdraw", 7, "communicatio", "n"),
        ("withdraw", "7c", "ommunication"),
    ],
)
def test_nothing_else_holds(about: tuple[str | int, ...]) -> None:
    text = slip.write(KEY, "withdraw", 7, "communication")
    assert not slip.holds(KEY, text, *about)
    assert not slip.holds(OTHER, text, "withdraw", 7, "communication")


@pytest.mark.parametrize("text", ["", "forged", "ы" * 32, "\ud800"])
def test_what_is_no_slip_does_not_hold(text: str) -> None:
    assert not slip.holds(KEY, text, "withdraw", 7, "communication")
