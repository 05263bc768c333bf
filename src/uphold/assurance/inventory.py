# SPDX-License-Identifier: Apache-2.0
"""The inventory of every place where data can be, and the map that is printed from it (pure).

`inventory.toml` is written by hand, column by column: to list a new one is to say what it holds.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from uphold.policy import term

HOLDS: Mapping[str, str] = {
    "none": "nothing of a person: codes, times, digests of what is public",
    "link": "the number of a record, which leads to a person only through the vault, while its keys live",
    "sealed": "what a person gave or was written to them, encrypted under a key of its own",
    "index": "a keyed value that finds a record again and shows no address",
    "key": "a wrapped key, or the hash of a password or token",
    "staff": "who of the operator's own people it was",
}

ENDS: Mapping[str, str] = {
    "purpose": "destroyed by the sweep, with its key, when its purpose ends by the policy",
    "journal": "kept with the journal: of people it has numbers, which lead nowhere once their parts are destroyed",
    "site": "as long as the site: nothing of a person is in it",
    "move": "with the move of the site into another database, which made it",
}
"""When a table's rows end that have no term of their own."""


@dataclass(frozen=True, slots=True)
class Term:
    """When rows end: so long (such as P31D, empty for at once) after the moment (unix ms) in a column."""

    column: str
    length: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One table: what it is for by language, when its rows end, and what each column holds, a word of `HOLDS`.

    `ends` is a word of `ENDS`, or the term of its rows.
    """

    name: str
    about: Mapping[str, str]
    ends: str | Term
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A file, a cookie or another place. `within` is the folder of a file by its role: `data` or `keys`."""

    name: str
    about: Mapping[str, str]
    ends: Mapping[str, str]
    holds: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that is listed, by name."""

    tables: Mapping[str, Listed]
    files: Mapping[str, Place]
    cookies: Mapping[str, Place]
    others: Mapping[str, Place]


@cache
def inventory() -> Inventory:
    """Read `inventory.toml`."""
    raw = (resources.files("uphold.assurance") / "inventory.toml").read_text(encoding="utf-8")
    read = tomllib.loads(raw)
    return Inventory(
        tables={
            name: Listed(name, _about(one), _ends(one["ends"]), one["columns"])
            for name, one in read["table"].items()
        },
        files=_places(read["file"]),
        cookies=_places(read["cookie"]),
        others=_places(read["other"]),
    )


def unlisted(found: Mapping[str, frozenset[str]], known: Inventory) -> Iterator[str]:
    """Name the tables, and the columns as `table.column`, that a database has and the inventory lacks."""
    for table, columns in sorted(found.items()):
        if table not in known.tables:
            yield table
        else:
            for column in sorted(columns - set(known.tables[table].columns)):
                yield f"{table}.{column}"


def data_map(known: Inventory) -> str:
    """Print the inventory as the tables of docs/reference/data-map.md."""
    lines = ["| holds | means |", "|---|---|"]
    lines += [f"| {name} | {meaning} |" for name, meaning in HOLDS.items()]
    lines += ["", "| ends | means |", "|---|---|"]
    lines += [f"| {name} | {meaning} |" for name, meaning in ENDS.items()]
    lines += ["", "## Tables", "", "| table | for | ends | columns |", "|---|---|---|---|"]
    lines += [
        f"| `{t.name}` | {t.about['en']} | {_ended(t.ends)} | {_columns(t)} |"
        for t in known.tables.values()
    ]
    for title, places in (
        ("Files", known.files),
        ("Cookies", known.cookies),
        ("Elsewhere", known.others),
    ):
        lines += ["", f"## {title}", "", "| name | is | ends | holds |", "|---|---|---|---|"]
        lines += [
            f"| `{_path(p)}` | {p.about['en']} | {p.ends['en']} | {p.holds} |"
            for p in places.values()
        ]
    return "\n".join(lines)


def _columns(table: Listed) -> str:
    by_kind: dict[str, list[str]] = {}
    for column, holds in table.columns.items():
        by_kind.setdefault(holds, []).append(f"`{column}`")
    return "; ".join(f"{holds}: {', '.join(by_kind[holds])}" for holds in HOLDS if holds in by_kind)


def _ended(ends: str | Term) -> str:
    if isinstance(ends, str):
        return ends
    if not ends.length:
        return f"at `{ends.column}`"
    return f"{term.words(ends.length, 'en')} after `{ends.column}`"


def _ends(read: str | Mapping[str, str]) -> str | Term:
    return read if isinstance(read, str) else Term(read["after"], read.get("term", ""))


def _path(place: Place) -> str:
    return f"{place.within}/{place.name}" if place.within else place.name


def _about(one: Mapping[str, Any]) -> dict[str, str]:
    return {"en": one["en"], "ru": one["ru"]}


def _places(read: Mapping[str, Any]) -> dict[str, Place]:
    return {
        name: Place(name, _about(one), _about(one["ends"]), one["holds"], one.get("place", ""))
        for name, one in read.items()
    }
