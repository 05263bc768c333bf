# SPDX-License-Identifier: Apache-2.0
"""uvicorn's HTTP protocol with what it lacks: the head of a request has a size, and must come in time.

Bodies are bounded where they are read (`web.body`). A head that comes in one piece costs no timer. The head
of an answer goes out with the beginning of its body: another write would be another call into the kernel.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from uphold.web import body, noticed, security

# Of one head, request line and all headers; a browser's has one or two thousand.
MOST_BYTES = 32_768
HEAD_SECONDS = 20.0

_REFUSALS = {
    408: (b"HTTP/1.1 408 Request Timeout", b"The request did not come in time.\n"),
    431: (
        b"HTTP/1.1 431 Request Header Fields Too Large",
        b"The request's headers are too long.\n",
    ),
}


class Together(asyncio.Transport):
    """A transport that keeps the head of an answer until what follows it, the answer's end at the latest."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to `transport`."""
        super().__init__()
        self._transport = transport
        self._head = b""
        self.is_closing = transport.is_closing  # type: ignore[method-assign] # as it is, like the rest
        self.get_extra_info = transport.get_extra_info  # type: ignore[method-assign] # likewise
        self.pause_reading = transport.pause_reading  # type: ignore[method-assign] # likewise
        self.resume_reading = transport.resume_reading  # type: ignore[method-assign] # likewise

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, or keep what looks like the head of an answer; `100 Continue` is none."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data[:9] == b"HTTP/1.1 " and data[9:10] != b"1":
            self._head = bytes(data)
            return
        self._transport.write(data)

    def send(self, data: bytes) -> None:
        """Write an answer that is whole."""
        self._transport.write(data)

    def flush(self) -> None:
        """Write what is kept."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Close, with all that was written sent."""
        self.flush()
        self._transport.close()


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Expect the first head."""
        super().__init__(*arguments, **named)
        self._is_within_head = False
        self._size = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Give the first head its time."""
        self.together = Together(transport)
        super().connection_made(self.together)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse a head that goes on and on."""
        super().data_received(data)
        if not self._is_within_head or self.transport.is_closing():
            return
        self._size += len(data)
        if self._size > MOST_BYTES:
            self._refuse(431)
        elif self._deadline is None:
            self._wait()

    def on_message_begin(self) -> None:
        """Enter a head."""
        self._is_within_head, self._size = True, 0
        super().on_message_begin()
        self.scope[noticed.PEER] = self.client[0] if self.client else ""  # type: ignore[literal-required] # a key of our own

    def on_headers_complete(self) -> None:
        """Leave the head."""
        self.leave_head()
        super().on_headers_complete()

    def leave_head(self) -> None:
        """Know that the head is all here."""
        self._is_within_head = False
        self._stop_waiting()

    def on_message_complete(self) -> None:
        """Say that the request is all here, before the application hears of it."""
        self.scope[body.WHOLE] = True  # type: ignore[literal-required] # a key of our own
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Send an answer that has no body, too."""
        self.together.flush()
        super().on_response_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._refuse, 408)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        # Answers to earlier requests of a pipeline may still be under way: nothing may stand among them.
        if self.cycle is None or self.cycle.response_complete:
            line, text = _REFUSALS[status]
            self.transport.write(line + b"\r\n" + self._head(text) + text)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        text = msg.encode("ascii", "replace")
        self.transport.write(STATUS_LINE[400] + self._head(text) + text)
        self.transport.close()

    def _head(self, text: bytes) -> bytes:
        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n"
        return head % len(text) + security.lines(secure=self.scheme == "https") + b"\r\n"
