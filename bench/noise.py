# SPDX-License-Identifier: Apache-2.0
"""Noisy counts of persons per page over the visits of a month: from nothing, from the closed days, from bounded counts.

    command   `uphold statistics query` as typed, a process of its own: most of it is Python reading the whole product
    cold      a process of its own that has only what counts and draws, from its start to its end
    answer    the same within a process that runs: counted and bounded by DuckDB, drawn, paid, durable
    bounded   from the bounded counts on: drawn, paid, durable
    again     a question that was answered before
    context   OpenDP's own front end on as many rows, in an interpreter that has it (`bench/opendp_context.py`)

Visits are made up by `bench.figures` and closed as a site closes them, which is where the pages of each visitor are
put into the random order that the bound needs; what closing takes is told by it. Each question is one of its own,
by what it costs, because the same costs nothing and is not counted again.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench import figures, markdown, medians, process, targets, uphold_site
from bench.course import Course
from bench.noise_alone import MONTH, RHO
from bench.targets import Rows
from uphold import app as wiring
from uphold.app import App
from uphold.statistics import asked, budget, calibrate, ledger, noise, noisy, recipe
from uphold.statistics.budget import Refused
from uphold.statistics.question import Question

NAME, TITLE = "noise", "Noisy figures"
VISITS = 1_000_000
"""In the month that is asked about."""
QUICK = 50_000
_CONTEXT = Path(__file__).with_name("opendp_context.py")
Row = dict[str, Any]
Taken = tuple[float, float]
"""Seconds by the clock, and of processors."""


def run(course: Course) -> list[Row]:
    """Ask each way in each round, one after the other."""
    folder, visits = course.folder, QUICK if course.quick else VISITS
    first, last = asked.month(MONTH)
    whole = visits * figures.DAYS // ((last - first).days + 1)
    figures.make(folder, whole, lambda _: None)
    course.say(f"{visits} visits of {MONTH} are closed")
    root = folder / "site"
    uphold_site.uphold("demo", "--dir", str(root), "--no-serve")
    _point(root, folder / figures.FOLDER)
    with wiring.opened(root) as site:
        body = recipe.load(root)
        if site.writer.run(ledger.standing) is None:
            site.writer.run(lambda tx: ledger.fix(tx, body, ledger.SITE))
    found: list[Row] = []
    for number in range(course.rounds):
        taken = _round(root, number)
        if course.opendp:
            taken["context"] = _context(course.opendp, visits)
        found += [
            {"round": number, "visits": visits, "way": way, "seconds": wall, "cpu": cpu}
            for way, (wall, cpu) in taken.items()
        ]
        course.say(f"noise, round {number + 1}/{course.rounds}")
    return found


def _point(root: Path, store: Path) -> None:
    """Have the site look at other closed days than its own."""
    file = root / "uphold.toml"
    text = file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("store =", "public ="))]
    if "[visits]" not in lines:
        lines.append("[visits]")
    lines.insert(lines.index("[visits]") + 1, f'store = "{store}"')
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _round(root: Path, number: int) -> dict[str, Taken]:
    """Ask once each way; what it took by way."""
    words = ("statistics", "query", str(root), "pages", "--month", MONTH, "--json")
    cost = calibrate.told(RHO + 3 * number)
    command = _timed(lambda: uphold_site.uphold(*words, "--rho", cost))
    cold = _timed(lambda: _alone(root.parent / figures.FOLDER))
    with wiring.opened(root) as site:
        desk = _desk(site)
        answer = _timed(lambda: _paid(desk.query(_question(desk, 3 * number + 1))))
        question = _question(desk, 3 * number + 2)
        counted = noisy.counts(desk.store, question)
        draw = partial(noise.draw, counted, question)
        bounded = _timed(
            lambda: _paid(
                site.writer.run(lambda tx: budget.ask(tx, question, desk.recipe.micro, draw))
            )
        )
        again = _timed(lambda: _paid(desk.query(question)))
    return {"command": command, "cold": cold, "answer": answer, "bounded": bounded, "again": again}


def _desk(site: App) -> noisy.Desk:
    fixed = site.writer.run(ledger.standing)
    if fixed is None:
        raise process.Failed("no recipe of figures is fixed")
    return noisy.Desk(site.writer, site.keeper.store, fixed.recipe, site.keeper.today())


def _question(desk: noisy.Desk, number: int) -> Question:
    return asked.question(desk.recipe, asked.PAGES, *asked.month(MONTH), RHO + number)


def _paid(found: object) -> None:
    if isinstance(found, Refused):
        raise process.Failed(f"a question was refused: {found.reason}")


def _timed(work: Callable[[], object]) -> Taken:
    started, used = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - started, _cpu() - used


def _cpu() -> float:
    """What this process and those it waited for have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _context(python: str, rows: int) -> Taken:
    command = [python, str(_CONTEXT), str(rows), "1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if ended.returncode:
        raise process.Failed(f"OpenDP's front end failed:\n{ended.stderr[-1500:]}")
    wall, cpu = json.loads(ended.stdout)[0]
    return wall, cpu


def _alone(store: Path) -> None:
    subprocess.run([sys.executable, "-m", "bench.noise_alone", str(store)], check=True, timeout=600)


_WAYS = {
    "command": "`uphold statistics query`, as typed",
    "cold": "a process that has only what counts and draws, from its start",
    "answer": "within a process: counted, bounded, drawn, paid, durable",
    "bounded": "from bounded counts: drawn, paid, durable",
    "again": "asked before: stored",
    "context": "OpenDP's own front end, from the rows on",
}


def page(rows: Rows) -> str:
    """Show how long a noisy figure takes, by where it begins."""
    lines = []
    for way, title in _WAYS.items():
        its = [row for row in rows if row["way"] == way]
        if its:
            wall, cpu = (
                markdown.times(medians.spread([row[name] * 1000 for row in its]))
                for name in ("seconds", "cpu")
            )
            within = f"<= {targets.NOISE_S[way] * 1000:.0f}" if way in targets.NOISE_S else "-"
            lines.append((title, wall, cpu, within))
    visited = markdown.whole(max(int(row["visits"]) for row in rows))
    return (
        f"Visitors of each page over the {visited} made-up visits of a month, each visitor's day on at most five "
        "pages, behind a threshold. Visits were closed before, which is where the pages of each visitor are put into a "
        "random order (see above for what that takes); OpenDP's own front end does that in the query, on as many "
        "rows.\n\n" + markdown.table(["", "ms", "CPU ms", "target, ms"], lines)
    )
