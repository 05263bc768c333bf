# SPDX-License-Identifier: Apache-2.0
"""What the machine allows: a bare HTTP echo, a loop of fdatasync, the rows of submissions with nothing else done.

Uphold's own submission and visit stand in the same run, so that what is between them and the limit is what it does.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from bench import bodies, load, markdown, medians, proc, process, submissions, uphold_site, visits
from bench.course import Course
from bench.markdown import number, times
from bench.targets import Rows
from bench.variant import ROOT, Variant

NAME, TITLE = "limits", "What the machine allows"

CLIENTS = 64
BATCH = 64
LOOP_SECONDS = 1.0
_SOURCE = Path(__file__).with_name("echo.c")
TITLES = {
    "echo-c": "echo, C with epoll",
    "echo-nginx": "echo, nginx",
    "echo-asgi": "echo, plain ASGI under uvicorn with uvloop and httptools",
    "uphold-visit": "Uphold: a visit, sealed and spooled",
    "uphold-submission": "Uphold: a submission, durable",
    "fdatasync": "append 4 KiB, fdatasync",
    "rows": f"rows of a submission, INSERT alone, {BATCH} a COMMIT",
    "insert": "one row of 300 bytes, INSERT and COMMIT",
}
PAIRS = (
    ("uphold-visit", "echo-c"),
    ("uphold-visit", "echo-nginx"),
    ("uphold-visit", "echo-asgi"),
    ("uphold-submission", "echo-c"),
    ("uphold-submission", "echo-asgi"),
    ("uphold-submission", "rows"),
)
# What a submission writes to, and by which column its rows are found.
_TABLES = {
    "submission_record": "number",
    "consent_event": "number >> 8",
    "enquiry_item": "number",
    "vault_part": "number >> 8",
    "vault_key": "number >> 8",
    "vault_index_tail": "number >> 10",
}
# What waited in `vault_index_tail` may have been moved since; as it waited.
_MOVED = """
SELECT (part << 2) + row_number() OVER (PARTITION BY part ORDER BY kind) - 1 AS number, epoch, kind, value, part
FROM vault_index
"""
# Of the columns of submission_record.
_NONCE = 6
NGINX = """
worker_processes 1; daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location / {{ default_type application/json; return 201 '{{"length":000000}}'; }}
    }}
}}
"""


@dataclass(frozen=True)
class Run:
    """One variant in one round; CPU of its processes per answer, or of this one per record."""

    round: int
    variant: str
    per_second: float
    cpu_us: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0


Made = tuple[list[Variant], Variant, Variant]
"""The echoes, the site for submissions, the site for visits."""


def run(course: Course) -> list[dict[str, Any]]:
    """Measure all in every round; an echo whose program is not there is left out, and said to be."""
    order, found = course.order(), []
    loads = submissions.Loads(course.folder, course.say)
    with started(course) as (echoes, site, beacon):
        loads.measure(0, site, CLIENTS, 1)
        visits.measure(0, beacon, 1)
        for count in range(1, course.rounds + 1):
            works = _works(course, count, loads, (echoes, site, beacon))
            for name in order.sample(sorted(works), len(works)):
                got = works[name]()
                found.append(got)
                course.say(
                    f"round {count}/{course.rounds}  {name:<20}{got.per_second:>9.0f}/s {got.cpu_us:>8.1f} us"
                )
    return [asdict(one) for one in found]


def _works(
    course: Course, count: int, loads: submissions.Loads, made: Made
) -> dict[str, Callable[[], Run]]:
    echoes, site, beacon = made
    stored = course.folder / "submissions" / "site" / "data" / "uphold.sqlite"
    return {
        **{one.name: partial(_echoed, course, count, one) for one in echoes},
        "uphold-submission": lambda: _of(loads.measure(count, site, CLIENTS, course.seconds), site),
        "uphold-visit": lambda: _of(visits.measure(count, beacon, course.seconds), beacon),
        "fdatasync": lambda: _looped(count, "fdatasync", partial(synced, course.folder)),
        "insert": lambda: _looped(count, "insert", partial(inserted, course.folder)),
        "rows": lambda: _looped(count, "rows", partial(copied, stored, course.folder)),
    }


def _of(measured: submissions.Run | visits.Run, one: Variant) -> Run:
    name = "uphold-visit" if one.url.endswith("/visit") else "uphold-submission"
    m = measured
    return Run(m.round, name, m.per_second, m.cpu_us, m.p50_ms, m.p99_ms)


def _echoed(course: Course, count: int, one: Variant) -> Run:
    supply = course.folder / "echoed"
    # More than the fastest takes in the time.
    bodies.write(supply, 200_000 * (course.seconds + 1), 0, one.body)
    used = proc.cpu_seconds(one.pids)
    seen = load.run(one.url, supply, connections=CLIENTS, seconds=course.seconds)
    used = proc.cpu_seconds(one.pids) - used
    supply.unlink()
    if seen.bad or not seen.acknowledged:
        raise process.Failed(f"{one.name}: {seen.bad} requests were not answered 201")
    rate, each = seen.acknowledged / seen.seconds, used / seen.acknowledged * 1e6
    return Run(count, one.name, rate, each, seen.p50_us / 1e3, seen.p99_us / 1e3)


def _looped(count: int, name: str, work: Callable[[float], int]) -> Run:
    began, used = time.perf_counter(), time.process_time()
    done = work(began + LOOP_SECONDS)
    used = time.process_time() - used
    return Run(count, name, done / (time.perf_counter() - began), used / done * 1e6)


def synced(folder: Path, until: float) -> int:
    """Append a page and have it on the disk, again and again; returns how often."""
    descriptor, done = os.open(folder / "synced", os.O_CREAT | os.O_WRONLY | os.O_APPEND), 0
    while not done or time.perf_counter() < until:
        os.write(descriptor, bytes(4096))
        os.fdatasync(descriptor)
        done += 1
    os.close(descriptor)
    return done


def inserted(folder: Path, until: float) -> int:
    """Insert one row and commit, again and again; returns how often."""
    done = 0
    with _fresh(folder / "inserted") as connection:
        connection.execute("CREATE TABLE record (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        while not done or time.perf_counter() < until:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO record (bytes) VALUES (?)", (bytes(300),))
            connection.execute("COMMIT")
            done += 1
    return done


def copied(site: Path, folder: Path, until: float) -> int:
    """Insert the very rows of a site's submissions into empty tables, so many submissions a commit; returns how many.

    Nothing is sealed, hashed or signed, and nobody asks over HTTP: what is left of a submission is SQLite.
    """
    done = 0
    with _fresh(folder / "copied") as connection:
        tables = _take(site, connection)
        while not done or time.perf_counter() < until:
            connection.execute("BEGIN IMMEDIATE")
            for name, rows in tables.items():
                marks = ",".join("?" * len(rows[0]))
                moved = _moved(rows, done // BATCH)
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", moved)  # noqa: S608 - a name of our own
            connection.execute("COMMIT")
            done += BATCH
    return done


def _take(site: Path, into: sqlite.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Make the tables of a submission, and return what the last ones wrote to each."""
    taken = {}
    with closing(sqlite.connect(f"file:{site}?mode=ro", uri=True)) as source:
        (last,) = source.execute("SELECT max(number) FROM submission_record").fetchone()
        for name, column in _TABLES.items():
            _make(source, into, name)
            query = f"SELECT * FROM {name} WHERE {column} > ?"  # noqa: S608 - as above
            taken[name] = source.execute(query, (last - BATCH,)).fetchall()
        moved = source.execute(f"SELECT * FROM ({_MOVED}) WHERE number >> 10 > ?", (last - BATCH,))  # noqa: S608 - as above
        taken["vault_index_tail"] = sorted([*taken["vault_index_tail"], *moved])
        _make(source, into, "journal_batch")
        newest = "SELECT * FROM journal_batch ORDER BY number DESC LIMIT 20"
        # The longest of them is of a full batch, or nearly.
        taken["journal_batch"] = [max(source.execute(newest).fetchall(), key=lambda row: row[1])]
    return taken


