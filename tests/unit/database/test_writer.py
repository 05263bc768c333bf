# SPDX-License-Identifier: Apache-2.0
"""Group commit: who shares a batch, who fails alone, what a waiter may do meanwhile."""

import asyncio
import contextlib
import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from tests.unit.database.conftest import Call, Hold, Room, mark, put, thing
from uphold import errors
from uphold.database import writer as writers
from uphold.database.transaction import Transaction


class Rejected(Exception):
    """What a test's work raises."""


def reject(tx: Transaction) -> None:
    tx.insert(thing, (99, "half written", None))
    raise Rejected


def test_an_answer_means_a_durable_commit(room: Room) -> None:
    batch = room.writer.run(put(1))
    assert len(batch) == 16
    assert room.numbers() == [1]
    with room.database.read() as connection:
        assert room.log.holds(connection, batch)


async def test_the_loop_is_not_blocked(room: Room) -> None:
    hold = Hold(room.writer)
    waiting = asyncio.create_task(room.writer.submit(put(1)))
    await asyncio.sleep(0)
    assert not waiting.done()
    hold.release()
    assert len(await waiting) == 16
    assert room.numbers() == [1]


def test_what_queued_meanwhile_shares_a_batch(room: Room) -> None:
    batches = room.together(*[put(number) for number in range(1, 21)])
    assert len(set(batches)) == 1
    assert room.numbers() == list(range(1, 21))


def test_members_run_in_the_order_of_their_coming(room: Room) -> None:
    seen: list[int] = []

    def note(number: int) -> Callable[[Transaction], None]:
        return lambda tx: seen.append(number)

    room.together(*[note(number) for number in range(10)])
    assert seen == list(range(10))


def test_a_batch_has_its_limit(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "LARGEST_BATCH", 8)
    batches = room.together(*[put(number) for number in range(20)])
    assert max(batches.count(batch) for batch in batches) == 8
    assert room.numbers() == list(range(20))


def test_a_member_that_raises_fails_alone(room: Room) -> None:
    first, failed, last = room.together(put(1), reject, put(3))
    assert isinstance(failed, Rejected)
    assert first == last
    assert room.numbers() == [1, 3]


def test_an_error_raised_on_purpose_reaches_its_own_waiter(room: Room) -> None:
    def refuse(tx: Transaction) -> None:
        raise errors.Missing("There is no such thing.", "Look again.")

    _, failed = room.together(put(1), refuse)
    assert isinstance(failed, errors.Missing)
    assert failed.message == "There is no such thing."
    assert room.numbers() == [1]


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
def test_nothing_that_work_raises_ends_the_writer(room: Room, kind: type[BaseException]) -> None:
    def leave(tx: Transaction) -> None:
        raise kind

    stored, failed = room.together(put(1), leave)
    assert isinstance(failed, kind)
    assert len(stored) == 16
    room.writer.run(put(2))
    assert room.numbers() == [1, 2]


@pytest.mark.parametrize("place", range(4))
def test_a_conflict_is_told_to_its_member_only(room: Room, place: int) -> None:
    room.writer.run(put(7))
    works = [put(1), put(2), put(3)]
    works.insert(place, put(7))
    outcomes = room.together(*works)
    assert isinstance(outcomes.pop(place), errors.Conflict)
    assert [type(outcome) for outcome in outcomes] == [bytes] * 3, outcomes
    assert room.numbers() == [1, 2, 3, 7]


def test_of_two_alike_in_one_batch_the_first_is_stored(room: Room) -> None:
    outcomes = room.together(put(1), put(2), put(2), put(3))
    assert [type(outcome) for outcome in outcomes] == [bytes, bytes, errors.Conflict, bytes]
    assert room.numbers() == [1, 2, 3]


def test_a_conflict_in_a_statement_counts_as_well(room: Room) -> None:
    room.writer.run(put(1))
    outcomes = room.together(put(2), lambda tx: tx.execute(insert(mark).values(number=1)), put(3))
    assert isinstance(outcomes[1], errors.Conflict)
    assert room.numbers() == [1, 2, 3]


@pytest.mark.parametrize("times", range(12))
def test_conflicts_leave_the_connection_as_it_was(room: Room, times: int) -> None:
    """A driver prepares a statement after a few uses; one that was refused is not prepared."""
    room.writer.run(put(1000))
    for number in range(times):
        room.writer.run(put(number))
    for number in range(100, 110, 2):
        outcomes = room.together(put(number), put(1000), put(number + 1))
        assert [type(outcome) for outcome in outcomes] == [bytes, errors.Conflict, bytes], outcomes


def test_an_error_that_work_hides_is_not_acknowledged(room_server: Room) -> None:
    room = room_server

    def hide(tx: Transaction) -> None:
        tx.execute(insert(mark).values(number=1))
        with contextlib.suppress(IntegrityError):
            tx.execute(insert(mark).values(number=1))

    with pytest.raises(errors.Unavailable, match="rolled back"):
        room.writer.run(hide)
    room.writer.run(put(1))
    assert room.numbers() == [1]


