# SPDX-License-Identifier: Apache-2.0
"""Visits over HTTP: the beacon beside a Django ORM row per visit, interleaved, all counted, with the time to disk."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import load, proc, process, targets, uphold_site, variant
from bench.submissions import settle
from bench.variant import Variant

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


def run(
    folder: Path,
    python: str,
    *,
    rounds: int,
    seconds: int,
    seed: int,
    say: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Measure all variants in every round at 64 clients, in a seeded random order."""
    order = random.Random(seed)  # noqa: S311 - an order, not a secret
    found: list[Run] = []
    with started(folder, python, say) as servers:
        for one in servers:
            measure(0, one, 1)
        for number in range(1, rounds + 1):
            for one in order.sample(servers, len(servers)):
                got = measure(number, one, seconds)
                found.append(got)
                say(
                    f"round {number}/{rounds}  {got.variant:<22}{got.per_second:>8.0f}/s "
                    f"{got.cpu_us:>6.0f} us  p99 {got.p99_ms:.1f} ms  on disk after {got.lag_s:.2f} s"
                )
    return [asdict(one) for one in found]


@contextmanager
def started(folder: Path, python: str, say: Callable[[str], None]) -> Iterator[list[Variant]]:
    """Start the servers; stop them whatever happens."""
    folder.mkdir()
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
