# SPDX-License-Identifier: Apache-2.0
"""Starting: how long until the first submission is durable, what memory then lies idle, what a command costs.

A server is started as a new process on a site that is there; a client tries to connect every two milliseconds and
sends a submission as soon as it can. Ready is when the 201 has come. Memory is looked at some seconds later.
"""

import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import bodies, markdown, medians, plain, proc, process, uphold_site
from bench.course import Course
from bench.targets import Rows

NAME, TITLE = "start", "Start and idle memory"
# Behind what a site loads when it has served for a while (`web.background.LATER`).
IDLE_SECONDS = 10.0
SERVERS = {
    "uphold": "Uphold, SQLite",
    "django-1": "Django, SQLite tuned, one gunicorn worker",
    "django-3": "Django, SQLite tuned, three gunicorn workers",
}
COMMANDS = {
    "pass": "`python -c pass`",
    "help": "`uphold --help`",
    "django-help": "`django-admin --help`",
}
_TRY_SECONDS = 0.002
_PATIENCE = 60.0
Row = dict[str, Any]
Starter = Callable[[int], process.Server]
"""Starts a server on a port."""


def run(course: Course) -> list[Row]:
    """Start every server and every command in each round, two rounds more than others."""
    order = course.order()
    found: list[Row] = []
    servers = _servers(course)
    commands = {
        "pass": [sys.executable, "-c", "pass"],
        "help": [*uphold_site.PROGRAM, "--help"],
        "django-help": [course.python, "-m", "django", "--help"],
    }
    # Number 0 warms up: its files are read, its bytecode written.
    for number in range(course.rounds + 3):
        found += [
            {"round": number, "what": name, **_ready(*servers[name])}
            for name in order.sample(list(servers), len(servers))
        ]
        found += [
            {"round": number, "what": name, **_command(commands[name])}
            for name in order.sample(list(commands), len(commands))
        ]
        told = ", ".join(f"{row['what']} {row['seconds'] * 1e3:.0f} ms" for row in found[-6:])
        course.say(f"start, round {number}/{course.rounds + 2}: {told}")
    return [row for row in found if row["round"]]


def _servers(course: Course) -> dict[str, tuple[Starter, Callable[[int], str], str]]:
    """By server: what starts it, what writes a body, and the path that the body goes to."""
    root = course.within("uphold").folder / "site"
    port = uphold_site.make(root)
    first = uphold_site.serve(root, port)
    try:
        first.wait_for_port(port)
        key = uphold_site.token_key(root)
        address = f"http://127.0.0.1:{port}/f/{uphold_site.FORM}"
        body = uphold_site.minted(key, uphold_site.shown(key, address))
    finally:
        first.stop()
    beside = course.folder / "django"
    plain.migrated(course.python, beside / "site.sqlite")
    path = urlsplit(address).path
    return {
        "uphold": (lambda port: uphold_site.serve(root, port), body, path),
        "django-1": (lambda port: _gunicorn(course.python, beside, port, 1), bodies.plain, path),
        "django-3": (lambda port: _gunicorn(course.python, beside, port, 3), bodies.plain, path),
    }


def _gunicorn(python: str, folder: Path, port: int, workers: int) -> process.Server:
    command = [python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    return process.Server(
        [*command, "--log-level", "warning", "bench.django_site.wsgi:application"],
        folder / "again.log",
        environment=plain.environment("sqlite-tuned", str(folder / "site.sqlite")),
    )


def _ready(start: Starter, body: Callable[[int], str], path: str) -> Row:
    """Start a server and measure until its first 201; then let it lie idle, and look at its memory."""
    port = process.free_port()
    sent = body(time.time_ns() // 1_000_000 % 10**9).encode()
    began = time.perf_counter()
    server = start(port)
    try:
        post(server, port, path, sent)
        seconds = time.perf_counter() - began
        used = proc.cpu_seconds([server.pid])
        time.sleep(IDLE_SECONDS)
        return {
            "seconds": seconds,
            "cpu_s": used,
            "pss_mb": proc.pss_bytes([server.pid]) / 2**20,
        }
    finally:
        server.stop()


def post(server: process.Server, port: int, path: str, body: bytes) -> None:
    """Send a submission as soon as somebody listens; raise Failed unless it is answered 201 within a minute."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            if answer.status != 201:
                raise process.Failed(f"a first submission was answered {answer.status}")
        except ConnectionRefusedError:
            time.sleep(_TRY_SECONDS)
        else:
            return
        finally:
            connection.close()
    raise process.Failed(f"a server did not answer; its log ends with:\n{server.log_end()}")


def _command(command: list[str]) -> Row:
    """Run a command and measure it."""
    used, began = proc.of_children(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=_PATIENCE)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu_s": proc.of_children() - used, "pss_mb": None}


def page(rows: Rows) -> str:
    """Show what each server and each command takes."""
    lines = []
    for name, title in (SERVERS | COMMANDS).items():
        its = [row for row in rows if row["what"] == name]
        if its:
            seconds, used = (
                markdown.times(medians.spread([row[field] * 1e3 for row in its]))
                for field in ("seconds", "cpu_s")
            )
            pss = [row["pss_mb"] for row in its if row["pss_mb"] is not None]
            idle = markdown.times(medians.spread(pss)) if pss else "-"
            lines.append((title, seconds, used, idle))
    return (
        "A server is ready when a submission that was sent as soon as it would take one is answered 201, durable. "
        "Migrations are done before; what the product does beside serving - mail, sweep, detection - runs. Memory is "
        f"the proportional set size of the tree {IDLE_SECONDS:.0f} s after that first submission.\n\n"
        + markdown.table(["", "ready or done, ms", "CPU ms", "idle memory, MB"], lines)
    )
