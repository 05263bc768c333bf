# SPDX-License-Identifier: Apache-2.0
"""The harm that people may come to, by Roskomnadzor Order 178: grounds and degrees (pure). A person confirms it.

What a configuration can tell is proposed; what only people know is asked. Data: `security/order-178.toml`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from uphold import errors
from uphold.law.profile import Text

FILE: Final = Path(__file__).parent / "security" / "order-178.toml"


class Degree(StrEnum):
    """How bad the harm may be."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


_ORDER = tuple(Degree)


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground of the order; `configured` tells that settings and policy can say whether it applies."""

    id: str
    degree: Degree
    configured: bool
    what: Text
    mark: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """What an assessment came to: the degree, the grounds that apply, and those that nobody has answered."""

    degree: Degree
    applying: tuple[str, ...]
    open: tuple[str, ...]


@cache
def grounds() -> tuple[Ground, ...]:
    """Return every ground, the worst first."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Ground(
            row["id"],
            Degree(row["degree"]),
            row["known"] == "configuration",
            row["what"],
            row["mark"],
        )
        for row in table["ground"]
    )


def assess(answers: Mapping[str, bool | None]) -> Assessed:
    """Return the degree for answers by ground: of several grounds the worst counts, and none at all makes it low.

    None, or no answer, stands for one that nobody has given. Raises `errors.Invalid` for an unknown ground.
    """
    known = {one.id: one for one in grounds()}
    if unknown := sorted(set(answers) - set(known)):
        raise errors.Invalid(
            f"The order has no ground {unknown[0]!r}.", f"Use one of: {', '.join(known)}."
        )
    applying = tuple(name for name in known if answers.get(name))
    degrees = [known[name].degree for name in applying]
    unanswered = tuple(name for name in known if answers.get(name) is None)
    return Assessed(min(degrees, key=_ORDER.index, default=Degree.LOW), applying, unanswered)
