# SPDX-License-Identifier: Apache-2.0
"""The level of protection by Government Decree 1119, and what it demands (pure). Data: `security/decree-1119.toml`."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from uphold import errors
from uphold.law.profile import Text

FILE: Final = Path(__file__).parent / "security" / "decree-1119.toml"

ThreatType = Literal[1, 2, 3]
"""The type of the actual threats: by undeclared features of system software, of application software, or neither."""


class Category(StrEnum):
    """The categories of data that the decree tells apart; `OTHER` are all that are in none of the rest."""

    SPECIAL = "special"
    BIOMETRIC = "biometric"
    PUBLIC = "public"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of protection, 1 to 4 (1 is the strictest), with the category that brings it about and its mark."""

    number: int
    category: Category
    mark: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What the decree demands from a level on (4 is the weakest)."""

    id: str
    level: int
    title: Text
    source: str
    mark: str


def threshold() -> int:
    """Return from how many people on there are many."""
    return int(_data()["threshold"])


def level(categories: Collection[Category], people: int, threats: ThreatType) -> Level:
    """Return the level: of several categories the strictest counts.

    `people` are those whose data are held and who are not the operator's own staff, of whom any number are few.
    Raises `errors.Invalid` where there is no category at all.
    """
    if not categories:
        raise errors.Invalid(
            "A level of protection needs data of some category.", "Declare the fields of a form."
        )
    size = "many" if people >= threshold() else "few"
    return min((_level(one, size, threats) for one in sorted(categories)), key=_strictness)


def demands(number: int) -> tuple[Demand, ...]:
    """Return what a level demands, in the order of the decree."""
    return tuple(one for one in _demands() if one.level >= number)


def _strictness(one: Level) -> int:
    return one.number


def _level(category: Category, size: str, threats: ThreatType) -> Level:
    for row in _data()["row"]:
        if row["category"] == category and row["size"] in (size, "any"):
            return Level(row["levels"][threats - 1], category, row["mark"])
    raise errors.Broken(
        f"The decree's table has no row for {category} data.", "Install Uphold anew."
    )


@cache
def _demands() -> tuple[Demand, ...]:
    return tuple(
        Demand(row["id"], row["from"], row["title"], row["source"], row["mark"])
        for row in _data()["demand"]
    )


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
