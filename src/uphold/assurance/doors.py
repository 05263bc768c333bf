# SPDX-License-Identifier: Apache-2.0
"""The doors of the console and the roles that each opens to: data of its own, not asked of the program (pure)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Door:
    """One address with a method. `{...}` in the path stands for an id."""

    method: str
    path: str
    roles: frozenset[str]


@cache
def doors() -> tuple[Door, ...]:
    """Every door, in the order of `doors.toml`."""
    raw = (resources.files("uphold.assurance") / "doors.toml").read_text(encoding="utf-8")
    return tuple(
        Door(one["method"], one["path"], frozenset(one["roles"]))
        for one in tomllib.loads(raw)["door"]
    )
