# SPDX-License-Identifier: Apache-2.0
"""Where the statistics' store keeps what, and what one depersonalised event is.

    STORE/open/2026-11-22/PID-RANDOM.csv             events of a day that is not closed yet
    STORE/visits/day=2026-11-22/events.parquet       the events of a closed day
    STORE/visitors/day=2026-11-22/visitors.parquet   what the visitors of a closed day came with
    STORE/released/RECIPE/2026-W47.json              what was counted of it and may be shown

A line of an open day bears the number of its visitor, which is keyed by the day's salt. Closing the day
(`compact`) takes the number away for good and leaves in its place what can be counted without it:

    events.parquet    hour, kind, item, device,
                      first   the first row of this visitor for this kind and item on this day; also true
                              where the event is nobody's
                      hourly  kind view: the first row of this visitor in this hour
                      rank    kind view and first: 1..n over this visitor's pages in random order, up to
                              RANKS; null beyond, and in the other rows
    visitors.parquet  device, browser, country: one row for each visitor with a view on this day

Persons are thus a plain count of rows (`count_if(first)`), and rows do not tell which belong to one person,
but for those of whom there was one alone: in its page, its device, or with as many pages (the high ranks).
Both files are sorted by all their columns, so the order of rows says nothing.
This module touches no content: it names paths, lists folders, and writes one event as a line.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from operator import attrgetter
from pathlib import Path

KINDS = ("view", "shown", "started", "ticked", "submitted", "error", "opinion")
DEVICES = ("desktop", "phone", "tablet", "other")
# What stands for all that is too rare, too long or unknown to have a name of its own.
OTHER = "other"
NOBODY = 0
# A page beyond this rank is in no bounded count, as no recipe asks for more pages of a person.
RANKS = 100


@dataclass(frozen=True, slots=True)
class Event:
    """One depersonalised event; the order of fields is the order of columns in an open file."""

    hour: int  # 0 to 23, in the site's zone
    visitor: int  # 63 bits, keyed by the day's salt; NOBODY where it belongs to no visitor
    kind: str  # one of KINDS
    item: str  # view: the page's template; error: "form.field"; opinion: its code; else the form
    device: str  # one of DEVICES
    browser: str  # a family, from a closed list
    country: str  # two capital letters, "" where it is not known


COLUMNS = tuple(field.name for field in fields(Event))
_VALUES = attrgetter(*COLUMNS)


def line(event: Event) -> str:
    """Return the event as one line of CSV, with its line feed."""
    return lines((event,))


def lines(events: Iterable[Event]) -> str:
    """Return the events as lines of CSV, each with its line feed."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(map(_VALUES, events))
    return written.getvalue()


def days(atom: str) -> tuple[date, date]:
    """Return the first and the last day of `2026-11-22`, `2026-W47` or `2026-11`.

    Raises ValueError for anything else.
    """
    if "W" in atom:
        year, week = atom.split("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
        return monday, monday + timedelta(days=6)
    if atom.count("-") == 1:
        first = date.fromisoformat(f"{atom}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    day = date.fromisoformat(atom)
    return day, day


def number(day: date) -> int:
    """Write a day as 20261122, which is how tables and journal entries hold one."""
    return day.year * 10_000 + day.month * 100 + day.day


def kept_since(today: date, months: int) -> date:
    """Return the first day that is still kept: earlier ones are older than so many months."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    ends = (date(year, month + 1, 1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return ends.replace(day=min(today.day, ends.day))


@dataclass(frozen=True, slots=True)
class Store:
    """The store's folder, which need not exist: a list of what is not there is empty."""

    folder: Path

    def open_folder(self, day: date) -> Path:
        """Return the folder of the open files of a day."""
        return self.folder / "open" / day.isoformat()

    def events(self, day: date) -> Path:
        """Return the file of a closed day's events. That it exists is what makes the day closed."""
        return self.folder / "visits" / f"day={day.isoformat()}" / "events.parquet"

    def visitors(self, day: date) -> Path:
        """Return the file of a closed day's visitors."""
        return self.folder / "visitors" / f"day={day.isoformat()}" / "visitors.parquet"

    def released(self, recipe: str, atom: str) -> Path:
        """Return the file of what was released for an atom (`2026-11-22`, `2026-W47`, `2026-11`)."""
        return self.folder / "released" / recipe / f"{atom}.json"

    def is_closed(self, day: date) -> bool:
        return self.events(day).is_file()

    def closed_days(self) -> tuple[date, ...]:
        """Return the closed days, the earliest first."""
        named = _days(self.folder / "visits", "day=")
        return tuple(day for day in named if self.is_closed(day))

    def open_days(self) -> tuple[date, ...]:
        """Return the days that have open files, the earliest first."""
        return _days(self.folder / "open", "")


def _days(folder: Path, prefix: str) -> tuple[date, ...]:
    return tuple(sorted(_named(folder, prefix)))


def _named(folder: Path, prefix: str) -> Iterator[date]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith(prefix) and path.is_dir():
            try:
                yield date.fromisoformat(path.name.removeprefix(prefix))
            except ValueError:
                continue  # not a folder of ours
