# SPDX-License-Identifier: Apache-2.0
"""From closed days to paid answers: bounded before the noise, published once, with a share kept for it."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from tests import figures as made
from tests.figures import Figures, view
from uphold import errors
from uphold.statistics import asked, budget, ledger, noisy, recipe
from uphold.statistics.budget import Reason, Refused
from uphold.statistics.noisy import Desk
from uphold.statistics.question import Answer, Question
from uphold.visits.layout import Event, Store

FIRST, SECOND, LAST = date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 31)
TODAY = date(2026, 11, 23)
MADE = recipe.parse(recipe.default())
PEOPLE = 400


def day() -> list[Event]:
    """Four hundred visitors of one page, on phones, and one who looks at forty pages from a desk."""
    crowd = [view(number, "/") for number in range(1, PEOPLE + 1)]
    reader = [view(9999, f"/page/{at}", device="desktop") for at in range(40)]
    return [*crowd, *reader, view(1, "/", hour=10)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return made.closed(tmp_path_factory.mktemp("noisy"), {FIRST: day(), SECOND: day()})


def ask(table: str, rho: int = 50_000, end: date = LAST) -> Question:
    return asked.question(MADE, table, FIRST, end, rho)


def test_one_visitors_day_counts_for_as_many_pages_as_are_allowed(store: Store) -> None:
    found = noisy.counts(store, ask("pages"))
    assert found["/"] == 2 * PEOPLE
    assert sum(found.values()) == 2 * PEOPLE + 2 * MADE.pages_per_person
    devices = {"phone": 2 * PEOPLE, "desktop": 2, "tablet": 0, "other": 0}
    assert noisy.counts(store, ask("devices")) == devices
    assert noisy.counts(store, ask("visitors", end=FIRST)) == {"all": PEOPLE + 1}
    assert noisy.counts(store, ask("countries")) == {"RU": 2 * PEOPLE + 2}


def test_days_are_counted_in_their_order(store: Store) -> None:
    told: list[int] = []
    noisy.counts(store, ask("pages"), told.append)
    assert sum(told) == 2


def test_an_answer_is_near_the_truth_and_noted(figures_file: Figures, store: Store) -> None:
    desk = Desk(figures_file.writer, store, MADE, TODAY)
    found = desk.query(ask("pages"))
    assert isinstance(found, Answer)
    # Whoever came alone to a page is not on it; sixty deviations about the other.
    assert list(found.drawn.cells) == ["/"]
    assert abs(found.drawn.cells["/"] - 2 * PEOPLE) < 60 * 8
    assert desk.query(ask("pages")) == found
    uses = figures_file.read(ledger.lines)
    assert [(one.act, one.what, one.label) for one in uses] == [
        ("used", noisy.QUERY, "noisy"),
        ("used", noisy.QUERY, "noisy"),
    ]


def test_days_that_are_not_over_are_not_answered(figures_file: Figures, store: Store) -> None:
    desk = Desk(figures_file.writer, store, MADE, LAST)
    with pytest.raises(errors.Invalid):
        desk.query(ask("pages"))
    assert figures_file.read(budget.accounts) == ()


def test_days_that_nobody_counted_are_not_paid_for(figures_file: Figures, tmp_path: Path) -> None:
    desk = Desk(figures_file.writer, Store(tmp_path / "empty"), MADE, TODAY)
    with pytest.raises(errors.Missing):
        desk.query(ask("pages"))
    assert figures_file.read(budget.accounts) == ()


def test_what_is_published_is_asked_once(figures_file: Figures, store: Store) -> None:
    desk = Desk(figures_file.writer, store, MADE, TODAY, is_public=True)
    first = desk.publish()
    assert len(first) == len(asked.PUBLISHED)
    assert desk.publish() == ()
    (account,) = figures_file.read(budget.accounts)
    assert (account.month, account.spent) == ("2026-10", MADE.micro // 2)
    (month,) = asked.shown(figures_file.read(budget.answers))
    assert set(month.tables) == set(asked.PUBLISHED)
    assert set(month.tables["devices"].cells) == {"desktop", "phone", "tablet", "other"}
    assert {one.what for one in figures_file.read(ledger.lines)} == {noisy.PUBLIC}


def test_nothing_is_published_of_a_month_that_goes_on(figures_file: Figures, store: Store) -> None:
    assert Desk(figures_file.writer, store, MADE, LAST).publish() == ()


@pytest.mark.parametrize("is_public", [True, False])
def test_a_share_is_kept_for_what_is_published(
    figures_file: Figures, store: Store, *, is_public: bool
) -> None:
    desk = Desk(figures_file.writer, store, MADE, TODAY, is_public=is_public)
    step = MADE.micro // 10
    found = [desk.query(ask("visitors", step - at)) for at in range(6)]
    paid = list(itertools.takewhile(lambda one: isinstance(one, Answer), found))
    if not is_public:
        assert len(paid) == 6
        return
    # The first is drawn no weaker than what is published of visitors, so an eighth less is kept from then on.
    refused = found[len(paid)]
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.SPENT
    assert not any(isinstance(one, Refused) for one in desk.publish())
