# SPDX-License-Identifier: Apache-2.0
"""The pages of a form in Chromium, with JavaScript and without: what was typed is kept, and nothing else is."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.sampled import HTML, SITE, Site, open_context, sites

__all__ = ["open_context", "sites"]


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
