# SPDX-License-Identifier: Apache-2.0
"""Figures of visits out of closed days: how long closing takes, what it leaves on disk, how long counting takes.

    python -m bench.figures make FOLDER 10000000     made-up visits of 56 days, closed as a site closes them
    python -m bench.figures ask FOLDER 5             every table of the recipe, five times, as JSON

The visits are made up but shaped like those of a site: 500 pages of which few are asked for often, about nine rows
for each visitor of a day, one in twelve of them a step in a form. They are written as open files are, without the
web server in between, and closed by the same function that closes a site's days. Asking runs in a process of its own,
so that its memory is its own.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import markdown, process, targets
from bench.course import Course
from bench.medians import Spread
from bench.targets import Rows
from uphold.statistics import recipe, store as counting
from uphold.visits import compact
from uphold.visits.layout import Store

NAME, TITLE = "statistics", "Figures of visits"
FIRST = date(2026, 9, 28)
DAYS = 56
QUICK = (100_000,)
SIZES = (1_000_000, 10_000_000, 100_000_000)
PAGES_PER_PERSON = 5
FOLDER = "store"
Figures = dict[str, Any]

# A visitor keeps device, browser and country over the day; the later a page's number, the rarer it is.
_MADE = """
COPY (
    WITH row AS (
        SELECT floor(random() * random() * $visitors)::BIGINT AS who, random() AS page, random() AS act,
            random() AS hour, random() AS form
        FROM range($rows))
    SELECT least(23, floor(7 + 17 * hour * (0.5 + hour / 2)))::TINYINT AS hour,
        (hash(who + $seed::BIGINT * 1000000007) >> 1)::BIGINT AS visitor,
        CASE WHEN act < 0.917 THEN 'view' ELSE
            ['shown', 'started', 'ticked', 'submitted', 'error'][1 + floor((act - 0.917) / 0.0166)::INT]
        END AS kind,
        CASE WHEN act < 0.917 THEN '/section-' || floor(page * 8)::INT || '/page-' || floor(500 * page ** 3)::INT
            WHEN act >= 0.9834 THEN 'form-' || floor(form * 6)::INT || '.field-' || floor(form * 30)::INT
            ELSE 'form-' || floor(form * 6)::INT END AS item,
        ['desktop', 'phone', 'phone', 'tablet'][1 + (who % 4)] AS device,
        ['Chrome', 'Yandex Browser', 'Safari', 'Firefox', 'Edge', 'Opera', 'other'][1 + (who % 7)] AS browser,
        ['RU', 'RU', 'RU', 'BY', 'KZ', 'DE', ''][1 + (who % 7 + who % 3) % 7] AS country
    FROM row
) TO '{file}' (FORMAT csv, HEADER false)
"""


def make(folder: Path, visits: int, closed: Callable[[int], None]) -> Figures:
    """Make and close the days; `closed` hears how many visits each has. Returns what closing took and left."""
    store, seconds, rows = Store(folder / FOLDER), 0.0, 0
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        share = visits * (number + 1) // DAYS - visits * number // DAYS
        _write(store, day, share, number)
        started = time.perf_counter()
        done = compact.close(store, day)
        seconds += time.perf_counter() - started
        if done is None or done.events != share:
            raise process.Failed(f"the day {day} was not closed with {share} events")
        rows += done.events
        closed(share)
    size = sum(path.stat().st_size for path in store.folder.rglob("*.parquet"))
    return {
        "visits": rows,
        "closing_us": seconds / rows * 1e6,
        "closing_mb": _resident_mb(),
        "disk_mb": size / 2**20,
    }


def ask(folder: Path, rounds: int) -> Figures:
    """Count every table of the recipe over all days, one at a time, and the bounded counts; seconds of each."""
    store = Store(folder / FOLDER)
    days = store.closed_days()
    names = [kind.name for kind in recipe.KINDS.values() if kind.source is recipe.Source.VISITS]
    taken = {name: _timed(partial(counting.tables, store, days, [name]), rounds) for name in names}
    taken["bounded"] = _timed(partial(counting.bounded, store, days, PAGES_PER_PERSON), rounds)
    return {"seconds": taken, "mb": _resident_mb(), "load": os.getloadavg()[0]}


def run(course: Course) -> list[Figures]:
    """Make and ask a store of each size, each step in a process of its own."""
    found = []
    for size in QUICK if course.quick else SIZES:
        place = course.within(str(size)).folder
        made = _process("make", place, size)
        course.say(f"{size} visits of {DAYS} days are closed")
        found.append(made | _process("ask", place, course.rounds))
        course.say(f"{size} visits: every table is counted")
    return found


def _process(step: str, folder: Path, number: int) -> Figures:
    command = [sys.executable, "-m", "bench.figures", step, str(folder), str(number)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
    if ended.returncode:
        raise process.Failed(f"figures of visits failed to {step}:\n{ended.stderr[-1500:]}")
    figures: Figures = json.loads(ended.stdout)
    return figures


def _write(store: Store, day: date, rows: int, seed: int) -> None:
    folder = store.open_folder(day)
    folder.mkdir(parents=True)
    with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "400MB"}) as engine:
        engine.execute("SELECT setseed($seed)", {"seed": seed / DAYS})
        asked = {"rows": rows, "visitors": max(1, rows // 6), "seed": seed}
        engine.execute(_MADE.replace("{file}", str(folder / "1-made.csv")), asked)


def _timed(question: Callable[[], object], rounds: int) -> Figures:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        question()
        taken.append(time.perf_counter() - started)
    return {"median": statistics.median(taken), "low": min(taken), "high": max(taken)}


def _resident_mb() -> float:
    """The largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(given: Sequence[str] | None = None) -> int:
    """Do one step and print its figures as JSON; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m bench.figures", description=__doc__)
    parser.add_argument("step", choices=["make", "ask"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("number", type=int, help="make: how many visits; ask: how many rounds")
    chosen = parser.parse_args(given)
    if chosen.step == "ask":
        print(json.dumps(ask(chosen.folder, chosen.number)))
        return 0
    columns = (TextColumn("visits"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("visits", total=chosen.number)
        made = make(chosen.folder, chosen.number, lambda share: bar.advance(task, share))
    print(json.dumps(made))
    return 0


def page(rows: Rows) -> str:
    """Show what closing days takes and leaves, and how long each table takes over few and many visits."""
    rows = sorted(rows, key=lambda row: int(row["visits"]))
    head = ["", *(f"{markdown.whole(row['visits'])} visits" for row in rows)]
    lines = [
        ["closing the days, us per event", *(markdown.number(row["closing_us"]) for row in rows)],
        ["closing, memory, MB", *(markdown.number(row["closing_mb"]) for row in rows)],
        ["on disk, MB", *(markdown.number(row["disk_mb"]) for row in rows)],
        *(
            [f"{name}, ms", *(_milliseconds(row["seconds"][name]) for row in rows)]
            for name in rows[0]["seconds"]
        ),
        ["counting, memory, MB", *(markdown.number(row["mb"]) for row in rows)],
        ["load average", *(markdown.number(row["load"]) for row in rows)],
    ]
    reached = {True: "yes", False: "**no**"}
    told = "".join(
        f"Over {markdown.whole(one.visits)} visits <= {targets.COUNTING_S:.0f} s and <= {targets.COUNTING_MB:.0f} MB: "
        f"{reached[one.reached]}, the slowest is {one.table} with {one.seconds:.2f} s.\n\n"
        for one in targets.figures(rows)
        if one.reached is not None
    )
    return (
        "Made-up visits of 56 days are closed as a site closes its days, then each table of the recipe is counted over "
        "all of them at once, *bounded* being the counts that noise is added to. DuckDB on two threads; the memory is "
        "the largest of the process, interpreter included. Nobody waits for these: pages show what was released.\n\n"
        + told
        + markdown.table(head, lines)
    )


def _milliseconds(taken: Mapping[str, float]) -> str:
    return markdown.times(Spread(*(taken[name] * 1000 for name in ("median", "low", "high"))))


if __name__ == "__main__":
    sys.exit(main())
