# SPDX-License-Identifier: Apache-2.0
"""How many sites a machine holds, and what a million of them take: measured costs, on days that are simulated.

What one thing costs was measured. How a million sites are visited cannot be measured here and is assumed: the site
of rank r has 1/r of the visitors of the first (Zipf's law, as found of web sites by Adamic and Huberman, 2002), and
more by day than by night. One day of every hundredth of them, or of fewer, is then played, and what it took counted.
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import kept, markdown
from bench.markdown import number, whole

PAGE = Path("docs/design/scale.md")
GROWTH = kept.RESULTS / "growth.json"

SITES = 1_000_000
# Visits of a site in a day, on average over all sites.
VISITS = 100.0
# Of a hundred visitors so many look at a form, and so many send it.
FORMS, POSTS = 3, 1
# At the busiest minute of a day there are 1 + SWING times as many visitors as on average.
SWING = 0.8
# A site that is opened when somebody comes is closed when nobody came for so long.
AWAY_MINUTES = 10
# Above so many visits a day it is never closed, and is not played visitor by visitor.
BUSY = 3_000
MINUTES = 1440
SAMPLE = 4_000
SEED = 152
# A machine as the one that was measured on, of which so much may be in use at the busiest minute.
CORES, MEMORY_MB, FILL = 2, 24 * 1024, 0.7


class Costs(NamedTuple):
    """What was measured of one site; `ms` are of a processor."""

    visit_ms: float
    form_ms: float
    post_ms: float
    idle_ms: float
    """In each second, of a process that serves a site and is asked nothing."""
    start_ms: float
    """Until a process that was started has stored the first submission."""
    open_ms: float
    """A site that a running process opens."""
    backup_ms: float
    alone_mb: float
    """Of a process that serves one site."""
    open_mb: float
    """Of one more site that a process has open."""
    empty_kb: float
    post_kb: float


class Day(NamedTuple):
    """What the visitors of one average site make of each minute of a day."""

    asked: Sequence[float]
    """Visits."""
    awake: Sequence[float]
    """Which part of the sites somebody is at, or was at not long ago."""
    woken: Sequence[float]
    """Which part of the sites somebody came to after all had left."""


class Shape(NamedTuple):
    """A way to serve many sites, and what one of them takes of its machine at the busiest minute."""

    name: str
    is_built: bool
    ms: float
    """Of processors, in each second."""
    mb: float

    @property
    def sites(self) -> int:
        """How many a machine holds."""
        return int(min(CORES * 1e3 * FILL / self.ms, MEMORY_MB * FILL / self.mb))

    @property
    def bound(self) -> str:
        """What runs out first."""
        by_processor, by_memory = CORES * 1e3 / self.ms, MEMORY_MB / self.mb
        return "processors" if by_processor < by_memory else "memory"


def costs(records: Mapping[str, Any], growth: Mapping[str, Any]) -> Costs:
    """Take what is needed from what was measured. Raises KeyError where a section was never run."""
    hosting = records["hosting"]["rows"]
    beside = [row for row in hosting if row["what"] == "beside"]
    few, many = (
        [row for row in beside if row["sites"] == size]
        for size in (min(row["sites"] for row in beside), max(row["sites"] for row in beside))
    )
    more = many[0]["sites"] - few[0]["sites"]
    smallest = min(row["submissions"] for row in growth["operations"])
    first = {
        row["operation"]: row for row in growth["operations"] if row["submissions"] == smallest
    }
    backup = min(
        (row for row in growth["whole"] if row["operation"] == "backup"),
        key=lambda row: row["submissions"],
    )
    return Costs(
        visit_ms=_median(records["limits"], "cpu_us", variant="uphold-visit") / 1e3,
        form_ms=first["the form"]["cpu_ms"],
        post_ms=_median(records["submissions"], "cpu_us", variant="uphold-sqlite", connections=1)
        / 1e3,
        idle_ms=_median(records["hosting"], "cpu_ms", what="alone"),
        start_ms=_median(records["start"], "cpu_s", what="uphold") * 1e3,
        open_ms=(_of(many, "seconds") - _of(few, "seconds")) / more * 1e3,
        backup_ms=backup["cpu_s"] * 1e3,
        alone_mb=_median(records["hosting"], "pss_mb", what="alone"),
        open_mb=(_of(many, "pss_mb") - _of(few, "pss_mb")) / more,
        empty_kb=hosting[0]["sqlite_bytes"] / 1024,
        post_kb=_median(records["disk"], "bytes", variant="uphold-sqlite") / 1024,
    )


def _median(record: Mapping[str, Any], field: str, **chosen: object) -> float:
    rows = [row for row in record["rows"] if all(row[name] == it for name, it in chosen.items())]
    return _of(rows, field)


def _of(rows: Sequence[Mapping[str, Any]], field: str) -> float:
    return median(float(row[field]) for row in rows)


def ranks(sample: int, sites: int = SITES) -> Iterator[float]:
    """Visits in a day of each site of the sample: the mean of as many sites of following ranks, so none is left out."""
    each = sites / sample
    share = VISITS * sites / _harmonic(sites)
    for place in range(sample):
        yield share * (_harmonic((place + 1) * each) - _harmonic(place * each)) / each


def _harmonic(count: float) -> float:
    """1 + 1/2 + ... + 1/count, by Euler's series."""
    if count < 1:
        return 0.0
    return math.log(count) + 0.5772156649015329 + 1 / (2 * count) - 1 / (12 * count * count)


def swing(minute: float) -> float:
    """How many times as many come at this minute as on average."""
    return 1 + SWING * math.sin(2 * math.pi * minute / MINUTES)


