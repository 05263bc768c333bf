# SPDX-License-Identifier: Apache-2.0
"""Suspensions at the console: what each stops at the next request, who lifts it, and that two lift a stop of all."""

from collections.abc import Iterator

import pytest

from tests import cast, site, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.access import hold, second, staff
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.app import App
from uphold.journal import entry
from uphold.rights import request
from uphold.rights.machine import Kind
from uphold.rights.stored import Channel, Identity, Intake
from uphold.vault import identifier
from uphold.web.hold_desk import HOLDS

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")

ASKED = {"what": "record", "reason": "suspicion", "span": "day"}


class People:
    """An officer, an owner and a clerk, signed in; one submission of a person."""

    def __init__(self, app: App, officer: Visitor, owner: Visitor, clerk: Visitor) -> None:
        self.app = app
        self.officer, self.owner, self.clerk = officer, owner, clerk
        self.numbers = {
            one.login: visitor.employ(app, one) for one in (cast.officer, cast.owner, cast.clerk)
        }
        officer.sign_in(cast.officer)
        owner.sign_in(cast.owner)
        clerk.sign_in(cast.clerk)

    def name(self, person: cast.Staff) -> str:
        return self.app.ring.identifiers.encode(identifier.STAFF, self.numbers[person.login])

    @property
    def receipt(self) -> str:
        return self.app.ring.identifiers.encode(identifier.RECEIPT, 1)

    def opens(self) -> int:
        public = self.app.ring.identifiers.encode(identifier.ENQUIRY, 1)
        return self.clerk.act(f"/console/enquiry/{public}/open", purpose=PURPOSE).status

    def last(self) -> entry.Entry:
        with self.app.database.read() as connection:
            *_, (_, raw) = self.app.log.entries(connection)
        return entry.decode(raw)


@pytest.fixture
def people(here: App, somebody: Visitor) -> Iterator[People]:
    somebody.receipt()
    with (
        visitor.visiting(here) as officer,
        visitor.visiting(here) as owner,
        visitor.visiting(here) as clerk,
    ):
        yield People(here, officer, owner, clerk)


@pytest.mark.parametrize("what", ["record", "staff", "purpose", "all"])
def test_the_next_request_feels_it_and_its_end(people: People, what: str) -> None:
    assert people.opens() == 200
    more = {"receipt": people.receipt, "person": people.name(cast.clerk), "purpose": PURPOSE}
    placed = people.officer.act(HOLDS, **{**ASKED, **more, "what": what})
    assert placed.location == f"{HOLDS}?done=hold-placed"
    said = people.last()
    assert said.kind == "hold.placed"
    assert said.codes["by"] == people.numbers[cast.officer.login]
    assert people.opens() == 403
    reasons = {"record": "record", "staff": "staff", "purpose": "purpose", "all": "all"}
    assert people.last().codes["reason"] == f"{reasons[what]}-held"
    shown = people.officer.get(HOLDS)
    assert "suspicion" in shown.page.text
    assert cast.officer.login in shown.page.text
    assert cast.leaks(shown.body) == []
    lifted = people.owner.act(f"{HOLDS}/1/lift")
    if what == "all":
        assert lifted.location == f"{HOLDS}?done=hold-asked"
        assert people.last().kind == "hold.lift-asked"
        assert people.opens() == 403
        assert "has asked to lift it" in people.officer.get(HOLDS).page.text
        lifted = people.officer.act(f"{HOLDS}/1/lift")
    assert lifted.location == f"{HOLDS}?done=hold-lifted"
    assert people.last().kind == "hold.lifted"
    assert people.opens() == 200
    assert people.owner.act(f"{HOLDS}/1/lift").location == f"{HOLDS}?done=hold-over"


def test_one_person_alone_never_lifts_a_stop_of_all_reading(people: People) -> None:
    people.officer.act(HOLDS, **{**ASKED, "what": "all"})
    assert people.officer.act(f"{HOLDS}/1/lift").status == 303
    again = people.officer.act(f"{HOLDS}/1/lift")
    assert again.status == 409
    assert "another must lift it" in again.page.text
    assert people.opens() == 403


