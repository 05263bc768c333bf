# SPDX-License-Identifier: Apache-2.0
"""The public page of figures: off unless it is asked for, noisy numbers alone, nothing of how the noise is made."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tests import purse, site, visitor
from tests.unit.web import published_samples
from uphold import errors
from uphold.app import App
from uphold.config import Visits
from uphold.database.transaction import Transaction
from uphold.statistics import asked, budget, recipe
from uphold.statistics.asked import Month
from uphold.statistics.question import Drawn
from uphold.web import published
from uphold.web.published_views import Line

OCTOBER = Month(
    "2026-10",
    {
        "visitors": Drawn({"all": 12_345}, 20),
        "pages": Drawn({"/": 700, "/policy": -4, "/f/{id}": 900}, 15),
        "devices": Drawn({"desktop": 30, "phone": 40, "tablet": 0, "other": 3}, 9),
    },
)
SEPTEMBER = Month("2026-09", {"visitors": Drawn({"all": -7}, 20)})


def test_numbers_stand_with_their_error_the_longest_first() -> None:
    found = published.view((OCTOBER, SEPTEMBER), "", "en")
    assert found.months == (Line("October 2026", 12_345, 20), Line("September 2026", 0, 20))
    pages, devices = found.breakdowns
    assert [line.name for line in pages.lines] == ["/f/{id}", "/", "/policy"]
    assert (pages.lines[-1].value, pages.most, pages.is_partial) == (0, 915, True)
    assert {line.name for line in devices.lines} == {"Computer", "Phone", "Tablet", "Other"}
    assert found.graph is not None
    assert [(p.value, p.error) for p in found.graph.points] == [(0, 20), (12_345, 20)]


def test_many_months_have_short_names_below_the_chart() -> None:
    many = published.view(published_samples.months(12), "", "ru").graph
    assert many is not None
    assert [point.tick for point in many.points][-3:] == ["авг", "сен", "окт"]


def test_a_month_can_be_chosen() -> None:
    found = published.view((OCTOBER, SEPTEMBER), "2026-09", "ru")
    assert [turn.chosen for turn in found.turns] == [False, True]
    assert found.breakdowns == ()
    for months in ((OCTOBER,), ()):
        with pytest.raises(errors.Missing):
            published.view(months, "2026-08", "en")


def test_before_the_first_month_nothing_is_shown() -> None:
    assert published.view((), "", "en").months == ()


def pay(tx: Transaction) -> None:
    """Answer what is published of a month, with figures made up."""
    made = recipe.parse(recipe.default())
    drawn = dict(OCTOBER.tables)
    for one in asked.wanted(made, "2026-10", made.micro):
        budget.ask(tx, one, made.micro, partial(drawn.__getitem__, one.table))
    # A question of the operator's own is not published.
    budget.ask(tx, purse.question(1), made.micro, lambda: Drawn({"/secret": 31_337}, 1))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = site.build(tmp_path_factory.mktemp("published"))
    app.writer.run(pay)
    yield replace(app, settings=msgspec.structs.replace(app.settings, visits=Visits(public=True)))
    app.close()


def test_anybody_sees_it_where_it_is_public(shown: App) -> None:
    with visitor.visiting(shown) as somebody:
        page = somebody.get("/statistics").html
        assert "12,345" in page
        assert 'href="/statistics"' in somebody.get("/policy").html
        assert "31,337" not in page
        assert "/f/{id}" in page
        russian = somebody.get("/statistics?lang=ru&month=2026-10").html
        assert "октябрь 2026" in russian
        assert somebody.get("/statistics?month=2026-01").status == 404
        # Neither what the noise cost nor by which rule it was drawn.
        for word in ("rho", "ρ", "epsilon", "125000", "0.125", "delta", "Gauss"):
            assert word not in page


def test_it_is_not_there_where_it_is_not_public(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    app.writer.run(pay)
    try:
        with visitor.visiting(app) as somebody:
            assert somebody.get("/statistics").status == 404
            assert "/statistics" not in somebody.get("/policy").html
    finally:
        app.close()
