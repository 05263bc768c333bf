# SPDX-License-Identifier: Apache-2.0
"""People at a served site in Chromium: from the policy to the receipt and to the answer, with JavaScript and without.

Every request of every page is recorded: none may go anywhere else. What the browser complains of fails.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import cast, postgresql, site_process
from tests.browser.test_pages_look import EVERYTHING, violations
from tests.site_process import Site
from uphold import app as app_, config
from uphold.cli import demo
from uphold.journal import note, proof
from uphold.submission import form

WORDS = {
    "en": {
        "form": "Open the form “Write to us”",
        "send": "Send",
        "receipt": "Received. This is your receipt",
        "open": "Open",
    },
    "ru": {
        "form": "Открыть форму «Напишите нам»",
        "send": "Отправить",
        "receipt": "Получено. Это ваша расписка",
        "open": "Открыть",
    },
}
ERROR = {"en": re.compile("^Error: "), "ru": re.compile("^Ошибка: ")}
LOCALES = {"en": "en-GB", "ru": "ru-RU"}
LANGUAGES = tuple(WORDS)


class Served:
    """A demonstration that is being served, and what browsers did at it."""

    def __init__(self, site: Site, link: str) -> None:
        self.site = site
        self.link = link
        self.address = f"http://127.0.0.1:{site.port}"
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.is_employed = False
        # Where else a page may be asked for: the site under another name.
        self.also: tuple[str, ...] = ()

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._note(request.url))
        context.on("console", lambda said: self._hear(said.type, said.text))
        context.on("weberror", lambda error: self._hear("error", str(error.error)))

    def _hear(self, kind: str, text: str) -> None:
        # The browser notes every refusal that a form is sent on purpose to get.
        if kind in {"error", "warning"} and "responded with a status of 4" not in text:
            self.complaints.append(text)

    def _note(self, url: str) -> None:
        if not url.startswith((f"{self.address}/", *self.also)):
            self.elsewhere.append(url)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("flow") / "demo"
    port = postgresql.free_port()
    told = "\n".join(demo.make(root, port).told)
    file = root / "uphold.toml"
    file.write_text(file.read_text() + "\n[limits]\nfastest_seconds = 0\n")
    with app_.opened(root) as opened:
        offer = form.derive(opened.shelf.in_force(), "feedback", "en")
        key = opened.ring.token_key
    link = re.search(r"http\S+/welcome/\S+", told)
    assert link is not None
    with site_process.ending(Site(config.load(root), offer, key, port)) as site:
        site.start()
        found = Served(site, link[0])
        yield found
        # Of all that was asked for by any page of any test here.
        assert found.elsewhere == []
        assert found.complaints == []
        assert "Traceback" not in site.said()


@pytest.fixture
def open_context(browser: Browser, served: Served) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def make(language: str = "en", **options: object) -> BrowserContext:
        context = browser.new_context(locale=LOCALES[language], **options)  # type: ignore[arg-type]  # Playwright's own options
        served.watch(context)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def fill(page: Page, person: cast.Person) -> None:
    for name, value in person.values().items():
        page.locator(f"[name={name}]").fill(value)


def take_receipt(page: Page) -> str:
    """Verify the receipt that is shown by the key that is shown; returns its path."""
    path = page.url.partition("?")[0]
    key = re.search(r"'(\S+\+[0-9a-f]{8}\+\S+)'", page.locator("pre").first.inner_text())
    assert key is not None
    served = page.context.request.get(path.rpartition("/receipt")[0] + "/journal/key").text()
    assert served.strip() == key[1]
    receipt = page.context.request.get(f"{path}.tlog-proof").body()
    shown = proof.verify(receipt, note.parse_vkey(key[1]))
    assert shown.entry.kind == "record.stored"
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scripts", [False, True], ids=["plain", "with JavaScript"])
def test_from_the_policy_to_the_receipt(
    served: Served, open_context: Callable[..., BrowserContext], language: str, scripts: bool
) -> None:
    say = WORDS[language]
    page = open_context(language, java_script_enabled=scripts).new_page()
    page.goto(f"{served.address}/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.goto(f"{served.address}/policy")
    expect(page.locator("h1")).to_be_visible()
    page.goto(f"{served.address}/")
    page.get_by_role("link", name=say["form"]).click()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    fill(page, cast.subject)
    page.get_by_role("button", name=say["send"], exact=True).click()
    # Without the tick it comes back, and says where.
    expect(page).to_have_title(ERROR[language])
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("[name=message]")).to_have_value(cast.subject.message)
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=say["send"], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["receipt"])
    assert cast.leaks(page.content().encode()) == []
    take_receipt(page)


def test_the_language_of_the_form_is_that_of_the_receipt(
    served: Served, open_context: Callable[..., BrowserContext]
) -> None:
    """Chosen by hand in a browser that asks for another one."""
    page = open_context("en").new_page()
    page.goto(f"{served.address}/f/feedback")
    page.get_by_role("link", name="Русский").click()
    fill(page, cast.stranger)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Отправить", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Получено. Это ваша расписка")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Received. This is your receipt")


def sign_in(page: Page, served: Served) -> None:
    """Set the owner's password by the printed link the first time; sign in."""
    if not served.is_employed:
        page.goto(served.link)
        page.locator("#password").fill(cast.owner.password)
        page.locator("#again").fill(cast.owner.password)
        page.locator("main button").click()
        expect(page).to_have_url(re.compile("/console/login"))
        served.is_employed = True
    page.goto(f"{served.address}/console")
    page.locator("#login").fill("owner")
    page.locator("#password").fill(cast.owner.password)
    page.locator("main button").click()
    expect(page).to_have_url(re.compile("/console(\\?|$)"))


