# SPDX-License-Identifier: Apache-2.0
"""Uphold under test: the demonstration site with its rate limits raised, a token in every post.

Nothing else differs from production: what a submission does is what it does there.
"""

import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench import bodies, postgres, process, variant
from bench.variant import Variant
from uphold import config
from uphold.policy import folder as site_folder, scaffold
from uphold.submission import form, token
from uphold.submission.token import Token
from uphold.vault import unlock

FORM = "feedback"
BOX = f"{form.BOX}communication"
TABLE = "submission_record"
PROGRAM = (sys.executable, "-m", "uphold")
HIDDEN = re.compile(rb'name="_token"[^>]*value="([^"]+)"')
URL = re.compile(rb'^url = ".*"$', re.MULTILINE)
# One client sends everything here; without this, posts would be set aside and then refused. Nor does the site
# examine itself meanwhile.
LIMITS = b"""
[limits]
fastest_seconds = 0.0
aside_per_minute = 1000000000
refuse_per_minute = 1000000000
[proof]
schedule = false
"""


def start_uphold(store: str, folder: Path, more: bytes = b"") -> Variant:
    """Make the site on one of the two engines and serve it with `uphold serve`; `more` is added to its settings."""
    folder.mkdir(parents=True)
    root, url = folder / "site", ""
    servers: list[process.Server] = []
    if store == "postgresql":
        cluster = postgres.start(folder / "postgresql")
        servers.append(cluster.server)
        url = cluster.url
    port = make(root, url, more)
    server = serve(root, port)
    server.wait_for_port(port)
    address = f"http://127.0.0.1:{port}/f/{FORM}"
    body = minted(token_key(root), shown(token_key(root), address))
    return Variant(f"uphold-{store}", address, (*servers, server), counter(url, root), body)


def make(root: Path, url: str = "", more: bytes = b"") -> int:
    """Make a site that nobody serves yet, and return the port that it is to be served at."""
    made = files(url)
    site_folder.write(root, {**made, config.FILE: made[config.FILE] + more})
    port = process.free_port()
    uphold("demo", "--dir", str(root), "--port", str(port), "--no-serve")
    return port


def serve(root: Path, port: int) -> process.Server:
    """Serve a site; its log lies beside its folder."""
    return process.Server([*PROGRAM, "serve", str(root), "--port", str(port)], root.parent / "log")


def token_key(root: Path) -> bytes:
    """Return what the hidden tokens of the site's forms are signed with."""
    settings = config.load(root)
    return unlock.load(settings.path(settings.keys.ring)).token_key


def start_visits(folder: Path) -> Variant:
    """Make a site that records visits, on SQLite, and serve it; a visit counts when it is sealed and spooled."""
    folder.mkdir(parents=True)
    root = folder / "site"
    port = make(root, more=b"[visits]\nrecord = true\n")
    server = serve(root, port)
    server.wait_for_port(port)
    count = visits(root)
    # What the demonstration brings is not measured.
    return Variant("uphold-visits", f"http://127.0.0.1:{port}/visit", (server,), count, str)


def visits(root: Path) -> Callable[[], int]:
    """Return what counts visits: those that are sealed in the database, as long as as many are spooled.

    The fewer of both: a visit is recorded when both are on disk.
    """
    spool = Spooled(root / config.load(root).visits.store / "open")

    def count() -> int:
        query = "SELECT coalesce(sum(visits), 0) FROM visits_batch"
        path = root / "data" / "uphold.sqlite"
        return min(variant.ask_sqlite(path, query), spool.lines())

    return count


class Spooled:
    """Counts the lines of the open files; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[int, int]] = {}

    def lines(self) -> int:
        """How many lines there are now."""
        for path in self._folder.glob("*/*.csv"):
            at, lines = self._read.get(path, (0, 0))
            with path.open("rb") as file:
                file.seek(at)
                fresh = file.read()
            self._read[path] = at + len(fresh), lines + fresh.count(b"\n")
        return sum(lines for _, lines in self._read.values())


def counter(url: str, root: Path) -> Callable[[], int]:
    """Return what counts the submissions stored."""
    if url:
        return lambda: variant.count_postgresql(url, TABLE)
    return lambda: variant.count_sqlite(root / "data" / "uphold.sqlite", TABLE)


def uphold(*arguments: str) -> str:
    """Run one command of the product and return what it prints; raise Failed when it fails."""
    ended = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise process.Failed(f"uphold {arguments[0]} failed:\n{ended.stderr or ended.stdout}")
    return ended.stdout


def files(url: str) -> dict[str, bytes]:
    """Return the example site's files, on another database if a URL is given, with raised limits."""
    made = scaffold.example()
    raw = made[config.FILE]
    if url:
        raw = URL.sub(f'url = "{url}"'.encode(), raw, count=1)
    return {**made, config.FILE: raw + LIMITS}


def shown(key: bytes, address: str) -> Token:
    """Fetch the hosted form and return the token in it."""
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - always http to loopback
        found = HIDDEN.search(answer.read())
    read = token.read(key, found[1].decode("ascii")) if found else None
    if read is None:
        raise process.Failed("the hosted form has no token that this site signed")
    return read


def minted(key: bytes, pattern: Token) -> Callable[[int], str]:
    """Return what writes a body for a person: the form as shown, each with a nonce of its own.

    The server is asked for one form only; asking for each would measure the form, not the post.
    """

    def body(number: int) -> str:
        now = time.time_ns() // 1_000_000
        nonce = now.to_bytes(6, "big") + number.to_bytes(10, "big")
        fresh = Token(pattern.form, pattern.language, pattern.edition, pattern.seen, now, nonce)
        return f"{bodies.person(number)}&{BOX}=yes&_token={token.write(key, fresh)}"

    return body
