# SPDX-License-Identifier: Apache-2.0
"""A site served by a process of its own, and people who post to it: started, loaded, stopped, killed.

    with site_process.served(tmp_path, engine_url) as site:
        crowd = Crowd(site, connections=16)
        crowd.post(200)                                 everything is answered
        crowd.post(200, when=50, then=site.kill)        or cut off when 50 were acknowledged

Whatever happens, the process is ended by its own number when the `with` ends.
"""

import asyncio
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests import postgresql, site as sites
from tests.editions import FORM, PURPOSE
from uphold.config import Settings
from uphold.submission import form, token
from uphold.submission.form import Offer

HOST = "127.0.0.1"
PATH = f"/f/{FORM}"
BOX = form.BOX + PURPOSE
JSON = {"accept": "application/json"}
FORM_ENCODED = {"content-type": "application/x-www-form-urlencoded"}
# Far beyond what anything here takes: only a hang gets there.
PATIENCE = 300.0


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Sent:
    """One post: what was sent under which token, and the answer if one came."""

    fields: Mapping[str, str]
    answer: Answer | None = None

    @property
    def body(self) -> bytes:
        return urlencode(self.fields).encode()

    @property
    def acknowledged(self) -> bool:
        return self.answer is not None and self.answer.status == 201

    @property
    def receipt(self) -> str:
        """The path of its receipt; only of an acknowledged one."""
        assert self.answer is not None
        path: str = self.answer.json["receipt_url"]
        return path


@dataclass
class Site:
    """A site folder, and the process that serves it when it does."""

    settings: Settings
    offer: Offer
    key: bytes
    port: int = field(default_factory=postgresql.free_port)
    process: "subprocess.Popen[bytes] | None" = None
    scheme: str = "http"
    starts: int = 0
    posts: int = 0

    @property
    def folder(self) -> Path:
        return self.settings.folder

    @property
    def logs(self) -> Path:
        """Where standard output and error of every process of this site are kept."""
        return self.folder.parent / "logs"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "uphold", *arguments]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run another command of the product and return what it said."""
        return subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env=self._environment(),
        )

    def start(self, *arguments: str) -> None:
        """Start serving; returns when the site answers, fails when the process ends before."""
        assert self.process is None or self.process.poll() is not None
        self.starts += 1
        self.logs.mkdir(exist_ok=True)
        command = self.command("serve", str(self.folder), "--port", str(self.port), *arguments)
        out, err = (self.logs / f"{self.starts:03}.{name}" for name in ("out", "err"))
        with out.open("wb") as stdout, err.open("wb") as stderr:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=self._environment(),
                # Its own group, so that Ctrl-C at the terminal ends the tests first.
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the site ended: {err.read_text()}")
            with suppress(OSError, http.client.HTTPException):
                if self.get("/healthz").status == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("the site did not start")

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        self.signal(signal.SIGKILL)

    def wait(self) -> int:
        """Wait for the process's end and return its exit code."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.wait()

    def end(self) -> None:
        """End the process if there is one, by force if it must be."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def said(self) -> str:
        """Everything that every process of this site wrote to standard error."""
        return "".join(path.read_text() for path in sorted(self.logs.glob("*.err")))

    def fields(self, **changed: str) -> dict[str, str]:
        """A valid post of a person who ticked the box, under a token of its own."""
        self.posts += 1
        issued = token.issue(self.offer, time.time_ns() // 1_000_000)
        return {
            "name": "A. Person",
            "email": f"person-{self.posts}@example.org",
            "message": f"Message number {self.posts}.",
            BOX: "yes",
            form.TOKEN: token.write(self.key, issued),
            **changed,
        }

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers)

    def post(
        self, fields: Mapping[str, str], headers: Mapping[str, str] | None = JSON, path: str = PATH
    ) -> Answer:
        """Send a form; for a program unless `headers` say otherwise."""
        body = urlencode(fields).encode()
        return self.ask("POST", path, {**FORM_ENCODED, **(headers or {})}, body)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request on a connection of its own. Raises OSError or HTTPException when it breaks."""
        connection = self._connection()
        try:
            connection.request(method, path, body, dict(headers or {}))
            got = connection.getresponse()
            named = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, named, got.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """A bare connection, for what no client would send."""
        return socket.create_connection((HOST, self.port), timeout=PATIENCE)

    def _connection(self) -> http.client.HTTPConnection:
        if self.scheme == "http":
            return http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.folder / "tls" / "site.crt")
        return http.client.HTTPSConnection(
            "localhost", self.port, timeout=PATIENCE, context=context
        )

    def _environment(self) -> dict[str, str]:
        temporary = self.folder.parent / "temporary"
        temporary.mkdir(exist_ok=True)
        return {**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}