def test_a_stop_of_all_reading_needs_an_end_and_a_fresh_proof(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = people.officer.act(HOLDS, **{**ASKED, "what": "all", "span": "open"})
    assert endless.status == 422
    assert "needs an end" in endless.page.summary
    monkeypatch.setattr(second, "is_fresh", lambda *_: False)
    assert people.officer.act(HOLDS, **{**ASKED, "what": "all"}).location.startswith(
        "/console/again"
    )
    assert people.opens() == 200
    # In a hurry anything less needs none; lifting always does.
    more = {"receipt": people.receipt}
    assert people.officer.act(HOLDS, **ASKED, **more).location == f"{HOLDS}?done=hold-placed"
    assert people.owner.act(f"{HOLDS}/1/lift").location.startswith("/console/again")
    assert people.opens() == 403


def test_nobody_lifts_what_stops_themselves(people: People) -> None:
    people.officer.act(HOLDS, **{**ASKED, "what": "staff", "person": people.name(cast.owner)})
    refused = people.owner.act(f"{HOLDS}/1/lift")
    assert refused.status == 409
    assert "Nobody lifts what stops themselves" in refused.page.text
    # It is not even offered.
    assert f"{HOLDS}/1/lift" not in people.owner.get(HOLDS).page.actions
    assert f"{HOLDS}/1/lift" in people.officer.get(HOLDS).page.actions


def test_what_the_person_asked_for_is_the_persons_to_end(people: People) -> None:
    held = Hold(None, 1, None, hold.UNTIL_LIFTED)
    app = people.app
    app.writer.run(lambda tx: hold.place(tx, app.ring, held, Reason.RESTRICTION))
    refused = people.owner.act(f"{HOLDS}/1/lift")
    assert refused.status == 409
    assert "ends it on their own page" in refused.page.text
    assert "by the person, or by a rule" in people.owner.get(HOLDS).page.text


def test_what_a_request_blocks_ends_with_it(people: People) -> None:
    asked = Intake(Kind.RECTIFICATION, (1,), "A" * 16, Channel.PAPER, Identity.NONE, "en")
    app = people.app
    app.writer.run(lambda tx: request.receive(tx, app.ring, "", ("ru-152fz",), asked))
    shown = people.owner.get(HOLDS).page
    assert "/console/request/1" in shown.links
    refused = people.owner.act(f"{HOLDS}/1/lift")
    assert refused.status == 409
    assert "It ends with the request" in refused.page.text


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"what": ""}, "Choose what to suspend"),
    ({"what": "record", "receipt": "?"}, "There is no submission with this number"),
    ({"what": "staff"}, "Choose a member of staff"),
    ({"what": "purpose", "purpose": "?"}, "Choose a purpose"),
    ({"what": "purpose", "reason": "restriction"}, "Choose a reason"),
    ({"what": "purpose", "span": "a century"}, "Choose how long"),
)


def test_what_is_wrong_is_said_and_nothing_is_placed(people: People) -> None:
    for changed, said in WRONG:
        answer = people.officer.act(HOLDS, **{**ASKED, "purpose": PURPOSE, **changed})
        assert answer.status == 422
        assert said in answer.page.summary
    with people.app.database.read() as connection:
        assert hold.in_force(connection, site.now()) == ()


def test_what_there_is_not_is_missing(people: People) -> None:
    for number in ("9", "x", "99999999999"):
        assert people.owner.act(f"{HOLDS}/{number}/lift").status == 404


def test_an_account_that_is_closed_needs_no_suspension(people: People) -> None:
    app, number = people.app, people.numbers[cast.clerk.login]
    assert cast.clerk.login in people.officer.get(HOLDS).page.text
    app.writer.run(lambda tx: staff.close(tx, number, people.numbers[cast.owner.login]))
    assert cast.clerk.login not in people.officer.get(HOLDS).page.text
    asked = {**ASKED, "what": "staff", "person": people.name(cast.clerk)}
    assert people.officer.act(HOLDS, **asked).status == 422


def test_what_is_over_is_listed_apart(people: People) -> None:
    assert "Nothing is suspended." in people.officer.get(HOLDS).page.text
    people.officer.act(HOLDS, **{**ASKED, "what": "purpose", "purpose": PURPOSE})
    people.owner.act(f"{HOLDS}/1/lift")
    shown = people.officer.get(HOLDS).page
    assert "Nothing is suspended." in shown.text
    assert "Lifted early:" in shown.text
    assert cast.owner.login in shown.text
