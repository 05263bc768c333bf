# SPDX-License-Identifier: Apache-2.0
"""People at a site's pages, in this process: the real application over ASGI, without a socket.

    anna = visitor.Visitor(app)                 a browser that reads English
    page = anna.form()                          /f/feedback, with its fresh token
    answer = anna.send(page, cast.subject)      fills it in, ticks the box, sends
    clerk.sign_in(cast.clerk)                   a member of staff at the console

What a page holds is read from its HTML as a browser would: fields with values, links, the title.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import httpx
from sqlalchemy import func, select

from tests import cast, site
from tests.editions import FORM, PURPOSE
from uphold.access import staff
from uphold.access.permission import Role
from uphold.app import App
from uphold.database.schema import metadata
from uphold.journal import note, proof
from uphold.rights import withdraw as withdrawing
from uphold.submission import form, token
from uphold.web.server import Face

BOX = form.BOX + PURPOSE
ADDRESS = "192.0.2.7"
JSON = {"accept": "application/json"}
HTML = {"accept": "text/html"}


class Page(HTMLParser):
    """What a browser knows of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.text = ""
        self.links: list[str] = []
        self.fields: dict[str, str] = {}
        self.actions: list[str] = []
        self.ticked: list[str] = []
        self.problems: list[str] = []
        self.summary = ""
        self.labels: dict[str, str] = {}
        self._open: list[str] = []
        self._textarea = ""
        self._label = ""
        self._in_problems = 0
        self.feed(html)

    @property
    def token(self) -> str:
        return self.fields[form.TOKEN]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        match tag:
            case "a":
                self.links.append(found["href"])
            case "form":
                self.actions.append(found["action"])
            case "textarea":
                self._textarea = found["name"]
                self.fields[self._textarea] = ""
            case "input" if found.get("type") in {"checkbox", "radio"}:
                if "checked" in found:
                    self.ticked.append(found["name"])
            case "input":
                self.fields[found["name"]] = found.get("value", "")
            case "label":
                self._label = found["for"]
            case "div" if found.get("id") == "problems" or self._in_problems:
                self._in_problems += 1
        if self._in_problems and tag == "a":
            self.problems.append(found["href"].removeprefix("#"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # A line feed right after the tag belongs to the markup (HTML, 13.1.2.5).
            self.fields[self._textarea] = self.fields[self._textarea].removeprefix("\n")
            self._textarea = ""
        if tag == "label":
            self._label = ""
        if tag == "div" and self._in_problems:
            self._in_problems -= 1
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"]:
            self.title += data
        if self._textarea:
            self.fields[self._textarea] += data
        if self._label:
            self.labels[self._label] = self.labels.get(self._label, "") + data
        if self._in_problems:
            self.summary += data
        self.text += data


class Answer:
    """An HTTP answer."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.body = response.content
        self.html = response.text
        self.location = response.headers.get("location", "")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def page(self) -> Page:
        return Page(self.html)


class Visitor:
    """One browser with its cookies, at one address."""

    def __init__(
        self, app: App, *, address: str = ADDRESS, language: str = "en", **headers: str
    ) -> None:
        self.app = app
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(
                Face(app), raise_app_exceptions=False, client=(address, 40_000)
            ),
            base_url=app.settings.site.address,
            headers={"accept-language": language, "user-agent": "Browser/1.0", **HTML, **headers},
        )

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Send one request; redirects are not followed."""
        return Answer(self._runner.run(self._client.request(method, path, **options)))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers=dict(headers or {}))

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        return self.ask("POST", path, data=dict(fields), headers=dict(headers or {}))

    def form(self, path: str = f"/f/{FORM}") -> Page:
        answer = self.get(path)
        assert answer.status == 200
        return answer.page

    def send(
        self, page: Page | None = None, person: cast.Person = cast.subject, /, **changed: str
    ) -> Answer:
        """Fill in the feedback form, tick the box, send; `changed` adds to that or replaces it."""
        return self.post(f"/f/{FORM}", self._filled(page, person, changed))

    def program(
        self, page: Page | None = None, person: cast.Person = cast.subject, /, **changed: str
    ) -> Answer:
        """Send the same as a program that reads JSON."""
        return self.post(f"/f/{FORM}", self._filled(page, person, changed), JSON)

    def _filled(
        self, page: Page | None, person: cast.Person, changed: Mapping[str, str]
    ) -> dict[str, str]:
        return {**(page or self.form()).fields, **person.values(), BOX: "yes", **changed}

    def receipt(self, **changed: str) -> str:
        """Send the form and return the path of the receipt."""
        answer = self.program(**changed)
        assert answer.status == 201, answer.html
        path: str = answer.json["receipt_url"]
        return path

    def sign_in(self, person: cast.Staff, password: str = "") -> Answer:
        fields = {"login": person.login, "password": password or person.password}
        return self.post("/console/login", fields)

    def act(self, path: str, **fields: str) -> Answer:
        """Post at the console with the session's token, as a page's own form does."""
        page = self.get("/console/account").page
        return self.post(path, {"_csrf": page.fields["_csrf"], **fields})


def old_token(app: App, issued: int, language: str = "en", key: str = FORM) -> str:
    """A token as the site issued it at another time."""
    offer = form.derive(app.shelf.in_force(), key, language)
    return token.write(app.ring.token_key, token.issue(offer, issued))


@contextmanager
def visiting(app: App, **options: Any) -> Iterator[Visitor]:
    """A visitor who goes away in the end."""
    visitor = Visitor(app, **options)
    try:
        yield visitor
    finally:
        visitor.close()


_BESIDE = {"database_sequence", "database_process", "database_lease"}


def stored(app: App) -> dict[str, int]:
    """How many rows each table holds, and how many entries the journal: equal before and after if nothing is kept."""
    with app.database.read() as connection:
        found = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            # Numbers are reserved in blocks beforehand, and processes say that they serve; what was noticed of a try is
            # no trace of its doing anything.
            if table.name not in {*_BESIDE, "access_signal"}
        }
        return {**found, "journal": app.log.head(connection).size}


def employ(app: App, person: cast.Staff) -> int:
    """Make an account with its password set; returns its number."""
    made = app.writer.run(lambda tx: staff.invite(tx, person.login, Role(person.role), 0))
    assert isinstance(
        staff.redeem(app.writer, made.token, person.password, now=made.expires_at - 1),
        staff.Account,
    )
    return made.staff


def prove(app: App, receipt: bytes) -> proof.Receipt:
    """Verify a receipt as a stranger would, with the public key alone; raises if it proves nothing."""
    return proof.verify(receipt, note.parse_vkey(app.log.vkey))


def publish(app: App) -> None:
    """Publish what the site's folder says now, as an operator would while it serves."""
    site.publish_policy(app)
    app.shelf.look()


def withdraw(app: App, record: int) -> None:
    """Withdraw the consent of a record, as its page does."""
    app.writer.run(lambda tx: withdrawing.withdraw(tx, app.ring, record, PURPOSE))
