# SPDX-License-Identifier: Apache-2.0
"""Streams of events made of a few words, so that rules can be tried: what an intrusion looks like, and calm work. Pure.

    steps = [{"kind": "record.opened", "times": [45, 90], "over": [600, 3000], "staff": "=thief", "record": "+"}]
    play.perform(steps, draw, at)      `draw` is a random.Random, `at` when it begins (unix ms)

A step is `times` events of one kind within `over` seconds, `after` so many seconds from the step before; each of the
three is a number or a range that one is drawn from. Any other name is a field: a value; a list, gone through in turn;
`=name` for a value that is drawn once in the stream; `+` for another one at each event. Fields that are not named are
those of ordinary work (`plays/kinds.toml`).
"""

import random
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from uphold.detection.event import JOURNAL, SITE, WEB, Value

Step = Mapping[str, Any]
SECOND = 1000

_DIGESTS = frozenset({"login", "source", "network", "agent", "host"})
_HOW = frozenset({"kind", "times", "over", "after"})
_LEAST, _MOST = 10_000, 2_000_000_000
_KINDS = "kinds.toml"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a rule is there for: how the `attack` goes, `calm` work that is like it, and what must `respond` to it."""

    rule: str
    attack: tuple[Step, ...]
    calm: tuple[Step, ...]
    respond: tuple[str, ...]


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Return the scenario of every rule that comes with the package, by the rule's name."""
    found: dict[str, Scenario] = {}
    for name, tables in _read():
        if name == _KINDS:
            continue
        for rule, one in tables.items():
            found[rule] = Scenario(
                rule, tuple(one["attack"]), tuple(one["calm"]), tuple(one["respond"])
            )
    return found


def _read() -> Iterator[tuple[str, dict[str, Any]]]:
    folder = resources.files("uphold.detection").joinpath("plays")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            yield file.name, tomllib.loads(file.read_text("utf-8"))


@cache
def ordinary() -> Mapping[str, Mapping[str, Value]]:
    """Return the fields of each kind of event as they are in ordinary work."""
    found: dict[str, dict[str, Value]] = dict(_read())[_KINDS]
    everyday = found.pop("staff")
    return {
        kind: ({**everyday, **fields} if service_of(kind) == JOURNAL else fields)
        for kind, fields in found.items()
    }


def service_of(kind: str) -> str:
    """Tell who notices events of a kind."""
    first = kind.partition(".")[0]
    return first if first in (WEB, SITE) else JOURNAL


class Play:
    """What is drawn for one stream: its values by name, and its count of events."""

    def __init__(self, draw: random.Random, first: int = 1) -> None:
        """Draw from `draw`; ids begin with the number `first`."""
        self._draw = draw
        self._named: dict[tuple[str, str], Value] = {}
        self._next = first

    def perform(self, steps: Iterable[Step], at: int) -> list[dict[str, Value]]:
        """Make the events of these steps, the first at `at` (unix ms), in the order of their times."""
        made: list[dict[str, Value]] = []
        for step in steps:
            if made:
                at = int(made[-1]["at"]) + self._number(step.get("after", [2, 5])) * SECOND
            made.extend(self._step(step, at))
        return made

    def _step(self, step: Step, at: int) -> Iterator[dict[str, Value]]:
        times, over = self._number(step.get("times", 1)), self._number(step.get("over", 0))
        kind = str(step["kind"])
        usual = ordinary()[kind]
        fields = {**usual, **{name: one for name, one in step.items() if name not in _HOW}}
        for turn in range(times):
            passed = over * SECOND * turn // max(1, times - 1)
            event = {name: self._value(name, one, turn) for name, one in fields.items()}
            # The journal tells whole seconds.
            moment = (at + passed) // SECOND * SECOND
            service = service_of(kind)
            prefix = "j" if service == JOURNAL else "s"
            event |= {"id": f"{prefix}{self._next}", "at": moment, "kind": kind, "service": service}
            event.setdefault("exercise", False)
            self._next += 1
            yield event

    def _number(self, told: int | Sequence[int]) -> int:
        return told if isinstance(told, int) else self._draw.randint(*told)

    def _value(self, name: str, told: Any, turn: int) -> Value:
        if isinstance(told, list):
            told = told[turn % len(told)]
        if told == "+":
            return self._drawn(name)
        if isinstance(told, str) and told.startswith("="):
            place = (name, told)
            if place not in self._named:
                self._named[place] = self._drawn(name)
            return self._named[place]
        if isinstance(told, bool | int | str):
            return told
        raise TypeError(f"{name} is no value of an event")

    def _drawn(self, name: str) -> Value:
        if name in _DIGESTS:
            return f"{self._draw.getrandbits(64):016x}"
        return self._draw.randint(_LEAST, _MOST)


def perform(
    steps: Iterable[Step], draw: random.Random, at: int, first: int = 1
) -> list[dict[str, Value]]:
    """Make the events of these steps, with values of their own; ids begin with the number `first`."""
    return Play(draw, first).perform(steps, at)
