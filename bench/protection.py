# SPDX-License-Identifier: Apache-2.0
"""What protection costs: the whole submission beside the least that stores one, and as JSON beside a form's encoding.

uphold-sqlite, uphold-postgresql    everything on, form-encoded
uphold-json                         the same site as uphold-sqlite, the same fields as JSON
raw-sqlite, raw-postgresql          `bench.raw_site`: plain ASGI, plain text, one COMMIT per request
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bench import (
    bodies,
    markdown,
    postgres,
    process,
    submissions,
    targets,
    uphold_site,
    variant,
)
from bench.course import Course
from bench.targets import Pair, Rows
from bench.variant import ROOT, Variant

NAME, TITLE = "protection", "What protection costs"
CLIENTS = (64, 256)
TITLES = {
    "uphold-sqlite": "Uphold, SQLite",
    "uphold-json": "Uphold, SQLite, as JSON",
    "raw-sqlite": "bare ASGI, SQLite, COMMIT per request",
    "uphold-postgresql": "Uphold, PostgreSQL",
    "raw-postgresql": "bare ASGI, PostgreSQL, COMMIT per request",
}
PAIRS = (
    Pair("uphold-sqlite", "raw-sqlite"),
    Pair("uphold-postgresql", "raw-postgresql"),
    Pair("uphold-json", "uphold-sqlite"),
)


def run(course: Course) -> list[dict[str, Any]]:
    """Measure all variants in every round, in a seeded random order."""
    order, loads = course.order(), submissions.Loads(course.folder, course.say)
    found: list[submissions.Run] = []
    with ExitStack() as stack:
        servers = [stack.enter_context(started(made)) for made in _makers(course)]
        servers.insert(1, replace(servers[0], name="uphold-json", body=as_json(servers[0].body)))
        for one in servers:
            loads.measure(0, one, 64, 1)
        for number in range(1, course.rounds + 1):
            for connections in CLIENTS:
                for one in order.sample(servers, len(servers)):
                    got = loads.measure(number, one, connections, course.seconds)
                    found.append(got)
                    course.say(
                        f"round {number}/{course.rounds}  {connections:>3} clients  {got.variant:<18}"
                        f"{got.per_second:>8.0f}/s {got.cpu_us:>7.0f} us"
                    )
    return [asdict(one) for one in found]


def _makers(course: Course) -> list[Callable[[], Variant]]:
    return [
        lambda: uphold_site.start_uphold("sqlite", course.folder / "uphold-sqlite"),
        lambda: raw("sqlite", course.folder / "raw-sqlite"),
        lambda: uphold_site.start_uphold("postgresql", course.folder / "uphold-postgresql"),
        lambda: raw("postgresql", course.folder / "raw-postgresql"),
    ]


@contextmanager
def started(make: Callable[[], Variant]) -> Iterator[Variant]:
    """Start a server; stop it whatever happens."""
    one = make()
    try:
        yield one
    finally:
        one.stop()


def raw(store: str, folder: Path) -> Variant:
    """Serve the bare endpoint on one of the two engines, under one uvicorn with uvloop and httptools."""
    folder.mkdir(parents=True)
    before: tuple[process.Server, ...] = ()
    place = str(folder / "rows.sqlite")
    if store == "postgresql":
        cluster = postgres.start(folder / "postgresql")
        place, before = cluster.url, (cluster.server,)
    port = process.free_port()
    command = [sys.executable, "-m", "uvicorn", "--loop", "uvloop", "--http", "httptools"]
    server = process.Server(
        [*command, "--port", str(port), "--no-access-log", "bench.raw_site:application"],
        folder / "log",
        environment={
            "PYTHONPATH": str(ROOT),
            "BENCH_STORE": store,
            "BENCH_DATABASE": place,
        },
    )
    server.wait_for_port(port)
    count = variant.count_postgresql if before else variant.count_sqlite
    counted = partial(count, place if before else Path(place), "submission")  # type: ignore[arg-type] # each has its own
    url = f"http://127.0.0.1:{port}/f/feedback"
    return Variant(f"raw-{store}", url, (*before, server), counted, bodies.plain)


def as_json(body: Callable[[int], str]) -> Callable[[int], str]:
    """Return what writes the same fields as JSON."""

    def written(number: int) -> str:
        return json.dumps(dict(parse_qsl(body(number))), ensure_ascii=False)

    return written


def page(rows: Rows) -> str:
    """Show every variant, and what protection and the form's encoding cost."""
    told = (
        "The bare endpoint is plain ASGI under the same uvicorn: it reads the form with the standard library, looks if "
        "four fields are there, writes a row and its consent in plain text and commits for each request, on SQLite "
        "where the request is, on PostgreSQL by a pool of 16 psycopg connections. It checks no token, no rule and no "
        "consent, seals, journals and signs nothing, and would store a second click twice.\n"
    )
    return "\n".join([told, submissions.throughput(rows, TITLES), compared(rows)])


def compared(rows: Rows) -> str:
    """Show the pairs, in rate and in CPU."""
    lines = []
    for clients in CLIENTS:
        for pair in PAIRS:
            many = targets.ratio(rows, pair, clients)
            used = targets.ratio(rows, pair, clients, "cpu_us")
            if many and used:
                names = f"{TITLES[pair.over]} / {TITLES[pair.under]}"
                shown = [markdown.times(many), markdown.times(used)]
                lines.append((names, str(clients), *shown))
    return markdown.table(["", "clients", "times as many", "times the CPU"], lines)
