# SPDX-License-Identifier: Apache-2.0
"""Consents over HTTP beside the packages that a site's owner would take for them, interleaved, all counted."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import markdown, medians, postgres, process, submissions, uphold_site, variant
from bench.course import Course
from bench.markdown import number, times
from bench.submissions import Run
from bench.targets import Rows
from bench.variant import ROOT, Variant

NAME = "consents"
TITLE = "Consents, beside packages for them"

PEERS = ROOT / "build" / "peers"
C15T = PEERS / "c15t"
CLIENTS = (8, 64)
TITLES = {
    "uphold-sqlite": "Uphold, SQLite",
    "fz-sqlite": "django-consent-152fz 1.0.2, SQLite tuned",
    "shield-sqlite": "django-compliance-shield 1.2.0, SQLite tuned",
    "uphold-postgresql": "Uphold, PostgreSQL",
    "c15t-postgresql": "@c15t/backend 2.2.1, PostgreSQL",
}
# Who does the same work on the same engine.
PAIRS = (
    ("uphold-sqlite", "fz-sqlite"),
    ("uphold-sqlite", "shield-sqlite"),
    ("uphold-postgresql", "c15t-postgresql"),
)
_APPS = {"fz": "django_consent_152fz", "shield": "compliance_shield"}
_STORE = "sqlite-tuned"
_DIGITS = str.maketrans("0", "A")
LEFT_OUT = """\
The work that all do: a person ticks a box, and that is durable before 201. What each does besides, or leaves out:

"""
_WORK = ["", "message", "consent is bound to", "time", "sealed", "journal", "receipt", "sent twice"]
_DONE = """\
Uphold; in parts, by purpose; form and wording shown, by a signed token; the server's; yes; signed tree; yes; recognised
django-consent-152fz; plain; a revision, whose text may still be changed; the server's; no; rows; no; stored twice
django-compliance-shield; plain; a copy of the text and its SHA-256; the server's; no; none; no; stored twice
@c15t/backend; no; a kind of banner; the client's; no; none; no; stored twice"""
_HOW = """
The first two packages are called where the plain site stores its own consent, in the same transaction, under three
gunicorn workers on SQLite as above; both are installed in one site, whose requests all pass the middleware that the
second brings. django-compliance-shield knows consents of accounts alone: an account is made for each person. c15t is
one Node process with a pool of sixteen connections, served as its quickstart says.
"""


def run(course: Course) -> list[dict[str, Any]]:
    """Measure all in every round at 8 and at 64 clients; c15t is left out where there is no Node."""
    order = course.order()
    load = submissions.Loads(course.folder, course.say)
    found: list[Run] = []
    with started(course) as servers:
        for place, one in enumerate(servers):
            submissions.probe(one, 10**8 + place)
            load.measure(0, one, CLIENTS[0], 1)
        for number_ in range(1, course.rounds + 1):
            for clients in CLIENTS:
                for one in order.sample(servers, len(servers)):
                    got = load.measure(number_, one, clients, course.seconds)
                    found.append(got)
                    course.say(
                        f"round {number_}/{course.rounds}  {clients:>3} clients  {got.variant:<20}"
                        f"{got.per_second:>8.0f}/s {got.cpu_us:>7.0f} us  p99 {got.p99_ms:.1f} ms"
                    )
    return [asdict(one) for one in found]


@contextmanager
def started(course: Course) -> Iterator[list[Variant]]:
    """Start the servers; stop them whatever happens."""
    running: list[Variant] = []
    try:
        begins: tuple[Callable[[], Variant], ...] = (
            lambda: uphold_site.start_uphold("sqlite", course.folder / "uphold-sqlite"),
            lambda: uphold_site.start_uphold("postgresql", course.folder / "uphold-postgresql"),
            lambda: package("fz", course.folder / "fz"),
            lambda: package("shield", course.folder / "shield"),
            *([lambda: c15t(course.folder / "c15t")] if _is_installed(course) else []),
        )
        for begin in begins:
            running.append(begin())  # noqa: PERF401 - those that run are stopped when the next does not start
        yield running
    finally:
        for one in running:
            one.stop()


