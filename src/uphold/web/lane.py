# SPDX-License-Identifier: Apache-2.0
"""The fast lane of posts: what comes whole is answered whole.

A post of a form whose body came with its head, as nearly all do, is handed to the application as it is, and
the application's answer to the transport: no ASGI message in between, as those cost more than decoding and
checking the form. What a page says of a visit waits for nothing: it is answered at once, without a task.
Whatever is not as plain as that goes uvicorn's way, and so does everything behind a proxy, whose headers
uvicorn reads. The answer is the same on both ways; a test compares them.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.types import Message, Receive, Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from uphold.web import body
from uphold.web.protocol import Protocol

Answer = tuple[int, Sequence[tuple[bytes, bytes]], bytes]
"""Status, headers, content."""

Post = Callable[[Scope, Receive], Awaitable[Answer]]
Visit = Callable[[Sequence[tuple[bytes, bytes]], str, bytes], Answer]
"""Headers, the client's address, the body."""

VISIT = b"/visit"

# A path that means what it says: no escapes, no query.
_PLAIN = re.compile(rb"/f/[a-z0-9-]+").fullmatch
_NEVER_AWAITED = asyncio.Event()


class Whole(RequestResponseCycle):
    """A request that came whole, as far as uvicorn asks of it: is it answered, is the client gone."""

    def __init__(self, *, keep_alive: bool) -> None:
        """Neither answered nor gone."""
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = keep_alive
        self.message_event = _NEVER_AWAITED


class Lane(Protocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Look for the application's own way in: behind a proxy, uvicorn's stands before it."""
        super().__init__(*arguments, **named)
        self._post: Post | None = getattr(self.app, "post", None)
        self._visit: Visit | None = getattr(self.app, "visit", None)
        # The answer to a visit, the server's own headers that it was made with, and how it stands on the wire.
        self._said: tuple[object, object, bytes] = (None, None, b"")
        # What came of the body of a plain post; None for any other request.
        self._body: bytes | None = None

    def data_received(self, data: bytes) -> None:
        """Parse what came; a post that is not all here is uvicorn's."""
        super().data_received(data)
        if self._body is not None and not self.transport.is_closing():
            begun, self._body = self._body, None
            super().on_headers_complete()
            if begun:
                super().on_body(begun)

    def on_headers_complete(self) -> None:
        """Wait for the body of a plain post; begin any other request."""
        if self._is_plain_post():
            self.leave_head()
            self._body = b""
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:  # the name is the parser's
        """Take a piece of the body."""
        if self._body is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        """Begin a plain post."""
        if self._body is None or self._post is None:
            super().on_message_complete()
            return
        raw, self._body = self._body, None
        self.arrive()
        if self._visit is not None and self.url == VISIT:
            self._answer_at_once(self._visit(self.headers, self._address(), raw))
            return
        cycle = self.cycle = Whole(keep_alive=self.keeps())
        task = self.loop.create_task(self._take(self._post, cycle, self._described(), raw))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _is_plain_post(self) -> bool:
        """Whether nothing is asked for but an answer, and nothing else is under way on this connection."""
        return (
            self._post is not None
            and (self._is_visit() or _PLAIN(self.url) is not None)
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
            and (self.cycle is None or self.cycle.response_complete)
        )

    def _is_visit(self) -> bool:
        # Who reads no answers gets none on a way that does not wait for them to be read.
        return self.url == VISIT and self._visit is not None and not self.flow.write_paused

    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _answer_at_once(self, answer: Answer) -> None:
        """Answer what waits for nothing."""
        cycle = self.cycle = Whole(keep_alive=self.keeps())
        cycle.response_complete = True
        status, headers, content = answer
        # The server renews its list each second, for the date in it.
        own = self.server_state.default_headers
        if self._said[0] is not answer or self._said[1] is not own:
            self._said = (answer, own, _head(status, [*own, *headers]))
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        self.together.send(self._said[2] + end + content)
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _described(self) -> Scope:
        scope: Scope = dict(self.scope)
        scope["method"], scope["query_string"] = "POST", b""
        scope["path"], scope["raw_path"] = self.url.decode("ascii"), self.url
        scope[body.WHOLE] = True
        return scope

    async def _take(self, post: Post, cycle: Whole, scope: Scope, raw: bytes) -> None:
        """Answer a plain post; when that fails altogether, close the connection."""

        async def receive() -> Message:
            return {"type": "http.request", "body": raw}

        head = b""
        try:
            status, headers, content = await post(scope, receive)
            head = _head(status, [*self.server_state.default_headers, *headers])
            if self.flow.write_paused:
                await self.flow.drain()
        finally:
            cycle.response_complete = True
            if not head:
                self.transport.close()
        if not cycle.disconnected:
            end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
            self.together.send(head + end + content)
            if not cycle.keep_alive:
                self.transport.close()
            self.on_response_complete()


def _head(status: int, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Write status line and headers; raises ValueError for one with a line break in it."""
    lines = b"".join([b"%b: %b\r\n" % pair for pair in headers])
    if lines.count(b"\n") != len(headers) or lines.count(b"\r") != len(headers):
        raise ValueError("A header of an answer holds a line break.")
    return STATUS_LINE[status] + lines
