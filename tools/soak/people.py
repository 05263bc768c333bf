# SPDX-License-Identifier: Apache-2.0
"""The people of a soak: they write, write again, look at receipts, withdraw, and on `/my` correct, take away, erase.

What each does is drawn from a seed; what came of it stands in the book.
"""

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from itertools import count

from tests.editions import FORM, PURPOSE
from tests.relay import Box
from tests.site_process import BOX, JSON, Answer
from tools.soak import book as books
from tools.soak.book import Book, Form
from tools.soak.browser import Broken, Browser, Street, csrf
from tools.soak.stage import Stage
from uphold.journal import note, proof
from uphold.submission import form
from uphold.vault import identifier

PATH = f"/f/{FORM}"
HTML = {"accept": "text/html"}
AGENT = f"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0 {books.MARK}"
# The longest that a person waits for a letter, and for a site that is away before trying again.
LETTER_SECONDS = 12.0
AGAIN_SECONDS = 0.7
_LINK = re.compile(r"/my/enter\?token=([\w-]{43})")
_MINE = re.compile(r"/my/([a-z2-7]{26})(?![a-z2-7/])")


class Post:
    """The letters that came, read once: the newest link for an address."""

    def __init__(self, box: Box) -> None:
        """Read what the relay takes."""
        self._box = box
        self._read = 0
        self._links: dict[str, str] = {}

    async def link(self, email: str) -> str:
        """Wait for a link; "" where none comes."""
        until = time.monotonic() + LETTER_SECONDS
        while time.monotonic() < until:
            self._look()
            if email in self._links:
                return self._links.pop(email)
            await asyncio.sleep(0.2)
        return ""

    def _look(self) -> None:
        for at in range(self._read, len(self._box.raw)):
            raw = self._box.raw[at]
            self._read += 1
            # Most letters are told by their size to have no link; reading one is what costs here.
            letter = message_from_bytes(raw, policy=default)
            body = letter.get_body(("plain",))
            found = _LINK.search(str(body.get_content())) if body is not None else None
            if found:
                self._links[str(letter["to"]).strip("<>")] = found[1]


class Crowd:
    """Everybody who writes to one site."""

    def __init__(self, site: Stage, street: Street, book: Book, seed: int, pause: float) -> None:
        """`pause` is how many seconds somebody thinks between two things, on average."""
        self.site, self.street, self.book, self.pause = site, street, book, pause
        self.seed = seed
        self.post = Post(site.box)
        self.log = note.parse_vkey(site.get("/journal/key").text.strip())
        self.identifiers = site.ring.identifiers
        self._people = count(1)
        self._nonces: set[str] = set()

    async def live(self, place: int) -> None:
        """Be one person after another, until cancelled."""
        chance = random.Random(f"{self.seed} person {place}")  # noqa: S311 - a plan, not a secret
        while True:
            await Person(self, next(self._people), chance).live()


