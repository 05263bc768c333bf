# SPDX-License-Identifier: Apache-2.0
"""What is profiled: each path of the product at work, as its section of the benchmark has it.

    python -m bench.profiled NAME FOLDER SECONDS     a path without a server: prepares, prints a line, works for so long

The paths that a server takes are loaded from outside, and the server's process is looked at.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import (
    bodies,
    erasure,
    history,
    journal_store,
    load,
    package as packages,
    process,
    readings,
    uphold_site,
    visits,
)
from bench.course import Course
from bench.variant import Variant
from uphold.journal import audit, proof
from uphold.rights import package

SECONDS = 8
LONGEST = 120
"""A path without a server works on until it has been looked at."""
READY = "ready"
# Until the one who looks has begun.
_SPARE = 6
_AT_ONCE = 64
_MOST_A_SECOND = 10_000
_ENTRIES = 200_000
_PEOPLE = 800

Loaded = tuple[Variant, Callable[[int], object]]
"""A server, and what loads it for so many seconds."""


class Served(NamedTuple):
    """A path that a server takes; `start` makes the server."""

    title: str
    start: Callable[[Course], Loaded]


class Within(NamedTuple):
    """A path without a server; `prepare` returns what does one step of it."""

    title: str
    prepare: Callable[[Course, ExitStack], Callable[[], object]]


def _submissions(store: str) -> Callable[[Course], Loaded]:
    def start(course: Course) -> Loaded:
        one = uphold_site.start_uphold(store, course.folder / "site")
        sent = 0

        def work(seconds: int) -> None:
            nonlocal sent
            # Never the same again: what is sent twice is answered without being stored.
            supply, count = course.folder / "bodies", _MOST_A_SECOND * seconds
            bodies.write(supply, count, sent, one.body)
            sent += count
            seen = load.run(one.url, supply, connections=_AT_ONCE, seconds=seconds)
            if seen.bad:
                raise process.Failed(f"{seen.bad} requests were not answered 201")

        return one, work

    return start


def _visits(course: Course) -> Loaded:
    one = uphold_site.start_visits(course.folder / "site")
    return one, lambda seconds: visits.measure(0, one, seconds)


def _api(course: Course) -> Loaded:
    return readings.served(course, readings.RECORDS)


def _reading(course: Course, stack: ExitStack) -> Callable[[], object]:
    ways = dict(readings.within(course, stack, readings.QUICK))
    return ways["sixteen"]


def _package(course: Course, stack: ExitStack) -> Callable[[], object]:
    made = erasure.site(course.folder / "many", 3 * _PEOPLE + 1_000, _PEOPLE)
    app, people = stack.enter_context(made), iter(range(_PEOPLE))
    return lambda: packages.taken(app, next(people), package.json)


def _erasure(course: Course, stack: ExitStack) -> Callable[[], object]:
    made = erasure.site(course.folder / "many", 3 * _PEOPLE + 1_000, _PEOPLE)
    app, people = stack.enter_context(made), iter(range(_PEOPLE))
    return lambda: erasure.erase(app, next(people), 0)


def _audit(course: Course, stack: ExitStack) -> Callable[[], object]:
    history.build(course.folder, _ENTRIES)
    store = stack.enter_context(journal_store.opened(course.folder))

    def audited() -> None:
        with store.database.read() as connection:
            for finding in audit.run(connection, store.journal.verifier):
                raise process.Failed(f"the audit found {finding}")

    return audited


def _verify(course: Course, stack: ExitStack) -> Callable[[], object]:
    history.build(course.folder, _ENTRIES)
    store = stack.enter_context(journal_store.opened(course.folder))
    with store.database.read() as connection:
        raw = store.journal.entry(connection, _ENTRIES // 3)
        made = proof.receipt(store.journal.proof(connection, _ENTRIES // 3), raw, ())
    return lambda: proof.verify(made, store.journal.verifier)


PATHS: dict[str, Served | Within] = {
    "submission-sqlite": Served("Submissions on SQLite, 64 clients", _submissions("sqlite")),
    "submission-postgresql": Served(
        "Submissions on PostgreSQL, 64 clients; the product's process, not the database's",
        _submissions("postgresql"),
    ),
    "visit": Served("Visits, 64 clients", _visits),
    "reading-api": Served("Readings through the API, 16 clients", _api),
    "reading": Within("Journaled readings, sixteen at once", _reading),
    "package": Within("Everything about one person, as JSON", _package),
    "erasure": Within("One person erased, until the acts are closed", _erasure),
    "audit": Within("Audit of a journal", _audit),
    "verify": Within("A receipt verified", _verify),
}


@contextmanager
def at_work(course: Course, name: str) -> Iterator[tuple[int, Callable[[], object]]]:
    """Have a path ready to work; gives the process to look at, and what to wait for while it works."""
    path = PATHS[name]
    if isinstance(path, Served):
        one, work = path.start(course)
        try:
            # Warm, and so much longer than is looked at.
            work(4)
            yield one.pids[-1], lambda: work(SECONDS + _SPARE)
        finally:
            one.stop()
        return
    command = [
        sys.executable,
        "-m",
        "bench.profiled",
        name,
        str(course.folder),
        str(LONGEST),
    ]
    working = process.Server(command, course.folder.parent / f"{name}.log")
    try:
        while READY not in working.log_end():
            if working.process.poll() is not None:
                raise process.Failed(f"{name} could not be prepared:\n{working.log_end()}")
            time.sleep(0.05)
        yield working.pid, lambda: None
    finally:
        working.stop()


def main(name: str, folder: Path, seconds: float) -> None:
    """Prepare a path without a server, say so, and work."""
    path = PATHS[name]
    if not isinstance(path, Within):
        raise process.Failed(f"{name} needs a server")
    with ExitStack() as stack:
        step = path.prepare(Course(folder, lambda _: None, quick=True), stack)
        step()
        print(READY, flush=True)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            step()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
