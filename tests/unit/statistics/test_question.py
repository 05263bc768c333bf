# SPDX-License-Identifier: Apache-2.0
"""The same question is known again however it is put, and an answer is read back as it was given."""

from datetime import date

import pytest

from uphold import errors
from uphold.statistics import question
from uphold.statistics.question import Drawn, Question

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
PAGES = Question("pages", FIRST, LAST, 5, 50_000, keys=("/", "/policy"))


def test_public_keys_are_a_set() -> None:
    again = Question("pages", FIRST, LAST, 5, 50_000, keys=("/policy", "/", "/"))
    assert again.digest == PAGES.digest


@pytest.mark.parametrize(
    "other",
    [
        Question("devices", FIRST, LAST, 5, 50_000, keys=("/", "/policy")),
        Question("pages", date(2026, 10, 2), LAST, 5, 50_000, keys=("/", "/policy")),
        Question("pages", FIRST, date(2026, 10, 30), 5, 50_000, keys=("/", "/policy")),
        Question("pages", FIRST, LAST, 4, 50_000, keys=("/", "/policy")),
        Question("pages", FIRST, LAST, 5, 50_001, keys=("/", "/policy")),
        Question("pages", FIRST, LAST, 5, 50_000, keys=("/",)),
        Question("pages", FIRST, LAST, 5, 50_000, delta=1000),
    ],
)
def test_another_question_has_another_name(other: Question) -> None:
    assert other.digest != PAGES.digest


def test_the_account_is_that_of_the_month() -> None:
    assert PAGES.account == "visits.2026-10"


@pytest.mark.parametrize(
    ("start", "end", "l0", "rho", "keys", "delta"),
    [
        (LAST, FIRST, 1, 1, ("/",), 0),
        (FIRST, date(2026, 11, 1), 1, 1, ("/",), 0),
        (date(2025, 10, 1), LAST, 1, 1, ("/",), 0),
        (FIRST, LAST, 0, 1, ("/",), 0),
        (FIRST, LAST, 1, 0, ("/",), 0),
        (FIRST, LAST, 1, -1, ("/",), 0),
        (FIRST, LAST, 1, 1, None, 0),
        (FIRST, LAST, 1, 1, ("/",), 5),
    ],
)
def test_what_nobody_can_answer_is_no_question(
    start: date, end: date, l0: int, rho: int, keys: tuple[str, ...] | None, delta: int
) -> None:
    with pytest.raises(errors.Invalid):
        Question("pages", start, end, l0, rho, keys, delta)


def test_an_answer_is_read_as_it_was_given() -> None:
    drawn = Drawn({"/policy": 12, "/": -3}, 10)
    read = question.read(PAGES.asked, drawn.told, 5, 7)
    assert (read.question.digest, read.drawn, read.at, read.entry) == (PAGES.digest, drawn, 5, 7)
    assert read.drawn.told == drawn.told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (b"", b"{}"),
        (PAGES.asked, b'{"cells":{"/":1.5},"error95":10,"label":"noisy","v":1}'),
        (PAGES.asked.replace(b"2026-10-31", b"2026-99-31"), Drawn({}, 1).told),
        (PAGES.asked.replace(b"2026-10-31", b"2026-11-30"), Drawn({}, 1).told),
        (PAGES.asked, Drawn({}, 1).told + b"x"),
    ],
)
def test_a_damaged_answer_is_told(asked: bytes, told: bytes) -> None:
    with pytest.raises(errors.Broken):
        question.read(asked, told, 0, 0)
