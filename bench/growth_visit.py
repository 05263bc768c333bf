# SPDX-License-Identifier: Apache-2.0
"""People at an open site in this process: an owner at the console, a person at their own page, a stranger.

Requests go to the product's own application, without a socket, so that what is measured is the site's work.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.types import Message

from bench import growth_site, process
from uphold.access import session, staff
from uphold.access.permission import Role
from uphold.app import App
from uphold.rights import identity
from uphold.vault import contact
from uphold.vault.contact import Contact
from uphold.web import my_door, server, staffed

PASSWORD = "measured-Heron-lantern-52-cedar"  # noqa: S105 - of an account that lives as long as a measurement
_ADDRESS = "192.0.2.7"
_TYPED = b"application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes


@dataclass
class Visitor:
    """One browser, with at most one cookie; a form is sent with the token of its session."""

    app: App
    runner: asyncio.Runner
    cookie: tuple[str, str] = ("", "")
    _face: Any = field(init=False)

    def __post_init__(self) -> None:
        """Build the application as a server does."""
        self._face = server.Face(self.app)

    def get(self, path: str) -> Answer:
        """Ask for a page; raises `process.Failed` for anything but a page."""
        return self._asked("GET", path, b"")

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form, as one the site's own pages does."""
        given = {"_csrf": session.csrf(self.cookie[1]), **fields}
        return self._asked("POST", path, urlencode(given).encode())

    def _asked(self, method: str, path: str, body: bytes) -> Answer:
        answer = self.runner.run(self.ask(method, path, body))
        if answer.status != 200:
            to = answer.headers.get(b"location", b"").decode()
            raise process.Failed(f"{method} {path} was answered with {answer.status} {to}")
        return answer

    async def ask(self, method: str, path: str, body: bytes) -> Answer:
        parts, host = urlsplit(path), urlsplit(self.app.settings.site.address)
        headers = [
            (b"host", host.netloc.encode()),
            (b"accept", b"text/html"),
            (b"accept-language", b"en"),
            (b"user-agent", b"Browser/1.0"),
            (b"sec-fetch-site", b"same-origin"),
            (b"content-type", _TYPED),
            (b"content-length", str(len(body)).encode()),
            (b"cookie", "=".join(self.cookie).encode()),
        ]
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": host.scheme,
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": headers,
            "client": (_ADDRESS, 40_000),
            "server": (host.hostname, host.port or 80),
        }
        sent: list[Mapping[str, Any]] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._face(scope, receive, send)
        raw = b"".join(one.get("body", b"") for one in sent[1:])
        return Answer(sent[0]["status"], dict(sent[0]["headers"]), raw)


def owner(app: App, runner: asyncio.Runner, login: str, now: int) -> Visitor:
    """Make an account that may see everything, and sign it in."""
    made = app.writer.run(lambda tx: staff.invite(tx, login, Role.OWNER, staff.COMMAND_LINE))
    staff.redeem(app.writer, made.token, PASSWORD, now=now)
    found = Visitor(app, runner)
    typed = urlencode({"login": login, "password": PASSWORD}).encode()
    answer = runner.run(found.ask("POST", staffed.LOGIN, typed))
    name, _, token = answer.headers[b"set-cookie"].decode().partition(";")[0].partition("=")
    found.cookie = name, token
    return found


def person(app: App, runner: asyncio.Runner, address: str, now: int) -> Visitor:
    """Let a person prove an address, as the link in a mail does, and begin their session."""
    named = Contact(contact.EMAIL, address)
    number = app.writer.run(lambda tx: identity.ask_link(tx, app.ring, named, "en", now))
    with app.database.read() as connection:
        found = identity.link(connection, app.ring, number, now)
    if found is None:
        raise process.Failed("no link was made for a person")
    token = app.writer.run(lambda tx: identity.enter(tx, app.ring, found.secret, now))
    return Visitor(app, runner, (my_door.COOKIE, token))


def stranger(app: App, runner: asyncio.Runner) -> Visitor:
    """A browser that knows nothing."""
    return Visitor(app, runner)


def regular(size: int, turn: int) -> str:
    """The address of one of those who wrote three times; another one each turn."""
    return growth_site.regular(size, turn % growth_site.people(size))
