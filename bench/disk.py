# SPDX-License-Identifier: Apache-2.0
"""What a submission takes on disk: what stays there, and what is written on the way, logs included.

Each server takes some seconds of submissions, is stopped, and its files are measured; what they had before the first
is taken off. Written is what the kernel was given to write by the server's processes meanwhile (proc(5), `io`).
"""

from pathlib import Path
from typing import Any

from bench import bodies, load, markdown, medians, proc, submissions, variants
from bench.course import Course
from bench.targets import TITLES, Rows
from bench.variant import Variant

NAME, TITLE = "disk", "On disk"
STORES = ("uphold-sqlite", "django-sqlite-tuned", "uphold-postgresql", "django-postgresql")
CLIENTS = 64
MOST_ROUNDS = 3
"""A file grows by the same each time."""
_GUESS = 8_000
Row = dict[str, Any]


def run(course: Course) -> list[Row]:
    """Fill each server once in each round, from nothing."""
    found, order = [], course.order()
    for number in range(1, min(course.rounds, MOST_ROUNDS) + 1):
        for name in order.sample(STORES, len(STORES)):
            place = course.within(f"{name}-{number}")
            one = variants.start(name, place.folder / "server", course.python)
            row = {"round": number, "variant": name, **_filled(place, one)}
            found.append(row)
            course.say(
                f"disk, round {number}  {name:<20} {row['stored']} submissions, "
                f"{row['bytes']:.0f} bytes each, {row['written']:.0f} written"
            )
    return found


def _filled(course: Course, one: Variant) -> Row:
    """Send submissions to a server, stop it, and measure; raise Failed when one is lost."""
    try:
        before, had = size(course.folder), one.count()
        wrote = proc.written_bytes(one.pids)
        supply = course.folder / "bodies"
        bodies.write(supply, _GUESS * 2 * course.seconds, 0, one.body)
        seen = load.run(one.url, supply, connections=CLIENTS, seconds=2 * course.seconds)
        supply.unlink()
        stored = submissions.settle(one) - had
        wrote = proc.written_bytes(one.pids) - wrote
        submissions.check(one.name, seen, stored, CLIENTS)
    finally:
        one.stop()
    return {
        "stored": stored,
        "bytes": (size(course.folder) - before) / stored,
        "written": wrote / stored,
    }


def size(folder: Path) -> int:
    """Return how many bytes the files of a site have; PostgreSQL's log of what it writes is none of them."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and "pg_wal" not in path.parts and path.suffix != ".log"
    )


def page(rows: Rows) -> str:
    """Show what a submission takes."""
    lines = []
    for name in STORES:
        its = [row for row in rows if row["variant"] == name]
        if its:
            kept, wrote = (
                markdown.times(medians.spread([row[field] for row in its]))
                for field in ("bytes", "written")
            )
            lines.append((TITLES[name], markdown.whole(its[0]["stored"]), kept, wrote))
    return (
        "Bytes that a submission of about 600 bytes takes in the files of a stopped server, indexes and all, and bytes "
        "that were written until then, write-ahead logs and all. Uphold keeps a key, a nonce and a tag for each part, "
        "the consent with what it was given on, blind indexes, and the journal with its tiles.\n\n"
        + markdown.table(["", "submissions", "bytes kept", "bytes written"], lines)
    )
