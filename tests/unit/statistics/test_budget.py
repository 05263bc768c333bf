# SPDX-License-Identifier: Apache-2.0
"""The budget: what is spent is spent, what is not paid is not answered, the same question costs nothing twice."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests import purse as purses
from tests.purse import DRAWN, GRANTED, UNIT, Purse, question
from uphold import errors
from uphold.database.transaction import Transaction
from uphold.statistics import budget
from uphold.statistics.budget import Reason, Refused
from uphold.statistics.question import Answer, Drawn, Question

ASKERS = 1_000


@pytest.fixture
def purse(sqlite_url: str, tmp_path: Path) -> Iterator[Purse]:
    made = purses.make(sqlite_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def either(engine_url: str, tmp_path: Path) -> Iterator[Purse]:
    made = purses.make(engine_url, tmp_path)
    yield made
    made.close()


def never() -> Drawn:
    raise AssertionError("drawn without need")


def kinds(purse: Purse) -> list[str]:
    return [one.kind for one in purse.entries()]


def refusal(found: Answer | Refused) -> Refused:
    assert isinstance(found, Refused)
    return found


def test_an_answer_is_paid_and_journaled(either: Purse) -> None:
    found = either.ask(question(1))
    assert isinstance(found, Answer)
    assert (found.is_new, found.drawn) == (True, DRAWN)
    assert either.spent == {"2026-10": UNIT}
    opened, spent = either.entries()
    assert opened.codes == {"account": "visits.2026-10", "granted": GRANTED}
    assert (spent.kind, spent.codes["rho"], spent.codes["left"]) == (
        "budget.spent",
        UNIT,
        GRANTED - UNIT,
    )
    assert either.faults() == []


def test_the_same_question_costs_nothing_twice(purse: Purse) -> None:
    first = purse.ask(question(1))
    again = purse.ask(question(1), drawn=never)
    assert isinstance(again, Answer)
    assert again == first
    assert not again.is_new
    assert purse.spent == {"2026-10": UNIT}
    assert kinds(purse) == ["budget.opened", "budget.spent"]


def test_what_cannot_be_paid_is_refused_and_costs_nothing(purse: Purse) -> None:
    for number in range(37):
        assert isinstance(purse.ask(question(number)), Answer)
    found = refusal(purse.ask(question(37), drawn=never))
    assert (found.reason, found.left) == (Reason.SPENT, UNIT // 2)
    assert purse.spent == {"2026-10": 37 * UNIT}
    assert kinds(purse)[-1] == "budget.refused"
    # What was answered is answered still, and another month is another account.
    assert isinstance(purse.ask(question(5), drawn=never), Answer)
    assert isinstance(purse.ask(question(5, month=9)), Answer)
    assert purse.faults() == []


def test_a_budget_is_spent_to_the_last_unit(purse: Purse) -> None:
    assert isinstance(purse.ask(question(1), granted=UNIT), Answer)
    one = Question("pages", date(2026, 10, 1), date(2026, 10, 1), 1, 1, keys=())
    found = refusal(purse.ask(one, granted=UNIT, drawn=never))
    assert found.left == 0


def test_a_month_is_never_given_more_than_it_was_opened_with(purse: Purse) -> None:
    purse.ask(question(1), granted=UNIT)
    assert refusal(purse.ask(question(2), granted=100 * UNIT, drawn=never)).left == 0


def test_a_recipe_that_gives_less_holds_at_once(purse: Purse) -> None:
    purse.ask(question(1), granted=10 * UNIT)
    assert refusal(purse.ask(question(2), granted=UNIT, drawn=never)).left == 0
    assert refusal(purse.ask(question(2), granted=0, drawn=never)).left == 0


def test_thresholds_have_a_budget_of_their_own(purse: Purse) -> None:
    first = date(2026, 10, 1)
    half = budget.MOST_DELTA // 2
    for rho in (1, 2):
        purse.ask(Question("pages", first, first, 1, rho, delta=half))
    last = Question("pages", first, first, 1, 3, delta=1)
    found = refusal(purse.ask(last, drawn=never))
    assert found.reason is Reason.DELTA
    assert isinstance(purse.ask(question(1)), Answer)


def test_noise_that_fails_costs_nothing_and_shows_nothing(purse: Purse) -> None:
    def fail() -> Drawn:
        raise errors.Broken("The noise would cost too much.")

    with pytest.raises(errors.Broken):
        purse.ask(question(1), drawn=fail)
    assert purse.spent == {}
    assert kinds(purse) == []


@pytest.mark.parametrize(
    "drawn",
    [Drawn({"/": 1.5}, 10), Drawn({"/": 2.0}, 10), Drawn({"/": True}, 1), Drawn({}, 1.5)],  # type: ignore[dict-item, arg-type] # wrong on purpose
)
def test_figures_in_floating_point_are_not_answered(purse: Purse, drawn: Drawn) -> None:
    with pytest.raises(errors.Broken, match="whole numbers"):
        purse.ask(question(1), drawn=lambda: drawn)
    assert purse.spent == {}


def test_after_a_restore_nothing_new_is_answered(purse: Purse) -> None:
    stored = purse.ask(question(1))
    purse.restart()
    purse.restart()
    assert purse.ask(question(1), drawn=never) == stored
    for month in (9, 10, 11):
        assert refusal(purse.ask(question(2, month), drawn=never)).reason is Reason.RESTORED
    later = date(2999, 1, 1)
    assert isinstance(purse.ask(Question("pages", later, later, 1, UNIT, keys=())), Answer)
    assert kinds(purse).count("budget.closed") == 1
    with purse.database.read() as connection:
        found = {one.month: (one.is_closed, one.left) for one in budget.accounts(connection)}
    assert found == {"2999-01": (False, GRANTED - UNIT), "2026-10": (True, 0)}


def test_the_database_itself_takes_no_unit_more(either: Purse) -> None:
    either.ask(question(1))
    rows = budget.statistics_budget.c

    def overspend(tx: Transaction) -> None:
        tx.execute(update(budget.statistics_budget).values({rows.spent: rows.granted + 1}))

    with pytest.raises((errors.Conflict, IntegrityError)):
        either.writer.run(overspend)
    assert either.spent == {"2026-10": UNIT}


def test_answers_are_listed_by_month(purse: Purse) -> None:
    for number, month in ((1, 9), (2, 10), (3, 9)):
        purse.ask(question(number, month))
    with purse.database.read() as connection:
        assert len(budget.answers(connection)) == 3
        found = budget.answers(connection, "2026-09")
        assert {one.question.keys for one in found} == {("/1",), ("/3",)}
        counts = {one.month: one.answers for one in budget.accounts(connection)}
    assert counts == {"2026-10": 1, "2026-09": 2}


async def test_a_thousand_askers_at_once_overspend_nothing(either: Purse) -> None:
    """Twenty ask for each of fifty questions, at once; 37 of the questions can be paid."""
    drawn: list[int] = []

    async def ask(number: int) -> Answer | Refused:
        def draw() -> Drawn:
            drawn.append(number)
            return Drawn({"/": len(drawn)}, 10)

        asked = question(number)
        return await either.writer.submit(lambda tx: budget.ask(tx, asked, GRANTED, draw))

    found = await asyncio.gather(*(ask(number % 50) for number in range(ASKERS)))
    answered = [one for one in found if isinstance(one, Answer)]
    assert len(answered) == 37 * 20
    # Whoever asked the same heard the same.
    assert len({(one.question.digest, one.drawn.told) for one in answered}) == 37
    assert len(drawn) == 37
    assert either.spent == {"2026-10": 37 * UNIT}
    assert either.faults() == []
