# SPDX-License-Identifier: Apache-2.0
"""Headers that every answer carries. Nothing on any page may come from, or go to, another host."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
YEAR = 31_536_000


def headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """List the headers of every answer; `secure` says that people reach the site through TLS."""
    found = [
        (b"content-security-policy", POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    ]
    if secure:
        found.append((b"strict-transport-security", b"max-age=%d" % YEAR))
    return found


def data_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """List those of the headers that mean something for data, which no browser shows as a page."""
    meant = (b"x-content-type-options", b"strict-transport-security")
    return [pair for pair in headers(secure=secure) if pair[0] in meant]


class Headers:
    """Adds the headers to each answer of an ASGI application that does not set them itself."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        """Wrap `app`."""
        self._app = app
        self._headers = headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = [pair for pair in self._headers if pair[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, with_headers)
