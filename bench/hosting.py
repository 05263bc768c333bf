# SPDX-License-Identifier: Apache-2.0
"""Many sites on one machine: what one more costs that nobody visits, served by itself or opened beside others."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench import markdown, medians, postgres, proc, process, uphold_site
from bench.course import Course
from bench.markdown import number, times, whole
from bench.targets import Rows
from uphold import app, config
from uphold.policy import folder as site_folder

NAME, TITLE = "hosting", "Many sites"

SIZES = (1, 10, 100, 300)
QUICK = (1, 10)
# Behind what a site loads when it has served for a while (`web.background.LATER`).
SETTLE_SECONDS = 15.0
IDLE_SECONDS = 20.0
_ALONE, _BESIDE, _EMPTY = "alone", "beside", "empty"


def run(course: Course) -> list[dict[str, Any]]:
    """Measure an empty site on both engines, one that is served and idle, and many that one process has open."""
    template = course.folder / "template"
    site_folder.write(template, uphold_site.files(""))
    uphold_site.uphold("policy", "publish", str(template))
    rows: list[dict[str, Any]] = [{"what": _EMPTY, **_empty(course, template)}]
    for count in range(1, course.rounds + 1):
        rows.append({"what": _ALONE, "round": count, **_alone(course, template)})
        course.say(f"one site, idle: {rows[-1]['cpu_ms']:.2f} ms of processor a second")
        rows += [{"what": _BESIDE, "round": count, **row} for row in _beside(course, template)]
        course.say(f"{rows[-1]['sites']} sites in one process: {rows[-1]['pss_mb']:.0f} MB")
    return rows


def _empty(course: Course, template: Path) -> dict[str, Any]:
    """Bytes on disk before the first submission, on each engine."""
    files = [path.stat().st_blocks * 512 for path in template.rglob("*") if path.is_file()]
    cluster = postgres.start(course.folder / "postgresql")
    try:
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            size = "SELECT pg_database_size(current_database())"
            (bare,) = connection.execute(size).fetchone() or (0,)
            root = course.folder / "served"
            site_folder.write(root, uphold_site.files(cluster.url))
            uphold_site.uphold("policy", "publish", str(root))
            (full,) = connection.execute(size).fetchone() or (0,)
    finally:
        cluster.server.stop()
    return {"sqlite_bytes": sum(files), "postgresql_bytes": full, "postgresql_bare_bytes": bare}


def _alone(course: Course, template: Path) -> dict[str, Any]:
    """Serve one site that nobody asks anything, and look at what its process takes."""
    port = process.free_port()
    command = [*uphold_site.PROGRAM, "serve", str(template), "--port", str(port)]
    server = process.Server(command, course.folder / "log")
    server.wait_for_port(port)
    try:
        time.sleep(SETTLE_SECONDS)
        used, began = proc.cpu_seconds([server.pid]), time.monotonic()
        time.sleep(IDLE_SECONDS)
        used = proc.cpu_seconds([server.pid]) - used
        return {
            "cpu_ms": used / (time.monotonic() - began) * 1e3,
            "pss_mb": proc.pss_bytes([server.pid]) / 2**20,
            **_held(server.pid),
        }
    finally:
        server.stop()


def _held(pid: int) -> dict[str, int]:
    folder = Path("/proc") / str(pid)
    parts = {"files": "fd", "threads": "task"}
    return {name: len(list((folder / part).iterdir())) for name, part in parts.items()}


def _beside(course: Course, template: Path) -> list[dict[str, Any]]:
    sizes = QUICK if course.quick else SIZES
    folder = course.folder / "beside"
    folder.mkdir()
    for place in range(max(sizes)):
        shutil.copytree(template, folder / f"{place:04d}")
    ended = subprocess.run(
        [sys.executable, "-m", "bench.hosting", str(folder), *map(str, sizes)],
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(folder)
    if ended.returncode:
        raise process.Failed(f"sites could not be opened:\n{ended.stderr[-800:]}")
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


def opened(folder: Path, sizes: list[int]) -> list[dict[str, Any]]:
    """Open so many sites in this process, and tell after each size what it holds."""
    sites: list[app.App] = []
    found: list[dict[str, Any]] = []
    began, me = time.perf_counter(), os.getpid()
    for place in range(max(sizes)):
        site = app.open_site(config.load(folder / f"{place:04d}"))
        site.shelf.in_force()
        sites.append(site)
        if len(sites) in sizes:
            row = {"sites": len(sites), "seconds": time.perf_counter() - began, **_held(me)}
            found.append({**row, "pss_mb": proc.pss_bytes([me]) / 2**20})
    for site in sites:
        site.close()
    return found


def page(rows: Rows) -> str:
    """Show what an idle site costs alone and beside others."""
    empty = next(row for row in rows if row["what"] == _EMPTY)
    alone = [row for row in rows if row["what"] == _ALONE]
    text = (
        "A site with the example policy that nobody has visited yet. On disk it takes "
        f"{whole(empty['sqlite_bytes'] / 1024)} KiB on SQLite, all of its folder; a database of PostgreSQL takes "
        f"{whole(empty['postgresql_bytes'] / 1024)} KiB, of which an empty database is "
        f"{whole(empty['postgresql_bare_bytes'] / 1024)}. Served by a process of its own and asked nothing, it takes "
        f"{times(medians.spread([row['cpu_ms'] for row in alone]))} ms of a processor each second, "
        f"{number(medians.spread([row['pss_mb'] for row in alone]).median)} MB, {alone[0]['threads']} threads and "
        f"{alone[0]['files']} open files.\n\n"
        "Several sites opened in one process, without their loops and their listeners:\n\n"
    )
    lines = []
    for size in sorted({row["sites"] for row in rows if row["what"] == _BESIDE}):
        of = [row for row in rows if row["what"] == _BESIDE and row["sites"] == size]
        each = [
            number(medians.spread([row[field] for row in of]).median)
            for field in ("pss_mb", "seconds")
        ]
        lines.append((str(size), *each, str(of[0]["threads"]), str(of[0]["files"])))
    return text + markdown.table(
        ["sites", "memory MB", "opened after s", "threads", "open files"], lines
    )


if __name__ == "__main__":
    print(json.dumps(opened(Path(sys.argv[1]), [int(one) for one in sys.argv[2:]])))
