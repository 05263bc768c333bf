# SPDX-License-Identifier: Apache-2.0
"""One server under test, as the harness sees it, and the plain Django sites."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import bodies, postgres, process

ROOT = Path(__file__).resolve().parent.parent
THREADED = ("--worker-class", "gthread", "--workers", "2", "--threads", "8")
SYNCHRONOUS = ("--worker-class", "sync", "--workers", "3")


@dataclass(frozen=True)
class Variant:
    """A server that answers 201 to a POST at `url` when the submission is stored."""

    name: str
    url: str
    servers: tuple[process.Server, ...]
    count: Callable[[], int]
    """How many submissions are stored now."""
    body: Callable[[int], str]
    """The form-encoded body of the person with this number."""

    @property
    def pids(self) -> list[int]:
        """The roots of the process trees whose CPU time and memory count."""
        return [server.pid for server in self.servers]

    def stop(self) -> None:
        """End the servers in the order they were started, clients of the database first."""
        for server in reversed(self.servers):
            server.stop()


def count_sqlite(path: Path, table: str) -> int:
    """Return the number of rows of a table in a SQLite file."""
    return ask_sqlite(path, f"SELECT count(*) FROM {table}")  # noqa: S608 - our own table names


def ask_sqlite(path: Path, query: str) -> int:
    """Return the one number that a query gives on a SQLite file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        return int(connection.execute(query).fetchone()[0])


def count_postgresql(url: str, table: str) -> int:
    """Return the number of rows of a table in a PostgreSQL database."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own table names
        return int(row[0]) if row else 0


def start_django(
    store: str,
    folder: Path,
    python: str,
    table: str = "django_site_submission",
    path: str = "/f/feedback",
) -> Variant:
    """Migrate and serve the plain site on one of the databases; what comes to `path` is counted in `table`."""
    folder.mkdir(parents=True)
    if store == "postgresql":
        cluster = postgres.start(folder / "postgresql")
        url, before = cluster.url, (cluster.server,)
        return serve_django(
            store,
            folder,
            python,
            str(cluster.port),
            THREADED,
            before,
            lambda: count_postgresql(url, table),
            path,
        )
    file = folder / "site.sqlite"
    return serve_django(
        store, folder, python, str(file), SYNCHRONOUS, (), lambda: count_sqlite(file, table), path
    )


def serve_django(
    store: str,
    folder: Path,
    python: str,
    database: str,
    workers: tuple[str, ...],
    before: tuple[process.Server, ...],
    count: Callable[[], int],
    path: str,
    *,
    settings: str = "bench.django_site.settings",
    prepare: str | None = None,
) -> Variant:
    """Create the tables, start gunicorn without an access log and wait until it answers.

    `prepare` is a module that is run once the tables are there.
    """
    environment = {
        "DJANGO_SETTINGS_MODULE": settings,
        "BENCH_STORE": store,
        "BENCH_DATABASE": database,
        "PYTHONPATH": str(ROOT),
    }
    steps = [["django", "migrate", "--verbosity", "0"], *([[prepare]] if prepare else [])]
    for step in steps:
        made = subprocess.run(
            [python, "-m", *step],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise process.Failed(
                f"Django or its driver is missing or failed:\n{made.stderr[-800:]}"
            )
    port = process.free_port()
    command = [python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *workers]
    server = process.Server(
        [*command, "--log-level", "warning", "bench.django_site.wsgi:application"],
        folder / "gunicorn.log",
        environment=environment,
    )
    server.wait_for_port(port)
    url = f"http://127.0.0.1:{port}{path}"
    return Variant(f"django-{store}", url, (*before, server), count, bodies.plain)
