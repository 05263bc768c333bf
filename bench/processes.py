# SPDX-License-Identifier: Apache-2.0
"""One process of a site or two: submissions alone, and while somebody reads pages from the same or another process."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import bodies, load, markdown, medians, postgres, proc, process, uphold_site
from bench.course import Course
from bench.markdown import number, times
from bench.submissions import check, probe, settle
from bench.targets import Rows
from bench.variant import Variant

NAME, TITLE = "processes", "One process or several"

CONNECTIONS = 64
READERS = 8
READ = "/policy"
FIRST_GUESS = 4000
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# Processes that take submissions, and the process that is asked for pages: none, the first or the second.
LOADS = {
    "one": (1, None),
    "two": (2, None),
    "one, reads too": (1, 0),
    "one, reads another": (1, 1),
}
_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")


@dataclass(frozen=True)
class Site:
    """A site that is served by two processes; whoever is not asked is idle."""

    store: str
    members: Sequence[Variant]
    """The same site, each by another process."""
    database: Sequence[int]
    """The process of PostgreSQL, if there is one."""


class Measuring:
    """Loads sites and remembers what it must between runs."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.people = 0
        self.fastest: dict[str, float] = {}

    def run(self, site: Site, name: str) -> dict[str, Any]:
        """Load a site in one of the ways; raise Failed when anything is lost or refused."""
        takers, reader = LOADS[name]
        members, asked = site.members[:takers], None if reader is None else site.members[reader]
        involved = {one.name: one for one in (*members, *([asked] if asked else []))}
        pids = [*site.database, *(pid for one in involved.values() for pid in one.pids)]
        each = CONNECTIONS // takers
        supplies = [self._supply(site.store, member, place) for place, member in enumerate(members)]
        before, used = members[0].count(), proc.cpu_seconds(pids)
        with ThreadPoolExecutor(takers + 1) as pool:
            reading = pool.submit(self._read, asked) if asked else None
            loading = [
                pool.submit(
                    load.run, member.url, supply, connections=each, seconds=self.course.seconds
                )
                for member, supply in zip(members, supplies, strict=True)
            ]
            seen = [one.result() for one in loading]
            pages = reading.result() if reading else 0.0
        used = proc.cpu_seconds(pids) - used
        stored = settle(members[0]) - before
        taken = sum(one.acknowledged for one in seen)
        whole = seen[0]._replace(acknowledged=taken, bad=sum(one.bad for one in seen))
        check(f"{site.store}, {name}", whole, stored, CONNECTIONS)
        rate = sum(one.acknowledged / one.seconds for one in seen)
        self.fastest[site.store] = max(rate, self.fastest.get(site.store, 0.0))
        return {
            "store": site.store,
            "way": name,
            "per_second": rate,
            "pages_per_second": pages,
            "cpu_us": used / max(taken, 1) * 1e6,
            "p50_ms": max(one.p50_us for one in seen) / 1e3,
            "p99_ms": max(one.p99_us for one in seen) / 1e3,
            "pss_mb": proc.pss_bytes(pids) / 2**20,
        }

    def _supply(self, store: str, member: Variant, place: int) -> Path:
        rate = self.fastest.get(store, FIRST_GUESS)
        count = int(rate * self.course.seconds * 1.6) + 4000
        path = self.course.folder / f"bodies-{place}"
        bodies.write(path, count, self.people, member.body)
        self.people += count
        return path

    def _read(self, member: Variant) -> float:
        """Ask one process for pages as long as the others are loaded; returns how many in a second."""
        place = urlsplit(member.url)
        words = [load.program(), "-t1", f"-c{READERS}", f"-d{self.course.seconds}s"]
        ended = subprocess.run(
            [*words, f"{place.scheme}://{place.netloc}{READ}"],
            capture_output=True,
            text=True,
            check=False,
        )
        found = _RATE.search(ended.stdout)
        if ended.returncode or found is None or "Non-2xx" in ended.stdout:
            raise process.Failed(f"pages could not be read:\n{ended.stderr or ended.stdout}")
        return float(found[1])


