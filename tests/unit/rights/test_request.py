# SPDX-License-Identifier: Apache-2.0
"""A stored request is the pure one, kept: its clocks, its block, its duplicates, its history, its entries."""

import itertools
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.office import Office, now
from uphold import errors
from uphold.access import hold
from uphold.rights import machine, request
from uphold.rights.machine import TABLE, Kind, Move, Request, State, Step
from uphold.rights.request import Channel, Identity, Intake, Stored
from uphold.vault import pseudonym

RU, EU = "ru-152fz", "eu-gdpr"
ZONE = "Europe/Moscow"
DAY = 24 * 3_600_000
BEFORE, AFTER = "0a" * 32, "0b" * 32


def intake(office: Office, kind: Kind, *records: int, **more: object) -> Intake:
    subject = (
        office.read(lambda c: pseudonym.of_record(c, office.ring, records[0]))
        if records
        else "AAAAAAAAAAAAAAAA"
    )
    made = Intake(kind, records, subject, Channel.PAPER, Identity.NONE, "ru", staff=3)
    return replace(made, **more)  # type: ignore[arg-type] # the tests' own names


def receive(office: Office, asked: Intake, *profiles: str, at: int = 0) -> Stored:
    laws = profiles or (RU,)
    return office.run(lambda tx: request.receive(tx, office.ring, ZONE, laws, asked, at))


def step(office: Office, number: int, *steps: Step, **more: str) -> Stored:
    for one in steps:
        by = Move(one, now(), **more)
        stored = office.run(partial(request.move, ring=office.ring, number=number, by=by, staff=4))
    return stored


def test_a_request_is_stored_as_the_machine_made_it(office: Office) -> None:
    record = office.submit()
    asked = intake(office, Kind.ACCESS, record, representative=request.Representative.PARENT)
    made = receive(office, asked, RU, EU)
    found = office.read(lambda c: request.find(c, made.number))
    assert found == made
    assert found.request == machine.receive(Kind.ACCESS, (RU, EU), made.request.received, ZONE)
    assert [one.profile for one in found.request.clocks] == [RU, EU]
    assert office.read(lambda c: request.of_record(c, record)) == (made,)
    assert office.read(lambda c: request.of_subject(c, asked.subject)) == (made,)
    said = office.entries()[-1]
    first = made.request.alarm
    assert first is not None
    assert said.codes == {
        "request": made.number,
        "kind": "access",
        "channel": "paper",
        "due": first.due // 1000,
        "profiles": f"{RU}+{EU}",
    }


def test_every_step_is_journaled_and_kept(office: Office) -> None:
    made = receive(office, intake(office, Kind.ACCESS, office.submit()))
    step(office, made.number, Step.ASK_IDENTITY, Step.VERIFY, Step.TAKE)
    step(office, made.number, Step.EXTEND, profile=RU)
    step(office, made.number, Step.REFUSE, ground="others")
    past = office.read(lambda c: request.history(c, made.number))
    assert [one.to for one in past] == [
        State.IDENTITY_ASKED,
        State.VERIFIED,
        State.IN_WORK,
        State.EXTENDED,
        State.REFUSED,
    ]
    assert [one.ground for one in past] == ["", "", "", RU, "others"]
    entries = office.entries()
    for one in past:
        codes = entries[one.entry].codes
        assert (codes["from"], codes["to"], codes["staff"]) == (one.origin, one.to, 4)
    found = office.read(lambda c: request.find(c, made.number))
    assert (found.request.ground, found.request.clocks[0].extended) == ("others", True)
    assert found.request.alarm is None


def test_what_is_blocked_is_blocked_until_the_request_ends(office: Office) -> None:
    record = office.submit()
    made = receive(office, intake(office, Kind.RECTIFICATION, record))
    held = office.read(lambda c: hold.active(c, now()))
    assert [one.record for one in held] == [record]
    step(office, made.number, Step.VERIFY, Step.TAKE)
    assert office.read(lambda c: hold.active(c, now())) == held
    office.run(lambda tx: request.done(tx, office.ring, made.number, 4, BEFORE, AFTER))
    assert office.read(lambda c: hold.active(c, now() + 1)) == ()
    (last,) = [o for o in office.read(lambda c: request.history(c, made.number)) if o.before]
    assert (last.before, last.after) == (BEFORE, AFTER)
    assert "request.proved" in office.kinds()


