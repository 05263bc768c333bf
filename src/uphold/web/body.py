# SPDX-License-Identifier: Apache-2.0
"""Read a request's body, never more of it than is allowed."""

from collections.abc import Mapping

from starlette.types import Receive


class Refused(Exception):
    """A post that is not even looked into: carries the status to answer with."""

    def __init__(self, status: int, retry_after: int = 0) -> None:
        """Remember the status, and for 429 the seconds to wait."""
        super().__init__(status)
        self.status = status
        self.retry_after = retry_after


async def read(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """Read a body of at most `limit` bytes.

    Raises `Refused` with 413 for a longer one, which is not read to its end, and with 400 for one that
    the client broke off.
    """
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise Refused(413)
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
