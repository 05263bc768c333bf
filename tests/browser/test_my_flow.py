# SPDX-License-Identifier: Apache-2.0
"""One person's whole way in Chromium: fill in, receipt, link, see, correct, withdraw, take away, erase.

The site is served by a process of its own and sends its letters to a real relay, from which the link is read. Once
without JavaScript on a narrow screen in Russian, once with it on a wide one in English; each page is judged by axe
and for its width.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import cast, postgresql, relay as relays, site_process
from tests.browser.test_flow import LOCALES, fill
from tests.browser.test_pages_look import AXE, EVERYTHING, violations
from tests.relay import Box
from tests.site_process import Site
from uphold import app as app_, config
from uphold.cli import demo
from uphold.rights import package
from uphold.submission import form

# A letter that the relay did not take at once is tried again after a minute.
PATIENCE = 120.0
WORDS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "send": "Send",
        "data": "Your data",
        "ask": "Send me the link",
        "enter": "Show my data",
        "form": "Write to us",
        "show": "Show it, to read or correct",
        "correct": "Store the corrections",
        "corrected": "Corrected",
        "back": "Back to the submission",
        "withdraw": re.compile("^Withdraw: "),
        "withdrawn": "You have withdrawn this consent",
        "json": "JSON, for programs",
        "erase": "Erase everything",
        "sure": "Erase it now",
        "erased": "Erased",
        "nothing": "Nothing is held that names this address.",
        "over": "This link is over",
    },
    "ru": {
        "send": "Отправить",
        "data": "Ваши данные",
        "ask": "Отправить мне ссылку",
        "enter": "Показать мои данные",
        "form": "Напишите нам",
        "show": "Показать, чтобы прочесть или исправить",
        "correct": "Сохранить исправления",
        "corrected": "Исправлено",
        "back": "Назад к обращению",
        "withdraw": re.compile("^Отозвать"),
        "withdrawn": "Вы отозвали это согласие",
        "json": "JSON, для программ",
        "erase": "Уничтожить всё",
        "sure": "Уничтожить сейчас",
        "erased": "Уничтожено",
        "nothing": "Ничего, где указан этот адрес, не хранится.",
        "over": "Ссылка больше не действует",
    },
}


@dataclass
class Served:
    """A site that is being served, the relay's box, and what browsers asked for."""

    site: Site
    box: Box
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.site.port}"

    def letters(self, to: str, count: int) -> list[EmailMessage]:
        """Wait until so many letters have come to an address."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = [one for one in self.box.messages() if one["To"] == to]
            if len(found) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"no letter number {count} came")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root, port, box = tmp_path_factory.mktemp("my") / "demo", postgresql.free_port(), Box()
    demo.make(root, port)
    file = root / "uphold.toml"
    with relays.running(box) as relay:
        told = (
            f'host = "127.0.0.1"\nport = {relay}\nsecurity = "none"\nsender = "office@example.org"'
        )
        # What the example's [mail] says is about another relay.
        kept, found = re.subn(r"(?ms)^\[mail\]$.*?(?=^\[|\Z)", "", file.read_text())
        assert found == 1
        file.write_text(f"{kept}\n[limits]\nfastest_seconds = 0\n\n[mail]\n{told}\n")
        with app_.opened(root) as opened:
            offer = form.derive(opened.shelf.in_force(), "feedback", "en")
            key = opened.ring.token_key
        with site_process.ending(Site(config.load(root), offer, key, port)) as site:
            site.start()
            yield Served(site, box)
            assert "Traceback" not in site.said()


@dataclass
class Walk:
    """One person at the site."""

    served: Served
    page: Page
    script: bool

    def look(self) -> None:
        """Find nothing wrong with the page."""
        self.page.wait_for_load_state()
        if self.script:
            # Without scripts axe waits for ever; `test_pages_look` judges every page at this width.
            self.page.evaluate(AXE)
            assert violations(self.page, EVERYTHING) == []
        over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{over} px too wide"

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).click()
        self.look()


def come_in(walk: Walk, who: cast.Person, words: Mapping[str, Any]) -> str:
    """Write through the form, and come to one's own page by the link in the letter; returns the link."""
    page = walk.page
    page.goto(f"{walk.served.address}/f/feedback")
    fill(page, who)
    page.locator("input[type=checkbox]").first.check()
    page.get_by_role("button", name=words["send"]).click()
    # A script sends the form and goes on when it is answered.
    page.wait_for_url("**/receipt/**")
    walk.look()
    page.get_by_role("link", name=words["data"], exact=True).click()
    walk.look()
    page.locator("#contact").fill(who.email)
    walk.press(words["ask"])
    link = re.search(
        r"http\S+/my/enter\?token=\S+", relays.text(walk.served.letters(who.email, 1)[0])
    )
    assert link is not None
    # Whatever looks through mail opens the link first.
    assert page.context.request.get(link[0]).status == 200
    page.goto(link[0])
    walk.look()
    walk.press(words["enter"])
    return link[0]


@pytest.mark.parametrize(
    ("language", "script", "width"), [("ru", False, 360), ("en", True, 1280)], ids=["ru", "en"]
)
def test_one_person_s_whole_way(
    served: Served, browser: Browser, language: str, script: bool, width: int
) -> None:
    who, words = (cast.subject, cast.stranger)[script], WORDS[language]
    context = browser.new_context(
        locale=LOCALES[language],
        java_script_enabled=script,
        viewport={"width": width, "height": 800},
    )
    context.on("request", lambda request: served.asked.append(request.url))
    walk = Walk(served, context.new_page(), script)
    page = walk.page
    link = come_in(walk, who, words)
    page.get_by_role("link", name=re.compile(words["form"])).click()
    walk.look()
    walk.press(words["show"])
    expect(page.get_by_role("main")).to_contain_text(who.name)
    page.locator("#name").fill("Corrected Quince")
    walk.press(words["correct"])
    expect(page.get_by_role("heading", level=1)).to_have_text(words["corrected"])
    for said in (who.name, "Corrected Quince"):
        expect(page.get_by_role("table")).to_contain_text(said)
    page.get_by_role("link", name=words["back"]).click()
    walk.press(words["withdraw"])
    expect(page.get_by_role("main")).to_contain_text(words["withdrawn"])
    page.get_by_role("link", name=words["data"], exact=True).first.click()
    walk.look()
    with page.expect_download() as taken:
        page.get_by_role("button", name=words["json"]).click()
    made = package.parse(Path(taken.value.path()).read_bytes())
    assert made.address == who.email
    # The link, the correction, the withdrawal; what is still waiting when a record is erased has nowhere to go.
    served.letters(who.email, 3)
    page.get_by_role("link", name=words["erase"]).click()
    walk.look()
    walk.press(words["sure"])
    expect(page.get_by_role("heading", level=1)).to_have_text(words["erased"])
    page.goto(f"{served.address}/my")
    walk.look()
    expect(page.get_by_role("main")).to_contain_text(words["nothing"])
    page.goto(link)
    walk.look()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["over"])
    # Erasing is told to the address that was kept for this letter alone.
    assert len(served.letters(who.email, 4)) == 4
    context.close()
    marks = [who.mark, who.email, "Corrected", "Quince"]
    assert [url for url in served.asked for mark in marks if mark.lower() in url.lower()] == []
    assert [mark for mark in marks if mark in served.site.said()] == []
    assert link.partition("token=")[2] not in served.site.said()
