# SPDX-License-Identifier: Apache-2.0
"""The pages of the samples, answered to a browser as a site answers, without one.

    site = Site(console_samples.rendered("en"))
    page = open_context(site).new_page()
    page.goto(f"{SITE}/form")

Modules that ask for the fixtures import them: `from tests.sampled import open_context, sites`.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import resources

import pytest
from playwright.sync_api import Browser, BrowserContext, Request, Route

from tests.unit.web import console_samples
from uphold.web import pages, security

SITE = "https://forms.example.org"
STATIC = resources.files("uphold.web") / "static"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
HTML = {
    "content-type": "text/html; charset=utf-8",
    **{name.decode(): value.decode() for name, value in security.headers(secure=False)},
}
Answer = Callable[[Route], None]


class Site:
    """Answers a browser's requests from the samples; `asked` is every address, `refused` what was elsewhere."""

    def __init__(self, shown: Mapping[str, bytes]) -> None:
        self.pages = shown
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.post: Answer = lambda route: route.abort("connectionrefused")

    def __call__(self, route: Route, request: Request) -> None:
        self.asked.append(request.url)
        path = request.url.removeprefix(SITE).partition("?")[0]
        if not request.url.startswith(SITE):
            self.refused.append(request.url)
            route.abort()
        elif request.method == "POST":
            self.post(route)
        elif path.startswith("/static/"):
            name = path.removeprefix("/static/")
            body = (STATIC / name).read_bytes()
            route.fulfill(body=body, content_type=TYPES[name.rpartition(".")[2]])
        else:
            route.fulfill(body=self.pages.get(path.strip("/"), b"<title>?</title>"), headers=HTML)


@pytest.fixture(scope="module")
def sites() -> dict[str, Site]:
    return {language: Site(console_samples.rendered(language)) for language in pages.LANGUAGES}


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def make(site: Site, **options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]  # Playwright's own options
        context.route("**/*", site)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
