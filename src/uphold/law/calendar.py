# SPDX-License-Identifier: Apache-2.0
"""Which days are worked: one file of data for a year, never a guess (pure, read once).

`calendars/ID/YEAR.toml` is a year as its decree has it. `calendars/ID/every-year.toml`, where there is
one, serves every year without a file of its own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from uphold.errors import Missing

FOLDER: Final = Path(__file__).parent / "calendars"
_EVERY: Final = "every-year"


@dataclass(frozen=True, slots=True)
class Year:
    """How one year departs from Saturdays and Sundays off."""

    source: str
    mark: str
    checked_on: date
    off: frozenset[date] = frozenset()
    """Days from Monday to Friday that are not worked: holidays, and days off moved to them."""
    worked: frozenset[date] = frozenset()
    """Saturdays and Sundays that are worked."""
    moved: tuple[tuple[date, date], ...] = ()
    """Days off that a decree moves: from, to."""

    def working(self, day: date) -> bool:
        """Whether a day is worked."""
        return day in self.worked or (day.isoweekday() < 6 and day not in self.off)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years that are known."""

    id: str
    years: Mapping[int, Year]
    every: Year | None = None
    """Serves a year that has none of its own; None: such a year is refused."""
    earliest: bool = False
    """Days of a year that would be refused are taken as worked."""

    def working(self, day: date) -> bool:
        """Whether a day is worked; `errors.Missing` with advice for a year without a calendar."""
        year = self.years.get(day.year, self.every)
        if year is None and self.earliest:
            return True
        if year is None:
            raise Missing(
                f"There is no production calendar of {day.year} for {self.id}.",
                f"Upgrade Uphold, or add law/calendars/{self.id}/{day.year}.toml from that year's decree"
                " (one comes out each autumn). Days of such a year are not guessed.",
            )
        return year.working(day)

    def at_the_earliest(self) -> "Calendar":
        """The same, with every day worked in the years without a calendar.

        What is counted by it never ends later than by those years' own calendars.
        """
        return replace(self, earliest=True)


@cache
def calendar(name: str) -> Calendar:
    """The calendar with this id; `errors.Missing` if there is none."""
    files = {path.stem: path for path in (FOLDER / name).glob("*.toml")}
    if not files:
        raise Missing(f"There is no calendar {name!r}.", f"Calendars are folders of {FOLDER.name}.")
    years = {stem: _read(path) for stem, path in files.items()}
    every = years.pop(_EVERY, None)
    return Calendar(name, {int(stem): year for stem, year in sorted(years.items())}, every)


def _read(path: Path) -> Year:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Year(
        source=table["source"],
        mark=table["mark"],
        checked_on=table["checked-on"],
        off=frozenset(table["off"]),
        worked=frozenset(table["worked"]),
        moved=tuple((row["from"], row["to"]) for row in table["moved"]),
    )
