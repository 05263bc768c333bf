# SPDX-License-Identifier: Apache-2.0
"""The person's own page, done badly: it tells who wrote, lets in twice or too early, shows what is another's."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from starlette.requests import Request
from starlette.responses import Response

from tests.sabotage.sabotage import Ground, several
from uphold import errors
from uphold.app import App
from uphold.rights import fulfil, identity
from uphold.rights.identity import rights_link
from uphold.vault import contact, subject
from uphold.vault.contact import Contact
from uphold.vault.tables import vault_key
from uphold.web import holder, my, my_door, my_package, my_shown


def answer_otherwise(ground: Ground) -> None:
    """An address that nothing names is told so: friendly, and anybody can find out who wrote."""

    def ask(before: Callable[..., int], tx: Any, ring: Any, who: Any, *rest: Any) -> int:
        if not subject.find(tx, ring, who.kind, who.text):
            raise errors.Missing("Nobody has written with this address.", "Check its spelling.")
        return before(tx, ring, who, *rest)

    ground.wrap(identity, "ask_link", ask)


def let_it_in_twice(ground: Ground) -> None:
    """A link stays good until its time is over."""

    def enter(before: Callable[..., str], tx: Any, ring: Any, token: str, now: int) -> str:
        row = identity._unused(tx, token, now)
        cookie = before(tx, ring, token, now)
        tx.execute(
            update(rights_link).where(rights_link.c.number == row.number).values(sealed=row.sealed)
        )
        return cookie

    ground.wrap(identity, "enter", enter)


def use_it_up_by_looking(ground: Ground) -> None:
    """The link itself enters, as links do elsewhere; whatever looks through mail has used it up."""

    def look(
        before: Callable[..., Response], way: my.Way, request: Request, posted: Mapping[str, str]
    ) -> Response:
        answer = before(way, request, posted)
        if answer.status_code != 200:
            return answer
        return way.enter(request, {"token": request.query_params["token"]})

    ground.wrap(my.Way, "look", look)


def let_in_whoever_asked(ground: Ground) -> None:
    """The visit begins with the question: the letter is sent for the look of it."""

    def ask(
        before: Callable[..., Response], way: my.Way, request: Request, posted: Mapping[str, str]
    ) -> Response:
        answer, app, now = before(way, request, posted), way.app, holder.now()
        who = Contact(contact.EMAIL, posted["contact"])
        number = app.writer.run(lambda tx: identity.ask_link(tx, app.ring, who, "en", now))
        with app.database.read() as connection:
            link = identity.link(connection, app.ring, number, now)
        return answer if link is None else way.enter(request, {"token": link.secret})

    ground.wrap(my.Way, "ask", ask)


def show_another_s(ground: Ground) -> None:
    """An address finds whatever number the page's address has."""

    def find(reader: Any, *_: object) -> list[int]:
        return list(reader.execute(select(vault_key.c.number)).scalars())

    ground.patch.setattr(subject, "find", find)


def leave_the_cookie_open(ground: Ground) -> None:
    """A cookie for the whole site, which scripts can read."""

    def with_cookie(_: object, app: App, response: Response, token: str) -> Response:
        response.set_cookie(my_door.COOKIE, token, path="/")
        return response

    ground.wrap(my_door, "with_cookie", with_cookie)


def leave_out_who_read(ground: Ground) -> None:
    """The page does not tell who opened it."""

    def record(before: Callable[..., Any], *arguments: Any) -> Any:
        return replace(before(*arguments), openings=())

    ground.wrap(my_shown, "record", record)


def open_unnoticed(ground: Ground) -> None:
    """A person's own readings are nobody's business, somebody thought: they are not journaled."""

    def granted(before: Callable[..., Any], tx: Any, *rest: Any) -> Any:
        return before(_Silent(tx), *rest)

    ground.wrap(fulfil, "_granted", granted)


def take_away_half(ground: Ground) -> None:
    """The file to take away has the first part of each submission only."""

    def own(before: Callable[..., Any], *arguments: Any) -> Any:
        return before(*arguments)[:1]

    ground.patch.setattr(my_package, "fulfil", _Other(own))


class _Silent:
    """A transaction that forgets what is to be journaled."""

    def __init__(self, tx: Any) -> None:
        self._tx = tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def append(self, _: bytes) -> int:
        return 0


class _Other:
    """`rights.fulfil` with another `open_own`."""

    def __init__(self, own: Callable[..., Any]) -> None:
        self._own = own

    def open_own(self, *arguments: Any) -> Any:
        return self._own(fulfil.open_own, *arguments)


SABOTAGES = several(
    "subject.access",
    ("tells-who-wrote", "An unknown address is answered otherwise", answer_otherwise),
    ("twice", "A mailed link can be used again", let_it_in_twice),
    ("looked-at", "Looking at a mailed link uses it up", use_it_up_by_looking),
    ("unproved", "A visit begins without a proved address", let_in_whoever_asked),
    ("another-s", "Another person's submission is shown", show_another_s),
    ("open-cookie", "Scripts and the whole site get the visit's cookie", leave_the_cookie_open),
    ("silent-readers", "Who opened it is not shown", leave_out_who_read),
    ("unnoticed", "The person's own readings are not journaled", open_unnoticed),
    ("half", "The file to take away lacks a part", take_away_half),
)