def submit(page: Page, served: Served) -> str:
    """Send the form; returns the address of the receipt."""
    page.goto(f"{served.address}/f/feedback")
    fill(page, cast.subject)
    page.get_by_role("checkbox").check()
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/receipt/"))
    return page.url


@pytest.mark.parametrize("scripts", [False, True], ids=["plain", "with JavaScript"])
def test_the_owner_opens_and_answers(
    served: Served, open_context: Callable[..., BrowserContext], scripts: bool
) -> None:
    page = open_context("en", java_script_enabled=scripts).new_page()
    submit(page, served)
    sign_in(page, served)
    page.locator("table a").first.click()
    expect(page.get_by_role("heading", name="Open for a purpose")).to_be_visible()
    assert cast.leaks(page.content().encode()) == []
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text(cast.subject.message)).to_be_visible()
    page.get_by_label("Subject").fill("Your question")
    page.get_by_label("Text").fill("It comes on Monday.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("status")).to_contain_text("The answer is sealed")
    expect(page.locator("main")).to_contain_text("sealed, waits to be sent")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out")


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_what_is_really_served(
    served: Served, open_context: Callable[..., BrowserContext], language: str, width: int
) -> None:
    page = open_context(language, viewport={"width": width, "height": 900}).new_page()
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[name] = [
            *violations(page, EVERYTHING),
            *([f"{over} px too wide"] if over > 0 else []),
        ]

    for name, path in (("tour", "/"), ("policy", "/policy"), ("form", "/f/feedback")):
        page.goto(f"{served.address}{path}")
        look(name)
    page.locator("main form button").first.click()
    expect(page).to_have_title(ERROR[language])
    look("refused form")
    submit(page, served)
    look("receipt")
    page.goto(f"{served.address}/receipt/nothing")
    look("error")
    sign_in(page, served)
    look("enquiries")
    page.locator("table a").first.click()
    look("enquiry")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name=WORDS[language]["open"], exact=True).click()
    expect(page.get_by_text(cast.subject.email).first).to_be_visible()
    look("opened")
    assert {name: faults for name, faults in found.items() if faults} == {}
