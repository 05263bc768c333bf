# SPDX-License-Identifier: Apache-2.0
"""Visits over HTTP: the beacon beside a Django ORM row per visit, interleaved, all counted, with the time to disk."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import load, markdown, medians, proc, process, targets, uphold_site, variant
from bench.course import Course
from bench.submissions import settle
from bench.targets import Rows
from bench.variant import Variant

NAME, TITLE = "visits", "Visits over HTTP"

CLIENTS = 64
SCRIPT = Path(__file__).with_name("visits.lua")
TABLE = "django_site_visit"
STORES = ("sqlite-default", "sqlite-tuned", "postgresql")
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Run:
    """One variant in one round. `lag_s` is how long after the last answer the last visit was on disk."""

    round: int
    variant: str
    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    pss_mb: float
    generator_us: float
    acknowledged: int
    stored: int
    lag_s: float


def measure(number: int, one: Variant, seconds: int) -> Run:
    """Load one variant; raise Failed on any answer but 202 or any lost visit."""
    before = one.count()
    used = proc.cpu_seconds(one.pids)
    parts = urlsplit(one.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    seen = load.run(one.url, origin, connections=CLIENTS, seconds=seconds, script=SCRIPT)
    lag = until_stored(one, before + seen.acknowledged)
    stored = settle(one) - before
    used = proc.cpu_seconds(one.pids) - used
    check(one.name, seen, stored)
    return Run(
        round=number,
        variant=one.name,
        per_second=seen.acknowledged / seen.seconds,
        cpu_us=used / max(seen.acknowledged, 1) * 1e6,
        p50_ms=seen.p50_us / 1e3,
        p99_ms=seen.p99_us / 1e3,
        pss_mb=proc.pss_bytes(one.pids) / 2**20,
        generator_us=seen.generator_us,
        acknowledged=seen.acknowledged,
        stored=stored,
        lag_s=lag,
    )


def until_stored(one: Variant, wanted: int, seconds: float = 30.0) -> float:
    """Wait until so many are on disk, and say how long that was; raise Failed when it never is."""
    began = time.monotonic()
    while one.count() < wanted:
        if time.monotonic() - began > seconds:
            raise process.Failed(f"{one.name}: what was acknowledged is not on disk")
        time.sleep(_LOOK_SECONDS)
    return time.monotonic() - began


def check(name: str, seen: load.Load, stored: int) -> None:
    """Raise Failed unless every answer was 202, nothing was lost and nothing stored twice."""
    if seen.bad or not seen.acknowledged:
        raise process.Failed(f"{name}: {seen.bad} of {seen.acknowledged} were not answered 202")
    # What was in flight when the clients left may be stored without their knowing.
    if not 0 <= stored - seen.acknowledged <= 2 * CLIENTS:
        raise process.Failed(f"{name}: {stored} stored for {seen.acknowledged} acknowledged")


def run(course: Course) -> list[dict[str, Any]]:
    """Measure all variants in every round at 64 clients, in a seeded random order."""
    order = course.order()
    found: list[Run] = []
    with started(course.folder, course.python, course.say) as servers:
        for one in servers:
            measure(0, one, 1)
        for number in range(1, course.rounds + 1):
            for one in order.sample(servers, len(servers)):
                got = measure(number, one, course.seconds)
                found.append(got)
                course.say(
                    f"round {number}/{course.rounds}  {got.variant:<22}{got.per_second:>8.0f}/s "
                    f"{got.cpu_us:>6.0f} us  p99 {got.p99_ms:.1f} ms  on disk after {got.lag_s:.2f} s"
                )
    return [asdict(one) for one in found]


@contextmanager
def started(folder: Path, python: str, say: Callable[[str], None]) -> Iterator[list[Variant]]:
    """Start the servers; stop them whatever happens."""
    running: list[Variant] = []
    try:
        running.append(uphold_site.start_visits(folder / targets.VISITS))
        for store in STORES:
            running.append(variant.start_django(store, folder / store, python, TABLE, "/visit"))
            say(f"{running[-1].name} is up")
        yield running
    finally:
        for one in running:
            one.stop()


def page(rows: Rows) -> str:
    """Show what a beacon takes beside a row per visit."""
    ratios = dict(targets.visits(rows))
    lines = []
    for name, title in targets.VISITORS.items():
        if not targets.values(rows, name, None, "round"):
            continue
        fields = ("per_second", "cpu_us", "p50_ms", "p99_ms", "lag_s")
        spreads = (medians.spread(targets.values(rows, name, None, field)) for field in fields)
        times_ = markdown.times(ratios[name]) if name in ratios else "-"
        lines.append((title, *(markdown.number(one.median) for one in spreads), times_))
    head = ["", "per second", "CPU us", "p50 ms", "p99 ms", "on disk after s", "times as many"]
    default = ratios.get("django-sqlite-default")
    reached = "yes" if default and default.median >= targets.VISITED else "**no**"
    late = targets.lag(rows)
    durable = "yes" if late.high <= targets.DURABLE_SECONDS else "**no**"
    return (
        "A page says that it was looked at, from 64 kept-alive clients. Django stores one row in plain text and "
        "answers 202. Uphold answers 202 at once; what came is sealed, journaled and committed, and without what names "
        "anybody appended to the files of statistics, at most half a second later. A visit counts as stored when it is "
        "in both, and a run where one is missing fails. CPU includes what is done after the answer.\n\n"
        + markdown.table(head, lines)
        + f"\nTarget: >= {markdown.number(targets.VISITED)} times Django's own settings, reached: {reached}. "
        f"On disk within {markdown.number(targets.DURABLE_SECONDS)} s of the last answer, "
        f"at worst {markdown.number(late.high)} s: {durable}.\n"
    )
