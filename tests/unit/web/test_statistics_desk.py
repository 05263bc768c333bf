# SPDX-License-Identifier: Apache-2.0
"""Statistics at the console: who sees what, that every look is in the ledger first, and that files are the page."""

from collections.abc import Iterator

import pytest

from tests import cast, visitor
from tests.office import quick_hashing
from tests.unit.web import released_samples
from tests.visitor import Visitor
from uphold.app import App
from uphold.statistics import ledger, recipe
from uphold.statistics.label import Label
from uphold.statistics.ledger import Act, Line
from uphold.visits import batch
from uphold.visits.layout import Store
from uphold.visits.record import Dropped
from uphold.web.statistics_desk import ANSWERS, FILE, FORMS, HOME, LEDGER

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


def acts(app: App) -> tuple[Line, ...]:
    with app.database.read() as connection:
        return ledger.lines(connection)


@pytest.fixture
def analyst(here: App) -> Iterator[Visitor]:
    visitor.employ(here, cast.analyst)
    with visitor.visiting(here) as found:
        found.sign_in(cast.analyst)
        yield found


@pytest.fixture
def store(here: App) -> Store:
    """Eight weeks of figures up to 22 November 2026, in the site's own store."""
    return released_samples.filled(here.settings.path(here.settings.visits.store))


@pytest.mark.usefixtures("store")
def test_an_analyst_is_led_to_the_figures_and_sees_nothing_else(analyst: Visitor) -> None:
    assert analyst.get("/console").location == HOME
    shown = analyst.get(HOME)
    assert shown.status == 200
    places = {link.partition("?")[0] for link in shown.page.links if link.startswith("/console")}
    files = {f"{FILE}/visits/{one}" for one in ("csv", "json")}
    assert places == {HOME, FORMS, ANSWERS, "/console/account", *files}
    for path in ("/console/requests", "/console/journal", "/console/proof", LEDGER):
        assert analyst.get(path).status == 404


@pytest.mark.usefixtures("store")
def test_nobody_sees_that_one_came_who_asked_not_to_be_counted(here: App, analyst: Visitor) -> None:
    day = "2026-11-20"
    before = analyst.get(f"{HOME}?from={day}&to={day}").html
    here.writer.run(lambda tx: batch.count(tx, {(20261120, "asked-not-to"): 1}))
    assert analyst.get(f"{HOME}?from={day}&to={day}").html == before
    assert before.count("fewer than 100 each day") == len(Dropped)


@pytest.mark.usefixtures("store")
def test_every_look_is_in_the_ledger_first(here: App, analyst: Visitor) -> None:
    for path, page in ((HOME, "visits"), (FORMS, "forms"), (ANSWERS, "answers")):
        assert analyst.get(path).status == 200
        newest = acts(here)[0]
        assert (newest.act, newest.what, newest.label) == (Act.USED, page, "aggregated")
        assert newest.staff > 0


@pytest.mark.usefixtures("store")
def test_the_page_says_the_sums_their_days_and_their_label(analyst: Visitor) -> None:
    text = " ".join(analyst.get(f"{HOME}?last=7").page.text.split())
    assert "16 November 2026 – 22 November 2026" in text
    assert f"{sum(range(89, 96))} not comparable" in text
    assert "aggregated" in text
    text = analyst.get(f"{HOME}?from=2026-10-12&to=2026-10-18&compare=none").page.text
    assert str(sum(range(54, 61))) in text
    assert "compared with" not in text
    wrong = analyst.get(f"{HOME}?from=2026-10-18&to=2026-10-12")
    assert wrong.status == 200
    assert "must not be after" in wrong.page.text


@pytest.mark.usefixtures("store")
def test_other_pages_keep_the_days_and_the_language_switch_too(analyst: Visitor) -> None:
    links = analyst.get(f"{HOME}?from=2026-10-12&to=2026-10-18&lang=ru").page.links
    days = "from=2026-10-12&to=2026-10-18&compare=before"
    assert f"{FORMS}?{days}&lang=ru" in links
    assert f"{HOME}?{days}&lang=en" in links


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("page", ["visits", "forms", "answers"])
@pytest.mark.parametrize(("wanted", "kind"), [("csv", "text/csv"), ("json", "application/json")])
def test_a_file_is_noted_with_its_digest_before_it_is_handed_out(
    here: App, analyst: Visitor, page: str, wanted: str, kind: str
) -> None:
    found = analyst.get(f"{FILE}/{page}/{wanted}?last=28")
    assert found.status == 200
    assert found.headers["content-type"].startswith(kind)
    assert found.headers["content-disposition"] == (
        f'attachment; filename="{page}-2026-10-26-2026-11-22-aggregated.{wanted}"'
    )
    assert found.headers["cache-control"] == "no-store"
    newest = acts(here)[0]
    assert (newest.act, newest.what) == (Act.EXPORTED, page)
    assert len(newest.output) == 64


def test_of_what_there_is_not_no_file_is_made(here: App, analyst: Visitor, store: Store) -> None:
    for path in (f"{FILE}/ledger/csv", f"{FILE}/visits/xlsx", f"{FILE}/x/json"):
        assert analyst.get(path).status == 404
    for file in store.folder.glob("released/*/*.json"):
        file.unlink()
    assert analyst.get(f"{FILE}/visits/csv").status == 404
    assert acts(here) == ()


def test_without_figures_it_says_when_they_come_and_nothing_is_noted(
    here: App, analyst: Visitor
) -> None:
    shown = analyst.get(HOME)
    assert shown.status == 200
    assert "Visits are not recorded" in shown.page.text
    assert acts(here) == ()


def test_days_whose_figures_were_refused_are_told_apart(
    here: App, analyst: Visitor, store: Store
) -> None:
    for day in ("2026-11-10", "2026-11-12"):
        store.released(released_samples.RECIPE, day).unlink()
    here.writer.run(lambda tx: ledger.fix(tx, recipe.default(), ledger.SITE))
    here.writer.run(lambda tx: ledger.refuse(tx, "2026-11-12", 1, {}))
    nothing = analyst.get(f"{HOME}?from=2026-11-10&to=2026-11-10").page.text
    assert "No figures for these days" in nothing
    refused = analyst.get(f"{HOME}?from=2026-11-12&to=2026-11-12").page.text
    assert "an attack succeeded" in refused


def test_the_ledger_shows_the_recipe_to_who_may_see_it(here: App) -> None:
    here.writer.run(lambda tx: ledger.fix(tx, recipe.default(), ledger.SITE))
    here.writer.run(
        lambda tx: ledger.release(tx, "2026-11-21", 1, 3, b"x", {"minimum": 5, "hidden": 3})
    )
    here.writer.run(lambda tx: ledger.use(tx, 1, "visits", Label.AGGREGATED))
    for who, sees in ((cast.officer, True), (cast.auditor, False)):
        visitor.employ(here, who)
        with visitor.visiting(here) as found:
            found.sign_in(who)
            shown = found.get(LEDGER)
            assert shown.status == 200
            assert ("The recipe that stands" in shown.page.text) is sees
            assert ("smallest group that may be shown" in shown.page.text) is sees
            assert "Figures released" in shown.page.text
            only = found.get(f"{LEDGER}?only=used").page.text
            assert "Figures released" not in only
            # Who may not look at the figures still finds the ledger.
            assert LEDGER in found.get("/console").page.links or sees
