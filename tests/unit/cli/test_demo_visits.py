# SPDX-License-Identifier: Apache-2.0
"""Made-up visits: whole weeks up to yesterday, the same ones each time, and all of what the figures count."""

from datetime import date
from pathlib import Path

from uphold.cli import demo_visits
from uphold.visits import layout
from uphold.visits.layout import Store

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)


def test_the_days_are_eight_whole_weeks_and_what_has_gone_of_this_one() -> None:
    of_monday = demo_visits.days(MONDAY)
    assert (of_monday[0], of_monday[-1], len(of_monday)) == (date(2026, 9, 28), SUNDAY, 56)
    of_sunday = demo_visits.days(SUNDAY)
    assert (of_sunday[0], of_sunday[-1], len(of_sunday)) == (
        date(2026, 9, 21),
        date(2026, 11, 21),
        62,
    )


def test_a_day_has_the_same_visits_each_time_and_all_kinds_of_them() -> None:
    made = list(demo_visits.events(MONDAY))
    assert made == list(demo_visits.events(MONDAY))
    assert made != list(demo_visits.events(SUNDAY))
    assert {one.kind for one in made} == set(layout.KINDS)
    assert {one.device for one in made} <= set(layout.DEVICES)
    assert all(0 <= one.hour < 24 for one in made)
    # An opinion is nobody's.
    assert {one.kind for one in made if one.visitor == layout.NOBODY} == {"opinion"}
    began, sent = (
        {one.visitor for one in made if one.kind == kind} for kind in ("started", "submitted")
    )
    assert sent < began


def test_they_lie_in_the_open_files_of_their_days(tmp_path: Path) -> None:
    store = Store(tmp_path)
    written = demo_visits.fill(store, MONDAY)
    assert store.open_days() == demo_visits.days(MONDAY)
    lines = {
        day: sum(file.read_text().count("\n") for file in store.open_folder(day).iterdir())
        for day in store.open_days()
    }
    assert sum(lines.values()) == written
    # A week-end is quieter, and every day has enough people for figures.
    assert lines[SUNDAY] < lines[date(2026, 11, 17)]
    assert min(lines.values()) > 200
