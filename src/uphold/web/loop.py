# SPDX-License-Identifier: Apache-2.0
"""uvloop's loop, which speaks to declared hosts only: Python's audit hook sees nothing of what libuv connects.

Whoever hands it a socket that is connected already, as all of Uphold does, passed `egress` before.
"""

from typing import Any

import uvloop

from uphold import egress

# A handshake that takes longer is none; and a client that does not say goodbye is not waited for.
HANDSHAKE_SECONDS = 10.0
SHUTDOWN_SECONDS = 5.0


class Loop(uvloop.Loop):
    """The loop of a site that is served. What it refuses raises PermissionError and is noted by `egress`."""

    async def create_connection(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **more: Any
    ) -> Any:
        """Connect, to a declared host."""
        if host is not None:
            _require((host, port))
        return await super().create_connection(protocol_factory, host, port, **more)

    async def create_server(self, protocol_factory: Any, *arguments: Any, **more: Any) -> Any:
        """Listen; with TLS, wait for nobody for long."""
        if more.get("ssl") is not None:
            more.setdefault("ssl_handshake_timeout", HANDSHAKE_SECONDS)
            more.setdefault("ssl_shutdown_timeout", SHUTDOWN_SECONDS)
        return await super().create_server(protocol_factory, *arguments, **more)

    async def create_datagram_endpoint(
        self, protocol_factory: Any, local_addr: Any = None, remote_addr: Any = None, **more: Any
    ) -> Any:
        """Make a datagram socket; one that is for a host, for a declared one."""
        _require(remote_addr)
        return await super().create_datagram_endpoint(
            protocol_factory, local_addr, remote_addr, **more
        )

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect a socket, to a declared host."""
        _require(address)
        await super().sock_connect(sock, address)

    async def sock_sendto(self, sock: Any, data: Any, address: Any) -> Any:
        """Send a datagram, to a declared host."""
        _require(address)
        return await super().sock_sendto(sock, data, address)

    async def getaddrinfo(self, host: Any, port: Any, **more: Any) -> Any:
        """Look up a name, of a declared host."""
        egress.require_name(host)
        return await super().getaddrinfo(host, port, **more)


def _require(address: Any) -> None:
    # The path of a Unix socket is text or bytes; None is no host at all.
    if isinstance(address, tuple):
        egress.require(str(address[0]), int(address[1] or 0))