def _make(source: sqlite.Connection, into: sqlite.Connection, table: str) -> None:
    shape = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type <> 'trigger' AND sql > ''"
    for (sql,) in source.execute(shape, (table,)):
        into.execute(sql)


def _moved(rows: list[tuple[Any, ...]], times_: int) -> Iterator[tuple[Any, ...]]:
    """Give rows numbers that follow those of before, and nonces of their own."""
    span = rows[-1][0] - rows[0][0] + 1
    for row in rows:
        fresh = (row[0] + span * times_, *row[1:])
        yield (
            fresh
            if len(row) <= _NONCE
            else (*fresh[:_NONCE], b"%016d" % fresh[0], *row[_NONCE + 1 :])
        )


@contextmanager
def _fresh(path: Path) -> Iterator[sqlite.Connection]:
    """Give an empty database, durable as ours; gone afterwards."""
    with closing(sqlite.connect(str(path), isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


@contextmanager
def started(course: Course) -> Iterator[Made]:
    """Start the servers; stop them whatever happens."""
    running: list[Variant] = []
    try:
        echoes = [one for one in (_echo_c(course), _echo_nginx(course), _echo_asgi(course)) if one]
        running += echoes
        running.append(uphold_site.start_uphold("sqlite", course.folder / "submissions"))
        running.append(uphold_site.start_visits(course.folder / "visits"))
        yield echoes, running[-2], running[-1]
    finally:
        for one in running:
            one.stop()


def _echo_c(course: Course) -> Variant | None:
    compiler, program = shutil.which("gcc"), course.folder / "echo"
    if compiler is None:
        course.say("gcc is missing: no echo in C")
        return None
    subprocess.run([compiler, "-O2", "-o", str(program), str(_SOURCE)], check=True)
    port = process.free_port()
    return _served(course, "echo-c", port, [str(program), str(port)])


def _echo_nginx(course: Course) -> Variant | None:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        course.say("nginx is missing: no echo with it")
        return None
    port, folder = process.free_port(), course.folder / "nginx"
    folder.mkdir()
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port))
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(settings)]
    return _served(course, "echo-nginx", port, command)


