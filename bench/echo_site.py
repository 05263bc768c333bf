# SPDX-License-Identifier: Apache-2.0
"""The least that an ASGI application under uvicorn can do with a POST: read it whole, answer 201 and its length."""

from typing import Any

Message = dict[str, Any]


async def application(scope: Message, receive: Any, send: Any) -> None:
    """Answer one request."""
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        came = await receive()
        length += len(came.get("body", b""))
        more = came.get("more_body", False)
    said = b'{"length":%06d}' % length
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": said})
