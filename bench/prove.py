# SPDX-License-Identifier: Apache-2.0
"""`uphold prove` of a whole site, as typed: every probe of every promise, by the clock and by the processors."""

import json
import subprocess
import time
from typing import Any

from bench import crowd, markdown, medians, proc, process, uphold_site
from bench.course import Course
from bench.targets import Rows
from uphold import app as wiring

NAME, TITLE = "prove", "Proving a site"
SUBMISSIONS, QUICK = 1_000, 20
MOST_ROUNDS = 3
"""It takes a minute, and tells nobody's ratio."""
# Some promises of the example wait for its operator; `prove` says so by this.
_ENDINGS = (0, 1)
Row = dict[str, Any]


def run(course: Course) -> list[Row]:
    """Prove the demonstration with some submissions in it."""
    root = course.folder / "site"
    uphold_site.make(root)
    count = QUICK if course.quick else SUBMISSIONS
    with wiring.opened(root) as app:
        for number in range(count):
            crowd.submit(app, f"person-{number}@example.org")
    course.say(f"a site with {count} submissions is there")
    found = []
    for number in range(min(course.rounds, MOST_ROUNDS)):
        used, began = proc.of_children(), time.perf_counter()
        report = course.folder / f"report-{number}.json"
        command = [*uphold_site.PROGRAM, "prove", str(root), "--json", str(report)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
        seconds = time.perf_counter() - began
        if ended.returncode not in _ENDINGS:
            raise process.Failed(f"uphold prove failed:\n{ended.stderr[-800:]}")
        row = {
            "round": number + 1,
            "submissions": count,
            "seconds": seconds,
            "cpu_s": proc.of_children() - used,
            **_counted(json.loads(report.read_text(encoding="utf-8"))),
        }
        found.append(row)
        course.say(
            f"prove {number + 1}: {row['seconds']:.1f} s, {row['cpu_s']:.1f} s of processors"
        )
    return found


def _counted(report: dict[str, Any]) -> Row:
    """How many promises were examined, and how many clauses are shown to be kept."""
    return {
        "promises": len(report["promises"]),
        "clauses": len(report["clauses"]),
        "probes": sum(len(one.get("probes", ())) for one in report["promises"]),
    }


def page(rows: Rows) -> str:
    """Show what a whole proof takes."""
    one = rows[0]
    lines = [
        ("by the clock, s", markdown.times(medians.spread([row["seconds"] for row in rows]))),
        ("processors, s", markdown.times(medians.spread([row["cpu_s"] for row in rows]))),
        ("clauses", str(one["clauses"])),
        ("promises", str(one["promises"])),
        ("probes", str(one["probes"])),
    ]
    return (
        f"The whole site is examined and attacked from outside, on a site of {markdown.whole(one['submissions'])} "
        "submissions: real accounts, submissions, readings, requests and erasures by a run of probes, removed "
        "afterwards. Some probes wait on purpose, as for a pause between attempts. Nothing else that can be installed "
        "here does such a thing, so there is nothing beside it.\n\n"
        + markdown.table(["", "`uphold prove`"], lines)
    )
