# SPDX-License-Identifier: Apache-2.0
"""Enquiries over the API: listed without names, opened through the gate, moved once for each key."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from tests import cast, machine, site, visitor
from tests.editions import PURPOSE
from tests.machine import Api
from uphold import config
from uphold.access import hold
from uphold.access.client import Made
from uphold.access.gate import Hold
from uphold.access.permission import Permission, Role
from uphold.app import App
from uphold.enquiry import desk
from uphold.journal import entry
from uphold.journal.entry import Entry


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("api-desk"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asked(app: App) -> Iterator[Api]:
    with machine.asked(app) as found:
        yield found


def last(app: App) -> Entry:
    with app.database.read() as connection:
        (found,) = app.log.tail(connection, 1)
    return entry.decode(found[1])


def test_what_is_known_without_opening(asked: Api) -> None:
    who, id_ = asked.client(), asked.submit()
    answer = asked.get(who, f"/enquiries/{id_}")
    assert answer.json.keys() == {
        *("id", "state", "form", "edition", "language", "received_at", "changed_at"),
        *("taken_by", "aside", "moves", "purposes", "entry"),
    }
    assert (answer.json["state"], answer.json["purposes"]) == ("new", [PURPOSE])
    assert answer.json["moves"] == ["in-work", "closed"]
    assert cast.leaks(answer.body) == []


def test_who_may_not_open_is_offered_no_purpose(asked: Api) -> None:
    who = asked.client(scopes=(Permission.ENQUIRY_LIST,))
    found = asked.get(who, f"/enquiries/{asked.submit()}").json
    assert (found["purposes"], found["moves"]) == ([], [])


def test_pages_are_whole_and_none_is_twice(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = site.build(tmp_path_factory.mktemp("pages"))
    try:
        with machine.asked(opened) as asked:
            who = asked.client()
            sent = [asked.submit() for _ in range(5)]
            found, cursor = [], ""
            for _ in range(3):
                page = asked.get(who, f"/enquiries?limit=2{cursor}").json
                found += [one["id"] for one in page["items"]]
                cursor = f"&cursor={page['next']}"
            assert page["next"] is None
            assert found == sent[::-1]
            assert asked.get(who, "/enquiries?state=closed").json == {"items": [], "next": None}
            assert asked.get(who, "/enquiries?cursor=nothing").status == 404
    finally:
        opened.close()


def test_opened_and_journaled_before(app: App, asked: Api) -> None:
    who, id_ = asked.client(), asked.submit()
    answer = asked.post(who, f"/enquiries/{id_}/open", {"purpose": PURPOSE})
    assert answer.status == 200
    assert answer.json["values"] == cast.subject.values()
    told = last(app)
    assert (told.kind, told.codes["staff"]) == ("record.opened", who.number)
    with app.database.read() as connection:
        assert answer.json["entry"] == app.log.head(connection).size - 1
    with app.database.read() as connection:
        assert asked.get(who, "/client").json["openings_left"] == 499


def test_only_the_fields_that_are_needed(app: App, asked: Api) -> None:
    who, id_ = asked.client(), asked.submit()
    sent = {"purpose": PURPOSE, "fields": ["email"]}
    answer = asked.post(who, f"/enquiries/{id_}/open", sent)
    assert answer.json["values"] == {"email": cast.subject.email}
    assert last(app).codes["fields"] == "email"
    beyond = asked.post(who, f"/enquiries/{id_}/open", {**sent, "fields": ["ip"]})
    assert (beyond.status, beyond.json["reason"]) == (403, "field-undeclared")


def test_an_answer_that_was_sent_is_opened_too(app: App, asked: Api) -> None:
    who, id_ = asked.client(), asked.submit()
    site.answer(app, asked.record(id_))
    (answer,) = asked.post(who, f"/enquiries/{id_}/open", {"purpose": PURPOSE}).json["answers"]
    assert answer == {"subject": "About your question", "text": "We deliver on Monday."}


def denied(app: App, asked: Api, who: Made, id_: str, purpose: str, reason: str) -> None:
    """Ask, and see the denial told, journaled and empty-handed."""
    answer = asked.post(who, f"/enquiries/{id_}/open", {"purpose": purpose})
    assert answer.status == 403
    assert answer.json["type"] == "urn:uphold:problem:reading-denied"
    assert answer.json["reason"] == reason
    told = last(app)
    assert told.kind == "access.denied"
    assert (told.codes["staff"], told.codes["purpose"], told.codes["reason"]) == (
        *(who.number, purpose, reason),
    )
    with app.database.read() as connection:
        assert answer.json["entry"] == app.log.head(connection).size - 1
    assert cast.leaks(answer.body) == []


def test_what_the_gate_denies(app: App, asked: Api) -> None:
    who, id_ = asked.client(), asked.submit()
    denied(app, asked, who, id_, "news", "purpose-undeclared")
    denied(app, asked, who, id_, "security", "role-refused")
    bound = asked.client(purposes=())
    denied(app, asked, bound, id_, PURPOSE, "purpose-not-given")
    visitor.withdraw(app, asked.record(id_))
    denied(app, asked, who, id_, PURPOSE, "consent-withdrawn")


def test_a_hold_on_the_client(app: App, asked: Api) -> None:
    who, id_ = asked.client(), asked.submit()
    held = Hold(who.number, None, None, hold.UNTIL_LIFTED)
    number = app.writer.run(lambda tx: hold.place(tx, app.ring, held, hold.Reason.INCIDENT))
    denied(app, asked, who, id_, PURPOSE, "staff-held")
    app.writer.run(lambda tx: hold.lift(tx, number))
    assert asked.post(who, f"/enquiries/{id_}/open", {"purpose": PURPOSE}).status == 200


def test_only_so_many_openings_a_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = site.build(tmp_path_factory.mktemp("volume"))
    few = msgspec.structs.replace(opened.settings, api=config.Api(openings_per_day=2))
    try:
        with machine.asked(replace(opened, settings=few)) as asked:
            who, id_ = asked.client(), asked.submit()
            answers = [
                asked.post(who, f"/enquiries/{id_}/open", {"purpose": PURPOSE}) for _ in range(5)
            ]
            # Midnight may fall between them, but not twice.
            assert [one.status for one in answers].count(200) in {2, 4}
            assert answers[-1].status == 429 or answers[2].status == 429
            refused = next(one for one in answers if one.status == 429)
            assert 1 <= int(refused.headers["retry-after"]) <= 86_400
    finally:
        opened.close()


def test_moved_once_for_each_key(app: App, asked: Api) -> None:
    who, id_ = asked.client(), asked.submit()
    answers = [
        asked.post(who, f"/enquiries/{id_}/move", {"to": "in-work"}, idempotency_key="a-key-1")
        for _ in range(3)
    ]
    assert {one.status for one in answers} == {400}  # seven characters are too few
    answers = [
        asked.post(who, f"/enquiries/{id_}/move", {"to": "in-work"}, idempotency_key="a-key-one")
        for _ in range(3)
    ]
    assert {one.status for one in answers} == {200}
    assert len({one.body for one in answers}) == 1
    with app.database.read() as connection:
        moves = desk.history(connection, asked.record(id_))
    assert [(one.staff, str(one.to)) for one in moves] == [(who.number, "in-work")]
    other = asked.post(who, f"/enquiries/{id_}/move", {"to": "closed"}, idempotency_key="a-key-one")
    assert (other.status, other.json["type"]) == (422, "urn:uphold:problem:key-reused")
    again = asked.post(who, f"/enquiries/{id_}/move", {"to": "in-work"})
    assert again.status == 409


def test_nothing_is_destroyed_by_a_program(app: App, asked: Api) -> None:
    id_ = asked.submit(doubts=("too-fast",))
    who = asked.client()
    found = asked.get(who, f"/enquiries/{id_}").json
    assert (found["state"], found["aside"], found["moves"]) == ("aside", ["too-fast"], ["new"])
    assert asked.post(who, f"/enquiries/{id_}/move", {"to": "discarded"}).status == 409
    assert asked.post(who, f"/enquiries/{id_}/move", {"to": "new"}).status == 200


def test_what_a_move_needs_beyond_the_door(asked: Api) -> None:
    id_ = asked.submit(doubts=("too-fast",))
    who = asked.client(scopes=(Permission.ENQUIRY_LIST, Permission.ENQUIRY_MOVE))
    assert asked.post(who, f"/enquiries/{id_}/move", {"to": "new"}).status == 409


def test_of_another_kind_there_is_nothing(asked: Api) -> None:
    """A client of an exercise sees no person's enquiry, and a made-up id is none."""
    id_ = asked.submit()
    probe = asked.client(exercise=77)
    assert asked.get(probe, f"/enquiries/{id_}").status == 404
    assert asked.get(probe, "/enquiries").json["items"] == []
    assert asked.post(probe, f"/enquiries/{id_}/open", {"purpose": PURPOSE}).status == 404
    who = asked.client(Role.OFFICER)
    assert asked.get(who, f"/enquiries/{'a' * 26}").status == 404
