# SPDX-License-Identifier: Apache-2.0
"""The owner at the policy and its proof in Chromium: an edition edited and published, a run begun, a file printed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_flow import Served, open_context, served, sign_in
from tests.browser.test_pages_look import EVERYTHING, violations
from tests.unit.web import policy_samples
from uphold.web import pages

__all__ = ["open_context", "served"]

LANGUAGES = tuple(pages.LANGUAGES)
EDIT = "/console/policy/draft?file=policy/policy.toml"
# Two minutes: a run tries some sixty probes, and keeps to the pace that the site asks of its visitors.
PATIENCE = 120_000


def faults(page: Page) -> list[str]:
    """What axe finds, and how far one has to scroll sideways."""
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*violations(page, EVERYTHING), *([f"{over} px too wide"] if over > 0 else [])]


def change(page: Page, old: str, new: str) -> None:
    """Replace words of the text that is edited."""
    text = page.locator("#text")
    text.fill(text.input_value().replace(old, new, 1))


def test_without_javascript_an_edition_is_edited_and_published(
    served: Served, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context("en", java_script_enabled=False).new_page()
    sign_in(page, served)
    page.get_by_role("link", name="Policy", exact=True).click()
    page.get_by_role("link", name="Edit the draft").click()
    page.get_by_role("link", name="Declarations").click()
    change(page, 'at-most = "P1Y"', 'at-most = "soon"')
    page.get_by_role("button", name="Check without saving").click()
    expect(page.get_by_role("complementary")).to_contain_text("'soon' is no term.")
    change(page, 'at-most = "soon"', 'at-most = "P2Y"')
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_role("main")).to_contain_text("2 years")
    page.get_by_role("button", name="Publish this").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#problems")).to_be_focused()
    page.get_by_label("Reason for the change").fill("Claims may come later than we thought.")
    page.get_by_role("button", name="Publish this").click()
    expect(page.get_by_role("status")).to_contain_text("Published.")
    page.goto(f"{served.address}/policy")
    expect(page.get_by_role("main")).to_contain_text("Edition2")


def test_what_is_found_follows_while_one_types(
    served: Served, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context("en").new_page()
    sign_in(page, served)
    page.goto(f"{served.address}{EDIT}")
    found = page.get_by_role("complementary")
    expect(found).to_contain_text("None.")
    change(page, "P30D", "never")
    expect(found).to_contain_text("'never' is no term.")
    change(page, "never", "P30D")
    expect(found).to_contain_text("None.")
    # Who leaves with nothing changed is not held back, and nothing was saved meanwhile.
    page.goto(f"{served.address}{EDIT}")
    assert 'within = "P30D"' in page.locator("#text").input_value()


@pytest.mark.slow
def test_a_run_asked_for_in_the_console_fills_the_page(
    served: Served, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context("en").new_page()
    sign_in(page, served)
    page.get_by_role("link", name="Proof", exact=True).click()
    page.get_by_role("button", name="Run the probes now").click()
    expect(page.get_by_role("status")).to_contain_text("The probes are running.")

    def ended() -> bool:
        page.goto(f"{served.address}/console/proof")
        return "Last run:" in page.content()

    for _ in range(PATIENCE // 1000):
        if ended():
            break
        page.wait_for_timeout(1000)
    expect(page.get_by_role("main")).to_contain_text("Last run:")
    kept = page.locator("#\\31 \\.1\\.1 .shows > p .verdict")
    expect(kept).to_have_text(re.compile("kept"))
    with page.expect_download() as taken:
        page.locator("#\\31 \\.1\\.1 summary").first.click()
        page.locator("#\\31 \\.1\\.1 a[download]").first.click()
    assert Path(taken.value.path()).read_bytes().startswith(b"uphold evidence v1\n")


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_what_is_really_served(
    served: Served, open_context: Callable[..., BrowserContext], language: str, width: int
) -> None:
    page = open_context(language, viewport={"width": width, "height": 900}).new_page()
    sign_in(page, served)
    found = {}
    for path in (
        "/console/policy",
        EDIT,
        "/console/policy/compare",
        "/console/policy/publish",
        "/console/proof",
        "/policy/proof",
    ):
        page.goto(f"{served.address}{path}")
        found[path] = faults(page)
    assert {path: some for path, some in found.items() if some} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_needs_no_other_file(browser: Browser, tmp_path: Path, language: str) -> None:
    """Opened from a disk: styled, accessible, narrow enough, and nothing is asked for anywhere."""
    file = tmp_path / "proof.html"
    file.write_bytes(pages.render(policy_samples.report(language), policy_samples.frame(language)))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert said == []
    assert (
        page.locator(".verdict.broken").first.evaluate("e => getComputedStyle(e).borderStyle")
        == "solid"
    )
    assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
