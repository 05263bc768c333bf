# SPDX-License-Identifier: Apache-2.0
"""The one way out: every connection that this program opens is opened here, to a host that was declared.

    declared(settings)                       what the configuration names: relay, database, the site itself
    connect(declared, host, port, timeout)   a connected socket, or `errors.Invalid`
    with guarded(declared): ...              a further net under everything else in the process
    require(host, port), require_name(host)  the same net for a loop whose sockets Python does not see
    refusals()                               what was refused since it was last asked, to be journaled

An import contract keeps `socket` out of every other module, so that reading this file is the review of what
can leave. docs/design/egress.md says what each net sees.
"""

import errno
import hashlib
import ipaddress
import os
import re
import socket
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from uphold import errors
from uphold.config import Settings, hosts

Declared = frozenset[tuple[str, int]]
"""Hosts, in lower case as the configuration spells them, each with its port."""

Socket = socket.socket
"""For annotations: nobody else may import `socket`."""

_PORTS = {"http": 80, "https": 443}
# What Python raises for each connection and datagram, before it is made (the table of audit events).
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
# The same for the look-up of a name, which tells it to whoever is asked: a name can carry what it likes.
_LOOK_UPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
# As many refusals wait to be journaled; a flood beyond them loses its oldest, which are like the others.
_MOST = 1000
_NOT_CODE = re.compile("[^a-z0-9]+")
_LONGEST_CODE = 40
# The modules through which an attempt comes here.
_NETS = frozenset({__name__, "uphold.web.loop"})


class Net(StrEnum):
    """What stopped a connection."""

    DOOR = "door"
    HOOK = "hook"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One attempt that was refused: by which net, and the code of the package that asked.

    `host` is what was asked for; it goes into no log and no entry, as a name can carry anything. `port` is 0 where
    only a name was looked up.
    """

    net: Net
    by: str
    host: str
    port: int


class _Guard:
    """What the process may speak to while it is guarded, and whether its hook stands: hooks are for ever."""

    def __init__(self) -> None:
        self.declared: Declared | None = None
        self.is_installed = False
        # True in a thread while `connect` opens: the hook then sees an address where a name was declared.
        self.opening = threading.local()
        self.refusals: deque[Refusal] = deque(maxlen=_MOST)


_GUARD = _Guard()


def declared(settings: Settings) -> Declared:
    """List every host that the configuration names. Raises `errors.Invalid` where a secret of it is missing."""
    return frozenset().union(*by_section(settings).values())


def by_section(settings: Settings) -> dict[str, Declared]:
    """List the same by the section of `uphold.toml` that names them, as what a section names has one owner."""
    found = {
        "site": {place(settings.site.address)},
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
    asked = (host.lower(), port)
    if asked not in declared or not _is_let_out(asked):
        _note(Net.DOOR, *asked)
        raise errors.Invalid(
            f"{host}:{port} is no host that the configuration declares; nothing was sent.",
            "If it is meant, name it in uphold.toml; if not, report this fault.",
        )
    _GUARD.opening.now = True
    try:
        return socket.create_connection(asked, timeout, (source, 0) if source else None)
    finally:
        _GUARD.opening.now = False


def listening_on(numbers: Iterable[int]) -> list[Socket]:
    """Return sockets by their numbers anew, which listen on when those are closed; nothing leaves by them."""
    return [Socket(fileno=os.dup(number)) for number in numbers]


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

    It sees the sockets of Python only: neither those of uvloop (for which there is `require`) nor those that a
    driver opens in C, such as libpq. Unix sockets are left alone.
    """
    if not _GUARD.is_installed:
        sys.addaudithook(_refuse)
        _GUARD.is_installed = True
    before, _GUARD.declared = _GUARD.declared, declared
    try:
        yield
    finally:
        _GUARD.declared = before


def is_guarded() -> bool:
    """Tell whether this process is guarded just now."""
    return _GUARD.declared is not None


def require(host: str, port: int) -> None:
    """Let pass what is declared, while guarded; raises PermissionError for the rest, before a name is looked up."""
    if not _is_let_out((host.lower(), port)):
        _note(Net.LOOP, host, port)
        raise _forbidden()