def test_what_is_asked_twice_is_joined(office: Office) -> None:
    record, other = office.submit(), office.submit()
    first = receive(office, intake(office, Kind.ERASURE, record))
    again = receive(office, intake(office, Kind.ERASURE, record, identity=Identity.CONTACT))
    assert (again.request.state, again.joined) == (State.JOINED, first.number)
    assert len(office.read(lambda c: hold.active(c, now()))) == 1
    # Of another record, of another kind, or with other words, it is another request.
    assert receive(office, intake(office, Kind.ERASURE, record, other)).joined == 0
    assert receive(office, intake(office, Kind.ACCESS, record)).joined == 0
    assert receive(office, intake(office, Kind.COMPLAINT, record)).joined == 0
    assert receive(office, intake(office, Kind.COMPLAINT, record)).joined == 0
    narrow = receive(office, intake(office, Kind.OBJECTION, record, purposes=("newsletter",)))
    assert receive(office, intake(office, Kind.OBJECTION, record)).joined == 0
    repeated = intake(office, Kind.OBJECTION, record, purposes=("newsletter",))
    assert receive(office, repeated).joined in (narrow.number, narrow.number + 1)
    at_once = receive(office, intake(office, Kind.ERASURE, record, at_once=True))
    assert at_once.joined == 0
    ended = office.run(lambda tx: request.done(tx, office.ring, at_once.number, 0))
    assert ended.request.state is State.FULFILLED


def test_who_is_known_is_verified_at_once(office: Office) -> None:
    known = intake(office, Kind.OBJECTION, office.submit(), identity=Identity.CONTACT)
    assert receive(office, known).request.state is State.VERIFIED


def test_a_letter_counts_from_the_day_it_came(office: Office) -> None:
    asked = intake(office, Kind.ACCESS, office.submit())
    came = now() - 40 * DAY
    made = receive(office, asked, at=came)
    assert made.request.received == came
    assert [one.number for one in office.read(lambda c: request.late(c, now()))] == [made.number]
    # Nothing comes in tomorrow.
    assert receive(office, asked, at=now() + DAY).request.received <= now()


def test_late_and_soon_are_listed_by_what_is_due_first(office: Office) -> None:
    ages = (40, 9, 60, 0)
    made = [
        receive(office, intake(office, Kind.ACCESS, office.submit()), at=now() - age * DAY)
        for age in ages
    ]
    numbers = [one.number for one in made]
    late = office.read(lambda c: request.late(c, now()))
    assert [one.number for one in late] == [numbers[2], numbers[0]]
    due = made[1].request.clocks[0]
    near = due.due - (due.due - due.started) // 3
    soon = office.read(lambda c: request.soon(c, near))
    assert [one.number for one in soon][:3] == [numbers[2], numbers[0], numbers[1]]
    assert numbers[1] not in [o.number for o in office.read(lambda c: request.soon(c, near - 1))]
    office.run(lambda tx: request.done(tx, office.ring, numbers[2], 4))
    assert numbers[2] not in [o.number for o in office.read(lambda c: request.soon(c, near))]
    assert [o.number for o in office.read(lambda c: request.ended(c, 9))] == [numbers[2]]


def test_a_request_about_nothing_that_is_held_is_taken_too(office: Office) -> None:
    made = receive(office, intake(office, Kind.ACCESS))
    assert office.read(lambda c: request.find(c, made.number)).records == ()


def test_there_is_no_request_that_nobody_made(office: Office) -> None:
    with pytest.raises(errors.Missing):
        office.read(lambda c: request.find(c, 99))


