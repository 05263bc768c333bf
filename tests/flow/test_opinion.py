# SPDX-License-Identifier: Apache-2.0
"""After an answer a person is asked whether it helped: on the page of the receipt, once, and counted as nobody's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from tests import visitor
from tests.flow.test_withdraw import hidden, number
from tests.visitor import JSON, Visitor
from uphold.app import App
from uphold.enquiry import desk
from uphold.enquiry.desk import State
from uphold.retention import ends
from uphold.visits.record import Recorder, Seen
from uphold.web import opinions, slip

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.fixture
def told() -> list[Seen]:
    """What figures are made of."""
    return []


@pytest.fixture
def anna(one_app: App, told: list[Seen]) -> Iterator[Visitor]:
    """Somebody at a site that records visits."""

    def keep(seen: Sequence[Seen]) -> None:
        told.extend(seen)

    day = date(2026, 11, 22)
    in_force = one_app.shelf.in_force
    made = (one_app.writer, one_app.ring, in_force, lambda _: day, ends.note_visits, keep)
    recorder = Recorder(*made)
    with visitor.visiting(replace(one_app, visits=recorder)) as found:
        yield found


def answered(one: Visitor) -> str:
    """Write, and be answered; returns the receipt's address."""
    path = one.receipt()
    for to in (State.IN_WORK, State.ANSWERED):
        record, ring = number(one.app, path), one.app.ring
        one.app.writer.run(partial(desk.move, ring=ring, record=record, to=to, staff=1))
    return path


def counted(one: Visitor, told: list[Seen]) -> list[str]:
    """What reached the figures, which is all there is of it."""
    assert one.app.visits is not None
    one.app.visits.flush()
    given = [seen for seen in told if seen.kind == "opinion"]
    assert {(seen.address, seen.agent, seen.cookie, seen.page) for seen in given} <= {
        ("", "", None, "")
    }
    return [seen.item for seen in given]


def test_it_is_asked_after_the_answer_and_answered_once(anna: Visitor, told: list[Seen]) -> None:
    unanswered = anna.receipt()
    assert f"{unanswered}/opinion" not in anna.get(unanswered).page.actions
    path = answered(anna)
    posted = {**hidden(anna, path, "opinion"), "opinion": "partly"}
    done = anna.post(f"{path}/opinion", posted)
    assert (done.status, done.headers["location"]) == (303, f"{path}?done=opinion")
    after = anna.get(f"{path}?done=opinion")
    assert "without your name" in after.html
    assert f"{path}/opinion" not in after.page.actions
    # Sent once more, or with another answer, it counts no more.
    assert anna.post(f"{path}/opinion", {**posted, "opinion": "no"}).status == 303
    assert counted(anna, told) == ["partly"]


def test_a_program_may_answer_too(anna: Visitor, told: list[Seen]) -> None:
    path = answered(anna)
    posted = {**hidden(anna, path, "opinion"), "opinion": "yes"}
    done = anna.ask("POST", f"{path}/opinion", data=posted, headers=JSON)
    assert (done.status, done.json) == (200, {"ok": True})
    wrong = anna.ask("POST", f"{path}/opinion", data={**posted, "opinion": "so"}, headers=JSON)
    assert wrong.status == 400
    assert counted(anna, told) == ["yes"]


def test_what_the_page_did_not_offer_is_not_taken(anna: Visitor, told: list[Seen]) -> None:
    path, unanswered = answered(anna), anna.receipt()
    right = hidden(anna, path, "opinion")
    for posted in (
        {"opinion": "yes"},
        {**right, "opinion": "maybe"},
        right,
        {slip.NAME: "x", "opinion": "yes"},
    ):
        answer = anna.post(f"{path}/opinion", posted)
        assert answer.status == 422
        assert "Choose an answer" in answer.html
    assert anna.post(f"{unanswered}/opinion", {**right, "opinion": "yes"}).status == 422
    assert counted(anna, told) == []
    # It still can be answered.
    assert f"{path}/opinion" in anna.get(path).page.actions


def test_where_no_figures_are_made_nobody_is_asked(one: Visitor) -> None:
    path = answered(one)
    assert one.app.visits is None
    assert f"{path}/opinion" not in one.get(path).page.actions


def test_who_looks_at_their_own_page_is_led_to_the_question(anna: Visitor) -> None:
    path, other = answered(anna), anna.receipt()
    app = anna.app
    with app.database.read() as connection:
        asked = [opinions.is_asked(app, connection, number(app, one)) for one in (path, other)]
    assert asked == [True, False]
