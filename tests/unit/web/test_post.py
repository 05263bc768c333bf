# SPDX-License-Identifier: Apache-2.0
"""The door of posts by itself; what it takes and refuses is tested over HTTP in tests/flow."""

import asyncio
import logging
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import cast, site, visitor
from tests.visitor import BOX, JSON, Visitor
from uphold import errors
from uphold.access import canary
from uphold.app import App
from uphold.assurance import canaries
from uphold.submission import form
from uphold.vault import records
from uphold.vault.permit import Permit
from uphold.web import logs
from uphold.web.post import Door


def fields(app: App, **changed: str) -> dict[str, str]:
    token = visitor.old_token(app, site.now() - 5000)
    return {form.TOKEN: token, **cast.subject.values(), BOX: "yes", **changed}


async def call(app: App, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Hand one post to the door as a server does."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/f/feedback",
        "query_string": b"",
        "scheme": "https",
        "server": ("uphold.example", 443),
        "client": ("192.0.2.7", 1),
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
    }
    await Door(app)(scope, receive, send)
    start = sent[0]
    named = {k.decode(): v.decode() for k, v in start["headers"]}
    return start["status"], named, b"".join(part["body"] for part in sent[1:])


ENCODED = {"content-type": "application/x-www-form-urlencoded"}


def test_an_offer_is_derived_once(here: App) -> None:
    door, edition = Door(here), here.shelf.in_force()
    assert door.offer(edition, "feedback", "en") is door.offer(edition, "feedback", "en")
    assert door.offer(edition, "feedback", "ru").language == "ru"
    with pytest.raises(errors.Missing):
        door.offer(edition, "nothing", "en")


async def test_the_five_technical_data_and_no_more(here: App) -> None:
    body = urlencode(fields(here)).encode()
    headers = {**ENCODED, "user-agent": "Browser/9.9 " + "x" * 2000, "cookie": "a=secret"}
    headers |= {"x-forwarded-for": "203.0.113.99", "referer": "https://elsewhere.example/"}
    status, _, _ = await call(here, body, headers)
    assert status == 303
    permit = Permit(
        1, "security", 1, frozenset({"ip", "cookie", "browser", "time", "page"}), 1, "x"
    )
    fetched = here.writer.run(lambda tx: records.fetch(tx, permit))
    kept = records.open(here.ring, permit, fetched)
    assert kept.keys() == {"ip", "cookie", "browser", "time", "page"}
    assert (kept["ip"], kept["cookie"], kept["page"]) == ("192.0.2.7", "", "/f/feedback")
    assert kept["browser"].startswith("Browser/9.9 ")
    assert len(kept["browser"]) == 512


async def test_every_answer_says_its_length(here: App) -> None:
    for headers in ({}, JSON):
        for changed in ({}, {"email": "wrong"}):
            body = urlencode(fields(here, **changed)).encode()
            _, named, content = await call(here, body, {**ENCODED, **headers})
            assert named["content-length"] == str(len(content))
            assert named["cache-control"] == "no-store"


@pytest.mark.parametrize("error", [errors.Unavailable("Away."), errors.Broken("Broken.")])
def test_a_storage_that_is_away_costs_nobody_their_words(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fail(_: object) -> object:
        raise error

    page = somebody.form()
    monkeypatch.setattr(somebody.app.intake, "take", fail)
    sent = somebody.send(page)
    assert (sent.status, sent.headers["retry-after"]) == (503, "5")
    shown = sent.page
    assert shown.title.startswith("Not sent yet: ")
    assert shown.fields["message"] == cast.subject.message
    # The same token, so that sending again never counts twice.
    assert shown.token == page.token
    told = somebody.program(page)
    assert told.status == 503
    assert told.json["errors"][0]["code"] == "unavailable"
    assert told.json["token"] == page.token
    monkeypatch.undo()
    assert somebody.send(shown).status == 303


def test_what_is_noted_of_a_form_that_is_stored_costs_nobody_their_words(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise errors.Unavailable("The disk is full.", "Make room.")

    page = somebody.form()
    monkeypatch.setattr(canary, "named", lambda *_: True)
    monkeypatch.setattr(canaries, "look", fail)
    sent = somebody.send(page)
    assert sent.status == 503
    assert sent.page.fields["message"] == cast.subject.message
    monkeypatch.undo()
    assert somebody.send(sent.page).status == 303


def test_a_fault_in_what_is_noted_takes_the_receipt_from_nobody(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(cast.subject.email)

    monkeypatch.setattr(canary, "named", fail)
    monkeypatch.setattr(logging.getLogger("uphold"), "propagate", True)
    with caplog.at_level(logging.ERROR, "uphold"):
        sent, told = somebody.send(), somebody.program()
    assert somebody.get(sent.location).status == 200
    assert told.status == 201
    assert [one.getMessage() for one in caplog.records] == [
        "A post that is stored could not be looked at."
    ] * 2
    lines = logs.Lines()
    assert cast.leaks("".join(map(lines.format, caplog.records)).encode()) == []


async def test_a_process_that_ends_costs_nobody_their_words(
    here: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who still waits for a storage that hangs is cancelled, and told so."""
    begun = asyncio.Event()

    async def hang(_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(here.intake, "take", hang)
    body = urlencode(fields(here, message="Kept.")).encode()
    waiting = asyncio.create_task(call(here, body, ENCODED))
    await begun.wait()
    waiting.cancel()
    status, headers, page = await waiting
    assert status == 503
    assert headers["retry-after"].isdigit()
    assert b"Kept." in page


def test_a_fault_of_ours_is_a_page_and_says_nothing(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: object) -> object:
        raise RuntimeError(cast.subject.email)

    monkeypatch.setattr(somebody.app.intake, "take", fail)
    monkeypatch.setattr(logging.getLogger("uphold"), "propagate", True)
    with caplog.at_level(logging.ERROR, "uphold"):
        sent = somebody.send()
    assert sent.status == 500
    assert cast.leaks(sent.body) == []
    assert "Sending twice never counts twice" in sent.page.text
    told = somebody.program()
    assert (told.status, told.json["errors"][0]["code"]) == (500, "fault")


def test_many_at_once_are_all_kept(here: App) -> None:
    async def together() -> list[int]:
        bodies = [urlencode(fields(here, message=f"Message {n}")).encode() for n in range(40)]
        answers = await asyncio.gather(*[call(here, body, {**ENCODED, **JSON}) for body in bodies])
        return [status for status, _, _ in answers]

    assert asyncio.run(together()) == [201] * 40
    assert visitor.stored(here)["submission_record"] == 40


def test_two_clicks_at_once_are_one_submission(here: App) -> None:
    async def together() -> list[bytes]:
        body = urlencode(fields(here)).encode()
        answers = await asyncio.gather(*[call(here, body, {**ENCODED, **JSON}) for _ in range(5)])
        return [content for _, _, content in answers]

    assert len(set(asyncio.run(together()))) == 1
    assert visitor.stored(here)["submission_record"] == 1