def package(name: str, folder: Path) -> Variant:
    """Serve the plain site whose consents a Django package keeps."""
    folder.mkdir()
    file = folder / "site.sqlite"
    table = f"{_APPS[name]}_consentrecord"
    served = variant.serve_django(
        _STORE,
        folder,
        str(PEERS / "venv" / "bin" / "python"),
        str(file),
        variant.SYNCHRONOUS,
        (),
        lambda: variant.count_sqlite(file, table),
        f"/{name}",
        settings="bench.peers.settings",
        prepare="bench.peers.prepare",
    )
    return Variant(f"{name}-sqlite", served.url, served.servers, served.count, served.body)


def _is_installed(course: Course) -> bool:
    found = shutil.which("node") is not None and (C15T / "node_modules").is_dir()
    if not found:
        course.say("c15t is left out: it needs Node and npm when `make bench` installs")
    return found


def c15t(folder: Path) -> Variant:
    """Serve c15t's backend on a PostgreSQL of its own."""
    folder.mkdir()
    cluster = postgres.start(folder / "postgresql")
    port = process.free_port()
    server = process.Server(
        ["node", str(C15T / "server.mjs")],
        folder / "log",
        environment={"PORT": str(port), "DATABASE_URL": cluster.url, "NODE_ENV": "production"},
    )
    server.wait_for_port(port)
    return Variant(
        "c15t-postgresql",
        f"http://127.0.0.1:{port}/subjects",
        (cluster.server, server),
        lambda: variant.count_postgresql(cluster.url, "consent"),
        ticked,
    )


def ticked(person: int) -> str:
    """Return what c15t's own client sends for a person; its numbers know no zero."""
    said = {
        "type": "cookie_banner",
        "subjectId": "sub_" + f"{person:026d}".translate(_DIGITS),
        "domain": "example.org",
        "preferences": {"necessary": True, "marketing": True},
        "givenAt": time.time_ns() // 1_000_000,
        "metadata": {"form": "feedback"},
    }
    return json.dumps(said, separators=(",", ":"))


def page(rows: Rows) -> str:
    """Show consents per second and what each costs."""
    text = (
        LEFT_OUT + markdown.table(_WORK, [line.split("; ") for line in _DONE.splitlines()]) + _HOW
    )
    for clients in CLIENTS:
        lines = [
            (title, *_figures([row for row in rows if _is(row, name, clients)]))
            for name, title in TITLES.items()
            if any(_is(row, name, clients) for row in rows)
        ]
        text += f"\n### {clients} clients\n\n" + markdown.table(
            ["", "per second", "CPU us", "p50 ms", "p99 ms", "memory MB"], lines
        )
    pairs = [
        (f"{TITLES[over]} / {TITLES[under]}", str(clients), *_ratios(rows, over, under, clients))
        for clients in CLIENTS
        for over, under in PAIRS
        if any(_is(row, under, clients) for row in rows)
    ]
    return f"{text}\n" + markdown.table(
        ["", "clients", "times as many", "times less CPU", "times less memory"], pairs
    )


def _is(row: Any, name: str, clients: int) -> bool:
    return bool(row["variant"] == name and row["connections"] == clients)


def _figures(rows: Rows) -> list[str]:
    fields = ("per_second", "cpu_us", "p50_ms", "p99_ms", "pss_mb")
    return [number(medians.spread([row[field] for row in rows]).median) for field in fields]


def _ratios(rows: Rows, over: str, under: str, clients: int) -> Sequence[str]:
    ours = [row for row in rows if _is(row, over, clients)]
    theirs = [row for row in rows if _is(row, under, clients)]
    many = medians.ratio([r["per_second"] for r in ours], [r["per_second"] for r in theirs])
    less = [
        medians.ratio([r[field] for r in theirs], [r[field] for r in ours])
        for field in ("cpu_us", "pss_mb")
    ]
    return [times(many), *(times(one) for one in less)]