class Person:
    """One person with one e-mail address."""

    def __init__(self, crowd: Crowd, number: int, chance: random.Random) -> None:
        """The `number` makes the person who they are."""
        self.crowd, self.book, self.chance = crowd, crowd.book, chance
        self.values = dict(books.person(number))
        self.email = self.values["email"]
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.browser = Browser(crowd.street, address, AGENT)
        self.written = 0

    async def live(self) -> None:
        """Do a number of things, and go."""
        acts: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self.write, 50),
            (self.visit, 25),
            (self.write_wrongly, 3),
            (self.write_twice, 5),
            (self.look, 10),
            (self.withdraw_one, 3),
        )
        for _ in range(self.chance.randint(5, 25)):
            [act] = self.chance.choices([act for act, _ in acts], [often for _, often in acts])
            with suppress(Broken):
                await act()
            await asyncio.sleep(self.chance.expovariate(1 / self.crowd.pause))
        if self.chance.random() < 0.5:
            with suppress(Broken):
                await Own(self).come()
        self.browser.leave()

    async def write(self) -> None:
        """Fill in the form and send it until it is acknowledged, the same each time."""
        self.written += 1
        message = f"{books.MARK} asks № {self.written}: {'когда? ' * self.chance.randint(1, 40)}"
        values = {**self.values, "message": message.strip()}
        sent = Form(self.email, values, self.crowd.site.token())
        self.book.begin(sent)
        await self.send_until_told(sent)

    async def send_until_told(self, sent: Form) -> None:
        """Send a form again and again until its receipt is known."""
        way = self.chance.randrange(3)
        while True:
            if await self.send(sent, way):
                return
            await asyncio.sleep(AGAIN_SECONDS)

    async def send(self, sent: Form, way: int) -> bool:
        """Send a form as a page (0), as a program's form (1) or as JSON (2); tells whether it is acknowledged."""
        fields = {**sent.values, BOX: "yes", form.TOKEN: sent.token}
        try:
            if way == 0:
                answer = await self.browser.post(PATH, fields, HTML, "form as a page")
                receipt = answer.headers.get("location", "") if answer.status == 303 else ""
            else:
                send = self.browser.json if way == 2 else self.browser.post
                answer = await send(PATH, fields, JSON, "form as JSON" if way == 2 else "form")
                receipt = answer.json["receipt_url"] if answer.status == 201 else ""
        except Broken:
            return False
        if not receipt:
            if answer.status not in {503, 429}:
                self.book.faults.append(f"a good form was answered {answer.status}")
            return False
        name = receipt.partition("/receipt/")[2].partition("?")[0]
        number = self.crowd.identifiers.decode(identifier.RECEIPT, name)
        self.book.acknowledge(sent, f"/receipt/{name}", number)
        return True

    async def write_twice(self) -> None:
        """Send again what was sent before: the same form is the same submission."""
        mine = [one for one in self.mine() if one.is_untouched]
        if mine:
            await self.send(self.chance.choice(mine), self.chance.randrange(3))

    async def write_wrongly(self) -> None:
        """Send what must not be stored."""
        fields = {**self.values, form.TOKEN: self.crowd.site.token()}
        answer = await self.browser.post(PATH, fields, JSON, "wrong form")
        if answer.status not in {422, 503, 429}:
            self.book.faults.append(f"a form without its tick was answered {answer.status}")

    async def visit(self) -> None:
        """Look at a page."""
        said = {"page": f"/page-{self.chance.randrange(50)}"}
        headers = {"origin": self.crowd.site.settings.site.address}
        answer = await self.browser.json("/visit", said, headers, "visit")
        if answer.status == 202:
            self.book.visits += 1
            self.book.visited.append(time.monotonic())

    async def look(self) -> None:
        """Look at some receipt of one's own."""
        mine = [one for one in self.mine() if not one.asked_to_erase]
        if mine:
            await self.look_at(self.chance.choice(mine))

    async def look_at(self, one: Form) -> None:
        """Look at a receipt, and verify its proof as a stranger would."""
        page = await self.browser.get(one.receipt, HTML, "receipt")
        if page.status not in {200, 503}:
            self.book.faults.append(f"the receipt of {one.number} was answered {page.status}")
        answer = await self.browser.get(f"{one.receipt}.tlog-proof", {}, "proof")
        if answer.status == 200:
            shown = proof.verify(answer.body, self.crowd.log)
            self.book.proofs += 1
            if shown.entry.kind != "record.stored":
                self.book.faults.append(f"the proof of {one.number} is one of {shown.entry.kind}")
        elif answer.status != 503:
            self.book.faults.append(f"the proof of {one.number} was answered {answer.status}")

    async def withdraw_one(self) -> None:
        """Withdraw some consent."""
        mine = [one for one in self.mine() if not one.asked_to_erase and not one.withdrawn]
        if mine:
            await self.withdraw(self.chance.choice(mine))

    async def withdraw(self, one: Form) -> None:
        """Withdraw a consent on its receipt."""
        told = await self.browser.get(one.receipt, JSON, "receipt as JSON")
        if told.status != 200:
            return
        [consent] = [found for found in told.json["consents"] if found["purpose"] == PURPOSE]
        if "withdraw" not in consent:
            one.withdrawn = one.asked_to_withdraw
            return
        one.asked_to_withdraw = True
        slip = {"purpose": PURPOSE, "_slip": consent["withdraw"]["slip"]}
        answer = await self.browser.post(f"{one.receipt}/withdraw", slip, JSON, "withdrawal")
        if answer.status == 200:
            one.withdrawn = True
        elif answer.status != 503:
            self.book.faults.append(f"a withdrawal was answered {answer.status}")

    def mine(self) -> list[Form]:
        """What this person was told is stored."""
        return list(self.book.of(self.email))


