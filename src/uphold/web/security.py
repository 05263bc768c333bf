# SPDX-License-Identifier: Apache-2.0
"""Headers that every answer carries, errors and data too. Nothing on any page may come from, or go to, another host."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What a page could ask the browser for, and no page of ours does. Left out is what our own pages use (passkeys),
# which is theirs alone by default, and what browsers do not know, as they complain of each such name.
UNUSED = (
    *(
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "clipboard-read",
        "clipboard-write",
    ),
    *(
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "gamepad",
        "geolocation",
        "gyroscope",
        "hid",
    ),
    *(
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "otp-credentials",
        "payment",
    ),
    *("picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb"),
    "xr-spatial-tracking",
)
PERMISSIONS = ", ".join(f"{name}=()" for name in UNUSED)
YEAR = 31_536_000


def headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """List the headers of every answer; `secure` says that people reach the site through TLS."""
    found = [
        (b"content-security-policy", POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-embedder-policy", b"require-corp"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", PERMISSIONS.encode()),
    ]
    if secure:
        found.append((b"strict-transport-security", b"max-age=%d" % YEAR))
    return found


def lines(*, secure: bool) -> bytes:
    """Return the headers as they stand on the wire, for what is refused before there is a request."""
    return b"".join(b"%b: %b\r\n" % pair for pair in headers(secure=secure))


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
