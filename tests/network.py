# SPDX-License-Identifier: Apache-2.0
"""No test speaks to another machine: an audit hook refuses every address but this one's.

The hook sees Python's own sockets. libpq, uvloop and a browser open theirs elsewhere; those are kept in
by the addresses that the fixtures give them and by the browser tests' own count of requests.
"""

import ipaddress
import sys

NAMES = frozenset({"", "localhost", "localhost.localdomain"})
EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"})


class Forbidden(Exception):
    """A test tried to leave the machine."""


def is_local(host: str) -> bool:
    """Whether a host name or literal address can only mean this machine."""
    if host in NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """The audit hook: raise `Forbidden` where an address would leave the machine."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and not is_local(name):
            raise Forbidden(f"a test looked up {name!r}; only this machine may be spoken to")
    elif event in EVENTS:
        address = arguments[1]
        # A string or bytes is the path of a Unix socket; None is a socket connected before.
        if isinstance(address, tuple) and not is_local(str(address[0])):
            raise Forbidden(
                f"a test used the address {address!r}; only this machine may be spoken to"
            )


def forbid() -> None:
    """Install the hook for the rest of the process; hooks cannot be removed."""
    sys.addaudithook(refuse)
