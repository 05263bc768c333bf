# SPDX-License-Identifier: Apache-2.0
"""Lines over time: a place for every day, a gap where nothing was made, months and weeks by their names."""

from datetime import date
from pathlib import Path

from tests.unit.web import released_samples
from tests.unit.web.released_samples import shown
from tests.unit.web.test_statistics_words import names
from uphold.statistics import released
from uphold.statistics.recipe import Grain
from uphold.visits.layout import Store
from uphold.web import statistics_lines, statistics_period
from uphold.web.statistics_views import Figure, Timeline


def line(
    store: Store, span: tuple[date, date], grain: Grain, table: str, language: str
) -> Timeline:
    chosen = statistics_period.choose({"last": "364"}, span, grain)
    now = released.over(store, chosen.start, chosen.end).tables[table]
    code = "days" if table == "pages" else "submitted"
    made = statistics_lines.over_time(code, now, None, chosen, names(language))
    assert made is not None
    return made


def test_a_day_without_figures_is_neither_zero_nor_hidden(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for day in ("2026-11-02", "2026-11-04"):
        released_samples.put(store, day, (shown("pages", {("/",): 9}, 9),))
    span = (date(2026, 11, 2), date(2026, 11, 4))
    made = line(store, span, Grain.DAY, "pages", "en")
    assert [row.persons for row in made.rows] == [Figure(9), None, Figure(9)]
    assert made.graph.points[1].said == "3\xa0November 2026: no figures"
    assert [point.tick for point in made.graph.points] == ["2\xa0Nov", "3\xa0Nov", "4\xa0Nov"]
    assert not made.compares


def test_months_have_their_names(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for month in ("2026-09", "2026-10"):
        released_samples.put(store, month, (shown("submitted", {("feedback",): 9}, 9),))
    span = (date(2026, 9, 1), date(2026, 10, 31))
    made = line(store, span, Grain.MONTH, "submitted", "ru")
    assert [row.name for row in made.rows] == ["сентябрь 2026\xa0г.", "октябрь 2026\xa0г."]
    assert made.graph.points[0].tick == "09.2026"


def test_a_key_that_is_missing_is_nobody_or_hidden(tmp_path: Path) -> None:
    store = Store(tmp_path)
    pages = shown("pages", {("/",): 9}, 12, unnamed=True)
    released_samples.put(store, "2026-11-02", (pages, shown("hours", {("09",): 9}, 9)))
    found = released.over(store, date(2026, 11, 2), date(2026, 11, 2)).tables
    assert statistics_lines.cell(found["pages"], ("/secret",)) == Figure(None)
    assert statistics_lines.cell(found["hours"], ("10",)) == Figure(0)
    assert statistics_lines.cell(found["hours"], ("09",), acts=True) == Figure(18)
