# SPDX-License-Identifier: Apache-2.0
"""Whatever is asked in whatever order: no month spends more than it was given, and an answer never changes."""

import itertools
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests import purse as purses
from tests.purse import Purse
from uphold.statistics.budget import Refused
from uphold.statistics.question import Answer, Drawn, Question

# Each example has a month of its own, so that one database serves them all.
MONTHS = itertools.count()
Asked = tuple[int, int, int]
"""Which question of several, what it costs, and what the recipe gives then."""


@pytest.fixture(scope="module")
def purse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Purse]:
    folder = tmp_path_factory.mktemp("purse")
    made = purses.make(f"sqlite:///{folder / 'uphold.sqlite'}", folder)
    yield made
    made.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    asked=st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 60), st.integers(0, 100)), max_size=12
    )
)
def test_no_order_of_questions_overspends(purse: Purse, asked: list[Asked]) -> None:
    year, month = divmod(next(MONTHS), 12)
    day = date(1000 + year, month + 1, 1)
    heard: dict[str, Drawn] = {}
    spent, opened = 0, -1
    for number, (which, cost, granted) in enumerate(asked):
        question = Question("pages", day, day, 1, cost, keys=(f"/{which}",))
        drawn = Drawn({"/": number}, 1)
        found = purse.ask(question, granted, lambda drawn=drawn: drawn)  # type: ignore[misc]  # bound at once
        if question.digest in heard:
            assert isinstance(found, Answer)
            assert found.drawn == heard[question.digest]
            continue
        opened = granted if opened < 0 else opened
        pays = cost <= min(opened, granted) - spent
        assert isinstance(found, Answer) is pays
        if isinstance(found, Refused):
            assert found.left == max(0, min(opened, granted) - spent)
        else:
            heard[question.digest], spent = drawn, spent + cost
    assert purse.spent.get(f"{day:%Y-%m}", 0) == spent
    assert spent <= max(0, opened)
