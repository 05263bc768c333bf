# SPDX-License-Identifier: Apache-2.0
"""Ten thousand connections, clients that send or read slowly, a storage that stalls: memory, and what others get.

Each state stands on the same server, one after the other; before and within it somebody in earnest sends submissions
one by one, each on a new connection.
"""

import contextlib
import http.client
import resource
import select
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pysqlite3.dbapi2 as sqlite

from bench import markdown, medians, proc, process, uphold_site
from bench.course import Course
from bench.targets import Rows
from bench.variant import Variant
from uphold import config

NAME, TITLE = "connections", "Many connections and slow clients"

# At least so many are seen on the server's side before anything is measured.
_SETTLE_SECONDS = 1.0
_ANSWERS = 20
# A storage that stalls is locked for less than the writer waits.
_STALL_SECONDS = 3.0
_ASKED = b"GET /healthz HTTP/1.1\r\nhost: bench\r\n\r\n"
# So many pages are asked for and never read.
_PAGES = 40
_BODY = 65_536
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
TITLES = {
    "nobody": "nobody else",
    "idle": "connections that say nothing",
    "used": "the same after one request each",
    "above": "half as many more, beyond the bound",
    "writers": "slow bodies, each of 64 KiB but its end",
    "readers": f"readers who asked for {_PAGES} pages and read none",
    "stalled": "posts while the storage is locked",
}
# Those whose memory is told for each client: later ones take what earlier ones gave back.
_ALONE = frozenset({"idle", "used"})
Row = dict[str, Any]


@dataclass
class Ground:
    """The server under test, and who sends to it in earnest."""

    site: Variant
    database: Path
    numbers: Iterator[int]

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(self.site.url).port or 0

    def post(self) -> tuple[int, float]:
        """Send one submission; return the status and how long the answer took, in seconds."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            path, body = urlsplit(self.site.url).path, self.site.body(next(self.numbers))
            connection.request("POST", path, body, HEADERS)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        return answer.status, time.perf_counter() - began

    def connect(self, receive_buffer: int = 0) -> socket.socket:
        """Open one connection."""
        made = socket.socket()
        if receive_buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        made.connect(("127.0.0.1", self.port))
        return made

    def row(self, what: str, sockets: Sequence[socket.socket] = ()) -> Row:
        """Look at the server as it stands, then at what somebody in earnest gets."""
        time.sleep(_SETTLE_SECONDS)
        pss = proc.pss_bytes(self.site.pids) / 2**20
        answers = [self.post() for _ in range(_ANSWERS)]
        refused = [status for status, _ in answers if status != 201]
        if refused:
            raise process.Failed(f"{what}: a submission was answered {refused[0]}")
        return {
            "what": what,
            "clients": len(sockets),
            "standing": len(sockets) - ended(sockets),
            "pss_mb": pss,
            "answer_ms": statistics.median(seconds for _, seconds in answers) * 1e3,
            "slowest_ms": max(seconds for _, seconds in answers) * 1e3,
        }


def run(course: Course) -> list[Row]:
    """Put the server into each state once a round."""
    clients = 1_000 if course.quick else 10_000
    # Those that stand, and those that come beyond them.
    files(clients + clients // 2 + 1_000)
    found: list[Row] = []
    for number in range(1, course.rounds + 1):
        folder = course.within(f"round-{number}").folder
        site = start(folder, clients)
        ground = Ground(site, folder / "site" / "data" / "uphold.sqlite", count(1))
        try:
            rows = list(states(ground, clients))
        finally:
            site.stop()
        found += [{"round": number, **row} for row in rows]
        told = ", ".join(f"{row['what']} {row['pss_mb']:.0f} MB" for row in rows)
        course.say(f"connections, round {number}/{course.rounds}: {told}")
    return found


def start(folder: Path, clients: int) -> Variant:
    """Make a site that lets a fifth more connections be open and a twentieth of posts wait, and serve it."""
    limits = f"connections = {clients + clients // 5}\nposts_at_once = {clients // 20}\n"
    root = folder / "site"
    port = uphold_site.make(root)
    file = root / config.FILE
    file.write_text(file.read_text().replace("[limits]\n", f"[limits]\n{limits}"))
    server = uphold_site.serve(root, port)
    server.wait_for_port(port)
    address = f"http://127.0.0.1:{port}/f/{uphold_site.FORM}"
    key = uphold_site.token_key(root)
    body = uphold_site.minted(key, uphold_site.shown(key, address))
    return Variant("uphold", address, (server,), uphold_site.counter("", root), body)


def states(ground: Ground, clients: int) -> Iterator[Row]:
    """Go through all states."""
    for _ in range(_ANSWERS):
        ground.post()
    yield ground.row("nobody")
    with opened(ground.connect, clients) as idle:
        yield ground.row("idle", idle)
        for one in idle:
            with contextlib.suppress(OSError):
                one.sendall(_ASKED)
        yield ground.row("used", idle)
        with opened(ground.connect, clients // 2) as more:
            yield ground.row("above", [*idle, *more])
    with opened(lambda: begun(ground), clients // 5) as writers:
        yield ground.row("writers", writers)
    with opened(lambda: asked(ground), clients // 100) as readers:
        yield ground.row("readers", readers)
    yield stalled(ground, clients // 4)


@contextlib.contextmanager
def opened(make: Callable[[], socket.socket], number: int) -> Iterator[list[socket.socket]]:
    """Open so many connections, and close them in the end."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(make()) for _ in range(number)]


