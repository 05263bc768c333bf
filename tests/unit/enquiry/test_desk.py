# SPDX-License-Identifier: Apache-2.0
"""Where enquiries stand, how they move, and that a list tells nothing of anybody."""

import asyncio
from functools import partial
from itertools import product

import pytest
from msgspec import structs

from tests import cast, site
from tests.office import Office
from uphold import errors
from uphold.access.permission import Permission
from uphold.enquiry import desk
from uphold.enquiry.desk import Item, State
from uphold.retention.ends import Happened
from uphold.submission.submit import Intake, Received
from uphold.vault import remains

CLERK = 7


def move(office: Office, record: int, *states: State) -> Item:
    for to in states:
        office.run(partial(desk.move, ring=office.ring, record=record, to=to, staff=CLERK))
    return office.read(lambda c: desk.find(c, record))


def numbers(office: Office, state: State, before: int | None = None, limit: int = 50) -> list[int]:
    lines = office.read(lambda c: desk.page(c, state, before=before, limit=limit))
    return [line.item.record for line in lines]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.ASIDE, {State.NEW, State.DISCARDED}),
        (State.NEW, {State.IN_WORK, State.CLOSED}),
        (State.IN_WORK, {State.ANSWERED, State.CLOSED}),
        (State.ANSWERED, {State.IN_WORK, State.CLOSED}),
        (State.CLOSED, {State.IN_WORK}),
        (State.DISCARDED, set()),
    ],
)
def test_the_table_of_moves(state: State, expected: set[State]) -> None:
    assert desk.allowed(state) == expected


def test_each_move_needs_a_permission_of_its_weight() -> None:
    assert desk.needed(State.ASIDE, State.DISCARDED) is Permission.ENQUIRY_DISCARD
    assert desk.needed(State.ASIDE, State.NEW) is Permission.ENQUIRY_RELEASE
    for state, to in product(set(State) - {State.ASIDE}, State):
        if to in desk.allowed(state):
            assert desk.needed(state, to) is Permission.ENQUIRY_MOVE


def test_a_submission_arrives_with_its_record(office: Office) -> None:
    record, doubtful = office.submit(), office.submit(aside=True)
    found = office.read(lambda c: desk.find(c, record))
    assert (found.state, found.staff, found.reasons) == (State.NEW, None, ())
    aside = office.read(lambda c: desk.find(c, doubtful))
    assert (aside.state, aside.reasons) == (State.ASIDE, ("too-fast", "honeypot"))


def test_a_state_that_is_none_does_not_arrive(office: Office) -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        office.run(lambda tx: desk.arrive(tx, 99, "elsewhere"))


def test_taken_into_work_it_is_the_takers(office: Office) -> None:
    record = office.submit()
    taken = move(office, record, State.IN_WORK)
    assert (taken.state, taken.staff) == (State.IN_WORK, CLERK)
    said = office.entries()[-1]
    assert said.kind == "enquiry.moved"
    assert said.codes == {"staff": CLERK, "from": "new", "to": "in-work"}
    assert move(office, record, State.ANSWERED, State.CLOSED).staff == CLERK


def test_its_history_is_told(office: Office) -> None:
    record, other = office.submit(), office.submit()
    move(office, other, State.CLOSED)
    move(office, record, State.IN_WORK, State.ANSWERED, State.CLOSED, State.IN_WORK)
    told = office.read(lambda c: desk.history(c, record))
    assert [(str(m.origin), str(m.to)) for m in told] == [
        ("new", "in-work"),
        ("in-work", "answered"),
        ("answered", "closed"),
        ("closed", "in-work"),
    ]
    entries = office.entries()
    assert [entries[m.entry].codes["to"] for m in told] == [str(m.to) for m in told]


def test_what_is_not_in_the_table_is_a_conflict_and_leaves_no_trace(office: Office) -> None:
    record = office.submit()
    before = office.raw()
    for to in set(State) - desk.allowed(State.NEW):
        with pytest.raises(errors.Conflict):
            move(office, record, to)
    assert office.raw() == before
    with pytest.raises(errors.Missing):
        move(office, 999, State.IN_WORK)


def test_released_it_is_among_the_new_ones(office: Office) -> None:
    record = office.submit(aside=True)
    found = office.run(lambda tx: desk.release(tx, office.ring, record, CLERK))
    assert found.state == State.NEW
    assert numbers(office, State.NEW) == [record]
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: desk.discard(tx, office.ring, record, CLERK))


