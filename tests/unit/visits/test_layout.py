# SPDX-License-Identifier: Apache-2.0
"""Paths of the statistics' store, its days, and one event as a line."""

import csv
from datetime import date
from pathlib import Path

import pytest

from uphold.visits import layout

DAY = date(2026, 11, 22)
EVENT = layout.Event(13, 42, "view", "/a", "phone", "Firefox", "RU")


def test_an_event_is_one_line_in_the_order_of_its_columns() -> None:
    assert layout.line(EVENT) == "13,42,view,/a,phone,Firefox,RU\n"
    assert layout.COLUMNS == ("hour", "visitor", "kind", "item", "device", "browser", "country")


@pytest.mark.parametrize("item", ['/a,b"c', "/a;b", "'=1+1"])
def test_what_csv_would_read_otherwise_is_quoted(item: str) -> None:
    event = layout.Event(0, 1, "view", item, "other", "other", "")
    assert next(csv.reader([layout.line(event)]))[3] == item


def test_paths_are_partitioned_by_day(tmp_path: Path) -> None:
    store = layout.Store(tmp_path)
    names = (
        store.open_folder(DAY),
        store.events(DAY),
        store.visitors(DAY),
        store.released("abc", "2026-W47"),
    )
    assert [path.relative_to(tmp_path).as_posix() for path in names] == [
        "open/2026-11-22",
        "visits/day=2026-11-22/events.parquet",
        "visitors/day=2026-11-22/visitors.parquet",
        "released/abc/2026-W47.json",
    ]


def test_days_are_listed_in_order_and_strange_names_are_left_alone(tmp_path: Path) -> None:
    store = layout.Store(tmp_path)
    assert (store.closed_days(), store.open_days()) == ((), ())
    for day in (DAY, date(2026, 11, 3)):
        store.open_folder(day).mkdir(parents=True)
        store.events(day).parent.mkdir(parents=True)
        store.events(day).touch()
    store.events(date(2026, 11, 5)).parent.mkdir()  # being written, not closed yet
    (tmp_path / "open" / "lost+found").mkdir()
    assert store.closed_days() == store.open_days() == (date(2026, 11, 3), DAY)
    assert store.is_closed(DAY)
    assert not store.is_closed(date(2026, 11, 5))


@pytest.mark.parametrize(
    ("atom", "first", "last"),
    [
        ("2026-11-22", DAY, DAY),
        ("2026-W47", date(2026, 11, 16), DAY),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_an_atom_has_its_days(atom: str, first: date, last: date) -> None:
    assert layout.days(atom) == (first, last)


@pytest.mark.parametrize("atom", ["", "2026", "2026-13", "2026-W54", "week"])
def test_what_is_no_atom_is_refused(atom: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        layout.days(atom)


def test_a_day_is_written_as_a_number() -> None:
    assert layout.number(date(2026, 1, 9)) == 20260109


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (DAY, 25, date(2024, 10, 22)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 1), 12, date(2025, 1, 1)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
    ],
)
def test_days_are_kept_for_whole_months(today: date, months: int, first: date) -> None:
    assert layout.kept_since(today, months) == first
