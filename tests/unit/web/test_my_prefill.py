# SPDX-License-Identifier: Apache-2.0
"""Forms come filled in only below `/my`, only under the consent for just that, until one press ends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cast, person, personal, site, visitor
from tests.editions import FORM
from tests.visitor import Visitor
from uphold.access import hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.app import App
from uphold.assurance.audit import Audit
from uphold.consent import ledger
from uphold.journal import entry

TICK = {f"consent.{personal.PURPOSE}": "yes"}
FILLED = f"/my/f/{FORM}"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    personal.write(opened.settings.folder)
    site.publish_policy(opened)
    opened.shelf.look()
    yield opened
    opened.close()


@pytest.fixture
def anna(app: App) -> Iterator[Visitor]:
    with visitor.visiting(app) as found:
        yield found


def readings(app: App) -> list[entry.Entry]:
    with app.database.read() as connection:
        every = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    return [one for one in every if one.kind == "subject.opened"]


def values(page: visitor.Page) -> set[str]:
    return {value for name, value in page.fields.items() if not name.startswith("_") and value}


def off(anna: Visitor) -> visitor.Answer:
    csrf = anna.get("/my").page.fields["_csrf"]
    return anna.post("/my/prefill/off", {"_csrf": csrf})


def test_who_agreed_gets_what_they_sent_for_that_and_nothing_else(anna: Visitor) -> None:
    anna.receipt(**TICK)
    person.enter(anna)
    assert FILLED in anna.get("/my").page.links
    answer = anna.get(FILLED)
    page = answer.page
    assert values(page) == {cast.subject.name, cast.subject.email}
    assert page.ticked == []
    assert "because you agreed to that" in page.text
    assert answer.headers["cache-control"] == "no-store"
    (read,) = readings(anna.app)
    assert read.codes == {"purpose": personal.PURPOSE, "fields": "email+name"}
    assert list(Audit(anna.app.settings).run()) == []
    # It is sent like any other form; the button beside it is one of its own.
    page.fields.pop("_csrf")
    assert anna.send(page).status == 303


def test_who_did_not_agree_gets_an_empty_form(anna: Visitor) -> None:
    anna.receipt()
    person.enter(anna)
    assert FILLED not in anna.get("/my").page.links
    page = anna.get(FILLED).page
    assert values(page) == set()
    assert "because you agreed to that" not in page.text
    assert readings(anna.app) == []


def test_no_address_and_no_cookie_fills_in_the_public_form(anna: Visitor) -> None:
    anna.receipt(**TICK)
    person.enter(anna)
    query = f"?email={cast.subject.email}&name=x&prefill=1"
    for path in (f"/f/{FORM}", f"/f/{FORM}{query}"):
        assert values(anna.get(path).page) == set()
    with visitor.visiting(anna.app) as stranger:
        assert stranger.get(FILLED).location == "/my"
        assert stranger.get(f"{FILLED}{query}").location == "/my"
    assert values(anna.get(f"{FILLED}{query}").page) == {cast.subject.name, cast.subject.email}


def test_one_press_switches_it_off_everywhere(anna: Visitor) -> None:
    app = anna.app
    anna.receipt(**TICK)
    anna.receipt(**TICK)
    person.enter(anna)
    assert "/my/prefill/off" in anna.get(FILLED).page.actions
    assert off(anna).location == "/my?done=withdrawn"
    assert values(anna.get(FILLED).page) == set()
    before = len(readings(app))
    assert off(anna).status == 303
    assert len(readings(app)) == before
    with app.database.read() as connection:
        states = [ledger.state(connection, number)[personal.PURPOSE] for number in (1, 2)]
    assert states == [ledger.WITHDRAWN, ledger.WITHDRAWN]
    assert anna.post("/my/prefill/off", {"_csrf": "x"}).status == 403
    assert list(Audit(app.settings).run()) == []


def test_a_hold_on_the_record_stops_it(anna: Visitor) -> None:
    anna.receipt(**TICK)
    person.enter(anna)
    stop = Hold(None, 1, None, hold.UNTIL_LIFTED)
    app = anna.app
    number = app.writer.run(lambda tx: hold.place(tx, app.ring, stop, Reason.RESTRICTION))
    assert values(anna.get(FILLED).page) == set()
    app.writer.run(lambda tx: hold.lift(tx, number))
    assert values(anna.get(FILLED).page) != set()


def test_where_no_purpose_is_declared_there_is_no_such_page(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    with visitor.visiting(app) as anna:
        anna.receipt()
        person.enter(anna)
        assert anna.get(FILLED).status == 404
        assert off(anna).status == 303
    app.close()