class Crowd:
    """People who post at the same time, each on a connection kept open."""

    def __init__(self, site: Site, connections: int = 16) -> None:
        self.site = site
        self.connections = connections
        self.sent: list[Sent] = []

    @property
    def acknowledged(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.acknowledged]

    @property
    def unanswered(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.answer is None]

    def post(
        self,
        count: int,
        *,
        when: int = -1,
        then: Callable[[], None] = lambda: None,
        pause: float = 0,
    ) -> list[Sent]:
        """Send at most `count` posts and return them.

        When `when` of them are acknowledged, and `pause` seconds later, `then` is called once; with 0, when
        the first is on its way. Whoever's connection breaks afterwards goes away.
        """
        begun = len(self.sent)
        asyncio.run(self._run(count, when, then, pause))
        return self.sent[begun:]

    async def _run(self, count: int, when: int, then: Callable[[], None], pause: float) -> None:
        waiting = iter([Sent(self.site.fields()) for _ in range(count)])
        moment = asyncio.Event()
        acknowledged = 0

        async def call() -> None:
            await moment.wait()
            await asyncio.sleep(pause)
            then()

        async def person() -> None:
            nonlocal acknowledged
            async with connected(self.site.port) as (reader, writer):
                for sent in waiting:
                    self.sent.append(sent)
                    writer.write(request(sent.body))
                    if when == 0:
                        moment.set()
                    sent.answer = await read(reader)
                    acknowledged += sent.acknowledged
                    if acknowledged == when:
                        moment.set()

        async def patient() -> None:
            try:
                await person()
            except (OSError, EOFError):
                if not moment.is_set():
                    raise

        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            for _ in range(self.connections):
                group.create_task(patient())
            if when >= 0:
                group.create_task(call())


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a site on this machine."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def request(body: bytes, headers: Sequence[str] = ("accept: application/json",)) -> bytes:
    """A post of a form as it stands on the wire."""
    lines = [
        f"POST {PATH} HTTP/1.1",
        "host: uphold.example",
        "content-type: application/x-www-form-urlencoded",
        f"content-length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def read(reader: asyncio.StreamReader) -> Answer:
    """Read one answer that says its length. Raises EOFError or OSError when the connection ends before."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (s.partition(":") for s in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(first.split()[1]), headers, body)


def build(root: Path, url: str = "") -> Site:
    """Make a site with the example policy in force in `root/site`; nothing serves it yet."""
    app = sites.build(root, url)
    try:
        offer = form.derive(app.shelf.in_force(), FORM, "en")
        return Site(app.settings, offer, app.ring.token_key)
    finally:
        app.close()


def configure(site: Site, old: str, new: str) -> None:
    """Change one place in `uphold.toml`."""
    file = site.folder / "uphold.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@contextmanager
def ending(site: Site) -> Iterator[Site]:
    """End the site's process whatever happens."""
    try:
        yield site
    finally:
        site.end()


@contextmanager
def served(root: Path, url: str = "") -> Iterator[Site]:
    """Make a site, serve it, and end it whatever happens."""
    with ending(build(root, url)) as site:
        site.start()
        yield site