def require_name(host: object) -> None:
    """Let pass the look-up of a declared host's name, while guarded; raises PermissionError for any other."""
    if _GUARD.declared is not None and not _may_look_up(host):
        _note(Net.LOOP, _text(host), 0)
        raise _forbidden()


def bypass(host: str, port: int) -> None:
    """Try to speak past `connect`, as a library would that knows nothing of it: for the probe of the nets.

    One empty datagram to an address of this machine; raises PermissionError where it is refused, and
    `errors.Invalid` for any other machine.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise errors.Invalid("Only an address of this machine is tried.")
    with socket.socket(type=socket.SOCK_DGRAM) as made:
        made.sendto(b"", (host, port))


def refusals() -> tuple[Refusal, ...]:
    """Take what was refused since this was last called, oldest first. Safe to call from any thread."""
    found: list[Refusal] = []
    with suppress(IndexError):
        while True:
            found.append(_GUARD.refusals.popleft())
    return tuple(found)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if _GUARD.declared is None or getattr(_GUARD.opening, "now", False):
        return
    if event in _EVENTS:
        address = arguments[1]
        # The path of a Unix socket is text or bytes; None stands for a socket that is connected already.
        if isinstance(address, tuple) and not _is_let_out((str(address[0]).lower(), address[1])):
            _note(Net.HOOK, str(address[0]), address[1])
            raise _forbidden()
    elif event in _LOOK_UPS and not _may_look_up(arguments[0]):
        _note(Net.HOOK, _text(arguments[0]), 0)
        raise _forbidden()


def _forbidden() -> PermissionError:
    return PermissionError(errno.EACCES, "uphold: not a host that the configuration declares")


def _text(host: object) -> str:
    return host.decode("utf-8", "replace") if isinstance(host, bytes) else str(host)


def _may_look_up(host: object) -> bool:
    """Whether nobody else learns of a look-up: of no name, an address, this machine, or who is declared."""
    if host is None:
        return True
    name = _text(host).lower()
    if name in {"", "localhost", socket.gethostname().lower()}:
        return True
    with suppress(ValueError):
        ipaddress.ip_address(name.partition("%")[0])
        return True
    return any(name == known for known, _ in _GUARD.declared or ())


def _note(net: Net, host: str, port: object) -> None:
    at = port if isinstance(port, int) else 0
    _GUARD.refusals.append(Refusal(net, _who(), host.lower(), at))


def _who() -> str:
    """Name the module that asked: the innermost that is neither a net nor of the standard library, as a code."""
    for frame, _ in traceback.walk_stack(None):
        name = str(frame.f_globals.get("__name__", ""))
        if name not in _NETS and name.partition(".")[0] not in sys.stdlib_module_names:
            return _NOT_CODE.sub("-", name.lower())[:_LONGEST_CODE].strip("-") or "unknown"
    return "unknown"


def _is_let_out(asked: tuple[str, int]) -> bool:
    return _GUARD.declared is None or asked in _GUARD.declared


def place(address: str) -> tuple[str, int]:
    """Return the host and port that an address such as https://example.org is reached at; port 0 where it has none."""
    url = urlsplit(address)
    return (url.hostname or "").lower(), url.port or _PORTS.get(url.scheme, 0)


def _of_database(text: str) -> set[tuple[str, int]]:
    """List the hosts of a PostgreSQL URL; a file has none, nor has a server behind a Unix socket."""
    try:
        return {(place.host, place.port) for place in hosts.places(text) if not place.is_socket}
    except ValueError:
        return set()  # refused with advice where it is opened


# What a probe asks for on purpose: a name that can never be registered (RFC 6761, section 6.4), and an address of
# this machine that nobody uses.
NOWHERE = ("undeclared.invalid", 9)
NOBODY = ("127.66.77.88", 9)
HARMLESS = frozenset({NOWHERE, NOBODY})


def digest(salt: bytes, host: str, port: int) -> str:
    """What an entry `egress.refused` with this salt says of a host and port: hex SHA-256."""
    return hashlib.sha256(salt + f"{host}:{port}".encode("utf-8", "replace")).hexdigest()


def is_harmless(salt: bytes, told: str) -> bool:
    """Tell whether such a digest is of what only a probe asks for."""
    return any(digest(salt, *place) == told for place in HARMLESS)
