# SPDX-License-Identifier: Apache-2.0
"""Every page in Chromium, under the content policy that the site sends: accessible, narrow and wide, light and dark.

Each page is loaded once and looked at in every way; the tests say what must not have been seen. In English here, in
Russian in `test_pages_look_ru`, so that two processes may share the work.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.sampled import SITE, Site
from tests.unit.web import console_samples
from uphold.rights.machine import Kind

LANGUAGE = "en"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
EVERYTHING = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
# Pages of errors differ by a sentence only: two of them stand for all.
ALIKE = {
    f"error-{status}"
    for status in (400, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 500, 502)
} | {
    # Requests of each kind differ by a sentence or a form that another of them shows.
    *(f"request-{kind}" for kind in Kind if kind != Kind.ACCESS),
    *("request-bare", "request-enter", "requests-ended", "requests-none"),
    # Suspensions that were not lifted differ by a sentence, what is empty by a paragraph.
    *("holds-same", "holds-persons", "holds-request", "holds-none", "journal-none"),
    *(
        *("choice-refused", "published-one", "published-none"),
        "search-alone",
        "search-none",
        "search-refused",
        "several-none",
        "exports-refused",
    ),
    *("exports-none", "exports-seen"),
    # Alerts that were not judged or lifted differ by a sentence.
    *("alerts-own", "alerts-same", "alert-own"),
    # One state of threats alone shows what all of them show together.
    *("threats-accepted", "threats-quiet"),
    # Without figures there is a sentence in their place.
    *("statistics-off", "statistics-refused", "statistics-span", "statistics-forms-none"),
    *("statistics-answers-none", "statistics-ledger-none"),
    # States of the evaluation differ by a sentence, questions asked again by a fault beside one.
    *("evaluation-near", "evaluation-many", "evaluation-special", "evaluation-none", "harm-asked"),
    # An incident with everything on record shows what another shows.
    *("incidents-alert", "incidents-wrong", "incident-bare", "incident-looked", "incident-closed"),
    # A disclosure that was handed out shows all that one in another state shows.
    *("disclosures-ended", "disclosures-none", "disclosure-new-nobody", "disclosure-new-second"),
    *("disclosure-approved", "disclosure-closed", "disclosure-denied", "disclosure-wrong"),
    *("disclosure-refused", "disclosure-decline-wrong", "extract-mine", "extract-sent"),
}
# Width, colours, and what axe judges by, in the order in which a page comes to them.
LOOKS = {
    "narrow": (320, "light", EVERYTHING),
    "middle": (640, "light", ()),
    "wide": (1280, "light", EVERYTHING),
    "dark": (1280, "dark", COLOURS),
}
# In which of these axe looks at the pages of this module's language. Narrow ones are Russian, whose words are longer.
KINDS = ("wide", "dark")
# 320 px is a page of 1280 px at 400 % zoom (WCAG 1.4.10); 640 px the same at 200 %.
WIDTHS = (320, 640, 1280)
# Of all that axe finds only the faults leave the page: the rest is hundreds of times as much.
FAULTS = """rules => axe.run(document, { runOnly: rules, resultTypes: ["violations"] })
    .then(found => found.violations)"""


def violations(page: Page, rules: tuple[str, ...]) -> list[str]:
    """What axe finds; its source is evaluated, once, because the content policy lets no page load it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(FAULTS, list(rules))
    return [
        f"{fault['id']}: {node['html']} {json.dumps(node['any'] + node['all'] + node['none'])[:300]}"
        for fault in found
        for node in fault["nodes"]
    ]


@dataclass
class Seen:
    """What was seen of all pages in one language, by page; `said` is what the browser said of them."""

    faults: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    over: dict[tuple[str, int], int] = field(default_factory=dict)
    font: dict[str, float] = field(default_factory=dict)
    small: dict[str, list[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def look(page: Page, name: str, seen: Seen, kinds: tuple[str, ...]) -> None:
    """Load a page, narrow and light, and look at it in every way there is; axe in these `kinds` of LOOKS."""
    for kind, (width, scheme, rules) in LOOKS.items():
        resize(page, width, scheme)
        if kind == "narrow":
            page.goto(f"{SITE}/{name}")
            measure(page, name, seen)
        if scheme == "light":
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            seen.over[name, width] = over
        if kind in kinds:
            seen.faults[name, kind] = violations(page, rules)


def measure(page: Page, name: str, seen: Seen) -> None:
    """18 px and more for running text; 24 px and more for what one must hit alone (WCAG 2.5.8)."""
    seen.font[name] = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    seen.small[name] = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, nav a, input, select, textarea")]
            .filter(e => e.checkVisibility() && e.tabIndex >= 0)
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24)
            .map(([html]) => html)"""
    )


def resize(page: Page, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


@pytest.fixture(scope="module")
def seen(browser: Browser, request: pytest.FixtureRequest) -> Seen:
    """Every page in the language of the module, looked at."""
    site, found = Site(console_samples.rendered(request.module.LANGUAGE)), Seen()
    with browser.new_context() as context:
        context.route("**/*", site)
        # Sent once; the content policy has no say in what a test brings along.
        context.add_init_script(AXE)
        page = context.new_page()
        page.on("console", lambda message: found.said.append(message.text))
        for name in sorted(set(site.pages) - ALIKE):
            look(page, name, found, request.module.KINDS)
    found.refused = site.refused
    return found


@pytest.mark.slow
def test_axe_finds_nothing(seen: Seen, request: pytest.FixtureRequest) -> None:
    for kind in request.module.KINDS:
        assert len([name for name, by in seen.faults if by == kind]) > 50
    assert {place: faults for place, faults in seen.faults.items() if faults} == {}


def test_the_policy_blocks_nothing_and_nothing_is_asked_elsewhere(seen: Seen) -> None:
    assert seen.said == []
    assert seen.refused == []


def test_nothing_has_to_be_scrolled_sideways(seen: Seen) -> None:
    assert {width for _, width in seen.over} == set(WIDTHS)
    assert {place: pixels for place, pixels in seen.over.items() if pixels > 0} == {}


def test_text_is_large_and_targets_are_reachable(seen: Seen) -> None:
    assert {name: size for name, size in seen.font.items() if size < 18} == {}
    assert {name: found for name, found in seen.small.items() if found} == {}
