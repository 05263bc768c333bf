# SPDX-License-Identifier: Apache-2.0
"""What a law asks for after a breach: whom to tell, what must be said, what it costs; dated and marked (pure).

The data are `breaches/PROFILE.toml`; the keys are explained at the head of `breaches/ru-152fz.toml`. When a notice is
due the profile's own rule says (`law.clock`); one without a rule is due at once.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from uphold.errors import Missing
from uphold.law.profile import Text

FOLDER: Final = Path(__file__).parent / "breaches"


class When(StrEnum):
    """What makes a notice due."""

    BREACHED = "breached"
    """People's rights were breached; how great the risk is does not matter."""
    RISK = "risk"
    """Unless a risk to people is unlikely."""
    HIGH_RISK = "high-risk"


class Of(StrEnum):
    """What a fine is for."""

    LATE = "late"
    LEAK = "leak"
    SPECIAL = "special"
    BIOMETRIC = "biometric"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a notice says."""

    id: str
    title: Text
    minimum: bool
    """The act itself asks for it; a notice without it is none."""
    source: str
    mark: str
    """One of `profile.MARKS`."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of one law."""

    id: str
    """Such as `ru-152fz-first`: no two laws have the same."""
    profile: str
    rule: str
    """The rule of the profile that says by when; "" for at once."""
    patience: int
    """Without a rule: after so many hours it is called late here. The law names no number."""
    to: str
    """`authority` or `people`."""
    when: When
    title: Text
    note: Text
    """What whoever sends it should know."""
    items: tuple[Item, ...]
    source: str
    mark: str
    valid_from: date
    valid_to: date | None
    checked_on: date


@dataclass(frozen=True, slots=True)
class Fine:
    """One offence with what it costs; of a leak, from how many subjects or identifiers on (0: any number)."""

    id: str
    profile: str
    of: Of
    title: Text
    amount: Text
    subjects: int
    identifiers: int
    source: str
    mark: str
    valid_from: date
    valid_to: date | None
    checked_on: date


@dataclass(frozen=True, slots=True)
class Law:
    """What one profile says of breaches. `identifier` says what it counts as one."""

    profile: str
    identifier: Text
    threshold: Text
    """Which breaches must be notified, in words."""
    notices: tuple[Notice, ...]
    fines: tuple[Fine, ...]


@dataclass(frozen=True, slots=True)
class Leak:
    """What a fine is measured by."""

    subjects: int
    identifiers: int
    special: bool
    biometric: bool
    late: bool


@cache
def law(name: str) -> Law:
    """What a profile says of breaches; `errors.Missing` for a law that has no file."""
    file = FOLDER / f"{name}.toml"
    if not file.is_file():
        raise Missing(f"Nothing is known of breaches under {name!r}.", "Use ru-152fz or eu-gdpr.")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    head = table["law"]
    return Law(
        profile=name,
        identifier=head["identifier"],
        threshold=head["threshold"],
        notices=tuple(_notice(row, name) for row in table["notice"]),
        fines=tuple(_fine(row, name) for row in table["fine"]),
    )


def notices(laws: Iterable[str], on: date) -> tuple[Notice, ...]:
    """Every notice that the laws know of on a day, in their order."""
    return tuple(one for name in laws for one in law(name).notices if _valid(one, on))


def notice(laws: Iterable[str], name: str, on: date) -> Notice:
    """The notice with this id; `errors.Missing` where none of the laws has it on that day."""
    for one in notices(laws, on):
        if one.id == name:
            return one
    raise Missing(f"No law of this policy asks for {name!r}.", "Look at the incident's notices.")


def fines(laws: Iterable[str], leak: Leak, on: date) -> tuple[Fine, ...]:
    """What the laws threaten on a day: of the sizes of a leak the highest that is reached, and each other that fits.

    Either number reaches a size by itself.
    """
    found: list[Fine] = []
    for name in laws:
        valid = [one for one in law(name).fines if _valid(one, on)]
        sizes = [one for one in valid if one.of is Of.LEAK and _reached(one, leak)]
        found += sizes[-1:]
        fits = {Of.LATE: leak.late, Of.SPECIAL: leak.special, Of.BIOMETRIC: leak.biometric}
        found += [one for one in valid if fits.get(one.of, False)]
    return tuple(found)


def _reached(one: Fine, leak: Leak) -> bool:
    return leak.subjects >= one.subjects or leak.identifiers >= one.identifiers


def _valid(one: Notice | Fine, on: date) -> bool:
    return one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)


def _notice(row: Mapping[str, Any], profile: str) -> Notice:
    return Notice(
        id=row["id"],
        profile=profile,
        rule=row["rule"],
        patience=row.get("patience-hours", 0),
        to=row["to"],
        when=When(row["when"]),
        title=row["title"],
        note=row["note"],
        items=tuple(
            Item(one["id"], one["title"], one.get("minimum", False), one["source"], one["mark"])
            for one in row["item"]
        ),
        source=row["source"],
        mark=row["mark"],
        valid_from=row["valid-from"],
        valid_to=row.get("valid-to"),
        checked_on=row["checked-on"],
    )


def _fine(row: Mapping[str, Any], profile: str) -> Fine:
    return Fine(
        id=row["id"],
        profile=profile,
        of=Of(row["of"]),
        title=row["title"],
        amount=row["amount"],
        subjects=row.get("subjects", 0),
        identifiers=row.get("identifiers", 0),
        source=row["source"],
        mark=row["mark"],
        valid_from=row["valid-from"],
        valid_to=row.get("valid-to"),
        checked_on=row["checked-on"],
    )
