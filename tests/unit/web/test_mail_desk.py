# SPDX-License-Identifier: Apache-2.0
"""The console's page of mail: what waits, since when and why; a try at once; nothing of the words."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from tests import cast, relay as relays, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.relay import Box
from tests.visitor import Visitor
from uphold.app import App
from uphold.mail import bounce, dsn, notice
from uphold.mail.notice import Kind
from uphold.vault import identifier
from uphold.web import background
from uphold.web.mail_desk import MAIL, RETRY

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.fixture
def officer(here: App, somebody: Visitor) -> Iterator[Visitor]:
    somebody.receipt()
    mail = msgspec.structs.replace(here.settings.mail, host="127.0.0.1", sender=relays.SENDER)
    object.__setattr__(here, "settings", msgspec.structs.replace(here.settings, mail=mail))
    visitor.employ(here, cast.officer)
    with visitor.visiting(here) as who:
        assert who.sign_in(cast.officer).status == 303
        yield who


def queue(app: App, kind: Kind = Kind.WITHDRAWN, record: int | None = 1) -> int:
    codes: dict[str, str | int] = {"purpose": PURPOSE, "soon": 1, "late": 0}
    return app.writer.run(
        lambda tx: notice.queue(tx, kind, record=record, language="en", codes=codes)
    )


def deliver(app: App, box: Box) -> None:
    with relays.running(box) as port:
        asyncio.run(background.mail(app, relays.plain(port)))


def test_before_anything_was_written(officer: Visitor) -> None:
    assert "No message has been written yet." in officer.get(MAIL).page.text


def test_mail_that_is_down_shows_and_is_tried_at_once(officer: Visitor) -> None:
    app = officer.app
    queue(app)
    deliver(app, Box(data=["451 later"]))
    shown = officer.get(MAIL).page.text
    assert "Nothing is lost" in shown
    assert "The mail relay asked to be tried later." in shown
    assert "Consent withdrawn" in shown
    assert "has not reached its reader" in officer.get("/console").page.text
    done = officer.act(RETRY)
    assert done.location == f"{MAIL}?done=mail-retried"
    deliver(app, Box())
    after = officer.get(MAIL).page.text
    assert "Mail leaves by the relay" in after
    assert "sent" in after
    assert "has not reached" not in after
    assert officer.act(RETRY).location == f"{MAIL}?done=mail-idle"


def test_what_failed_is_shown_apart_with_its_enquiry(officer: Visitor) -> None:
    queue(officer.app)
    queue(officer.app, Kind.DUE_SOON, None)
    deliver(officer.app, Box(rcpt=["550 nobody <agnia.zvezdochyot@subject.example>"]))
    answer = officer.get(MAIL)
    assert "reach these people another way" in answer.page.text
    assert "The mail relay refused the address." in answer.page.text
    assert "/console/enquiry/" in answer.html
    assert "to the operator" in answer.page.text
    assert cast.leaks(answer.html.encode()) == []


def test_what_came_back_shows_at_the_enquiry(officer: Visitor) -> None:
    app = officer.app
    number = queue(app)
    deliver(app, Box())
    report = dsn.Report(
        (app.ring.identifiers.encode(identifier.MESSAGE, number),), dsn.Reason.NO_MAILBOX
    )
    assert app.writer.run(lambda tx: bounce.note(tx, app.ring, report, "en")) is not None
    enquiry = officer.get(MAIL).html.partition('href="/console/enquiry/')[2].partition('"')[0]
    shown = officer.get(f"/console/enquiry/{enquiry}").page.text
    assert "Consent withdrawn" in shown
    assert "came back" in shown
    assert "there is no such mailbox" in shown


def test_without_a_relay_it_says_how_mail_leaves(officer: Visitor) -> None:
    app = officer.app
    mail = msgspec.structs.replace(app.settings.mail, host="")
    object.__setattr__(app, "settings", msgspec.structs.replace(app.settings, mail=mail))
    queue(app)
    shown = officer.get(MAIL).page.text
    assert "uphold mail export" in shown
    assert "Try again now" not in shown


def test_a_clerk_sees_no_such_page(here: App, somebody: Visitor) -> None:
    visitor.employ(here, cast.clerk)
    with visitor.visiting(here) as clerk:
        assert clerk.sign_in(cast.clerk).status == 303
        assert clerk.get(MAIL).status == 404
