# SPDX-License-Identifier: Apache-2.0
"""Appends of the bare journal against a raw fsync loop and a naive INSERT + COMMIT per record.

Each variant is a function that appends one batch durably; a round runs each for a while, in a
seeded random order, and ratios are taken within the round.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from bench import journal_store, markdown, medians, targets
from bench.course import Course
from bench.targets import TITLES, Rows

NAME, TITLE = "appends", "Appends to the bare journal"

BATCHES = (1, 10, 100, 1000)
RECORD = bytes(300)
PAGE = bytes(4096)

Append = Callable[[], int]
"""Appends durably and returns how many records that were."""


@dataclass(frozen=True)
class Run:
    """One variant in one round; CPU of the whole process, per record."""

    round: int
    variant: str
    per_second: float
    cpu_us: float


@contextmanager
def raw(folder: Path) -> Iterator[Append]:
    """Append 4 KiB and fdatasync: what the disk allows."""
    descriptor = os.open(folder / "raw", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def append() -> int:
        os.write(descriptor, PAGE)
        os.fdatasync(descriptor)
        return 1

    try:
        yield append
    finally:
        os.close(descriptor)


@contextmanager
def naive(folder: Path) -> Iterator[Append]:
    """Insert one record and commit, in WAL mode with synchronous=FULL."""
    with closing(sqlite.connect(str(folder / "naive.sqlite"), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE record (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")

        def append() -> int:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO record (bytes) VALUES (?)", (RECORD,))
            connection.execute("COMMIT")
            return 1

        yield append


@contextmanager
def journal(folder: Path, batch: int) -> Iterator[Append]:
    """Append entries through the product's writer, signed head included, so many per commit."""
    place = folder / f"journal-{batch}"
    place.mkdir()
    with journal_store.opened(place) as store:

        def append() -> int:
            store.append(batch)
            return batch

        yield append


def measure(number: int, name: str, append: Append, seconds: float) -> Run:
    """Append for so many seconds."""
    records = 0
    used = time.process_time()
    started = time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        records += append()
    return Run(number, name, records / elapsed, (time.process_time() - used) / records * 1e6)


def fdatasync_us(folder: Path, count: int = 40) -> float:
    """Return the median time of a durable append of 4 KiB now."""
    taken = []
    with raw(folder) as append:
        for _ in range(count):
            started = time.perf_counter()
            append()
            taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e6


def run(course: Course) -> list[dict[str, Any]]:
    """Measure every variant in every round, two rounds more than others."""
    order, rounds = course.order(), course.rounds + 2
    found: list[Run] = []
    with ExitStack() as stack:
        variants: dict[str, Append] = {
            "raw": stack.enter_context(raw(course.folder)),
            "naive": stack.enter_context(naive(course.folder)),
        }
        for batch in BATCHES:
            variants[f"journal-{batch}"] = stack.enter_context(journal(course.folder, batch))
        for append in variants.values():
            append()
        for number in range(1, rounds + 1):
            found += one_round(number, variants, 0.5 if course.quick else 1.0, order)
            course.say(f"appends, round {number}/{rounds}: " + shown(found[-len(variants) :]))
    return [asdict(one) for one in found]


def one_round(
    number: int, variants: dict[str, Append], seconds: float, order: random.Random
) -> list[Run]:
    """Measure each variant once."""
    names = order.sample(list(variants), len(variants))
    return [measure(number, name, variants[name], seconds) for name in names]


def shown(runs: Sequence[Run]) -> str:
    """Return the rates of a round in one line."""
    return ", ".join(f"{one.variant} {one.per_second:.0f}/s" for one in runs)


def page(rows: Rows) -> str:
    """Show appends beside the disk and beside the naive way."""
    lines = []
    for variant in (name for name in TITLES if targets.values(rows, name, None, "round")):
        rate = medians.spread(targets.values(rows, variant, None, "per_second"))
        used = medians.spread(targets.values(rows, variant, None, "cpu_us"))
        naive = targets.ratio(rows, targets.Pair(variant, "naive"), None)
        raw = targets.ratio(rows, targets.Pair(variant, "raw"), None)
        lines.append(
            (
                TITLES[variant],
                markdown.number(rate.median),
                markdown.number(used.median),
                markdown.times(naive) if naive else "-",
                markdown.times(raw) if raw else "-",
            )
        )
    head = ["", "records per second", "CPU us", "times naive", "times raw"]
    met = targets.table(targets.outcomes([], rows))
    return markdown.table(head, lines) + (f"\n{met}" if met else "")
