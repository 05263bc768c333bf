# SPDX-License-Identifier: Apache-2.0
"""Durable submissions over HTTP: every variant at every concurrency, interleaved, checked, measured."""

import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import appends, bodies, load, markdown, medians, proc, process, targets, variants
from bench.course import Course
from bench.targets import TITLES, Rows
from bench.variant import Variant

NAME, TITLE = "submissions", "Durable submissions over HTTP"

FIRST_GUESS = 4000
"""Requests per second assumed until a run of the variant has shown its own figure."""


@dataclass(frozen=True)
class Run:
    """One variant at one concurrency in one round."""

    round: int
    variant: str
    connections: int
    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    pss_mb: float
    generator_us: float
    acknowledged: int
    stored: int
    fdatasync_us: float
    """The median of one just before: what the disk did then."""


class Loads:
    """Runs variants and keeps what it must remember between runs."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.people = 0
        self.fastest: dict[str, float] = {}

    def measure(self, number: int, variant: Variant, connections: int, seconds: int) -> Run:
        """Load one variant; raise Failed on any answer but 201 or any lost submission."""
        supply = self._supply(variant, seconds)
        before, disk = variant.count(), appends.fdatasync_us(self.folder)
        used = proc.cpu_seconds(variant.pids)
        seen = load.run(variant.url, supply, connections=connections, seconds=seconds)
        used = proc.cpu_seconds(variant.pids) - used
        stored = settle(variant) - before
        supply.unlink()
        check(variant.name, seen, stored, connections)
        rate = seen.acknowledged / seen.seconds
        self.fastest[variant.name] = max(rate, self.fastest.get(variant.name, 0.0))
        return Run(
            round=number,
            variant=variant.name,
            connections=connections,
            per_second=rate,
            cpu_us=used / max(seen.acknowledged, 1) * 1e6,
            p50_ms=seen.p50_us / 1e3,
            p99_ms=seen.p99_us / 1e3,
            pss_mb=proc.pss_bytes(variant.pids) / 2**20,
            generator_us=seen.generator_us,
            acknowledged=seen.acknowledged,
            stored=stored,
            fdatasync_us=disk,
        )

    def _supply(self, variant: Variant, seconds: int) -> Path:
        """Prepare more bodies than the run can use; each is another person's."""
        rate = self.fastest.get(variant.name, FIRST_GUESS)
        count = int(rate * seconds * 1.6) + 4000
        path = self.folder / "bodies"
        bodies.write(path, count, self.people, variant.body)
        self.people += count
        return path


def check(name: str, seen: load.Load, stored: int, connections: int) -> None:
    """Raise Failed unless every answer was 201, nothing was lost and nothing stored twice."""
    if seen.bad:
        raise process.Failed(f"{name}: {seen.bad} requests were not answered 201")
    if not seen.acknowledged:
        raise process.Failed(f"{name}: no request was answered in time")
    if stored < seen.acknowledged:
        raise process.Failed(f"{name}: {seen.acknowledged} acknowledged, only {stored} stored")
    # What was in flight when the clients left may be stored without their knowing.
    if stored > seen.acknowledged + 2 * connections:
        raise process.Failed(f"{name}: {stored} stored for {seen.acknowledged} acknowledged")


def settle(variant: Variant, seconds: float = 10.0) -> int:
    """Wait until nothing more is stored, and return how many submissions are.

    Requests that lost their client are still being stored. On a crowded machine a server may get no
    processor for a while, so one quiet look is not enough.
    """
    deadline = time.monotonic() + seconds
    quiet, stored, used = 0, variant.count(), proc.cpu_seconds(variant.pids)
    while quiet < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
        now, spent = variant.count(), proc.cpu_seconds(variant.pids)
        quiet = quiet + 1 if now == stored and spent - used < 0.02 else 0
        stored, used = now, spent
    return stored


