# SPDX-License-Identifier: Apache-2.0
"""The one way out: every connection that this program opens is opened here, to a host that was declared.

    declared(settings)                       what the configuration names: relay, database, the site itself
    connect(declared, host, port, timeout)   a connected socket, or `errors.Invalid`
    with guarded(declared): ...              a further net under everything else in the process

An import contract keeps `socket` out of every other module, so that reading this file is the review of what
can leave.
"""

import errno
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from uphold import errors
from uphold.config import Settings

Declared = frozenset[tuple[str, int]]
"""Hosts, in lower case as the configuration spells them, each with its port."""

Socket = socket.socket
"""For annotations: nobody else may import `socket`."""

_PORTS = {"http": 80, "https": 443}
_POSTGRESQL = 5432
# What Python raises for each connection and datagram, before it is made (the table of audit events).
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class _Guard:
    """What the process may speak to while it is guarded, and whether its hook stands: hooks are for ever."""

    def __init__(self) -> None:
        self.declared: Declared | None = None
        self.is_installed = False
        # True in a thread while `connect` opens: the hook then sees an address where a name was declared.
        self.opening = threading.local()


_GUARD = _Guard()


def declared(settings: Settings) -> Declared:
    """List every host that the configuration names. Raises `errors.Invalid` where a secret of it is missing."""
    return frozenset().union(*by_section(settings).values())


def by_section(settings: Settings) -> dict[str, Declared]:
    """List the same by the section of `uphold.toml` that names them, as what a section names has one owner."""
    found = {
        "site": {_of_address(settings.site.address)},
        "serve": {(settings.serve.host, settings.serve.port)},
        "mail": {(settings.mail.host, settings.mail.port)} if settings.mail.host else set(),
        "database": _of_database(settings.database_url),
    }
    return {
        section: frozenset((host.lower(), port) for host, port in places)
        for section, places in found.items()
    }


def connect(declared: Declared, host: str, port: int, timeout: float, source: str = "") -> Socket:
    """Open a TCP connection; `timeout` is in seconds, for each address that the host has.

    `source` is the address of this machine to come from, "" for any.

    Raises `errors.Invalid` for a host that was not declared, before its name is looked up; OSError when
    nobody answers. Blocks (never on the event loop).
    """
    place = (host.lower(), port)
    if place not in declared or not _is_let_out(place):
        raise errors.Invalid(
            f"{host}:{port} is no host that the configuration declares; nothing was sent.",
            "If it is meant, name it in uphold.toml; if not, report this fault.",
        )
    _GUARD.opening.now = True
    try:
        return socket.create_connection(place, timeout, (source, 0) if source else None)
    finally:
        _GUARD.opening.now = False


def addresses(declared: Declared) -> Declared:
    """Look up the declared names, as whoever connects to them does: each address with its port.

    A name that nobody knows has none; nobody can connect to it either. Blocks.
    """
    found: set[tuple[str, int]] = set()
    for host, port in declared:
        with suppress(OSError):
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found |= {(str(address[0]).partition("%")[0], port) for *_, address in told}
    return frozenset(found)


@contextmanager
def guarded(declared: Declared) -> Iterator[None]:
    """Refuse within this block, in every thread, what speaks past `connect` to a host that was not declared.

    It sees the sockets of Python only: neither those of uvloop nor those that a driver opens in C, such as
    libpq. Unix sockets, and what the system does to look up a name, are left alone. Not to be nested.
    """
    if not _GUARD.is_installed:
        sys.addaudithook(_refuse)
        _GUARD.is_installed = True
    _GUARD.declared = declared
    try:
        yield
    finally:
        _GUARD.declared = None


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if _GUARD.declared is None or event not in _EVENTS:
        return
    address = arguments[1]
    # The path of a Unix socket is text or bytes; None stands for a socket that is connected already.
    if not isinstance(address, tuple) or getattr(_GUARD.opening, "now", False):
        return
    host, port = address[:2]
    if not _is_let_out((str(host).lower(), port)):
        raise PermissionError(errno.EACCES, "uphold: not a host that the configuration declares")


def _is_let_out(place: tuple[str, int]) -> bool:
    return _GUARD.declared is None or place in _GUARD.declared


def _of_address(address: str) -> tuple[str, int]:
    url = urlsplit(address)
    return url.hostname or "", url.port or _PORTS.get(url.scheme, 0)


def _of_database(text: str) -> set[tuple[str, int]]:
    """List the hosts of a PostgreSQL URL; a file has none, nor has a server behind a Unix socket."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return set()  # refused with advice where it is opened
    if url.get_backend_name() != "postgresql":
        return set()
    port = url.port or int(str(url.query.get("port", _POSTGRESQL)))
    found = {(url.host, port)} if url.host else set()
    for name in ("host", "hostaddr"):
        given = url.query.get(name, ())
        for each in (given,) if isinstance(given, str) else given:
            found |= _of_host(each, port)
    return found


def _of_host(text: str, port: int) -> set[tuple[str, int]]:
    """Read `host` or `host:port`, as SQLAlchemy spells several; a path is a Unix socket."""
    if text.startswith("/"):
        return set()
    host, _, own = text.partition(":")
    return {(host, int(own))} if host and own.isdigit() else {(text, port)}
