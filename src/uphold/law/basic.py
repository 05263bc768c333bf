# SPDX-License-Identifier: Apache-2.0
"""The basic set of measures of FSTEC Order 21 by level of protection (pure). Data: `security/order-21.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from uphold.law.profile import Text

FILE: Final = Path(__file__).parent / "security" / "order-21.toml"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the order: its code, its group's title, and from which level on it is in the basic set."""

    id: str
    group: Text
    level: int
    title: Text


@cache
def measures() -> tuple[Measure, ...]:
    """Return every measure that is in the basic set of any level, in the order's order."""
    table = _data()
    groups = {row["id"]: row["title"] for row in table["group"]}
    return tuple(
        Measure(row["id"], groups[row["id"].partition(".")[0]], row["from"], row["title"])
        for row in table["measure"]
    )


def of_level(number: int) -> tuple[Measure, ...]:
    """Return the basic set of a level of protection, 1 to 4 (1 is the strictest)."""
    return tuple(one for one in measures() if one.level >= number)


def mark() -> str:
    """Say how the set was verified, one of `profile.MARKS`."""
    return str(_data()["mark"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
