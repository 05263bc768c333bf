# SPDX-License-Identifier: Apache-2.0
"""Everything of a site that a stranger can reach, and the console as its staff see it, followed link by link."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from uphold.access.permission import Role
from uphold.assurance import html
from uphold.assurance.html import Node
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer, Visitor

MOST = 120
"""Where a crawl ends: a site with very many editions repeats the same few templates."""

# Nothing on the site links to these, and everybody can come upon them.
_UNLINKED = ("/console/login", "/there-is-no-such-page", "/readyz", "/journal/key")
_CONSOLE = "/console"
_THIS_MACHINE = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Fetched:
    """One address and what came of it."""

    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    def header(self, name: str) -> str:
        """The first header of a name, "" without one."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookies(self) -> tuple[str, ...]:
        """What it asked the browser to keep."""
        return tuple(value for key, value in self.headers if key == "set-cookie")

    @property
    def kind(self) -> str:
        """The media type without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.kind == "text/html"

    @cached_property
    def page(self) -> Node:
        """The page parsed."""
        return html.parse(self.text)


@dataclass(frozen=True)
class Crawl:
    """What was fetched, in order, and the names under which the site's own addresses go."""

    fetched: tuple[Fetched, ...]
    hosts: frozenset[str]

    @property
    def pages(self) -> list[Fetched]:
        """The HTML pages among it."""
        return [one for one in self.fetched if one.is_page]


_done: "WeakKeyDictionary[Scene, Crawl]" = WeakKeyDictionary()
_inside: "WeakKeyDictionary[Scene, Crawl]" = WeakKeyDictionary()


def public(scene: Scene) -> Crawl:
    """Follow every link from the front page, the exercise's own receipt included; once per run."""
    if scene not in _done:
        starts = ["/", *_UNLINKED, *(f"/f/{key}" for key in scene.edition.forms)]
        if scene.edition.forms:
            starts.append(scene.submission().receipt)
        _done[scene] = follow(scene.stranger(), starts, hosts(scene))
    return _done[scene]


def inside(scene: Scene) -> Crawl:
    """Follow every link of the console as an owner of the exercise; once per run."""
    if scene not in _inside:
        _inside[scene] = console(scene.staff(Role.OWNER), hosts(scene))
    return _inside[scene]


def console(visitor: Visitor, own: frozenset[str]) -> Crawl:
    """Follow every link of the console as a member of staff, each path once; forms are not sent."""
    return follow(visitor, [_CONSOLE], own, within=_CONSOLE, once=True)


def hosts(scene: Scene) -> frozenset[str]:
    """The names under which this site is reached."""
    found = (scene.settings.site.address, scene.address)
    return known_as(*(urlsplit(one).netloc for one in found), scene.target.host)


def known_as(*names: str) -> frozenset[str]:
    """Add to names of a site, some with a port, those that mean the same: this machine has two (pure)."""
    found = set(names) - {""}
    for host, colon, port in (name.partition(":") for name in names):
        if host in _THIS_MACHINE:
            found |= {f"{other}{colon}{port}" for other in _THIS_MACHINE}
    return frozenset(found)


def follow(
    visitor: Visitor,
    starts: list[str],
    own: frozenset[str],
    within: str = "/",
    *,
    once: bool = False,
) -> Crawl:
    """Fetch `starts` and all that they lead to on this site below `within`, at most `MOST` addresses.

    With `once`, addresses that differ by their query alone are one.
    """
    waiting, seen = deque(starts), set(starts)
    found: list[Fetched] = []
    while waiting and len(found) < MOST:
        path = waiting.popleft()
        one = fetched(path, visitor.get(path))
        found.append(one)
        for target in _leads(one, own):
            known = urlsplit(target).path if once else target
            if known not in seen and urlsplit(target).path.startswith(within):
                seen.add(known)
                waiting.append(target)
    return Crawl(tuple(found), own)


def fetched(path: str, answer: Answer) -> Fetched:
    """Keep an answer."""
    return Fetched(path, answer.status, answer.headers, answer.text)


def _leads(one: Fetched, own: frozenset[str]) -> Iterator[str]:
    addresses: list[str] = []
    if one.is_page:
        addresses = [link.href for link in html.links(one.page)] + html.loads(one.page)
    elif one.kind == "text/css":
        addresses = html.css(one.text)
    if one.header("location"):
        addresses.append(one.header("location"))
    for address in addresses:
        if not html.outside(address, own):
            parts = urlsplit(urljoin(one.path, address))
            if parts.scheme in {"", "http", "https"} and parts.path:
                yield f"{parts.path}?{parts.query}" if parts.query else parts.path