@pytest.mark.parametrize("by_move", [True, False])
def test_discarded_nothing_sealed_is_left(office: Office, by_move: bool) -> None:
    record, other = office.submit(aside=True), office.submit(aside=True)
    if by_move:
        move(office, record, State.DISCARDED)
    else:
        office.run(lambda tx: desk.discard(tx, office.ring, record, CLERK))
    assert office.read(lambda c: remains.live(c, record)) == []
    assert len(office.read(lambda c: remains.live(c, other))) == 3
    # One act for each purpose, which the next sweep closes.
    requested = ["destruction.requested"] * 3
    assert office.kinds()[-7:] == ["enquiry.moved", *requested, *["part.destroyed"] * 3]
    assert office.read(lambda c: desk.find(c, record)).state == State.DISCARDED


def test_pages_go_down_from_the_newest(office: Office) -> None:
    made = sorted((office.submit() for _ in range(5)), reverse=True)
    move(office, made[2], State.IN_WORK)
    left = [number for number in made if number != made[2]]
    assert numbers(office, State.NEW) == left
    assert numbers(office, State.NEW, limit=2) == left[:2]
    assert numbers(office, State.NEW, before=left[1], limit=2) == left[2:]
    assert numbers(office, State.NEW, before=left[-1]) == []
    assert numbers(office, State.IN_WORK) == [made[2]]


def test_a_line_tells_form_language_and_time_and_nothing_personal(office: Office) -> None:
    office.submit(cast.subject)
    (line,) = office.read(lambda c: desk.page(c, State.NEW))
    assert (line.form, line.language, line.edition) == ("feedback", "ru", 1)
    assert 0 <= line.item.changed_at - line.received_at < 600_000
    assert cast.leaks(repr(line).encode()) == []


def test_every_state_is_counted(office: Office) -> None:
    assert office.read(desk.counts) == dict.fromkeys(State, 0)
    for _ in range(3):
        office.submit()
    move(office, office.submit(), State.IN_WORK)
    office.submit(aside=True)
    found = office.read(desk.counts)
    assert found == {**dict.fromkeys(State, 0), State.NEW: 3, State.IN_WORK: 1, State.ASIDE: 1}


def test_no_more_are_counted_than_are_shown(office: Office) -> None:
    for _ in range(4):
        office.submit()
    office.submit(aside=True)
    found = office.read(partial(desk.counts, most=2))
    # One more than that says that there are more.
    assert found == {**dict.fromkeys(State, 0), State.NEW: 3, State.ASIDE: 1}


def test_what_is_not_counted_takes_no_place_of_what_is(office: Office) -> None:
    office.submit()
    for run in (3, 4, 5):
        marked(office, run)
    office.submit()
    assert office.read(partial(desk.counts, most=1))[State.NEW] == 2


def marked(office: Office, run: int) -> int:
    """The number of a submission of a run of probes."""
    app = office.app
    intake = Intake(app.writer, app.database, app.ring, desk.arrive, lambda _tx, _run: None)
    received = asyncio.run(intake.take(structs.replace(site.post(app), exercise=run)))
    assert isinstance(received, Received)
    return received.number


def test_what_runs_of_probes_sent_stands_apart(office: Office) -> None:
    person, own, later = office.submit(), marked(office, 3), marked(office, 4)
    assert numbers(office, State.NEW) == [person]
    lines = office.read(partial(desk.page, state=State.NEW, exercise=True))
    assert {line.item.record for line in lines} == {later, own}
    assert office.read(desk.counts)[State.NEW] == 1
    assert office.read(partial(desk.counts, exercise=True))[State.NEW] == 2


def test_what_is_removed_is_on_no_list(office: Office) -> None:
    person, own = office.submit(), marked(office, 3)
    move(office, own, State.IN_WORK)
    office.run(lambda tx: desk.remove(tx, own))
    with pytest.raises(errors.Missing):
        office.read(lambda c: desk.find(c, own))
    assert office.read(lambda c: desk.history(c, own)) == ()
    assert sum(office.read(partial(desk.counts, exercise=True)).values()) == 0
    assert office.read(lambda c: desk.find(c, person)).state == State.NEW


def test_what_happened_to_an_enquiry_stands_until_it_is_taken_up_again(office: Office) -> None:
    record, untouched = office.submit(), office.submit()

    def happened() -> Happened | None:
        found = office.read(lambda c: desk.happened(c, [record, untouched]))
        assert untouched not in found
        return found.get(record)

    def move(*states: State) -> None:
        for state in states:
            office.run(partial(desk.move, ring=office.ring, record=record, to=state, staff=1))

    assert happened() is None
    move(State.IN_WORK, State.ANSWERED)
    answered = happened()
    assert answered is not None
    assert (answered.answered is not None, answered.closed) == (True, None)
    move(State.CLOSED)
    closed = happened()
    assert closed is not None
    assert closed.answered == answered.answered
    assert closed.closed is not None
    move(State.IN_WORK)
    assert happened() is None
    move(State.CLOSED)
    again = happened()
    assert again is not None
    assert again.closed is not None
