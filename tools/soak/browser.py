# SPDX-License-Identifier: Apache-2.0
"""Whoever asks a site, on a connection kept open: cookies, an address of their own, and a gate before each request."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests import site_process
from tests.site_process import Answer

PATIENCE = 40.0
# A machine that takes longer for next to nothing excuses whatever is late.
BEAT_SECONDS = 2.5
# The site hangs up after five seconds; who asks just then gets no answer, and it is nobody's fault.
IDLE_SECONDS = 3.0
CANCELLED = -1
_CSRF = re.compile(r'name="_csrf" value="([^"]+)"')


class Broken(Exception):
    """No answer came."""


@dataclass
class Street:
    """The way of everybody to a site: who is under way, whether anybody may go, and what became of each request."""

    port: int
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0
    done: int = 0
    trouble: int = 0
    """How many things are happening that excuse a 503 or a broken connection."""
    happening: list[str] = field(default_factory=list)
    """What goes on just now, excuse or not."""
    calm_at: float = 0.0
    beat: float = field(default_factory=time.monotonic)
    """When the machine itself last did what takes it no time: a write to its disk, and a turn of this loop."""
    stalls: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """How long answers took while nothing happened."""
    connected: "set[Browser]" = field(default_factory=set)
    odd: list[str] = field(default_factory=list)
    """What should not have been."""

    @property
    def is_calm(self) -> bool:
        """Whether nothing happens that excuses anything, nor did a moment ago."""
        now = time.monotonic()
        return self.trouble == 0 and now >= self.calm_at and now - self.beat <= BEAT_SECONDS

    async def close(self) -> None:
        """Let everybody hang up."""
        for one in list(self.connected):
            one.leave()
        # A connection is gone a turn of the loop after it was given up.
        await asyncio.sleep(0.05)

    async def still(self) -> None:
        """Wait until nobody is under way."""
        while self.under_way:  # noqa: ASYNC110 - looked at a few times a minute; an event would be set at each request
            await asyncio.sleep(0.02)

    def note(self, what: str, status: int, taken: float, *, was_calm: bool) -> None:
        """Count an answer; 0 is the status of none."""
        is_calm = was_calm and self.is_calm
        self.done += 1
        self.answers[f"{what} {status or 'broken'}{'' if is_calm else ' in trouble'}"] += 1
        if is_calm and 0 < status < 500:
            self.seconds.append(taken)
        if status >= 500 and status != 503:
            self.odd.append(f"{what} was answered {status}")
        if is_calm and status in {0, 503}:
            beside = ", ".join(sorted(self.happening)) or "nothing at all"
            self.odd.append(
                f"{what} was {status or 'broken'} after {taken:.1f} s though nothing excuses it, beside {beside}"
            )


class Browser:
    """One browser, or a program, at one address."""

    def __init__(self, street: Street, address: str, agent: str = "Kvyrzhlup/1.0") -> None:
        """Come from `address`, as the proxy in front says."""
        self.street = street
        self.cookies: dict[str, str] = {}
        self._headers = {"x-forwarded-for": address, "user-agent": agent, "accept-language": "en"}
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def get(
        self, path: str, headers: Mapping[str, str] | None = None, what: str = ""
    ) -> Answer:
        """Get a page. Raises `Broken`."""
        return await self.ask("GET", path, dict(headers or {}), b"", what)

    async def post(
        self,
        path: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        what: str = "",
    ) -> Answer:
        """Send a form. Raises `Broken`."""
        named = {**site_process.FORM_ENCODED, **(headers or {})}
        return await self.ask("POST", path, named, urlencode(fields).encode(), what)

    async def json(
        self, path: str, content: object, headers: Mapping[str, str] | None = None, what: str = ""
    ) -> Answer:
        """Send JSON. Raises `Broken`."""
        named = {
            "content-type": "application/json",
            "accept": "application/json",
            **(headers or {}),
        }
        return await self.ask("POST", path, named, json.dumps(content).encode(), what)

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, what: str
    ) -> Answer:
        """Send one request; it is sent once, whatever becomes of it. Raises `Broken`."""
        street = self.street
        await street.opened.wait()
        street.under_way += 1
        was_calm, began, status = street.is_calm, time.monotonic(), 0
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._exchange(method, path, headers, body)
            status = answer.status
            self._take(answer)
            return answer
        except (OSError, EOFError, TimeoutError) as error:
            self.leave()
            raise Broken(type(error).__name__) from None
        except asyncio.CancelledError:
            # The soak is over: who is sent away in the middle of asking has seen nothing.
            status = CANCELLED
            raise
        finally:
            street.under_way -= 1
            if status != CANCELLED:
                street.note(what or method, status, time.monotonic() - began, was_calm=was_calm)

    def leave(self) -> None:
        """Hang up."""
        if self._ends is not None:
            self._ends[1].transport.abort()
            self._ends = None
            self.street.connected.discard(self)

    async def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self.leave()
        if self._ends is None:
            self._ends = await asyncio.open_connection("127.0.0.1", self.street.port)
            self.street.connected.add(self)
        reader, writer = self._ends
        named = {"host": "uphold.example", **self._headers, **headers}
        if self.cookies:
            named["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in named.items()),
        ]
        if method != "GET":
            lines.append(f"content-length: {len(body)}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        answer = await site_process.read(reader)
        self._used = time.monotonic()
        if answer.headers.get("connection", "").lower() == "close":
            self.leave()
        return answer

    def _take(self, answer: Answer) -> None:
        sent = answer.headers.get("set-cookie", "")
        name, _, value = sent.partition(";")[0].partition("=")
        if sent and value.strip('"'):
            self.cookies[name] = value
        elif sent:
            self.cookies.pop(name, None)


def csrf(answer: Answer) -> str:
    """The session's token that a page carries; "" where it carries none."""
    found = _CSRF.search(answer.text)
    return found[1] if found else ""


async def rest(street: Street, seconds: float = 60.0) -> bool:
    """Close the street and wait until nobody is under way; tells whether that came about."""
    street.opened.clear()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await street.still()
    return street.under_way == 0
