# SPDX-License-Identifier: Apache-2.0
"""A law as data: its terms, each dated and marked with how it was verified (pure, read once).

The data are `profiles/PROFILE.toml`; the keys are explained at the head of `profiles/ru-152fz.toml`. A rule
that changes gets a second table with the same id and other dates; no code is touched.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from uphold.errors import Missing

MARKS: Final = ("V1", "V2", "M")
"""How a rule was verified: the act itself was seen, a secondary source was, or from memory."""
FOLDER: Final = Path(__file__).parent / "profiles"

Text = Mapping[str, str]
"""One text in English and in Russian, keyed by language."""


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_DAYS = "working-days"
    CALENDAR_DAYS = "calendar-days"
    MONTHS = "months"
    HOURS = "hours"
    """In absolute time, through nights and holidays; 0 means at once."""
    DAY_OF_NEXT_MONTH = "day-of-next-month"
    """By this day of the month after the event's."""


def words(amount: int, unit: Unit) -> str:
    """A term in English words, such as "10 working days"."""
    if unit is Unit.DAY_OF_NEXT_MONTH:
        return f"by day {amount} of the next month"
    if (amount, unit) == (0, Unit.HOURS):
        return "at once"
    name = unit.replace("-", " ")
    return f"{amount} {name.removesuffix('s') if amount == 1 else name}"


class Sense(StrEnum):
    """What the end of a term means."""

    BY = "by"
    """It must be done by then."""
    UNTIL = "until"
    """It lasts until then, such as a proof to be kept."""


class Rest(StrEnum):
    """What becomes of a term whose last day is not a working day."""

    NEXT_WORKING_DAY = "next-working-day"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Term:
    """So many of a unit."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Extension:
    """How much longer a term can be made, in its own unit, and on what condition."""

    amount: int
    condition: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One term of one law, valid from `valid_from` to `valid_to`, both included."""

    id: str
    profile: str
    trigger: tuple[str, ...]
    """Events that start it, such as `request.access` or `incident.detected`."""
    duty: Text
    """What is to be done."""
    term: Term
    extension: Extension | None
    sense: Sense
    rest: Rest
    blocks: bool
    """The data are blocked at once, while it is looked into: no clock, but an act at intake."""
    source: str
    """Provisions, such as `152-fz:20.1` or `gdpr:12.3`; an article such as 18.1 is written 18-1."""
    mark: str
    """One of MARKS."""
    valid_from: date
    valid_to: date | None
    checked_on: date

    @property
    def at_once(self) -> bool:
        """Whether nothing may come between the event and the duty."""
        return self.term == Term(0, Unit.HOURS)

    def valid(self, on: date) -> bool:
        """Whether the rule is law on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason that the law gives for refusing a request."""

    id: str
    title: Text
    kinds: tuple[str, ...]
    """The kinds of request that it can refuse."""
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One law: its rules and its grounds of refusal."""

    id: str
    title: Text
    calendar: str
    """Id of the calendar by which days are counted."""
    zone: str
    """IANA name of the time zone whose days are counted unless the operator's is named."""
    rules: tuple[Rule, ...]
    grounds: tuple[Ground, ...]

    def rule(self, name: str, on: date) -> Rule:
        """The rule with this id as it is law on that day; `errors.Missing` if there is none."""
        for rule in self.rules:
            if rule.id == name and rule.valid(on):
                return rule
        known = ", ".join(dict.fromkeys(rule.id for rule in self.rules if rule.valid(on)))
        raise Missing(
            f"{self.id} has no rule {name!r} on {on}.",
            f"Use one of: {known}." if known else "None of its rules was law then.",
        )

    def started(self, trigger: str, on: date) -> tuple[Rule, ...]:
        """The rules that an event of that day starts, in the order of the file."""
        return tuple(r for r in self.rules if trigger in r.trigger and r.valid(on))


@cache
def ids() -> tuple[str, ...]:
    """Every profile's id, in order of name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def profile(name: str) -> Profile:
    """The profile with this id; `errors.Missing` if there is none."""
    if name not in ids():
        raise Missing(f"There is no profile {name!r}.", f"Use one of: {', '.join(ids())}.")
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    head = table["profile"]
    return Profile(
        id=name,
        title=head["title"],
        calendar=head["calendar"],
        zone=head["zone"],
        rules=tuple(_rule(row, name, head) for row in table["rule"]),
        grounds=tuple(
            Ground(key, row["title"], tuple(row["kinds"]), row["source"], row["mark"])
            for key, row in table["ground"].items()
        ),
    )


def _rule(row: Mapping[str, Any], name: str, head: Mapping[str, Any]) -> Rule:
    ((unit, amount),) = row["term"].items()
    term = Term(amount, Unit(unit))
    longer = row.get("extension")
    return Rule(
        id=row["id"],
        profile=name,
        trigger=tuple(row["trigger"]),
        duty=row["duty"],
        term=term,
        extension=Extension(longer[term.unit], longer["condition"]) if longer else None,
        sense=Sense(row.get("sense", Sense.BY)),
        rest=Rest(row.get("ends-on-rest", head["ends-on-rest"])),
        blocks=row.get("blocks", False),
        source=row["source"],
        mark=row["mark"],
        valid_from=row["valid-from"],
        valid_to=row.get("valid-to"),
        checked_on=row["checked-on"],
    )
