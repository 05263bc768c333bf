# SPDX-License-Identifier: Apache-2.0
"""Every page of a served site in Chromium, link by link: the public, one's own, and the console as its owner sees it.

Not one request goes elsewhere, the content policy blocks nothing, and each link that leads elsewhere is marked. What
has no page without some rare object is loaded as the error page that it then is; how those pages look with it,
`test_pages_look` loads, and sees no request elsewhere either.
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page
from starlette.routing import Match, Route

from tests import cast, person, site as sites, visitor
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.app import App
from uphold.assurance import crawl
from uphold.web import run, server
from uphold.web.post import Door

__all__ = ["quick_hashing"]

MARKS = {"external", "noopener", "noreferrer"}
# Answered with data, and loaded by no page of a browser's.
DATA = re.compile(
    r"/api|/journal/|/static/|/healthz|/readyz|\.jsonld|\.tlog-proof|/my/schema|/visit$"
)
LINKS = """() => [...document.querySelectorAll("a[href], area[href]")].map(
    a => [a.href, a.getAttribute("rel") || ""])"""
# Whatever else is there, these must have been reached by links from the four beginnings.
REACHED = {
    *("/", "/policy", "/policy/editions", "/f/{form}", "/wording/{digest}", "/receipt/{id}"),
    *("/my", "/my/{id}", "/my/{id}/erase"),
    *("/console", "/console/enquiry/{id}", "/console/mail", "/console/policy", "/console/proof"),
    *("/console/policy/draft", "/console/requests", "/console/requests/enter"),
    *("/console/retention", "/console/staff", "/console/account"),
}


@dataclass
class Walk:
    """One walk through the site: what was loaded by route, where links lead elsewhere, what was said and asked."""

    address: str
    names: frozenset[str]
    routes: list[Route]
    context: BrowserContext
    loaded: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def watch(self) -> Page:
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("console", lambda message: self.hear(message.text))
        return self.context.new_page()

    def hear(self, text: str) -> None:
        # The browser notes each page that is an error; there are some on purpose.
        if "responded with a status of 4" not in text:
            self.said.append(text)

    def route(self, path: str) -> str:
        scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        matching = (one.path for one in self.routes if one.matches(scope)[0] is Match.FULL)
        return next(matching, "")

    def follow(self, page: Page, *starts: str) -> None:
        """Load `starts` and whatever they lead to on this site."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            route = self.route(urlsplit(path).path)
            if path in self.seen or DATA.search(route) or self.loaded[route]:
                continue
            self.seen.add(path)
            waiting += self.load(page, path, route)

    def load(self, page: Page, path: str, route: str) -> list[str]:
        self.loaded[route] += 1
        try:
            page.goto(self.address + path)
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            # A paper, or another file to keep: no page.
            return []
        own, found = f"{self.address}/", []
        for address, rel in page.evaluate(LINKS):
            if address.startswith(own):
                found.append(address.removeprefix(self.address).partition("#")[0])
            elif urlsplit(address).netloc not in self.names and not set(rel.split()) >= MARKS:
                self.unmarked.append(f"{path}: {address}")
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, str]]:
    app = sites.build(tmp_path_factory.mktemp("crawl"))
    # What a browser reaches without TLS, as a demonstration on this machine is.
    plain = msgspec.structs.replace(app.settings.site, address="http://127.0.0.1:8000")
    app = replace(app, settings=msgspec.structs.replace(app.settings, site=plain))
    with run.serving(app) as target:
        yield app, target.address
    app.close()


def cookies(who: Visitor, address: str) -> list[dict[str, str]]:
    return [{"name": one.name, "value": one.value or "", "url": address} for one in who.cookies.jar]


def people(app: App, address: str) -> tuple[str, list[dict[str, str]]]:
    """Let somebody write and come to their own page, and an owner sign in: the receipt, and both's cookies."""
    with visitor.visiting(app) as anna, visitor.visiting(app) as owner:
        receipt = anna.receipt()
        person.enter(anna)
        visitor.employ(app, cast.owner)
        assert owner.sign_in(cast.owner).status == 303
        return receipt, [*cookies(anna, address), *cookies(owner, address)]


@pytest.mark.slow
def test_every_page_asks_this_site_alone(
    browser: Browser, served: tuple[App, str], quick_hashing: None
) -> None:
    app, address = served
    routes = [one for one in server.routes(app, Door(app)).routes if isinstance(one, Route)]
    pages = [one for one in routes if "GET" in (one.methods or ())]
    names = crawl.known_as(*(urlsplit(one).netloc for one in (address, app.settings.site.address)))
    # Playwright keeps a loop running in this thread, and these people have loops of their own.
    with ThreadPoolExecutor(1) as apart:
        receipt, known = apart.submit(people, app, address).result()
    with browser.new_context(locale="en-GB") as stranger:
        walk = Walk(address, names, pages, stranger)
        walk.follow(walk.watch(), "/", receipt, "/my", "/console/login", "/no-such-page")
    with browser.new_context(locale="ru-RU") as context:
        context.add_cookies(known)  # type: ignore[arg-type] # Playwright's own name for such a mapping
        inside = Walk(address, names, pages, context)
        page = inside.watch()
        inside.follow(page, "/", receipt, "/my", "/console")
        for one in pages:
            if not inside.loaded[one.path] and not DATA.search(one.path):
                inside.load(page, re.sub(r"\{[^}]*\}", "1", one.path), one.path)
    assert REACHED - walk.loaded.keys() - {p for p, n in inside.loaded.items() if n} == set()
    assert {one.path for one in pages if not DATA.search(one.path)} <= inside.loaded.keys()
    for done in (walk, inside):
        assert [url for url in done.asked if not url.startswith(f"{address}/")] == []
        assert done.unmarked == []
        assert done.said == []
    assert len(inside.asked) > len(pages)
