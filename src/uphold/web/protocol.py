# SPDX-License-Identifier: Apache-2.0
"""uvicorn's HTTP protocol with what it lacks: bounds to what a client may send, leave unread and keep waiting.

The head of a request has a size, and must come in time; so must its body, whose size is bounded where it is read
(`web.body`). An answer must be read. What all clients hold together is bounded too (`web.crowd`). A request that
comes in one piece, and an answer that the kernel takes at once, cost no timer. The head of an answer goes out with
the beginning of its body: another write would be another call into the kernel.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from uphold.web import body, noticed, security
from uphold.web.crowd import MOST_TOLD, Crowd
from uphold.web.leaving import Leaving

# Of one head, request line and all headers; a browser's has one or two thousand.
MOST_BYTES = 32_768
# Of one request, those behind its body too: the shortest take twenty times in memory what they take on the wire.
MOST_HEADERS = 100
HEAD_SECONDS = 20.0
# Of a body after its head: whoever reads it says so sooner (`body.BODY_SECONDS`); this is for what nobody reads.
BODY_SECONDS = body.BODY_SECONDS + 5
# Requests sent without waiting for the answers before them.
MOST_PIPELINED = 64
# What each of them is reckoned to take beside its body: so much with a hundred of the shortest headers.
AHEAD_BYTES = 16_384
# So much of an answer may stand unread before it is counted; then so much at least must be read in that time.
UNREAD_BYTES = 16_384
READ_BYTES = 8_192
READ_SECONDS = 10.0
# How long a connection that is closed may take to read its last answer.
LINGER_SECONDS = 10.0
# How long somebody who is not served may take to read that.
TOLD_SECONDS = 2.0
_RETRY = b"retry-after: 5\r\n"

_REFUSALS = {
    408: (b"HTTP/1.1 408 Request Timeout", b"The request did not come in time.\n"),
    431: (
        b"HTTP/1.1 431 Request Header Fields Too Large",
        b"The request's headers are too long, or too many.\n",
    ),
    503: (b"HTTP/1.1 503 Service Unavailable", b"Too many are here just now.\n"),
}


class Pipelined(Exception):
    """More requests than may be sent ahead."""


class Overloaded(Exception):
    """More, or longer, headers than a request may have; that is said already."""


class Together(asyncio.Transport):
    """A transport that keeps the head of an answer until what follows it, the answer's end at the latest."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to `transport`."""
        super().__init__()
        self._transport = transport
        self._head = b""
        self._end: asyncio.TimerHandle | None = None
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
        """Close, with all that was written sent, if it is read in time."""
        self.flush()
        if self._end is None and self.unread():
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(LINGER_SECONDS, self._transport.abort)
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def lost(self) -> None:
        """Know that it is closed."""
        if self._end is not None:
            self._end.cancel()

    def unread(self) -> int:
        """Return how many bytes the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Expect the first head."""
        super().__init__(*arguments, **named)
        # Of the application as it was given, before whatever stands before it behind a proxy.
        self.crowd: Crowd = getattr(self.config.app, "crowd", None) or Crowd()
        self._leaving: Leaving = getattr(self.config.app, "leaving", None) or Leaving()
        self._is_begun = self._is_within_head = self._is_counted = self._is_turned_away = False
        self.headers = []
        # Of the head, of the request as far as it is counted, of what came last.
        self._size = self._begun = self._piece = 0
        self._deadline: asyncio.TimerHandle | None = None
        # Of a reader who is slow: how much was unread when it was looked last, and when it is looked again.
        self._unread = 0
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Give the first head its time, or say that there are too many."""
        self.together = Together(transport)
        if not self.crowd.admits(len(self.connections)):
            self._turn_away(transport)
            return
        transport.set_write_buffer_limits(UNREAD_BYTES)
        super().connection_made(self.together)
        self.crowd.wait_for(self)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        self._stop_looking()
        self.together.lost()
        self.crowd.leave(self)
        if self._is_turned_away:
            self.crowd.told -= 1
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse a head that goes on and on."""
        if self._is_turned_away:
            return
        self._piece = len(data)
        super().data_received(data)
        if self.transport.is_closing() or not (self._is_begun or self.pipeline):
            return
        if self._is_begun and not self._begin(len(data)):
            return
        self._count()

    def _begin(self, size: int) -> bool:
        """Wait for the rest of a request, unless its head is too much already."""
        if self._is_within_head:
            self._size += size
        if self._is_too_much(self._size if self._is_within_head else 0):
            return False
        if self._deadline is None:
            self._wait(HEAD_SECONDS if self._is_within_head else BODY_SECONDS)
        self._begun += size
        return True

    def _count(self) -> None:
        """Say how much of requests is kept that are not all here, or wait for the answers before theirs."""
        self._is_counted = self._is_begun or bool(self.pipeline)
        if self._is_counted:
            ahead = sum(AHEAD_BYTES + len(cycle.body) for cycle, _ in self.pipeline)
            self.crowd.begun.hold(self, self._begun + ahead)
        else:
            self.crowd.begun.drop(self)

    def on_message_begin(self) -> None:
        """Enter a head."""
        self._is_begun = self._is_within_head = True
        self._size = 0
        super().on_message_begin()
        self.scope[noticed.PEER] = self.client[0] if self.client else ""  # type: ignore[literal-required] # a key of our own

    def on_headers_complete(self) -> None:
        """Leave the head."""
        if len(self.pipeline) >= MOST_PIPELINED:
            raise Pipelined
        self.leave_head()
        super().on_headers_complete()
        if self._leaving.is_begun and self.cycle is not None:
            self.cycle.keep_alive = False

    def _is_too_much(self, size: int = 0) -> bool:
        """Refuse a request whose head has so many bytes, or whose headers are too many; tells whether it did.

        Looked at where a request pauses and ends, not at each header: that would cost each request more.
        """
        if size <= MOST_BYTES and len(self.headers) <= MOST_HEADERS:
            return False
        # Who does not read what follows keeps none of the others in our memory.
        del self.headers[MOST_HEADERS:]
        self._refuse(431)
        return True

    def keeps(self) -> bool:
        """Whether the connection goes on after the answer to the request that is being read."""
        return bool(self.parser.should_keep_alive()) and not self._leaving.is_begun

    def leave_head(self) -> None:
        """Know that the head is all here; refuse one that came in one piece and is too much."""
        size = 0
        if self._piece > MOST_BYTES:
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if self._is_too_much(size):
            raise Overloaded
        self._is_within_head = False
        self._stop_waiting()

    def arrive(self) -> None:
        """Know that the request is all here, and that the client waits."""
        if self._is_too_much():
            raise Overloaded
        self._is_begun = False
        if self._is_counted:
            self._begun = 0
            self._stop_waiting()
            self._count()
        self.crowd.serve(self)

    def on_message_complete(self) -> None:
        """Say that the request is all here, before the application hears of it."""
        self.arrive()
        self.scope[body.WHOLE] = True  # type: ignore[literal-required] # a key of our own
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Send an answer that has no body, too."""
        self.together.flush()
        if not self.pipeline:
            self.crowd.wait_for(self)
        super().on_response_complete()
        if self._is_counted:
            self._count()

    def pause_writing(self) -> None:
        """See to it that an answer is read."""
        super().pause_writing()
        self.crowd.wait_for(self)
        self._unread = self.together.unread()
        self.crowd.unread.take(self, self._unread)
        if self._look is None:
            self._look = self.loop.call_later(READ_SECONDS, self._look_again)

    def resume_writing(self) -> None:
        """Know that nearly all was read."""
        self._stop_looking()
        self.crowd.unread.drop(self)
        if self.cycle is not None and not self.cycle.response_complete:
            self.crowd.serve(self)
        super().resume_writing()

    def give_way(self) -> None:
        """End, for the sake of others; say so where that can still be heard."""
        if self.together.unread():
            self.together.abort()
        elif self._is_begun:
            self._refuse(503)
        else:
            self.transport.close()

    def _turn_away(self, transport: asyncio.Transport) -> None:
        """Say that there are too many, to so many at once as that is worth; nobody waits until they have read it."""
        self.transport = self.together
        if self.crowd.told >= MOST_TOLD:
            transport.abort()
            return
        self.crowd.told += 1
        self._is_turned_away = True
        self.scheme = "http" if transport.get_extra_info("sslcontext") is None else "https"
        if not transport.can_write_eof():
            self._refuse(503)
            return
        # What comes is read and thrown away: to close on it would take the answer away from who has sent it.
        self.transport.write(self._refusal(503))
        self.together.flush()
        transport.write_eof()
        self._deadline = self.loop.call_later(TOLD_SECONDS, transport.abort)

    def _look_again(self) -> None:
        """End a reader who reads next to nothing; who reads slowly is let."""
        unread = self.together.unread()
        if unread > self._unread - READ_BYTES:
            self._look = None
            self.together.abort()
            return
        self._unread = unread
        self._look = self.loop.call_later(READ_SECONDS, self._look_again)

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _wait(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._refuse, 408)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        self._end(self._refusal(status))

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, if nothing was said of it yet."""
        if self.transport.is_closing():
            return
        text = msg.encode("ascii", "replace")
        self._end(STATUS_LINE[400] + self._head(text) + text)

    def _end(self, answer: bytes) -> None:
        # Answers to earlier requests of a pipeline may still be under way: nothing may stand among them.
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(answer)
        self.transport.close()

    def _refusal(self, status: int) -> bytes:
        line, text = _REFUSALS[status]
        later = _RETRY if status == 503 else b""
        return line + b"\r\n" + later + self._head(text) + text

    def _head(self, text: bytes) -> bytes:
        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n"
        return head % len(text) + security.lines(secure=self.scheme == "https") + b"\r\n"
