# SPDX-License-Identifier: Apache-2.0
"""Read a request's body, never more of it than is allowed, and never for ever."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive, Scope

# From its head to its end: a slow phone needs its time, a dead one needs none.
BODY_SECONDS = 60.0
# In a scope: the server has the whole body already, so that nothing is waited for and no timer is needed.
WHOLE = "uphold.whole"
# Of a declared length; more digits are no number worth reading.
_DIGITS = 18


class Refused(Exception):
    """A post that is not even looked into: carries the status to answer with."""

    def __init__(self, status: int, retry_after: int = 0) -> None:
        """Remember the status, and for 429 the seconds to wait."""
        super().__init__(status)
        self.status = status
        self.retry_after = retry_after


async def read(scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """Read a body of at most `limit` bytes.

    Raises `Refused` with 413 for a longer one, which is not read to its end, with 400 for one that the
    client broke off, and with 408 for one that does not come to its end in time.
    """
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and (len(declared) > _DIGITS or int(declared) > limit):
        raise Refused(413)
    if WHOLE in scope:
        return await _whole(receive, limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _whole(receive, limit)
    except TimeoutError:
        raise Refused(408) from None


async def _whole(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise Refused(413)
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)