@contextmanager
def serving(store: str, folder: Path) -> Iterator[Site]:
    """Make a site and serve it by two processes; they are stopped whatever happens."""
    folder.mkdir()
    folder.chmod(0o755)
    servers: list[process.Server] = []
    url = ""
    try:
        if store == "postgresql":
            cluster = postgres.start(folder / "postgresql")
            servers.append(cluster.server)
            url = cluster.url
        root = folder / "site"
        uphold_site.make(root, url)
        key, members = uphold_site.token_key(root), list[Variant]()
        for place in range(2):
            port = process.free_port()
            command = [*uphold_site.PROGRAM, "serve", str(root), "--port", str(port)]
            servers.append(process.Server(command, folder / f"log-{place}"))
            servers[-1].wait_for_port(port)
            address = f"http://127.0.0.1:{port}/f/{uphold_site.FORM}"
            body = uphold_site.minted(key, uphold_site.shown(key, address))
            count = uphold_site.counter(url, root)
            members.append(Variant(f"{store}-{place}", address, (servers[-1],), count, body))
        yield Site(store, members, [one.pid for one in servers[:-2]])
    finally:
        for server in reversed(servers):
            server.stop()


def run(course: Course) -> list[dict[str, Any]]:
    """Measure every way on every engine in each round, in a seeded random order."""
    order, measuring, rows = course.order(), Measuring(course), list[dict[str, Any]]()
    with (
        serving("sqlite", course.folder / "sqlite") as file,
        serving("postgresql", course.folder / "postgresql") as server,
    ):
        ways = [(site, name) for site in (file, server) for name in LOADS]
        for site in (file, server):
            for place, member in enumerate(site.members):
                probe(member, 10**8 + place)
            measuring.run(site, "two")
        for count in range(1, course.rounds + 1):
            for site, name in order.sample(ways, len(ways)):
                row = {"round": count, **measuring.run(site, name)}
                rows.append(row)
                course.say(
                    f"round {count}/{course.rounds}  {site.store}, {name}: {row['per_second']:.0f}/s"
                    f" {row['cpu_us']:.0f} us, {row['pages_per_second']:.0f} pages/s"
                )
    return rows


def page(rows: Rows) -> str:
    """Show two processes beside one, and reading from another process beside reading from the same."""
    text = (
        f"{CONNECTIONS} clients send forms, to one process or half of them to each of two; in the last two rows "
        f"{READERS} more ask for the policy's page meanwhile, the process that takes the forms or another one. CPU is "
        "of all processes of the site that are asked, and of PostgreSQL, for each submission. Ratios are to the first "
        "row, in the last row to the one above.\n\n"
    )
    head = ("way", "submissions/s", "ratio", "CPU us", "ratio", "p99 ms", "pages/s", "memory MB")
    for store, title in STORES.items():
        lines = []
        for name in LOADS:
            of = _of(rows, store, name)
            base = _of(rows, store, "one, reads too" if name == "one, reads another" else "one")
            rate, used = (
                times(medians.ratio([row[field] for row in of], [row[field] for row in base]))
                for field in ("per_second", "cpu_us")
            )
            shown = {
                field: number(medians.spread([row[field] for row in of]).median)
                for field in ("per_second", "cpu_us", "p99_ms", "pages_per_second", "pss_mb")
            }
            lines.append(
                (
                    name,
                    *(shown["per_second"], rate, shown["cpu_us"], used, shown["p99_ms"]),
                    *(
                        shown["pages_per_second"] if LOADS[name][1] is not None else "",
                        shown["pss_mb"],
                    ),
                )
            )
        text += f"{title}:\n\n{markdown.table(head, lines)}\n"
    return text.rstrip("\n") + "\n"


def _of(rows: Rows, store: str, name: str) -> list[dict[str, Any]]:
    return [dict(row) for row in rows if row["store"] == store and row["way"] == name]
