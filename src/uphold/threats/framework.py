# SPDX-License-Identifier: Apache-2.0
"""What the ids and codes of threat rules are called, read from `frameworks.toml` (pure, read once).

Foreign ids (CWE, CAPEC, ATT&CK, ASVS, the bank of FSTEC) bear the titles that their own sources give them; codes of
methods (STRIDE, LINDDUN, tactics) bear words in each language. Violators and consequences are in `words`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from uphold.threats.rule import Rule

FILE: Final = Path(__file__).parent / "frameworks.toml"
FOREIGN: Final = ("cwe", "capec", "attack", "ubi", "asvs")


@dataclass(frozen=True, slots=True)
class Framework:
    """One list of ids. `titles` are by id: one text, or one by language; all are "" for a standard not repeated."""

    source: str
    checked_on: date | None
    titles: Mapping[str, str | Mapping[str, str]]


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every list by its name, as rules name it."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({name: _framework(row) for name, row in tables.items()})


def title(name: str, id_: str | int, language: str) -> str:
    """What an id of a list is called in a language; a foreign title is as its source has it. KeyError for no id."""
    found = frameworks()[name].titles[str(id_)]
    return found if isinstance(found, str) else found[language]


def quoted(rule: Rule) -> Iterator[tuple[str, str]]:
    """Every id and code that a rule quotes, each with the name of its list."""
    yield from ((name, str(id_)) for name in FOREIGN for id_ in getattr(rule, name))
    yield from (("stride", letter) for letter in rule.stride)
    yield from (("linddun", code) for code in rule.linddun)
    yield from (("tactic", code) for code in rule.tactics)


def _framework(row: Mapping[str, Any]) -> Framework:
    titles = row.get("titles", dict.fromkeys(row.get("ids", ()), ""))
    return Framework(row.get("source", ""), row.get("checked-on"), MappingProxyType(titles))
