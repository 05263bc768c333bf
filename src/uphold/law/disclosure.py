# SPDX-License-Identifier: Apache-2.0
"""The grounds of a law on which data may go to somebody outside: dated, and marked with how each was verified (pure).

The data are `disclosures/PROFILE.toml`; the keys are explained at the head of `disclosures/ru-152fz.toml`. A recipient
of the policy names the grounds on which it may be given anything; what no law of the policy knows is no ground.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from uphold.errors import Missing
from uphold.law.profile import Text

FOLDER: Final = Path(__file__).parent / "disclosures"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground of one law, valid from `valid_from` to `valid_to`, both included."""

    id: str
    profile: str
    to: tuple[str, ...]
    """The kinds of recipient it allows, as the policy names them."""
    obliges: bool
    """The operator must; otherwise the operator may."""
    consent: bool
    """It rests on the person's consent to the very purpose; otherwise it stands whatever they agreed to."""
    silence: bool
    """A law can forbid to tell the person for a time."""
    title: Text
    what: Text
    """What the law obliges to or allows."""
    source: str
    """Provisions, such as `152-fz:6.1.3` or `gdpr:6.1.c`."""
    mark: str
    """One of `profile.MARKS`."""
    valid_from: date
    valid_to: date | None
    checked_on: date

    def valid(self, on: date) -> bool:
        """Whether the ground is law on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@cache
def of_profile(name: str) -> tuple[Ground, ...]:
    """Every ground of a profile, in the order of its file; none for a law that has no file."""
    file = FOLDER / f"{name}.toml"
    if not file.is_file():
        return ()
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_ground(row, name) for row in table["ground"])


def on(laws: Iterable[str], day: date) -> Mapping[str, Ground]:
    """The grounds that any of the laws gives on that day, by id; of two with one id the first law's stands."""
    found: dict[str, Ground] = {}
    for law in laws:
        for one in of_profile(law):
            if one.valid(day):
                found.setdefault(one.id, one)
    return found


def find(laws: Iterable[str], name: str, day: date) -> Ground:
    """The ground with this id; raises `errors.Missing` where none of the laws gives it on that day."""
    known = on(laws, day)
    if name not in known:
        raise Missing(
            f"No law of this policy knows the ground {name!r} on {day}.",
            f"Use one of: {', '.join(known) or '(none)'}.",
        )
    return known[name]


def _ground(row: Mapping[str, Any], profile: str) -> Ground:
    return Ground(
        id=row["id"],
        profile=profile,
        to=tuple(row["to"]),
        obliges=row["obliges"],
        consent=row.get("consent", False),
        silence=row.get("silence", False),
        title=row["title"],
        what=row["what"],
        source=row["source"],
        mark=row["mark"],
        valid_from=row["valid-from"],
        valid_to=row.get("valid-to"),
        checked_on=row["checked-on"],
    )
