# SPDX-License-Identifier: Apache-2.0
"""Which kinds of elements a model has and which facts are told of each: `vocabulary.toml`, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of element. `facts` gives the type (bool, int, str, list) of each fact by name, `says` what it says."""

    name: str
    about: str
    facts: Mapping[str, str]
    says: Mapping[str, str]

    @property
    def plural(self) -> str:
        """What all elements of the kind are called: `forms`, `keys`, `flows`."""
        return f"{self.name}s"


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name, in the order of the file."""
    raw = resources.files("uphold.threats").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return {name: _kind(name, table) for name, table in tomllib.loads(raw).items()}


def _kind(name: str, table: Mapping[str, str]) -> Kind:
    told = {key: text.split(": ", 1) for key, text in table.items() if key != "about"}
    return Kind(
        name,
        table["about"],
        {key: parts[0] for key, parts in told.items()},
        {key: parts[1] for key, parts in told.items()},
    )