def test_what_an_exercise_asked_is_apart_and_taken_back(office: Office) -> None:
    asked = intake(office, Kind.RESTRICTION, office.submit(), exercise=True)
    made = receive(office, asked, at=now() - 40 * DAY)
    assert office.read(lambda c: request.late(c, now())) == ()
    assert office.read(lambda c: request.late(c, now(), exercise=True)) == (made,)
    office.run(lambda tx: request.end_exercised(tx, office.ring))
    assert office.read(lambda c: request.open_(c, exercise=True)) == ()
    assert office.read(lambda c: hold.active(c, now() + 1)) == ()


class Kept(RuleBasedStateMachine):
    """Requests of one person, stored, beside the pure ones: after any order of steps both say the same."""

    office: Office
    records: tuple[int, ...]
    people = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.subject = f"PERSON{next(self.people)}"
        self.pure: dict[int, Request] = {}
        self.about: dict[int, tuple[int, ...]] = {}
        self.blocked: set[int] = set()

    def teardown(self) -> None:
        for number, one in self.pure.items():
            if one.open:
                step(self.office, number, Step.RETRACT)

    @rule(
        kind=st.sampled_from(Kind),
        laws=st.sampled_from([(RU,), (RU, EU)]),
        many=st.integers(1, 2),
        days=st.integers(0, 300),
        at_once=st.booleans(),
    )
    def ask(self, kind: Kind, laws: tuple[str, ...], many: int, days: int, at_once: bool) -> None:
        records, came = self.records[:many], now() - days * DAY
        asked = Intake(
            kind, records, self.subject, Channel.MAIL, Identity.NONE, "ru", at_once=at_once
        )
        made = receive(self.office, asked, *laws, at=came)
        fresh = machine.receive(kind, laws, came, ZONE)
        twin = None if at_once else self._twin(fresh, records)
        assert made.joined == (twin or 0)
        if twin:
            fresh = machine.move(fresh, Move(Step.JOIN, made.request.moved))
        elif fresh.blocks and not at_once:
            self.blocked.add(made.number)
        self.pure[made.number], self.about[made.number] = fresh, records

    def _twin(self, fresh: Request, records: tuple[int, ...]) -> int | None:
        if fresh.kind in (Kind.RECTIFICATION, Kind.COMPLAINT):
            return None
        for number in sorted(self.pure, reverse=True):
            covers = set(records) <= set(self.about[number])
            if covers and machine.answers_too(self.pure[number], fresh):
                return number
        return None

    @precondition(lambda self: self.pure)
    @rule(
        data=st.data(),
        law=st.sampled_from(["", RU, EU]),
        ground=st.sampled_from(["", "identity", "others", "nonsense"]),
    )
    def attempt(self, data: st.DataObject, law: str, ground: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.pure)))
        leads = sorted(TABLE[self.pure[number].state]) or list(Step)
        by = Move(data.draw(st.sampled_from(leads)), now(), law, ground)
        before = len(self.office.raw())
        try:
            after = machine.move(self.pure[number], by)
        except errors.UpholdError as refused:
            with pytest.raises(type(refused)):
                self.office.run(lambda tx: request.move(tx, self.office.ring, number, by, 4))
            assert len(self.office.raw()) == before
            return
        self.office.run(lambda tx: request.move(tx, self.office.ring, number, by, 4))
        self.pure[number] = after

    @invariant()
    def the_store_says_what_the_machine_says(self) -> None:
        found = self.office.read(lambda c: request.of_subject(c, self.subject))
        assert {one.number: one.request for one in found} == self.pure

    @invariant()
    def what_is_blocked_is_blocked_and_nothing_else(self) -> None:
        expected = sorted(
            record
            for number in self.blocked
            if self.pure[number].open
            for record in self.about[number]
        )
        held = self.office.read(lambda c: hold.active(c, now() + 1))
        assert sorted(one.record for one in held if one.record is not None) == expected

    @invariant()
    def late_ones_are_listed(self) -> None:
        at = now()
        late = self.office.read(lambda c: request.late(c, at))
        assert {one.number for one in late} == {
            number for number, one in self.pure.items() if one.late(at)
        }


def test_no_order_of_steps_parts_the_store_from_the_machine(sqlite_office: Office) -> None:
    Kept.office = sqlite_office
    Kept.records = (sqlite_office.submit(), sqlite_office.submit())
    run_state_machine_as_test(
        Kept,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
