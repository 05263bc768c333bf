# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from uphold import errors
from uphold.law import profile
from uphold.law.clock import Clock
from uphold.rights import machine
from uphold.rights.machine import ENDS, TABLE, Kind, Move, Request, State, Step

RU, EU = "ru-152fz", "eu-gdpr"
BOTH = (RU, EU)
START = int(datetime.fromisoformat("2026-11-23T12:00+03:00").timestamp() * 1000)
HOUR = 3_600_000
DAY = 24 * HOUR
# The way of a request to where it can be answered.
TO_WORK = (Step.VERIFY, Step.TAKE)


def moved(request: Request, *steps: Step) -> Request:
    for step in steps:
        request = machine.move(request, Move(step, START))
    return request


def received(kind: Kind = Kind.ACCESS, *profiles: str) -> Request:
    return machine.receive(kind, profiles or (RU,), START)


# Written by hand from the law: what each kind brings with it under each profile.
STAMPED = {
    Kind.ACCESS: ("2026-12-07", "2026-12-23", False, False),
    Kind.RECTIFICATION: ("2026-12-02", "2026-12-23", True, True),
    Kind.WITHDRAWAL: ("2026-12-23", "2026-12-23", False, False),
    Kind.ERASURE: ("2026-12-02", "2026-12-23", True, False),
    Kind.RESTRICTION: ("2026-12-07", "2026-12-23", True, True),
    Kind.OBJECTION: ("2026-12-07", "2026-12-23", False, True),
    Kind.PORTABILITY: ("2026-12-07", "2026-12-23", False, False),
    Kind.COMPLAINT: ("", "", False, False),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_request_is_stamped_by_each_law_when_it_comes_in(kind: Kind) -> None:
    russian, european, blocks_here, blocks_there = STAMPED[kind]
    both = received(kind, RU, EU)
    due = {one.profile: one.last_day.isoformat() for one in both.clocks}
    assert (due.get(RU, ""), due.get(EU, "")) == (russian, european)
    assert len(both.clocks) == len(due)
    assert received(kind, RU).blocks is blocks_here
    assert received(kind, EU).blocks is blocks_there
    assert both.blocks is (blocks_here or blocks_there)


def test_every_kind_of_a_ground_and_of_a_trigger_is_a_kind_of_request() -> None:
    kinds = {kind.value for kind in Kind}
    for name in profile.ids():
        law = profile.profile(name)
        assert {kind for ground in law.grounds for kind in ground.kinds} <= kinds
        asked = {t for r in law.rules for t in r.trigger if t.startswith("request.")}
        assert asked == {f"request.{kind}" for kind in kinds - {"complaint"}}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("laws", [(RU,), (EU,), BOTH])
def test_every_kind_can_be_refused_on_some_ground(kind: Kind, laws: tuple[str, ...]) -> None:
    assert machine.grounds(received(kind, *laws))


def test_under_two_laws_a_refusal_stands_in_both() -> None:
    russian = {ground.id for ground in machine.grounds(received(Kind.ACCESS, RU))}
    both = {ground.id for ground in machine.grounds(received(Kind.ACCESS, RU, EU))}
    assert "transport" in russian - both
    assert "others" in both


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_a_state_lets_exactly_its_steps_happen(state: State, step: Step) -> None:
    request = replace(received(), state=state)
    by = Move(step, START, profile=RU, ground="others")
    if step in TABLE[state]:
        assert machine.move(request, by).state is TABLE[state][step]
    else:
        with pytest.raises(errors.Conflict):
            machine.move(request, by)


def test_every_state_is_reached_and_every_open_one_can_end() -> None:
    reached = {State.RECEIVED}
    while new := {to for state in reached for to in TABLE[state].values()} - reached:
        reached |= new
    assert reached == set(State) == set(TABLE)
    assert {state for state in State if not TABLE[state]} == ENDS
    for state in set(State) - ENDS:
        assert {State.REFUSED, State.RETRACTED} <= set(TABLE[state].values())


def test_nothing_is_fulfilled_for_somebody_unverified() -> None:
    reached = {State.RECEIVED}
    while (
        new := {to for s in reached for step, to in TABLE[s].items() if step is not Step.VERIFY}
        - reached
    ):
        reached |= new
    assert State.FULFILLED not in reached


def test_an_extension_moves_the_clocks_of_its_law_alone() -> None:
    work = moved(received(Kind.ACCESS, RU, EU), *TO_WORK)
    assert machine.extendable(work, START) == (RU, EU)
    longer = machine.move(work, Move(Step.EXTEND, START + DAY, profile=RU))
    assert longer.state is State.EXTENDED
    assert [c.last_day for c in longer.clocks] == [date(2026, 12, 14), date(2026, 12, 23)]
    assert machine.extendable(longer, START + DAY) == (EU,)
    with pytest.raises(errors.Conflict):
        machine.move(longer, Move(Step.EXTEND, START + DAY, profile=RU))
    longest = machine.move(longer, Move(Step.EXTEND, START + 2 * DAY, profile=EU))
    assert longest.clocks[1].last_day == date(2027, 2, 23)
    assert machine.extendable(longest, START + 2 * DAY) == ()


@pytest.mark.parametrize("name", ["", EU, "mars"])
def test_an_extension_names_a_law_that_it_is_under(name: str) -> None:
    with pytest.raises(errors.Invalid):
        machine.move(moved(received(), *TO_WORK), Move(Step.EXTEND, START, profile=name))


def test_an_extension_after_the_end_or_without_ground_in_law_is_refused() -> None:
    work = moved(received(), *TO_WORK)
    assert machine.extendable(work, work.clocks[0].due) == ()
    with pytest.raises(errors.Conflict):
        machine.move(work, Move(Step.EXTEND, work.clocks[0].due, profile=RU))
    withdrawal = moved(received(Kind.WITHDRAWAL), *TO_WORK)
    assert machine.extendable(withdrawal, START) == ()
    with pytest.raises(errors.Invalid):
        machine.move(withdrawal, Move(Step.EXTEND, START, profile=RU))


@pytest.mark.parametrize("ground", ["", "because", "compelling"])
def test_a_refusal_names_a_ground_of_its_law_and_kind(ground: str) -> None:
    with pytest.raises(errors.Invalid) as caught:
        machine.move(received(), Move(Step.REFUSE, START, ground=ground))
    assert "others" in caught.value.advice
    refused = machine.move(received(), Move(Step.REFUSE, START, ground="others"))
    assert (refused.state, refused.ground) == (State.REFUSED, "others")


def test_a_step_before_the_last_one_is_refused() -> None:
    with pytest.raises(errors.Conflict):
        machine.move(received(), Move(Step.VERIFY, START - 1))
    verified = machine.move(received(), Move(Step.VERIFY, START + DAY))
    with pytest.raises(errors.Conflict):
        machine.move(verified, Move(Step.TAKE, START + DAY - 1))
    assert machine.move(verified, Move(Step.TAKE, START + DAY)).moved == START + DAY


def test_a_request_is_under_known_laws_each_once() -> None:
    assert received(Kind.ACCESS, RU, RU).profiles == (RU,)
    with pytest.raises(errors.Missing):
        received(Kind.ACCESS, "mars")
    with pytest.raises(errors.Invalid):
        machine.receive(Kind.ACCESS, (), START)


def test_blocking_starts_with_the_request_and_ends_with_it() -> None:
    asked = received(Kind.RECTIFICATION)
    assert asked.blocking
    assert moved(asked, *TO_WORK).blocking
    assert not moved(asked, *TO_WORK, Step.FULFIL).blocking
    assert not received(Kind.ACCESS).blocking


def test_the_alarm_is_the_earlier_clock_until_the_end() -> None:
    both = received(Kind.ACCESS, EU, RU)
    assert both.alarm is not None
    assert both.alarm.profile == RU
    assert not both.late(both.alarm.due - 1)
    assert both.late(both.alarm.due)
    done = moved(both, *TO_WORK, Step.FULFIL)
    assert done.alarm is None
    assert not done.late(both.alarm.due)
    assert not received(Kind.COMPLAINT).late(START + 1000 * DAY)


def test_an_open_request_is_soon_due_once_any_of_its_terms_is() -> None:
    both = received(Kind.ACCESS, EU, RU)
    assert not both.soon(START + 8 * DAY)
    # Ten of the fourteen and a half days have passed under one law, a third of the month under the other.
    assert both.soon(START + 10 * DAY)
    assert not moved(both, *TO_WORK, Step.FULFIL).soon(START + 10 * DAY)


def test_an_open_request_answers_a_later_one_that_asks_the_same() -> None:
    first = received()
    again = machine.receive(Kind.ACCESS, (RU,), START + DAY)
    assert machine.answers_too(first, again)
    assert not machine.answers_too(moved(first, *TO_WORK, Step.FULFIL), again)
    assert not machine.answers_too(received(Kind.ERASURE), again)
    # A law that the first one was not under would lose its clock.
    assert not machine.answers_too(first, machine.receive(Kind.ACCESS, BOTH, START + DAY))


def test_joining_gives_no_more_time() -> None:
    longer = machine.move(moved(received(), *TO_WORK), Move(Step.EXTEND, START, profile=RU))
    assert not machine.answers_too(longer, machine.receive(Kind.ACCESS, (RU,), START + DAY))
    assert machine.answers_too(longer, machine.receive(Kind.ACCESS, (RU,), START + 7 * DAY))


class Life(RuleBasedStateMachine):
    """Steps in any order and at any time, lawful or not."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.request = received()
        self.stamped: tuple[Clock, ...] = self.request.clocks
        self.extensions: list[str] = []
        self.end: Request | None = None

    @initialize(
        kind=st.sampled_from(Kind),
        laws=st.sampled_from([(RU,), (EU,), BOTH, BOTH[::-1]]),
        at=st.integers(START - 600 * DAY, START + 800 * DAY),
    )
    def begin(self, kind: Kind, laws: tuple[str, ...], at: int) -> None:
        self.now = at
        self.request = machine.receive(kind, laws, at)
        self.stamped = self.request.clocks

    @rule(hours=st.integers(0, 24 * 20))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(
        step=st.sampled_from(Step),
        name=st.sampled_from([RU, EU, ""]),
        ground=st.sampled_from(["", "identity", "others", "transport", "nonsense"]),
    )
    def attempt(self, step: Step, name: str, ground: str) -> None:
        self._try(Move(step, self.now, name, ground))

    @precondition(lambda self: self.request.open)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """A step of the table, so that ends are reached too."""
        step = data.draw(st.sampled_from(sorted(TABLE[self.request.state])))
        name = data.draw(st.sampled_from(self.request.profiles))
        ground = data.draw(st.sampled_from([one.id for one in machine.grounds(self.request)]))
        self._try(Move(step, self.now, name, ground))

    def _try(self, by: Move) -> None:
        before = self.request
        try:
            self.request = machine.move(before, by)
        except (errors.Conflict, errors.Invalid):
            # A refusal of a lawful step has its reason in a term or in a ground.
            if by.step in TABLE[before.state]:
                assert by.step in {Step.EXTEND, Step.REFUSE}
            return
        assert self.request.state is TABLE[before.state][by.step]
        assert before.open
        if by.step is Step.EXTEND:
            assert by.profile not in self.extensions
            self.extensions.append(by.profile)
        if not self.request.open:
            self.end = self.request

    @invariant()
    def no_deadline_moves_without_an_extension(self) -> None:
        for first, now in zip(self.stamped, self.request.clocks, strict=True):
            assert (first.profile, first.rule, first.started) == (
                now.profile,
                now.rule,
                now.started,
            )
            assert now.extended is (now.profile in self.extensions)
            assert (now.due > first.due) if now.extended else (now == first)

    @invariant()
    def nothing_moves_after_an_end(self) -> None:
        if self.end is not None:
            assert self.request is self.end

    @invariant()
    def it_is_in_a_lawful_state(self) -> None:
        assert self.request.state in State
        assert (self.request.state is State.REFUSED) is bool(self.request.ground)
        assert self.request.open is (self.request.state not in ENDS)
        if self.extensions:
            assert self.request.state in {
                State.EXTENDED, State.FULFILLED, State.REFUSED, State.RETRACTED,
            }  # fmt: skip

    @invariant()
    def the_alarm_is_the_earliest_clock(self) -> None:
        alarm = self.request.alarm
        if alarm is None:
            assert not (self.request.open and self.request.clocks)
        else:
            assert alarm.due == min(one.due for one in self.request.clocks)
            assert self.request.late(self.now) is (self.now >= alarm.due)


def test_no_order_of_steps_breaks_it() -> None:
    run_state_machine_as_test(
        Life, settings=settings(max_examples=150, stateful_step_count=25, deadline=None)
    )