def begun(ground: Ground) -> socket.socket:
    """Begin a post and send all of its body but the end."""
    made = ground.connect()
    head = f"POST {urlsplit(ground.site.url).path} HTTP/1.1\r\nhost: bench\r\n"
    kind = f"content-type: {HEADERS['Content-Type']}\r\ncontent-length: {_BODY}\r\n\r\n"
    with contextlib.suppress(OSError):
        made.sendall(f"{head}{kind}".encode() + b"x" * (_BODY - 1))
    return made


def asked(ground: Ground) -> socket.socket:
    """Ask for many pages ahead and read none."""
    made = ground.connect(receive_buffer=4096)
    with contextlib.suppress(OSError):
        one = f"GET {urlsplit(ground.site.url).path} HTTP/1.1\r\nhost: bench\r\n\r\n"
        made.sendall(one.encode() * _PAGES)
    return made


def stalled(ground: Ground, clients: int) -> Row:
    """Lock the database, have many post at once, let it go; whoever was refused sends the same again."""
    answers: list[tuple[int, float]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ground.post())) for _ in range(clients)
    ]
    locked = sqlite.connect(ground.database, isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")
    try:
        for thread in threads:
            thread.start()
        time.sleep(_STALL_SECONDS)
        pss = proc.pss_bytes(ground.site.pids) / 2**20
    finally:
        locked.execute("ROLLBACK")
        locked.close()
    for thread in threads:
        thread.join()
    refused = [seconds for status, seconds in answers if status == 503]
    stored = [seconds for status, seconds in answers if status == 201]
    if len(refused) + len(stored) != clients:
        raise process.Failed("a post was answered neither 201 nor 503 while the storage stalled")
    return {
        "what": "stalled",
        "clients": clients,
        "standing": len(stored),
        "pss_mb": pss,
        "answer_ms": statistics.median(refused) * 1e3 if refused else 0.0,
        "slowest_ms": max(refused, default=0.0) * 1e3,
    }


def ended(sockets: Sequence[socket.socket]) -> int:
    """Count the connections that the other end closed."""
    poll = select.poll()
    for one in sockets:
        poll.register(one, select.POLLRDHUP | select.POLLHUP)
    return len(poll.poll(0))


def files(needed: int) -> None:
    """Let this process open so many files; raise Failed where the system does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != soft < needed:
        if resource.RLIM_INFINITY != hard < needed:
            raise process.Failed(f"this needs {needed} open files, and the system allows {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def page(rows: Rows) -> str:
    """Show each state: who stands, memory, and what somebody in earnest gets meanwhile."""
    lines = []
    before = statistics.median(row["pss_mb"] for row in rows if row["what"] == "nobody")
    for what, title in TITLES.items():
        its = [row for row in rows if row["what"] == what]
        if its:
            clients = max(row["clients"] for row in its)
            standing = statistics.median(row["standing"] for row in its)
            grown = statistics.median(row["pss_mb"] for row in its) - before
            each = markdown.number(grown * 1024 / clients) if what in _ALONE else "-"
            spreads = [
                markdown.times(medians.spread([row[field] for row in its]))
                for field in ("pss_mb", "answer_ms", "slowest_ms")
            ]
            lines.append((title, markdown.whole(clients), markdown.whole(standing), each, *spreads))
    return (
        "One server, one state after the other. Memory is the proportional set size of the process, KB are those "
        "above nobody's for each client; what a process had once it keeps for the next. Meanwhile "
        "submissions are sent one by one, each on a new connection, and every one is answered 201: the median and "
        f"the slowest of {_ANSWERS}. In the last line the storage is locked for {_STALL_SECONDS:.0f} s while all "
        "send at once: standing are those that were stored afterwards, the others were answered 503 in the time "
        "that is shown.\n\n"
        + markdown.table(
            ["", "clients", "standing", "KB each", "memory, MB", "answer, ms", "slowest, ms"], lines
        )
    )
