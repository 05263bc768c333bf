# SPDX-License-Identifier: Apache-2.0
"""The hosts of a PostgreSQL URL, in each of the ways in which several of them are written.

    postgresql://user@one:5432,two:5433/name                    as libpq has it (libpq 34.1.1.3)
    postgresql://user@/name?host=one,two&port=5432,5433         as its keywords have it
    postgresql://user@/name?host=one:5432&host=two:5433         as SQLAlchemy has it

Nothing is looked up here, and nothing connected to.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

PORT = 5432
_SCHEMES = ("postgresql", "postgres")


class Place(NamedTuple):
    """Where one server listens. `host` is a name, an address, or the folder of a Unix socket."""

    host: str
    port: int

    @property
    def is_socket(self) -> bool:
        """Tell a Unix socket (one that begins with @ has no file)."""
        return self.host.startswith(("/", "@"))


def is_postgresql(url: str) -> bool:
    """Tell a URL of PostgreSQL, whichever driver it names."""
    return url.partition("://")[0].partition("+")[0] in _SCHEMES


def places(url: str) -> tuple[Place, ...]:
    """Return the servers that a URL names, in its order; none for any other URL.

    Where it gives addresses beside names, these are what is connected to, and both are returned. Raises ValueError for
    a wrong port, or where there are neither one nor as many as hosts.
    """
    if not is_postgresql(url):
        return ()
    split = urlsplit(url)
    query = parse_qs(split.query)
    ports = _listed(query.get("port", ()))
    found = [
        _of_keyword(text, port)
        for keyword in ("host", "hostaddr")
        for text, port in _paired(_listed(query.get(keyword, ())), ports)
    ]
    # The keyword takes the place of the authority (libpq 34.1.1.2), an address does not.
    named = [] if "host" in query else _of_authority(split, ports[0] if ports else "")
    return tuple(dict.fromkeys([*named, *found]))


def spelled(url: str) -> str:
    """Write the list of an authority as keywords, as SQLAlchemy cannot read it there; any other URL stays as it is.

    Raises ValueError for a wrong port.
    """
    head, mark, _ = url.partition("://")
    if not is_postgresql(url) or "," not in urlsplit(url).netloc.rpartition("@")[2]:
        return url
    split = urlsplit(url)
    user, at, _ = split.netloc.rpartition("@")
    found = _of_authority(split)
    listed = ",".join(quote(place.host, safe=":/") for place in found)
    ports = ",".join(str(place.port) for place in found)
    query = f"host={listed}&port={ports}" + (f"&{split.query}" if split.query else "")
    return f"{head}{mark}{user}{at}{split.path or '/'}?{query}"


def _of_authority(split: SplitResult, port: str = "") -> list[Place]:
    listed = split.netloc.rpartition("@")[2].split(",")
    return [_place(unquote(text), port) for text in listed if text]


def _listed(given: Sequence[str]) -> list[str]:
    """Return what stands in a keyword, which may be there several times, with a list each time."""
    return [text for one in given for text in one.split(",")]


def _paired(hosts: list[str], ports: list[str]) -> list[tuple[str, str]]:
    # One port is that of all of them.
    each = ports * len(hosts) if len(ports) == 1 else ports
    if hosts and each and len(each) != len(hosts):
        raise ValueError("There are not as many ports as hosts.")
    return [(host, port) for host, port in zip_longest(hosts, each, fillvalue="") if host]


def _of_keyword(text: str, port: str) -> Place:
    """Read a host of a keyword: an address of version 6 stands there without brackets."""
    if not text.startswith("[") and text.count(":") > 1:
        return Place(text, int(port or PORT))
    return _place(text, port)


def _place(text: str, port: str) -> Place:
    """Read `host`, `host:port`, `[address]:port` or the folder of a socket."""
    if text.startswith(("/", "@")):
        return Place(text, int(port or PORT))
    if text.startswith("["):
        host, _, own = text[1:].partition("]")
        own = own.removeprefix(":")
    else:
        host, _, own = text.partition(":")
    return Place(host, int(own or port or PORT))
