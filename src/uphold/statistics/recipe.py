# SPDX-License-Identifier: Apache-2.0
"""The recipe of the figures: what is counted, of what, by which method, for how many at least (pure).

A recipe is the bytes of `statistics.toml`, known by their digest; `ledger.fix` writes down which one stands. It
tells how people are kept from being found, so it is for the operator's eyes only.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from uphold.errors import Invalid
from uphold.statistics import calibrate
from uphold.visits import layout

FILE: Final = "statistics.toml"
"""In the site folder; without it `DEFAULT` stands."""
DEFAULT: Final = Path(__file__).parent.parent / "example" / FILE
METHODS: Final = Path(__file__).parent / "methods.toml"
_LARGEST_BUDGET: Final = 10
_ADVICE: Final = "See docs/reference/statistics.md."


class Grain(StrEnum):
    """The span of one atom: what is counted once, shown, and never counted again."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Source(StrEnum):
    """What figures are made of."""

    VISITS = "visits"
    """The depersonalised events and visitors of a day."""
    JOURNAL = "journal"
    """Consents given and withdrawn, as the journal has them."""
    MATTERS = "matters"
    """How long requests and enquiries took, measured by the law's terms."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A table that can be made. Those of one `group` speak of the same people, and so have one grain."""

    name: str
    dims: tuple[str, ...]
    group: str
    source: Source
    columns: tuple[str, ...]


def _kinds() -> Mapping[str, Kind]:
    visits, journal, matters = Source
    acts = {"started": "form", "ticked": "form", "submitted": "form", "errors": "field"}
    found = (
        Kind("pages", ("page",), "visits", visits, ("kind", "item")),
        Kind("devices", ("device",), "visits", visits, ("device",)),
        Kind("browsers", ("browser",), "visits", visits, ("browser",)),
        Kind("countries", ("country",), "visits", visits, ("country",)),
        Kind("hours", ("hour",), "visits", visits, ("kind", "hour")),
        Kind("page-devices", ("page", "device"), "visits", visits, ("kind", "item", "device")),
        *(Kind(name, (dim,), "acts", visits, ("kind", "item")) for name, dim in acts.items()),
        Kind("opinions", ("opinion",), "acts", visits, ("kind", "item")),
        Kind("given", ("edition", "purpose"), "acts", journal, ("edition", "purpose")),
        Kind("withdrawn", ("edition", "purpose"), "acts", journal, ("edition", "purpose")),
        Kind("requests", ("term",), "acts", matters, ("term",)),
        Kind("enquiries", ("term",), "acts", matters, ("term",)),
    )
    return MappingProxyType({one.name: one for one in found})


