# SPDX-License-Identifier: Apache-2.0
"""What the benchmark must show, as data, and whether a run shows it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench import markdown, medians
from bench.medians import Spread

Rows = Sequence[Mapping[str, Any]]

TITLES = {
    "uphold-sqlite": "Uphold, SQLite",
    "uphold-postgresql": "Uphold, PostgreSQL",
    "django-sqlite-default": "Django, SQLite default",
    "django-sqlite-tuned": "Django, SQLite tuned",
    "django-sqlite-kept": "Django, SQLite tuned + kept connections",
    "django-postgresql": "Django, PostgreSQL, kept connections",
    "raw": "4 KiB append + fdatasync",
    "naive": "INSERT + COMMIT per record",
    "journal-1": "journal, batches of 1",
    "journal-10": "journal, batches of 10",
    "journal-100": "journal, batches of 100",
    "journal-1000": "journal, batches of 1000",
}


class Pair(NamedTuple):
    """Who is compared with whom."""

    over: str
    under: str


class Target(NamedTuple):
    """One goal: at so many clients (None for appends) the ratio is to reach `wanted`.

    `wanted` None means: no less than at 64 clients in the same run.
    """

    pair: Pair
    clients: int | None
    wanted: float | None


class Outcome(NamedTuple):
    """A target beside what was measured."""

    target: Target
    wanted: float
    measured: Spread

    @property
    def reached(self) -> bool:
        """Whether the median is at least what was wanted."""
        return self.measured.median >= self.wanted


DEFAULT = Pair("uphold-sqlite", "django-sqlite-default")
TUNED = Pair("uphold-sqlite", "django-sqlite-tuned")
KEPT = Pair("uphold-sqlite", "django-sqlite-kept")
SERVER = Pair("uphold-postgresql", "django-postgresql")
NAIVE = Pair("journal-100", "naive")

PAIRS = (DEFAULT, TUNED, KEPT, SERVER)
"""The comparisons shown; KEPT has no target of its own, it is the hardest plain SQLite site."""

TARGETS = (
    Target(DEFAULT, 64, 30),
    Target(TUNED, 64, 15),
    Target(SERVER, 64, 12),
    Target(TUNED, 1, 2.5),
    Target(DEFAULT, 256, None),
    Target(TUNED, 256, None),
    Target(SERVER, 256, None),
    Target(NAIVE, None, 75),
)


def values(rows: Rows, variant: str, clients: int | None, field: str) -> list[float]:
    """Return one figure of one variant in the order of the rounds."""
    found = [
        row
        for row in rows
        if row["variant"] == variant and (clients is None or row["connections"] == clients)
    ]
    return [float(row[field]) for row in sorted(found, key=lambda row: int(row["round"]))]


def ratio(rows: Rows, pair: Pair, clients: int | None, field: str = "per_second") -> Spread | None:
    """Return the spread of the per-round ratios, None when one side was not measured."""
    over = values(rows, pair.over, clients, field)
    under = values(rows, pair.under, clients, field)
    return medians.ratio(over, under) if over and under else None


def outcomes(submissions: Rows, appends: Rows) -> list[Outcome]:
    """Return every target that this run can speak of, beside the measured ratio."""
    found = []
    for target in TARGETS:
        rows = appends if target.clients is None else submissions
        measured = ratio(rows, target.pair, target.clients)
        at_64 = ratio(rows, target.pair, 64) if target.wanted is None else None
        wanted = target.wanted if target.wanted is not None else at_64 and at_64.median
        if measured is not None and wanted is not None:
            found.append(Outcome(target, wanted, measured))
    return found


def table(met: Sequence[Outcome]) -> str:
    """Show each target beside what was measured; nothing when none was."""
    rows = []
    for outcome in met:
        clients, pair = outcome.target.clients, outcome.target.pair
        wanted = f">= {markdown.number(outcome.wanted)}"
        if outcome.target.wanted is None:
            wanted += " (as at 64)"
        rows.append(
            (
                f"{TITLES[pair.over]} / {TITLES[pair.under]}",
                str(clients) if clients else "-",
                wanted,
                markdown.times(outcome.measured),
                markdown.mark(reached=outcome.reached),
            )
        )
    head = ["records per second, ratio", "clients", "target", "measured", "reached"]
    return markdown.table(head, rows) if rows else ""


ERASURE = 2.0
"""Erasing one person among a million submissions may take at most so many times as long as among a thousand."""
ERASING = {
    "waited_ms": "until the person can be told, ms",
    "whole_ms": "until the acts are closed, ms",
    "cpu_ms": "CPU, ms",
}


def erasures(rows: Rows) -> list[tuple[str, Spread]]:
    """Return how many times as much each figure of an erasure is among many as among few."""
    sizes = sorted({int(row["submissions"]) for row in rows})
    return [
        (name, medians.ratio(erased(rows, sizes[-1], field), erased(rows, sizes[0], field)))
        for field, name in ERASING.items()
        if len(sizes) > 1
    ]


def erased(rows: Rows, size: int, field: str) -> list[float]:
    """Return one figure of the erasures on one site, in the order of the rounds."""
    found = [row for row in rows if row["submissions"] == size]
    return [float(row[field]) for row in sorted(found, key=lambda row: int(row["round"]))]


COUNTED = 10_000_000
"""Over so many visits every table is to be counted within so many seconds and MB:"""
COUNTING_S, COUNTING_MB = 1.0, 500.0


class Counted(NamedTuple):
    """The slowest table over one store; `reached` is None where no target speaks of so many visits."""

    visits: int
    table: str
    seconds: float
    mb: float
    reached: bool | None


def figures(rows: Rows) -> list[Counted]:
    """Return the slowest table over each store, the smallest store first."""
    found = []
    for row in sorted(rows, key=lambda row: int(row["visits"])):
        table, taken = max(row["seconds"].items(), key=lambda one: float(one[1]["median"]))
        within = taken["median"] <= COUNTING_S and row["mb"] <= COUNTING_MB
        reached = within if row["visits"] == COUNTED else None
        found.append(Counted(row["visits"], table, taken["median"], row["mb"], reached))
    return found


NOISE_S = {"cold": 1.0, "bounded": 0.05}
"""A noisy count of persons per page over a million visits, from nothing and from bounded counts, in seconds."""


def noise(rows: Rows) -> list[tuple[str, Spread, float]]:
    """Return the ways to a noisy figure that have a target, what each took and what it may take."""
    taken = {way: [row["seconds"] for row in rows if row["way"] == way] for way in NOISE_S}
    return [(way, medians.spread(found), NOISE_S[way]) for way, found in taken.items() if found]


VISITS = "uphold-visits"
VISITORS = {
    VISITS: "Uphold, SQLite: sealed, journaled, and an event for statistics",
    "django-sqlite-default": "Django, SQLite default: one row",
    "django-sqlite-tuned": "Django, SQLite tuned: one row",
    "django-postgresql": "Django, PostgreSQL, kept connections: one row",
}
VISITED = 60.0
"""So many times as many visits are to be taken as Django takes with its own settings."""
DURABLE_SECONDS = 1.0
"""So long after its answer a visit may not be on disk yet."""


def visits(rows: Rows) -> list[tuple[str, Spread]]:
    """Return how many times as many visits Uphold takes as each plain site."""
    pairs = [(name, ratio(rows, Pair(VISITS, name), None)) for name in VISITORS if name != VISITS]
    return [(name, times) for name, times in pairs if times]


def lag(rows: Rows) -> Spread:
    """Return how long after the last answer the last visit was on disk, in seconds."""
    return medians.spread(values(rows, VISITS, None, "lag_s"))
