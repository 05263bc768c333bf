# SPDX-License-Identifier: Apache-2.0
"""Rules and events for tests, in few words."""

from typing import Any

from uphold.detection import sigma
from uphold.detection.event import Event, Value
from uphold.detection.rule import Rules

HEAD = "logsource: {product: uphold}\n"


def described(name: str, detection: str, more: str = "") -> str:
    """A rule that describes events."""
    return f"title: T\nname: {name}\n{HEAD}detection: {detection}\n{more}"


def correlated(name: str, asked: str, more: str = "") -> str:
    """A correlation."""
    return f"title: T\nname: {name}\ncorrelation: {asked}\n{more}"


def load(*documents: str) -> Rules:
    """Rules of one file."""
    return sigma.load([("test.yml", "\n---\n".join(documents).encode())])


def event(number: int, at: int, kind: str = "a", **fields: Any) -> Event:
    """One event; `at` is in seconds."""
    found: dict[str, Value] = {"id": f"j{number}", "at": at * 1000, "kind": kind}
    return {**found, "service": "journal", "exercise": False, **fields}