def visitors(draw: random.Random, visits: float) -> Iterator[float]:
    """When visitors of a day come, in minutes: a Poisson process, thinned (Lewis and Shedler, 1979)."""
    most = visits / MINUTES * (1 + SWING)
    minute = draw.expovariate(most)
    while minute < MINUTES:
        if draw.random() * (1 + SWING) < swing(minute):
            yield minute
        minute += draw.expovariate(most)


def day(sample: int = SAMPLE, seed: int = SEED) -> Day:
    """Play a day of a sample of the sites."""
    draw = random.Random(seed)  # noqa: S311 - invented visitors
    asked, awake, woken = [0.0] * MINUTES, [0] * (MINUTES + 1), [0] * MINUTES
    for visits in ranks(sample):
        if visits >= BUSY:
            awake[0] += 1
            asked = [had + visits / MINUTES * swing(at) for at, had in enumerate(asked)]
            continue
        leaves = -1
        for when in visitors(draw, visits):
            minute = int(when)
            asked[minute] += 1
            if minute > leaves:
                woken[minute] += 1
                awake[minute] += 1
            else:
                # Stays where it was to leave.
                awake[leaves] += 1
            leaves = min(minute + AWAY_MINUTES, MINUTES)
            awake[leaves] -= 1
    here, open_then = 0, list[float]()
    for change in awake[:MINUTES]:
        here += change
        open_then.append(here / sample)
    return Day([count / sample for count in asked], open_then, [one / sample for one in woken])


def shapes(cost: Costs, seen: Day) -> list[Shape]:
    """What a site takes in each way to serve many, at the busiest minute."""
    served_ms = cost.visit_ms + (FORMS * cost.form_ms + POSTS * cost.post_ms) / 100
    backups = cost.backup_ms / 86_400
    busiest = max(seen.asked) / 60 * served_ms
    awake, woken = max(seen.awake), max(seen.woken) / 60
    always = cost.idle_ms + busiest + backups
    started = awake * cost.idle_ms + woken * cost.start_ms + busiest + backups
    opened = awake * cost.idle_ms + woken * cost.open_ms + busiest + backups
    due = woken * cost.open_ms + busiest + backups
    return [
        Shape("a process for each", True, always, cost.alone_mb),
        Shape("a process while somebody is there", False, started, awake * cost.alone_mb),
        Shape("one process for all, all open", False, always, cost.open_mb),
        Shape("one process, open while somebody is there", False, opened, awake * cost.open_mb),
        Shape("the same, and woken only by what is due", False, due, awake * cost.open_mb),
    ]


def measured(cost: Costs) -> str:
    """What one thing costs, as a table."""
    rows = [
        ("a visit", f"{number(cost.visit_ms)} ms", "limits"),
        ("a form that is looked at", f"{number(cost.form_ms)} ms", "growth"),
        ("a submission that comes alone", f"{number(cost.post_ms)} ms", "submissions"),
        ("a site that is served and asked nothing, each second", f"{number(cost.idle_ms)} ms", ""),
        ("its memory, in a process of its own", f"{number(cost.alone_mb)} MB", "hosting"),
        ("its memory, as one more in a process", f"{number(cost.open_mb)} MB", "hosting"),
        ("starting a process, until it has stored", f"{number(cost.start_ms)} ms", "start"),
        ("opening one more site in a process", f"{number(cost.open_ms)} ms", "hosting"),
        ("a backup of a small site", f"{number(cost.backup_ms)} ms", "growth"),
        ("an empty site on disk", f"{number(cost.empty_kb)} KiB", "hosting"),
        ("a submission on disk", f"{number(cost.post_kb)} KiB", "disk"),
    ]
    told = [(what, value, section or "hosting") for what, value, section in rows]
    return markdown.table(["", "processor, memory or disk", "section"], told)


def simulated(cost: Costs, seen: Day) -> str:
    """What a million sites take, as a table and a sentence."""
    rows = [
        (
            one.name,
            "yes" if one.is_built else "no",
            *(f"{number(one.ms)} ms/s", f"{number(one.mb)} MB"),
            *(whole(one.sites), one.bound, whole(math.ceil(SITES / one.sites))),
        )
        for one in shapes(cost, seen)
    ]
    head = ["", "built", "processor", "memory", "sites a machine", "bound by", "machines"]
    posts = SITES * VISITS * POSTS / 100
    return (
        f"{whole(SITES * VISITS)} visits and {whole(posts)} submissions a day, "
        f"{number(posts / 86_400 * (1 + SWING))} a second when most come. Somebody is at "
        f"{number(max(seen.awake) * 100)} of a hundred sites then, and "
        f"{number(max(seen.woken) * SITES / 60)} sites a second are come to anew. Empty, all take "
        f"{number(SITES * cost.empty_kb / 2**30)} TiB of disk, and {number(posts * 365 * cost.post_kb / 2**30)} TiB "
        f"more each year.\n\n{markdown.table(head, rows)}"
    )


def filled(page: str, parts: Mapping[str, str]) -> str:
    """Return the page with each part between its marks. Raises ValueError where a mark is missing."""
    for name, text in parts.items():
        before, begin, rest = page.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("\n<!-- end -->")
        if not (begin and end):
            raise ValueError(f"the page has no marks for {name}")
        page = f"{before}{begin}\n{text}{end}{after}"
    return page


def told(folder: Path = kept.RESULTS) -> dict[str, str]:
    """Return every part of the page, from what is kept."""
    cost = costs(kept.newest(folder), json.loads((folder / GROWTH.name).read_text("utf-8")))
    return {"measured": measured(cost), "simulated": simulated(cost, day())}


def main(given: Sequence[str] | None = None) -> int:
    """Write the tables of the page anew; always 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.parse_args(sys.argv[1:] if given is None else given)
    PAGE.write_text(filled(PAGE.read_text("utf-8"), told()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
