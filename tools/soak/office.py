# SPDX-License-Identifier: Apache-2.0
"""The operator's side of a soak: a clerk at the console, a program at the API, and who watches the journal's head."""

import asyncio
import random
import re
import time
from contextlib import suppress

from tests import cast
from tests.editions import PURPOSE
from tests.site_process import Answer
from tools.soak import book as books
from tools.soak.book import Book, Form
from tools.soak.browser import Broken, Browser, Street, csrf
from tools.soak.stage import Stage
from uphold.journal import checkpoint, note
from uphold.vault import identifier

HTML = {"accept": "text/html"}
READ_SECONDS = 1.5
HEAD_SECONDS = 0.4
# A session is ended now and then, so that signing in is among what is done.
SIGNED_IN = 25
_ENQUIRY = re.compile(r"/console/enquiry/([0-9a-z]{26})")


class Desk:
    """What whoever reads for the operator has in common: what they were shown is what its sender wrote."""

    def __init__(self, site: Stage, street: Street, book: Book, seed: int) -> None:
        """Read on `site`, and hold what is shown against the book."""
        self.site, self.street, self.book = site, street, book
        self.chance = random.Random(f"{seed} office")  # noqa: S311 - a plan, not a secret
        self.identifiers = site.ring.identifiers

    def form(self, name: str) -> Form | None:
        """What stands behind an enquiry; None where its sender was not told yet."""
        return self.book.by_number.get(self.identifiers.decode(identifier.ENQUIRY, name) or 0)

    def is_erased(self, name: str) -> bool:
        """Whether an enquiry was erased by now, so that whoever asks from here on is shown nothing of it."""
        one = self.form(name)
        return one is not None and one.erased

    def judge(self, name: str, answer: Answer, *, was_erased: bool) -> None:
        """Look at an opening that was asked for."""
        one, shown = self.form(name), answer.text
        if answer.status == 200:
            self.book.readings += 1
            if one is not None and one.email not in shown:
                self.book.faults.append(f"enquiry {name} was opened and shows another's values")
            if was_erased:
                self.book.faults.append(f"enquiry {name} was opened after it was erased")
        elif answer.status not in {303, 403, 404, 409, 410, 503}:
            self.book.faults.append(f"an opening was answered {answer.status}")


class Clerk(Desk):
    """A clerk who signs in, opens enquiries, answers some, and signs out."""

    async def work(self) -> None:
        """Read until cancelled."""
        while True:
            browser = Browser(self.street, "10.255.0.1", "Clerk/1.0")
            with suppress(Broken):
                await self._shift(browser)
            browser.leave()
            await asyncio.sleep(READ_SECONDS)

    async def _shift(self, browser: Browser) -> None:
        known = {"login": cast.clerk.login, "password": cast.clerk.password}
        entered = await browser.post("/console/login", known, HTML, "sign-in")
        if entered.status != 303:
            return
        for _ in range(SIGNED_IN):
            listed = await browser.get("/console", HTML, "enquiries")
            if listed.status != 200:
                return
            names = sorted(set(_ENQUIRY.findall(listed.text)))
            if names and not await self._read(browser, self.chance.choice(names)):
                return
            await asyncio.sleep(READ_SECONDS)
        await browser.post("/console/logout", {"_csrf": csrf(listed)}, HTML, "sign-out")

    async def _read(self, browser: Browser, name: str) -> bool:
        path = f"/console/enquiry/{name}"
        page = await browser.get(path, HTML, "enquiry")
        fields = {"purpose": PURPOSE, "_csrf": csrf(page)}
        if page.status != 200 or not fields["_csrf"]:
            return page.status in {404, 410}
        was_erased = self.is_erased(name)
        opened = await browser.post(f"{path}/open", fields, HTML, "opened at the console")
        self.judge(name, opened, was_erased=was_erased)
        if opened.status == 200 and self.chance.random() < 0.2:
            if (one := self.form(name)) is not None:
                one.answered = True
            said = {"subject": f"Re: {books.MARK}", "text": f"Ответ, {books.MARK}."}
            await browser.post(f"{path}/answer", {**fields, **said}, HTML, "answer")
        return opened.status not in {303, 503}


class Program(Desk):
    """A machine client that lists enquiries and opens them."""

    async def work(self) -> None:
        """Read until cancelled."""
        browser = Browser(self.street, "10.255.0.2", "Program/1.0")
        allowed = {"authorization": f"Bearer {self.site.client}", "accept": "application/json"}
        while True:
            with suppress(Broken):
                await self._read(browser, allowed)
            await asyncio.sleep(READ_SECONDS)

    async def _read(self, browser: Browser, allowed: dict[str, str]) -> None:
        listed = await browser.get("/api/v1/enquiries?limit=10", allowed, "list of the API")
        if listed.status != 200:
            if listed.status != 503:
                self.book.faults.append(f"the API's list was answered {listed.status}")
            return
        for found in self.chance.sample(listed.json["items"], min(2, len(listed.json["items"]))):
            path = f"/api/v1/enquiries/{found['id']}/open"
            was_erased = self.is_erased(found["id"])
            opened = await browser.json(path, {"purpose": PURPOSE}, allowed, "opened by the API")
            self.judge(found["id"], opened, was_erased=was_erased)


class Watch(Desk):
    """Somebody who keeps every head of the journal that is shown."""

    async def work(self) -> None:
        """Look until cancelled."""
        browser = Browser(self.street, "10.255.0.3", "Watch/1.0")
        log = note.parse_vkey(self.site.get("/journal/key").text.strip())
        size = 0
        while True:
            began = time.monotonic()
            with suppress(Broken):
                answer = await browser.get("/journal/checkpoint", {}, "head")
                if answer.status == 200:
                    head = checkpoint.verify(answer.body, log).checkpoint
                    self.book.see(head.size, head.root)
                    if head.size < size:
                        self.book.faults.append(f"the journal had {size} entries, then {head.size}")
                    size = head.size
            await asyncio.sleep(max(0.0, HEAD_SECONDS - (time.monotonic() - began)))