class Own:
    """A person on their own page."""

    def __init__(self, person: Person) -> None:
        """Come as `person`."""
        self.person, self.browser, self.book = person, person.browser, person.book
        self.identifiers = person.crowd.identifiers
        self._csrf = ""

    async def come(self, doomed: Form | None = None) -> None:
        """Prove the address, then do one of what can be done there, or erase the one that was to be."""
        if not await self.enter():
            return
        home = await self.browser.get("/my", HTML, "own page")
        self._csrf = csrf(home)
        shown = sorted(set(_MINE.findall(home.text)))
        mine = {one.number: one for one in self.person.mine() if not one.asked_to_erase}
        numbers = {self.identifiers.decode(identifier.RECORD, name): name for name in shown}
        if home.status == 200 and (lacking := set(mine) - set(numbers)):
            self.book.faults.append(f"the own page lacks {len(lacking)} submissions: {lacking}")
        found = [(mine[number], name) for number, name in numbers.items() if number in mine]
        act = self.person.chance.choice((self.correct, self.correct, self.take, self.erase))
        if doomed is not None:
            name = self.identifiers.encode(identifier.RECORD, doomed.number)
            await self.erase([(doomed, name)], again=True)
        elif home.status == 200 and found:
            await act(found)
        await self.browser.post("/my/leave", {"_csrf": self._csrf}, HTML, "leaving")

    async def enter(self) -> bool:
        """Ask for a link, take it from the letter, go in."""
        asked = await self.browser.post("/my", {"contact": self.person.email}, HTML, "link asked")
        if asked.status != 303:
            return False
        self.book.links += 1
        secret = await self.person.crowd.post.link(self.person.email)
        if not secret:
            self.book.links_late += 1
            return False
        entered = await self.browser.post("/my/enter", {"token": secret}, HTML, "link used")
        return entered.status == 303

    async def correct(self, found: list[tuple[Form, str]]) -> None:
        """Correct a message."""
        one, name = self.person.chance.choice(found)
        if one.asked_to_withdraw:
            return
        opened = await self.browser.post(
            f"/my/{name}/open", {"_csrf": self._csrf}, HTML, "own opened"
        )
        if opened.status != 200:
            return
        self.book.own += 1
        message = f"{books.MARK} corrects: {self.person.chance.random()}"
        one.also.add(message)
        fields = {"_csrf": self._csrf, "message": message}
        done = await self.browser.post(f"/my/{name}/correct", fields, HTML, "correction")
        if done.status == 200:
            one.values["message"], one.corrected = message, True
            one.also.clear()
        elif not _is_excused(done):
            self.book.faults.append(f"a correction was answered {done.status}")

    async def take(self, found: list[tuple[Form, str]]) -> None:
        """Take everything away, and see that it is everything."""
        fields = {"_csrf": self._csrf, "format": "json"}
        answer = await self.browser.post("/my/download", fields, HTML, "package")
        if answer.status != 200:
            return
        self.book.packages += 1
        held = json.dumps(answer.json, ensure_ascii=False)
        for one, _ in found:
            if one.receipt.rpartition("/")[2] not in held:
                self.book.faults.append(f"a package lacks submission {one.number}")

    async def erase(self, found: list[tuple[Form, str]], *, again: bool = False) -> None:
        """Erase one submission."""
        one, name = self.person.chance.choice(found)
        one.asked_to_erase = True
        answer = await self.browser.post(
            f"/my/{name}/erase", {"_csrf": self._csrf}, HTML, "erasure"
        )
        # 409 and 404 say that nothing is held any more: the answer before it was lost on its way.
        one.erased = answer.status in ({200, 409, 404} if again else {200})
        if not one.erased and not _is_excused(answer):
            self.book.faults.append(f"an erasure was answered {answer.status}")


def _is_excused(answer: Answer) -> bool:
    """Whether the site was in trouble, or the clock has jumped over the end of a session and the person was told."""
    return answer.status == 503 or answer.headers.get("location", "").endswith("done=expired")
