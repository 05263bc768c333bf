# SPDX-License-Identifier: Apache-2.0
"""The catalogue of promises that a clause can make, read from `promises/*.toml` (pure, read once).

A promise's id is `topic.name`; its file bears the topic's name. What it rests on in law are ids of
`references.toml`, which says of each place of law where it was read and whether it was at all.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from uphold.errors import Missing
from uphold.policy.document import Text

FOLDER: Final = Path(__file__).parent / "promises"
REFERENCES: Final = Path(__file__).parent / "references.toml"
ID: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*"
MEMORY: Final = "memory"
SEEN: Final = ("act", "restated", MEMORY)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a clause can commit the operator to, and what shows that it is kept."""

    id: str
    title: Text
    meaning: Text
    """What is promised, in one or two plain sentences."""
    law: tuple[str, ...]
    """Ids of `references()`: why one promises this."""
    breaks: Text
    """What breaks it, in one sentence."""
    probes: tuple[str, ...]
    """Ids of the probes that examine or attack it; none while it is not built."""
    phrases: Mapping[str, tuple[str, ...]]
    """By language: regular expressions over a clause in small letters, by which `suggest` knows it."""
    built: bool
    """Whether Uphold has what keeps it; if not it shows as "not shown: not built"."""

    @property
    def topic(self) -> str:
        """What stands before the dot."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Reference:
    """One place of law."""

    id: str
    title: Text
    seen: str
    """One of SEEN: the act itself was read, a source that restates it was, or neither."""
    source: str
    """Where it was read; "" if nowhere."""
    checked_on: date

    @property
    def verified(self) -> bool:
        """Whether anything was read that says so."""
        return self.seen != MEMORY


@cache
def catalogue() -> Mapping[str, Promise]:
    """Every promise by id, topics in the order of their names and promises as their file has them."""
    return MappingProxyType({one.id: one for path in sorted(FOLDER.glob("*.toml"))
                             for one in read(path.read_text(encoding="utf-8"))})  # fmt: skip


@cache
def references() -> Mapping[str, Reference]:
    """Every place of law that promises rest on, by id."""
    table = tomllib.loads(REFERENCES.read_text(encoding="utf-8"))
    return MappingProxyType({name: Reference(id=name, **row) for name, row in table.items()})


def promise(name: str) -> Promise:
    """The promise with this id; `errors.Missing` if the catalogue has none."""
    found = catalogue().get(name)
    if found is None:
        raise Missing(f"There is no promise {name!r}.", "See docs/reference/promises.md for all.")
    return found


def read(text: str) -> Iterable[Promise]:
    """The promises of one topic's file; a key too many or too few is a TypeError or KeyError."""
    for topic, promises in tomllib.loads(text).items():
        for name, row in promises.items():
            yield _promise(f"{topic}.{name}", row)


def _promise(name: str, row: Mapping[str, Any]) -> Promise:
    phrases = {language: tuple(items) for language, items in row["phrases"].items()}
    lists = {"law": tuple(row["law"]), "probes": tuple(row["probes"]), "phrases": phrases}
    return Promise(id=name, **{**row, **lists})
