# SPDX-License-Identifier: Apache-2.0
"""What each operation costs on sites of several sizes, interleaved in one process: CPU, wall, steps of the database.

Steps are counted by SQLite itself, ten instructions of its machine each, in a round of their own: they are the same
however busy the machine is, and say how many rows a query touches.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bench import growth_operations
from bench.growth_operations import Operation, Place
from uphold import app as wiring, config

INSTRUCTIONS = 10
Rows = list[dict[str, Any]]


class Steps:
    """Counts what every connection that is opened after it does, while it is asked to."""

    def __init__(self) -> None:
        """Listen to each new connection of this process."""
        self.count = 0
        self._connections: list[Any] = []
        event.listen(Pool, "connect", self._note)

    def close(self) -> None:
        """Listen no more."""
        event.remove(Pool, "connect", self._note)

    def of(self, work: Callable[[], object]) -> int:
        """Return how many steps a piece of work takes."""
        self._count(self._tick)
        before = self.count
        try:
            work()
        finally:
            self._count(None)
        return self.count - before

    def _note(self, connection: Any, _record: Any) -> None:
        self._connections.append(connection)

    def _count(self, handler: Callable[[], int] | None) -> None:
        for connection in self._connections:
            # One that was closed meanwhile does nothing any more.
            with suppress(sqlite.ProgrammingError):
                connection.set_progress_handler(handler, INSTRUCTIONS)

    def _tick(self) -> int:
        self.count += 1
        return 0


@dataclass(frozen=True)
class Cost:
    """One time that one operation was done on a site of a size."""

    cpu_ms: float
    wall_ms: float


@contextmanager
def opened(sites: Mapping[int, Path], seed: int) -> Iterator[list[Place]]:
    """Open all sites in this process and let the people in."""
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        places = []
        for size, root in sorted(sites.items()):
            app = wiring.open_site(config.load(root))
            stack.callback(app.close)
            places.append(growth_operations.begin(app, size, runner, seed))
        yield places


def run(
    sites: Mapping[int, Path],
    operations: Mapping[str, Operation],
    *,
    rounds: int,
    seed: int,
    say: Callable[[str], None],
) -> Rows:
    """Do each operation `rounds` times on each site, in a seeded random order; the first time is not counted."""
    order = random.Random(seed)  # noqa: S311 - an order, not a secret
    costs: dict[tuple[str, int], list[Cost]] = {}
    steps = Steps()
    try:
        with opened(sites, seed) as places:
            for turn in range(rounds + 1):
                for name, place in _mixed(order, operations, places):
                    cost = _cost(operations[name], place, turn)
                    costs.setdefault((name, place.size), []).extend([cost] if turn else [])
                say(f"round {turn}/{rounds}, load {os.getloadavg()[0]:.1f}")
            counted = _counted(steps, operations, places, rounds + 1)
    finally:
        steps.close()
    return [
        {
            "operation": name,
            "submissions": size,
            "cpu_ms": _median([one.cpu_ms for one in found]),
            "wall_ms": _median([one.wall_ms for one in found]),
            "steps": counted[name, size],
            "rounds": len(found),
        }
        for (name, size), found in sorted(costs.items())
    ]


def touched(
    sites: Mapping[int, Path], operations: Mapping[str, Operation], seed: int
) -> dict[tuple[str, int], int]:
    """Do each operation once on each site; returns the steps that it takes by name and size."""
    steps = Steps()
    try:
        with opened(sites, seed) as places:
            return _counted(steps, operations, places, 0)
    finally:
        steps.close()


def _counted(
    steps: Steps, operations: Mapping[str, Operation], places: Sequence[Place], turn: int
) -> dict[tuple[str, int], int]:
    return {
        (name, place.size): steps.of(partial(work, place, turn))
        for name, work in operations.items()
        for place in places
    }


def _mixed(
    order: random.Random, operations: Mapping[str, Operation], places: Sequence[Place]
) -> list[tuple[str, Place]]:
    """Every operation on every site: the operations in a random order, each on all sites one after another."""
    names = order.sample(list(operations), len(operations))
    return [(name, place) for name in names for place in order.sample(places, len(places))]


def _cost(operation: Operation, place: Place, turn: int) -> Cost:
    used, started = time.process_time(), time.perf_counter()
    operation(place, turn)
    return Cost((time.process_time() - used) * 1e3, (time.perf_counter() - started) * 1e3)


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 4)
