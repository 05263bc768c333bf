# SPDX-License-Identifier: Apache-2.0
"""Durable submissions over HTTP: every variant at every concurrency, interleaved, checked, measured."""

import random
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import bodies, load, proc, process
from bench.variant import Variant

CONCURRENCIES = (1, 16, 64, 256)
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


class Course:
    """Runs variants and keeps what it must remember between runs."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.people = 0
        self.fastest: dict[str, float] = {}

    def measure(self, number: int, variant: Variant, connections: int, seconds: int) -> Run:
        """Load one variant; raise Failed on any answer but 201 or any lost submission."""
        supply = self._supply(variant, seconds)
        before = variant.count()
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


def run(
    variants: Sequence[Variant],
    folder: Path,
    *,
    rounds: int,
    seconds: int,
    seed: int,
    say: Callable[[str], None],
    concurrencies: Sequence[int] = CONCURRENCIES,
) -> list[dict[str, Any]]:
    """Measure all variants in every round at every concurrency, in a seeded random order."""
    order = random.Random(seed)  # noqa: S311 - an order, not a secret
    course = Course(folder, say)
    for place, variant in enumerate(variants):
        probe(variant, 10**8 + place)
        warm = course.measure(0, variant, 64, 1)
        say(f"{variant.name} answers: {warm.per_second:.0f}/s in the first second")
    found: list[Run] = []
    for number in range(1, rounds + 1):
        for connections in concurrencies:
            for variant in order.sample(list(variants), len(variants)):
                one = course.measure(number, variant, connections, seconds)
                found.append(one)
                say(
                    f"round {number}/{rounds}  {connections:>3} clients  {one.variant:<22}"
                    f"{one.per_second:>8.0f}/s {one.cpu_us:>7.0f} us  p99 {one.p99_ms:.1f} ms"
                )
    return [asdict(one) for one in found]
