# SPDX-License-Identifier: Apache-2.0
"""Every page in Chromium, under the content policy that the site sends: accessible, narrow and wide, light and
dark, with JavaScript and without."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.unit.web import console_samples
from uphold.web import pages, security

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
EVERYTHING = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
# Pages of errors differ by a sentence only: two of them stand for all.
ALIKE = {
    f"error-{status}"
    for status in (400, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 500, 502)
}
SITE = "http://forms.example.org"
STATIC = resources.files("uphold.web") / "static"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
HTML = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": security.POLICY,
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


def violations(page: Page, rules: tuple[str, ...]) -> list[str]:
    """What axe finds; its source is evaluated, because the content policy lets no page load it."""
    page.evaluate(AXE)
    found = page.evaluate("runOnly => axe.run(document, { runOnly })", list(rules))
    return [
        f"{fault['id']}: {node['html']} {json.dumps(node['any'] + node['all'] + node['none'])[:300]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [(360, "light", EVERYTHING), (1280, "light", EVERYTHING), (1280, "dark", COLOURS)],
    ids=["narrow", "wide", "dark"],
)
def test_axe_finds_nothing(
    sites: dict[str, Site],
    open_context: Callable[..., BrowserContext],
    language: str,
    width: int,
    scheme: str,
    rules: tuple[str, ...],
) -> None:
    site = sites[language]
    viewport = {"width": width, "height": 900}
    page = open_context(site, viewport=viewport, color_scheme=scheme).new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    found = {}
    for name in sorted(set(site.pages) - ALIKE):
        page.goto(f"{SITE}/{name}")
        found[name] = violations(page, rules)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert blocked == []
    assert site.refused == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_has_to_be_scrolled_sideways(
    sites: dict[str, Site],
    open_context: Callable[..., BrowserContext],
    language: str,
) -> None:
    """320 px is a page of 1280 px at 400 % zoom (WCAG 1.4.10); 640 px the same at 200 %."""
    site = sites[language]
    page = open_context(site).new_page()
    wide = {}
    for name in sorted(set(site.pages) - ALIKE):
        page.goto(f"{SITE}/{name}")
        for width in (320, 640, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wide[name, width] = over
    assert {place: pixels for place, pixels in wide.items() if pixels > 0} == {}


def test_text_is_large_and_targets_are_reachable(
    sites: dict[str, Site], open_context: Callable[..., BrowserContext]
) -> None:
    """18 px and more for running text; 24 px and more for what one must hit alone (WCAG 2.5.8)."""
    page = open_context(sites["en"], viewport={"width": 360, "height": 800}).new_page()
    small = {}
    for name in sorted(set(sites["en"].pages) - ALIKE):
        page.goto(f"{SITE}/{name}")
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
        small[name] = page.evaluate(
            """() => [...document.querySelectorAll("button, .button, nav a, input, select, textarea")]
                .filter(e => e.checkVisibility() && e.tabIndex >= 0)
                .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
                .filter(([, box]) => box.height < 24 || box.width < 24)
                .map(([html]) => html)"""
        )
    assert {name: found for name, found in small.items() if found} == {}


def test_the_problem_has_the_focus_at_once_and_leads_to_the_field(
    sites: dict[str, Site], open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(sites["en"], java_script_enabled=False).new_page()
    page.goto(f"{SITE}/form-wrong")
    expect(page.locator("#problems")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()


def test_without_javascript_the_form_posts_itself(
    sites: dict[str, Site], open_context: Callable[..., BrowserContext]
) -> None:
    posted: list[str] = []

    def receive(route: Route) -> None:
        posted.append(route.request.post_data or "")
        route.fulfill(status=303, headers={"location": f"{SITE}/receipt"})

    site = Site(sites["ru"].pages)
    site.post = receive
    page = open_context(site, java_script_enabled=False).new_page()
    page.goto(f"{SITE}/form")
    page.get_by_label("Ваше имя").fill("Анна")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Отправить").click()
    assert "consent.feedback=yes" in posted[0]
    assert "_gotcha=&" in posted[0]


@pytest.fixture
def form(sites: dict[str, Site], open_context: Callable[..., BrowserContext]) -> tuple[Site, Page]:
    site = Site(sites["en"].pages)
    page = open_context(site).new_page()
    page.goto(f"{SITE}/form")
    page.get_by_label("Your name").fill("Anna")
    page.get_by_role("textbox", name="Message").fill("Hello")
    page.get_by_role("checkbox").check()
    return site, page


def test_a_failed_connection_keeps_the_form_and_offers_to_try_again(
    form: tuple[Site, Page],
) -> None:
    site, page = form
    page.get_by_role("button", name="Send").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Not sent: your entries are kept")
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("Anna")
    expect(page.get_by_role("checkbox")).to_be_checked()
    body = json.dumps({"id": "x", "receipt_url": "/receipt"})
    site.post = lambda route: route.fulfill(status=201, body=body, content_type="application/json")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url(f"{SITE}/receipt")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_refusal_is_shown_by_the_server(form: tuple[Site, Page]) -> None:
    site, page = form
    accepted: list[str] = []

    def refuse(route: Route) -> None:
        accepted.append(route.request.headers["accept"])
        html = site.pages["form-wrong"]
        route.fulfill(status=422, body=html, headers=HTML)

    site.post = refuse
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_title(re.compile("^Error: "))
    assert accepted[0] == "application/json"
    assert "text/html" in accepted[1]


def test_a_draft_lives_in_the_tab_and_holds_no_consent(form: tuple[Site, Page]) -> None:
    _, page = form
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "Anna" in kept
    assert "consent" not in kept
    assert "token" not in kept
    assert page.evaluate("localStorage.length") == 0
    page.goto(f"{SITE}/wording")
    page.goto(f"{SITE}/form")
    expect(page.get_by_label("Your name")).to_have_value("Anna")
    expect(page.get_by_role("checkbox")).not_to_be_checked()


def test_what_the_server_gave_back_is_not_overwritten(form: tuple[Site, Page]) -> None:
    _, page = form
    page.goto(f"{SITE}/form-wrong")
    expect(page.get_by_label("Your name")).to_have_value("")
    expect(page.get_by_role("textbox", name="E-mail")).to_have_value("anna@")
