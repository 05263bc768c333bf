# SPDX-License-Identifier: Apache-2.0
"""A disclosure is prepared, approved by another, sent or refused; each step is journaled, and who asked is sealed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests import cast, releases
from tests.releases import DOCUMENT, REQUESTER, Releases
from uphold import errors
from uphold.access import disclosure, procedure
from uphold.access.disclosure import Desk
from uphold.access.permission import Actor
from uphold.access.procedure import Outcome, Reason, State
from uphold.retention import sweep


def test_it_goes_from_preparing_to_its_end_each_step_by_whom_and_when(desk: Releases) -> None:
    one = desk.prepare()
    assert (one.state, one.prepared_by, one.approved_by) == (State.PREPARED, desk.officer.staff, 0)
    assert (one.recipient, one.ground) == ("authorities", "court-proceedings")
    approved = desk.approve(one.number)
    assert (approved.state, approved.approved_by) == (State.APPROVED, desk.owner.staff)
    file = desk.sent(one.number)
    assert file.disclosure.state is State.SENT
    assert file.disclosure.sent_at > 0
    done = desk.office.run(
        lambda tx: disclosure.confirm(tx, one.number, desk.officer, Outcome.RECEIVED)
    )
    assert (done.state, done.reason, done.open) == (State.CLOSED, "received", False)
    assert [(move.step, move.staff) for move in done.moves] == [
        ("approve", desk.owner.staff),
        ("send", desk.officer.staff),
        ("confirm", desk.officer.staff),
    ]
    assert done.moves[1].file == file.digest
    kinds = [kind for kind in desk.office.kinds() if kind.startswith("disclosure.")]
    assert kinds == [
        *("disclosure.prepared", "disclosure.opened", "disclosure.approved"),
        *("disclosure.opened", "disclosure.sent", "disclosure.closed"),
    ]
    assert desk.office.read(lambda c: disclosure.known_key(c, "authorities")) == desk.key


def test_the_journal_says_what_and_to_whom_and_never_who_asked(desk: Releases) -> None:
    one = desk.prepare()
    said = desk.office.entries()[one.entry]
    assert said.codes == {
        "disclosure": one.number,
        "staff": desk.officer.staff,
        "recipient": "authorities",
        "ground": "court-proceedings",
        "purpose": "communication",
        "fields": "email+name",
        "until": 0,
    }
    assert len(said.commitments) == 1
    for word in (DOCUMENT, REQUESTER):
        assert word not in b"".join(desk.office.raw()).decode()
        assert word.encode() not in desk.office.stored()
        assert word not in repr(desk.order())
    read = desk.office.read(lambda c: disclosure.papers(c, desk.office.ring, one.number))
    assert read is not None
    assert (read.requester, read.document) == (REQUESTER, DOCUMENT)
    assert DOCUMENT not in repr(read)


def test_who_prepared_does_not_approve(desk: Releases) -> None:
    one = desk.prepare()
    with pytest.raises(errors.Invalid, match="Nobody approves"):
        desk.approve(one.number, desk.officer)
    assert desk.find(one.number).state is State.PREPARED


def test_nothing_is_approved_unseen_or_after_it_changed(desk: Releases) -> None:
    one = desk.prepare()
    with pytest.raises(errors.Conflict, match="not what you looked at"):
        desk.office.run(lambda tx: disclosure.approve(tx, one.number, desk.owner, "0" * 64))
    seen = desk.seen(one.number, desk.owner).held
    desk.answer()
    with pytest.raises(errors.Conflict, match="not what you looked at"):
        desk.office.run(lambda tx: disclosure.approve(tx, one.number, desk.owner, seen))


@pytest.mark.parametrize("person", [cast.clerk, cast.analyst, cast.auditor], ids=lambda p: p.role)
def test_other_roles_have_no_part_in_it(desk: Releases, person: cast.Staff) -> None:
    other, one = desk.office.staff(person), desk.prepare()
    acts: list[Callable[[], object]] = [
        lambda: desk.prepare(actor=other),
        lambda: desk.approve(one.number, other),
        lambda: desk.office.run(
            lambda tx: disclosure.refuse(tx, one.number, other, Reason.MISTAKE)
        ),
        lambda: desk.office.run(
            lambda tx: disclosure.confirm(tx, one.number, other, Outcome.RECEIVED)
        ),
        lambda: desk.office.run(
            lambda tx: disclosure.decline(tx, desk.desk, other, "A", "B", Reason.NO_GROUND)
        ),
    ]
    for act in acts:
        with pytest.raises(errors.Invalid, match="role"):
            act()
    assert desk.find(one.number).moves == ()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"recipient": "nobody-known"}, "names no recipient"),
        ({"recipient": "hosting"}, "processor"),
        ({"ground": "police-request"}, "have nothing on the ground"),
        ({"requester": " "}, "not said who asks"),
        ({"document": ""}, "not said who asks"),
        ({"document": "x" * 1001}, "too long"),
        ({"key": "age1nobody"}, "public key"),
        ({"silence_until": releases.LATER}, "forbids nobody"),
    ],
)
def test_what_policy_and_law_do_not_allow_is_not_prepared(
    desk: Releases, change: dict[str, Any], match: str
) -> None:
    with pytest.raises(errors.Invalid, match=match):
        desk.prepare(replace(desk.order(), **change))
    assert "disclosure.prepared" not in desk.office.kinds()


def test_an_unknown_ground_record_or_field_is_not_prepared(desk: Releases) -> None:
    order = desk.order()
    with pytest.raises(errors.Missing, match="knows the ground"):
        desk.prepare(replace(order, ground="because"))
    with pytest.raises(errors.Missing, match="no submission 999"):
        desk.prepare(replace(order, scope=replace(order.scope, records=(999,))))
    with pytest.raises(errors.Invalid, match="called 'ip'"):
        desk.prepare(replace(order, scope=replace(order.scope, fields=frozenset({"ip"}))))


def test_a_silence_ends_and_then_the_person_is_told(desk: Releases) -> None:
    until = releases.LATER
    one = desk.prepare(replace(desk.order(), ground="criminal-case", silence_until=until))
    desk.approve(one.number)
    assert desk.of_record(until) == ()
    desk.sent(one.number)
    assert desk.of_record(until - 1) == ()
    assert [found.number for found in desk.of_record(until)] == [one.number]
    assert one.silent(until - 1)
    # Whoever got the data hears of a correction all the same.
    assert [found.number for found in desk.told()] == [one.number]


def test_what_did_not_arrive_was_told_to_nobody(desk: Releases) -> None:
    one = desk.prepare()
    desk.approve(one.number)
    desk.sent(one.number)
    assert len(desk.told()) == 1
    desk.office.run(
        lambda tx: disclosure.confirm(tx, one.number, desk.officer, Outcome.UNDELIVERED)
    )
    assert desk.told() == desk.of_record(releases.LATER) == ()


def test_refusals_are_kept(desk: Releases) -> None:
    one = desk.prepare()
    desk.office.run(lambda tx: disclosure.refuse(tx, one.number, desk.owner, Reason.TOO_MUCH))
    turned = desk.office.run(
        lambda tx: disclosure.decline(
            tx, desk.desk, desk.officer, REQUESTER, DOCUMENT, Reason.NOT_ENTITLED
        )
    )
    kept = desk.office.read(lambda c: disclosure.listed(c, State.REFUSED))
    assert [(found.number, found.reason) for found in kept] == [
        (turned.number, "not-entitled"),
        (one.number, "too-much"),
    ]
    assert (turned.recipient, turned.records, turned.fields) == ("none", (), ())
    assert desk.office.kinds().count("disclosure.refused") == 2
    for number in (one.number, turned.number):
        again = partial(disclosure.refuse, number=number, actor=desk.owner, reason=Reason.MISTAKE)
        with pytest.raises(errors.Conflict, match="is refused"):
            desk.office.run(again)


def test_the_paper_is_forgotten_after_three_years_and_the_register_stays(desk: Releases) -> None:
    one = desk.prepare()
    later = one.moved_at + disclosure.PAPER_MS
    desk.office.run(lambda tx: disclosure.forget(tx, later - 1))
    ring = desk.office.ring
    assert desk.office.read(lambda c: disclosure.papers(c, ring, one.number)) is not None
    desk.office.run(lambda tx: disclosure.forget(tx, later))
    assert desk.office.read(lambda c: disclosure.papers(c, ring, one.number)) is None
    assert desk.find(one.number).recipient == "authorities"


def test_exercises_and_people_stay_apart(desk: Releases) -> None:
    pretend = replace(desk.owner, exercise=True)
    one = desk.prepare()
    with pytest.raises(errors.Missing, match="no submission"):
        desk.prepare(actor=pretend)
    with pytest.raises(errors.Missing, match="no disclosure"):
        desk.approve(one.number, pretend)
    assert desk.office.read(lambda c: disclosure.listed(c, exercise=True)) == ()
    desk.office.run(disclosure.end_exercised)
    assert desk.find(one.number).open


def test_what_an_exercise_left_open_is_taken_back(desk: Releases) -> None:
    pretend = Desk(
        desk.desk.ring, desk.desk.edition, desk.desk.current, releases.exercised(desk.desk.look)
    )
    actor = replace(desk.officer, exercise=True)
    one = desk.office.run(lambda tx: disclosure.prepare(tx, pretend, actor, desk.order()))
    gone = desk.office.run(lambda tx: disclosure.prepare(tx, pretend, actor, desk.order()))
    owner = replace(desk.owner, exercise=True)
    held = desk.office.read(lambda c: disclosure.held(c, gone))
    desk.office.run(lambda tx: disclosure.approve(tx, gone.number, owner, held))
    desk.office.run(lambda tx: disclosure.sent(tx, pretend, gone.number, actor, "a" * 64))
    desk.office.run(disclosure.end_exercised)
    ended = [(found.state, found.reason) for found in map(desk.find, (one.number, gone.number))]
    assert ended == [(State.REFUSED, "exercise"), (State.CLOSED, "undelivered")]
    ring = desk.office.ring
    assert desk.office.read(lambda c: disclosure.papers(c, ring, one.number)) is None
    assert desk.office.read(disclosure.listed) == ()


def test_a_step_on_nothing_is_missing(desk: Releases) -> None:
    with pytest.raises(errors.Missing, match="no disclosure 7"):
        desk.approve(7, desk.owner, "")


def test_a_destroyed_record_stays_in_the_register(desk: Releases) -> None:
    one = desk.prepare()
    ring = desk.office.ring
    desk.office.run(lambda tx: sweep.destroy(tx, ring, one.records[0], sweep.Reason.DISCARDED))
    assert desk.find(one.number).records == one.records
    assert procedure.TABLE[desk.find(one.number).state]


def test_machines_within_scopes_only(desk: Releases) -> None:
    bound = Actor(desk.officer.staff, desk.officer.role, scopes=frozenset())
    with pytest.raises(errors.Invalid, match="role"):
        desk.prepare(actor=bound)