KINDS: Final = _kinds()
"""Every table there is, by name. How often a form was only shown is none: it repeats the views of its page."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of Order No. 140 as a label: its point of annex 2, its name, how well that is known."""

    id: str
    point: int
    title: Mapping[str, str]
    seen: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe as it was declared. `digest` is the SHA-256 of its bytes, in hex; `budget` is rho for a month."""

    digest: str
    source: tuple[Source, ...]
    columns: tuple[str, ...]
    methods: tuple[str, ...]
    minimum: int
    pages_per_person: int
    budget: Fraction
    public: tuple[str, ...]
    tables: Mapping[str, Grain]

    @property
    def micro(self) -> int:
        """The budget of a month in millionths of rho."""
        return int(self.budget * calibrate.MICRO)

    def of(self, grain: Grain) -> tuple[str, ...]:
        """The names of the tables that have this grain."""
        return tuple(name for name, its in self.tables.items() if its is grain)


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: tuple[Source, ...]
    columns: tuple[str, ...]
    methods: Annotated[tuple[str, ...], Meta(min_length=1)]
    minimum: Annotated[int, Meta(ge=3, le=1000)]
    pages_per_person: Annotated[int, Meta(ge=1, le=100)]
    budget: Annotated[str, Meta(pattern=r"^[0-9]{1,2}(\.[0-9]{1,6})?$")]
    tables: dict[str, Literal["day", "week", "month"]]
    public: Annotated[tuple[str, ...], Meta(max_length=200)] = ()


def default() -> bytes:
    """The bytes of the recipe that stands where the site has none of its own."""
    return DEFAULT.read_bytes()


def load(folder: Path) -> bytes:
    """Read the recipe of a site folder, or the default; raises `errors.Invalid` for a file that cannot be read."""
    try:
        return (folder / FILE).read_bytes()
    except FileNotFoundError:
        return default()
    except OSError as error:
        raise Invalid(f"{FILE} cannot be read ({error.strerror}).", "Mend its mode.") from None


@cache
def methods() -> Mapping[str, Method]:
    """Every method that a recipe can name, by id."""
    table = tomllib.loads(METHODS.read_text(encoding="utf-8"))
    return MappingProxyType({name: Method(id=name, **row) for name, row in table.items()})


def parse(body: bytes) -> Recipe:
    """Read a recipe; every mistake in it is `errors.Invalid` that names the key."""
    try:
        wire = msgspec.convert(tomllib.loads(body.decode("utf-8")), _Wire)
    except UnicodeDecodeError:
        raise Invalid(f"{FILE} is no text in UTF-8.", _ADVICE) from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Invalid(f"{FILE}: {error}.", _ADVICE) from None
    budget = Fraction(wire.budget)
    if not 0 < budget <= _LARGEST_BUDGET:
        raise Invalid(f"{FILE}: budget must be more than 0 and at most {_LARGEST_BUDGET}.", _ADVICE)
    _refuse_unknown("methods", wire.methods, methods())
    _refuse_unknown("tables", wire.tables, KINDS)
    for name in wire.tables:
        _check(KINDS[name], wire)
    given: dict[str, Any] = {name: getattr(wire, name) for name in wire.__struct_fields__}
    tables = MappingProxyType({name: Grain(grain) for name, grain in wire.tables.items()})
    digest = hashlib.sha256(body).hexdigest()
    return Recipe(**{**given, "digest": digest, "budget": budget, "tables": tables})


def _refuse_unknown(key: str, named: Any, known: Mapping[str, Any]) -> None:
    for name in named:
        if name not in known:
            raise Invalid(
                f"{FILE}: {key} has {name!r}, which there is not.", f"Use: {', '.join(known)}."
            )


def _check(kind: Kind, wire: _Wire) -> None:
    if kind.source not in wire.source:
        raise Invalid(
            f"{FILE}: the table {kind.name} needs the source {kind.source.value}.",
            "Declare it in source, or leave the table out.",
        )
    lacking = [name for name in kind.columns if name not in wire.columns]
    if lacking:
        raise Invalid(
            f"{FILE}: the table {kind.name} needs the columns {', '.join(lacking)}.",
            "Declare them in columns, or leave the table out.",
        )
    for name, grain in wire.tables.items():
        if KINDS[name].group == kind.group and grain != wire.tables[kind.name]:
            raise Invalid(
                f"{FILE}: the tables {kind.name} and {name} speak of the same people and have two grains.",
                "Give both one: from the figures of days and of weeks together small groups could be reckoned.",
            )


def atom(grain: Grain, day: date) -> str:
    """The atom that a day lies in: 2026-11-22, 2026-W47 or 2026-11."""
    match grain:
        case Grain.DAY:
            return day.isoformat()
        case Grain.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case Grain.MONTH:
            return f"{day.year}-{day.month:02d}"


def grain_of(text: str) -> Grain:
    """The grain of an atom; raises ValueError for what is none."""
    if "W" in text:
        return Grain.WEEK
    return Grain.DAY if text.count("-") == 2 else Grain.MONTH


def days_of(text: str) -> tuple[date, ...]:
    """The days of an atom in their order; raises ValueError for what is none."""
    first, last = layout.days(text)
    return tuple(first + timedelta(days=at) for at in range((last - first).days + 1))
