# SPDX-License-Identifier: Apache-2.0
"""Thousands of connections, slow clients, a storage that stalls: others are served, and memory is bounded."""

import re
import resource
import select
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import pair, site_process
from tests.site_process import FORM_ENCODED, HOST, PATH, Site
from uphold import config
from uphold.submission import form

CONNECTIONS = 800
WAITING = 20
LIMITS = f"connections = {CONNECTIONS}\nposts_at_once = {WAITING}\nbody_bytes = 1048576"
MEGABYTE = 1 << 20
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_process.ending(site_process.build(tmp_path_factory.mktemp("crowd"))) as made:
        file = made.folder / config.FILE
        file.write_text(file.read_text().replace("[limits]", f"[limits]\n{LIMITS}"))
        made.start()
        yield made
        assert made.stop() == 0
        assert "Traceback" not in made.said()


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 4 * CONNECTIONS
    if resource.RLIM_INFINITY != hard < needed:
        pytest.skip(f"a process may open {hard} files here; this needs {needed}")
    if soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def memory(site: Site) -> int:
    """The process's own memory in bytes (proc(5))."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{site.pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def opened(site: Site) -> int:
    return len(list(Path(f"/proc/{site.pid}/fd").iterdir()))


def said(one: socket.socket) -> bytes:
    """Everything that a connection got until the other end closed it."""
    got = b""
    one.settimeout(site_process.PATIENCE)
    try:
        while piece := one.recv(65_536):
            got += piece
    except ConnectionResetError:
        pass
    return got


def ended(sockets: list[socket.socket]) -> int:
    """How many were closed by the other end, as far as one sees now."""
    poll = select.poll()
    for one in sockets:
        poll.register(one, select.POLLIN)
    return len(poll.poll(0))


def test_thousands_who_say_nothing_keep_nobody_out(site: Site) -> None:
    before = memory(site)
    with ExitStack() as stack:
        idle = [stack.enter_context(site.connect()) for _ in range(3 * CONNECTIONS)]
        assert site.get("/healthz").status == 200
        for _ in range(5):
            assert site.post(site.fields()).status == 201
        assert opened(site) < CONNECTIONS + 100
        # Those who came first gave way.
        assert said(idle[0]) == said(idle[CONNECTIONS]) == b""
        assert ended(idle) >= 2 * CONNECTIONS
        assert memory(site) < before + 40 * MEGABYTE


def test_slow_bodies_hold_so_much_together_and_no_more(site: Site) -> None:
    before = memory(site)
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: {FORM_ENCODED['content-type']}\r\n"
    begun = head.encode() + b"content-length: 1048576\r\n\r\n" + b"x" * (MEGABYTE - 100)
    with ExitStack() as stack:
        slow = [stack.enter_context(site.connect()) for _ in range(160)]
        for one in slow:
            one.settimeout(site_process.PATIENCE)
            try:
                one.sendall(begun)
            except OSError:
                continue  # it has given way already
        assert site.post(site.fields()).status == 201
        # 160 MB were sent, and are read by and by; those that came last still hold what they sent.
        pair.eventually(lambda: ended(slow) >= 80)
        assert ended(slow[-10:]) == 0
        assert memory(site) < before + 140 * MEGABYTE


def test_who_does_not_read_holds_little(site: Site) -> None:
    before = memory(site)
    asked = f"GET {PATH} HTTP/1.1\r\nhost: x\r\n\r\n".encode() * 40
    with ExitStack() as stack:
        for _ in range(60):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect((HOST, site.port))
            one.sendall(asked)
        for _ in range(5):
            assert site.get(PATH).status == 200
        assert site.post(site.fields()).status == 201
        assert memory(site) < before + 40 * MEGABYTE


def test_a_storage_that_stalls_makes_no_queue_without_end(site: Site) -> None:
    assert site.post(site.fields()).status == 201
    sent = [site.fields(message=f"Kept {n}") for n in range(6 * WAITING)]
    answers: list[site_process.Answer] = []
    path = site.settings.database_url.removeprefix("sqlite:///")
    stalled = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    stalled.execute("BEGIN IMMEDIATE")
    threads = [
        threading.Thread(target=lambda one=one: answers.append(site.post(one))) for one in sent
    ]
    try:
        for thread in threads:
            thread.start()
        while len(answers) < len(sent) - WAITING:
            threads[0].join(0.01)
        refused = list(answers)
        page = site.post(site.fields(message="Kept for a person"), headers=PAGE)
    finally:
        stalled.execute("ROLLBACK")
        stalled.close()
    for thread in threads:
        thread.join()
    # Nobody waited whom there was no room for.
    assert {one.status for one in refused} == {503}
    assert {one.headers["retry-after"] for one in (*refused, page)} == {"5"}
    assert page.status == 503
    assert "Kept for a person" in page.text
    assert [one.status for one in answers].count(201) <= WAITING
    # Each of them may send the same again, under the same token, and loses nothing.
    tokens = {one.json["token"] for one in refused}
    again = [one for one in sent if one[form.TOKEN] in tokens]
    assert len(again) == len(refused)
    assert [site.post(one).status for one in again[:5]] == [201] * 5
    assert site.post(again[6], headers=PAGE).status == 303