def _echo_asgi(course: Course) -> Variant:
    port = process.free_port()
    command = [sys.executable, "-m", "uvicorn", "--loop", "uvloop", "--http", "httptools"]
    more = ["--port", str(port), "--no-access-log", "bench.echo_site:application"]
    return _served(course, "echo-asgi", port, [*command, *more])


def _served(course: Course, name: str, port: int, command: list[str]) -> Variant:
    log = course.folder / f"{name}.log"
    server = process.Server(command, log, environment={"PYTHONPATH": str(ROOT)})
    server.wait_for_port(port)
    return Variant(name, f"http://127.0.0.1:{port}/f/feedback", (server,), int, bodies.plain)


def page(rows: Rows) -> str:
    """Show each limit beside what Uphold takes."""
    lines = []
    for name, title in TITLES.items():
        of = [row for row in rows if row["variant"] == name]
        if of:
            fields = ("per_second", "cpu_us", "p50_ms", "p99_ms")
            figures = [medians.spread([row[field] for row in of]).median for field in fields]
            lines.append((title, *(number(one) if one else "-" for one in figures)))
    text = (
        f"What answers over HTTP does so to {CLIENTS} kept-alive clients, with one body of the form each; nginx sends "
        "a fixed text. The last three are loops within one process.\n\n"
        + markdown.table(["", "per second", "CPU us", "p50 ms", "p99 ms"], lines)
        + "\n"
    )
    ratios = [
        (f"{TITLES[over]} / {TITLES[under]}", times(found))
        for over, under in PAIRS
        if (found := _ratio(rows, over, under))
    ]
    return text + markdown.table(["CPU of one / CPU of the other", "times"], ratios)


def _ratio(rows: Rows, over: str, under: str) -> medians.Spread | None:
    ours, theirs = (
        [row["cpu_us"] for row in rows if row["variant"] == name] for name in (over, under)
    )
    return medians.ratio(ours, theirs) if ours and theirs else None
