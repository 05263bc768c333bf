# SPDX-License-Identifier: Apache-2.0
"""Released figures on the pages: the same sums, hidden ones said, and no change in per cent where there is a gap."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.web import released_samples, samples, statistics_samples
from tests.unit.web.statistics_samples import around
from uphold.statistics import released
from uphold.statistics.recipe import Grain
from uphold.visits.layout import Store
from uphold.visits.record import Dropped
from uphold.web import pages, statistics_pages, statistics_period
from uphold.web.statistics_pages import Figures
from uphold.web.statistics_views import Breakdown, Compared, Figure, LeftOut
from uphold.web.statistics_words import Names

SPAN = (date(2026, 9, 28), date(2026, 11, 22))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return released_samples.filled(tmp_path_factory.mktemp("statistics"))


def names(language: str = "en") -> Names:
    return Names(
        language,
        pages.translations(language),
        {"feedback": "Feedback"},
        {"feedback.email": "E-mail", "feedback.name": "Name"},
        {"feedback": "Answering your message"},
    )


def figures(store: Store, grain: Grain = Grain.DAY, **query: str) -> Figures:
    chosen = statistics_period.choose(query, SPAN, grain)
    before = released.over(store, *chosen.before) if chosen.before else None
    return Figures(released.over(store, chosen.start, chosen.end), before, chosen, names())


def named(lists: tuple[Breakdown, ...]) -> dict[str, Breakdown]:
    return {one.code: one for one in lists}


def test_headlines_are_the_sums_of_what_was_released(store: Store) -> None:
    made = statistics_pages.visits(figures(store, last="7"), around("en"))
    tiles = {one.code: one.figure for one in made.tiles}
    now, before = sum(range(89, 96)), sum(range(82, 89))
    assert tiles["visitors"].now == Figure(now)
    assert tiles["visits"].now == Figure(now * 2)
    assert tiles["each"].now == Figure(200)
    # The Wednesday of the week before is hidden, so nothing can be said in per cent.
    assert tiles["visitors"].before == Figure(before - 84, at_least=True)
    assert tiles["visitors"].change is None


def test_a_change_is_told_where_both_are_exact(store: Store) -> None:
    asked = {"from": "2026-10-12", "to": "2026-10-18"}
    made = statistics_pages.visits(figures(store, Grain.DAY, **asked), around("en"))
    now, before = sum(range(54, 61)), sum(range(47, 54))
    change = round((now - before) * 100 / before)
    assert made.tiles[0].figure == Compared(Figure(now), Figure(before), change)


def test_a_day_that_is_hidden_is_a_gap_and_not_a_zero(store: Store) -> None:
    made = statistics_pages.visits(figures(store), around("en"))
    assert made.days is not None
    assert len(made.days.rows) == 28
    gap = (released_samples.HIDDEN - date(2026, 10, 26)).days
    assert made.days.rows[gap].persons == Figure(None)
    assert made.days.graph.points[gap].value is None
    assert made.days.graph.points[gap].said.startswith("11\xa0November 2026: hidden")
    assert made.days.rows[0].before == Figure(40)


def test_a_page_that_was_hidden_on_some_days_is_at_least_so_much(store: Store) -> None:
    lists = named(statistics_pages.visits(figures(store), around("en")).breakdowns)
    first = lists["pages"].rows[0]
    assert (first.name, first.share) == ("/", 100)
    assert first.persons.now == Figure(sum(range(68, 96)) - 84, at_least=True)
    assert lists["pages"].hides
    assert [row.name for row in lists["devices"].rows] == ["Computer", "Phone"]
    assert not lists["devices"].hides
    assert lists["browsers"].rows[-1].name == "Other"


def test_hours_are_all_there_and_hidden_ones_are_gaps(store: Store) -> None:
    made = statistics_pages.visits(figures(store, last="7"), around("en"))
    assert made.hours is not None
    assert [row.name for row in made.hours.rows][:2] == ["00:00", "01:00"]
    assert made.hours.rows[0].persons == Figure(0)
    assert made.hours.rows[3].persons == Figure(None)
    assert made.hours.rows[8].persons == Figure(sum(n // 3 for n in range(89, 96)))


def test_pages_of_one_device_come_from_their_own_table(store: Store) -> None:
    made = statistics_pages.visits(figures(store, last="7"), around("en"), "phone")
    (row,) = named(made.breakdowns)["pages"].rows
    assert row.persons.now == Figure(sum(n // 4 for n in range(89, 96)))
    assert [link.code for link in made.filters] == ["all", "desktop", "phone"]
    assert [link.code for link in made.filters if link.chosen] == ["phone"]


def test_what_was_left_out_is_told_in_hundreds(store: Store) -> None:
    dropped = {(20261120, "bot"): 90, (20261121, "bot"): 160, (20261121, "asked-not-to"): 1}
    made = statistics_pages.visits(figures(store), around("en"), dropped=dropped)
    assert made.left_out == (LeftOut("bot", 100), LeftOut("asked-not-to", 0))


def test_times_taken_from_one_another_tell_no_more_of_what_was_left_out(store: Store) -> None:
    days = [(20261100 + day, "asked-not-to") for day in range(1, 6)]
    dropped = dict(zip(days, (99, 1, 150, 60, 40), strict=True))

    def told(start: int, end: int) -> int:
        some = {key: dropped[key] for key in days[start:end]}
        (one,) = statistics_pages.visits(figures(store), around("en"), dropped=some).left_out
        return one.count

    each = [told(day, day + 1) for day in range(5)]
    assert each == [0, 0, 100, 0, 0]
    spans = [(start, end) for start in range(5) for end in range(start + 1, 6)]
    assert [told(*span) for span in spans] == [sum(each[start:end]) for start, end in spans]


def test_every_reason_to_leave_out_has_words() -> None:
    view = statistics_samples.visits("en")
    page = pages.render(view, samples.frame("en")).decode()
    assert len(view.left_out) == len(Dropped)
    assert not [code for code in Dropped if f">{code}</th>" in page]


def test_long_times_are_shown_by_week(tmp_path: Path) -> None:
    store = Store(tmp_path)
    released_samples.fill(store, date(2026, 6, 1), 126)
    chosen = statistics_period.choose(
        {"last": "364"}, (date(2026, 6, 1), date(2026, 10, 4)), Grain.DAY
    )
    now = released.over(store, chosen.start, chosen.end)
    made = statistics_pages.visits(Figures(now, None, chosen, names()), around("en"))
    assert made.days is not None
    assert len(made.days.rows) == 18
    assert made.days.rows[0].name == "week from 1\xa0June 2026"
    assert made.days.rows[0].persons == Figure(sum(range(40, 47)))


def test_of_a_form_how_many_who_begin_it_send_it(store: Store) -> None:
    made = statistics_pages.forms(figures(store, Grain.WEEK), around("en", "forms"))
    (row,) = made.rows
    sent = sum(range(16, 20))
    assert row.title == "Feedback"
    assert row.submitted.now == Figure(sent)
    assert row.share == 50
    assert row.bars == (100, round((sent + 12) * 100 / (sent * 2)), 50)
    assert made.errors is not None
    assert [(one.name, one.persons.now.value) for one in made.errors.rows] == [
        ("E-mail", 28),
        ("Name", None),
    ]
    assert made.weeks is not None
    assert made.weeks.rows[0].name == "week from 26\xa0October 2026"


def test_terms_stand_in_their_order_and_consents_by_edition(store: Store) -> None:
    made = statistics_pages.answers(
        figures(store, Grain.WEEK), around("en", "answers"), {"1": "/policy?edition=1"}
    )
    assert made.requests is not None
    assert [row.name for row in made.requests.rows] == [
        "the first quarter of the term",
        "late, after the term",
    ]
    assert made.opinions is not None
    assert [row.persons.now for row in made.opinions.rows] == [Figure(32), Figure(None)]
    (row,) = made.consents
    assert (row.purpose, row.given, row.withdrawn) == (
        "Answering your message",
        Figure(80),
        Figure(None),
    )
    assert row.edition_href == "/policy?edition=1"


def test_without_a_table_there_is_no_card(tmp_path: Path) -> None:
    store = Store(tmp_path)
    devices = released_samples.shown("devices", {("phone",): 9}, 9)
    released_samples.put(store, "2026-11-22", (devices,))
    made = statistics_pages.visits(figures(store, last="7"), around("en"))
    assert [tile.code for tile in made.tiles] == ["visitors"]
    assert [one.code for one in made.breakdowns] == ["devices"]
    assert made.hours is None
    assert made.filters == ()
    assert statistics_pages.forms(figures(store), around("en")).rows == ()