def test_a_conflict_says_nothing_of_the_row(room: Room) -> None:
    room.writer.run(put(1))
    with pytest.raises(errors.Conflict) as caught:
        room.writer.run(put(1, b"secret"))
    assert caught.value.__cause__ is None
    assert "thing" not in str(caught.value)


@pytest.mark.parametrize("row", [(1,), ("one", "two", "three", "four"), (1, 2, object())])
def test_a_row_of_the_wrong_shape_fails_alone(room: Room, row: tuple[Any, ...]) -> None:
    first, failed, last = room.together(put(1), lambda tx: tx.insert(thing, row), put(3))
    assert isinstance(failed, Exception)
    assert not isinstance(failed, errors.UpholdError)
    assert isinstance(first, bytes)
    assert isinstance(last, bytes)
    assert room.numbers() == [1, 3]


def test_work_sees_what_it_wrote(room: Room) -> None:
    def look(tx: Transaction) -> list[int]:
        tx.insert(thing, (5, "five", None))
        return list(tx.execute(select(thing.c.number)).scalars())

    assert room.writer.run(look) == [5]


async def test_a_waiter_that_is_cancelled_does_no_harm(room: Room) -> None:
    hold = Hold(room.writer)
    tasks = [asyncio.create_task(room.writer.submit(put(number))) for number in (1, 2)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    hold.release()
    assert len(await tasks[1]) == 16
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    # It was queued and is stored: whoever goes away has not taken anything back.
    assert room.numbers() == [1, 2]


def test_a_loop_that_was_closed_does_no_harm(room: Room) -> None:
    hold = Hold(room.writer)
    loop = asyncio.new_event_loop()
    pending = [loop.create_task(room.writer.submit(put(1)))]
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    still = Call(room.writer, put(2))
    hold.release()
    assert len(still.outcome) == 16
    assert room.numbers() == [1, 2]
    pending[0]._log_destroy_pending = False  # type: ignore[attr-defined] # its end is the point here


@pytest.mark.parametrize(
    "before", [(), (reject,), (put(1),)], ids=["alone", "rejected", "conflict"]
)
def test_nobody_keeps_what_was_stored(
    room: Room, before: tuple[Callable[[Transaction], Any], ...]
) -> None:
    room.writer.run(put(1))
    works = [*before, put(2, b"Between us.")]
    ended = [weakref.ref(work) for work in works[len(before) :]]
    room.together(*works)
    del works
    while not room.writer.is_idle:
        pass
    gc.collect()
    assert [one() for one in ended] == [None]
    assert room.numbers() == [1, 2]


def test_a_batch_that_is_over_needs_no_collector(room: Room) -> None:
    """Else a site keeps each of them, with all its entries, until the collector comes round."""
    kept: list[weakref.ref[Transaction]] = []

    def work(tx: Transaction) -> None:
        put(1 + len(kept))(tx)
        kept.append(weakref.ref(tx))

    room.writer.run(lambda tx: None)
    gc.disable()
    try:
        for _ in range(3):
            room.writer.run(work)
        while not room.writer.is_idle:
            pass
        assert [one() for one in kept] == [None, None, None]
    finally:
        gc.enable()


def test_closing_finishes_the_queue(room: Room) -> None:
    hold = Hold(room.writer)
    calls = [Call(room.writer, put(number)) for number in range(1, 9)]
    while room.writer._queue.qsize() < 8:
        pass
    closing = threading.Thread(target=room.writer.close)
    closing.start()
    hold.release()
    closing.join(30)
    assert [len(call.outcome) for call in calls] == [16] * 8
    assert room.numbers() == list(range(1, 9))
    with pytest.raises(errors.Unavailable, match="stopping"):
        room.writer.run(put(9))
    room.writer.close()


def test_closing_leaves_nobody_without_an_answer(room: Room) -> None:
    outcomes: list[list[Any]] = [[] for _ in range(8)]

    def knock(mine: int) -> None:
        for count in range(10_000):
            number = mine * 10_000 + count
            try:
                room.writer.run(put(number))
            except errors.Unavailable:
                return
            outcomes[mine].append(number)

    threads = [threading.Thread(target=knock, args=(mine,), daemon=True) for mine in range(8)]
    for thread in threads:
        thread.start()
    while not all(outcomes):
        pass
    room.writer.close()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert room.numbers() == sorted(number for mine in outcomes for number in mine)


def test_refusing_a_connection_refuses_the_work(room: Room) -> None:
    def refuse(_: object) -> None:
        raise errors.Broken("This is another database.", "Look what it is.")

    other = writers.Writer(room.database, room.log, on_connect=refuse)
    with pytest.raises(errors.Broken, match="another database"):
        other.run(put(1))
    other.close()
    assert room.numbers() == []
