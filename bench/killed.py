# SPDX-License-Identifier: Apache-2.0
"""Killed under load: what was acknowledged before `kill -9` is found and verified afterwards.

Sixty-four clients send submissions; in the middle the serving process is killed, without a word to it. Then the site
is served again, until it takes a submission, and audited. A power failure cannot be tried here, only the process's.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import bodies, load, markdown, medians, postgres, process, start, uphold_site
from bench.course import Course
from bench.targets import Rows
from uphold import app as wiring
from uphold.submission import record
from uphold.vault import identifier

NAME, TITLE = "killed", "Killed under load"
CLIENTS = 64
LOAD_SECONDS, KILLED_AFTER = 3, 1.5
MOST_A_SECOND = 20_000
TOGETHER = 500
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
Row = dict[str, Any]


def run(course: Course) -> list[Row]:
    """Kill a site on each engine in each round, a fresh one each time."""
    found = []
    for number in range(1, course.rounds + 1):
        for store in TITLES:
            row = {
                "round": number,
                "store": store,
                **_killed(course.within(f"{store}-{number}"), store),
            }
            found.append(row)
            course.say(
                f"killed, round {number}/{course.rounds}  {store:<11} {row['acknowledged']} acknowledged, "
                f"{row['missing']} missing, up again after {row['again_s']:.2f} s"
            )
    return found


def _killed(course: Course, store: str) -> Row:
    """Load, kill, serve again, count and audit."""
    root, url = course.folder / "site", ""
    database: process.Server | None = None
    if store == "postgresql":
        cluster = postgres.start(course.folder / "postgresql")
        database, url = cluster.server, cluster.url
    try:
        port = uphold_site.make(root, url)
        server = uphold_site.serve(root, port)
        try:
            server.wait_for_port(port)
            address = f"http://127.0.0.1:{port}/f/{uphold_site.FORM}"
            key = uphold_site.token_key(root)
            body = uphold_site.minted(key, uphold_site.shown(key, address))
            seen = _loaded(course, server, address, body)
        finally:
            server.stop()
        again = _served_again(root, port, address, body)
        missing = _missing(root, seen)
        uphold_site.uphold("journal", "verify", str(root))
    finally:
        if database is not None:
            database.stop()
    return {"acknowledged": len(seen), "missing": missing, "again_s": again}


def _missing(root: Path, seen: list[str]) -> int:
    """How many of the receipts that were handed out are of no submission that is there."""
    missing = 0
    with wiring.opened(root) as app, app.database.read() as connection:
        decode = app.ring.identifiers.decode
        numbers = [decode(identifier.RECEIPT, json.loads(answer)["id"]) for answer in seen]
        for at in range(0, len(numbers), TOGETHER):
            some = {number for number in numbers[at : at + TOGETHER] if number is not None}
            missing += len(numbers[at : at + TOGETHER]) - len(record.facts(connection, some))
    return missing


def _loaded(
    course: Course, server: process.Server, address: str, body: Callable[[int], str]
) -> list[str]:
    """Load the server, kill it in the middle, and return every acknowledgement, each with its receipt."""
    supply, answers = course.folder / "bodies", course.folder / "answers"
    bodies.write(supply, MOST_A_SECOND * LOAD_SECONDS, 0, body)
    killing = threading.Timer(KILLED_AFTER, os.kill, (server.pid, signal.SIGKILL))
    killing.start()
    try:
        load.run(
            address,
            supply,
            connections=CLIENTS,
            seconds=LOAD_SECONDS,
            broken=True,
            answers=answers,
        )
    finally:
        killing.join()
    # That connections break is what was asked for; an answer that is not 201 is none.
    seen = answers.read_text(encoding="ascii").splitlines()
    if not seen:
        raise process.Failed("nothing was acknowledged before the server was killed")
    return seen


def _served_again(root: Path, port: int, address: str, body: Callable[[int], str]) -> float:
    """Serve the site again, and return how long it took until a submission was durable; it is stopped then."""
    began = time.perf_counter()
    server = uphold_site.serve(root, port)
    try:
        start.post(server, port, urlsplit(address).path, body(10**9).encode())
        return time.perf_counter() - began
    finally:
        server.stop()


def page(rows: Rows) -> str:
    """Show what was acknowledged, and what of it is missing."""
    lines = []
    for store, title in TITLES.items():
        its = [row for row in rows if row["store"] == store]
        if its:
            acknowledged, missing = (
                sum(int(row[name]) for row in its) for name in ("acknowledged", "missing")
            )
            again = markdown.times(medians.spread([row["again_s"] for row in its]))
            shown = [markdown.whole(acknowledged), markdown.whole(missing), again]
            lines.append((title, str(len(its)), *shown))
    head = ["", "killed", "acknowledged before", "missing after", "taking submissions again, s"]
    return (
        f"{CLIENTS} clients send submissions to a fresh site, whose process is killed by SIGKILL in the middle. "
        "Then it is served again until it takes a submission, each acknowledged one is looked up by its receipt, and "
        "`uphold journal verify` audits every entry, tile, head and row; a finding fails the run. What was stored "
        "without its acknowledgement having arrived is not counted.\n\n"
        + markdown.table(head, lines)
    )