def probe(variant: Variant, number: int) -> None:
    """Send one submission with Python's own client and raise Failed unless the answer is 201."""
    request = urllib.request.Request(  # noqa: S310 - always http to loopback
        variant.url,
        data=variant.body(number).encode(),
        headers={"Accept": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            status, text = answer.status, ""
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read(400).decode(errors="replace")
    if status != 201:
        raise process.Failed(f"{variant.name} answered {status} to a first submission: {text}")


def run(course: Course) -> list[dict[str, Any]]:
    """Measure all variants in every round at every concurrency, in a seeded random order."""
    order, loads = course.order(), Loads(course.folder, course.say)
    found: list[Run] = []
    sites = course.within("sites").folder
    with variants.started(sites, course.python, course.variants, course.say) as servers:
        for place, variant in enumerate(servers):
            probe(variant, 10**8 + place)
            warm = loads.measure(0, variant, 64, 1)
            course.say(f"{variant.name} answers: {warm.per_second:.0f}/s in the first second")
        for number in range(1, course.rounds + 1):
            for connections in course.clients:
                for variant in order.sample(servers, len(servers)):
                    one = loads.measure(number, variant, connections, course.seconds)
                    found.append(one)
                    course.say(
                        f"round {number}/{course.rounds}  {connections:>3} clients  {one.variant:<22}"
                        f"{one.per_second:>8.0f}/s {one.cpu_us:>7.0f} us  p99 {one.p99_ms:.1f} ms"
                    )
    return [asdict(one) for one in found]


def page(rows: Rows) -> str:
    """Show every variant at every concurrency, and the ratios."""
    met = targets.table(targets.outcomes(rows, []))
    return "\n".join(part for part in (met, throughput(rows), ratios(rows), baselines()) if part)


def throughput(rows: Rows, titles: Mapping[str, str] = TITLES) -> str:
    """Show every variant at every concurrency."""
    shown = []
    for clients in sorted({int(row["connections"]) for row in rows}):
        lines = []
        for variant in (name for name in titles if targets.values(rows, name, clients, "round")):
            figures = {
                field: medians.spread(targets.values(rows, variant, clients, field))
                for field in ("per_second", "cpu_us", "p50_ms", "p99_ms", "pss_mb", "generator_us")
            }
            lines.append(
                [titles[variant], *(markdown.number(one.median) for one in figures.values())]
            )
        head = ["", "per second", "CPU us", "p50 ms", "p99 ms", "memory MB", "wrk's CPU us"]
        shown.append(f"### {clients} client{'s' * (clients > 1)}\n\n" + markdown.table(head, lines))
    return "\n".join(shown)


def ratios(rows: Rows) -> str:
    """Show how many times faster and how much cheaper Uphold is."""
    lines = []
    for clients in sorted({int(row["connections"]) for row in rows}):
        for pair in targets.PAIRS:
            faster = targets.ratio(rows, pair, clients)
            used = targets.ratio(rows, targets.Pair(pair.under, pair.over), clients, "cpu_us")
            if faster and used:
                names = f"{TITLES[pair.over]} / {TITLES[pair.under]}"
                lines.append((names, str(clients), markdown.times(faster), markdown.times(used)))
    if not lines:
        return ""
    return "### Ratios\n\n" + markdown.table(
        ["", "clients", "times as many", "times less CPU"], lines
    )


def baselines() -> str:
    """Say what the plain sites are."""
    return (
        "The plain sites run the same interpreter under gunicorn. SQLite: three sync workers, which end each "
        "connection with its answer, so that a request there is a connection too; "
        "*default* is Django's own settings, *tuned* is WAL, `synchronous=FULL` and `BEGIN "
        "IMMEDIATE`, *kept* adds persistent connections. PostgreSQL: two gthread workers of eight "
        "threads, persistent connections, `synchronous_commit=on`. Memory is the proportional set "
        "size of the tree, PostgreSQL included.\n"
    )
