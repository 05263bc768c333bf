# SPDX-License-Identifier: Apache-2.0
"""One has it at a time, somebody follows, and who comes late stores nothing."""

import asyncio

import pytest
from sqlalchemy import update

from tests.unit.database.conftest import Room, put
from tests.unit.database.test_process import ended
from uphold import errors
from uphold.database import lease, process
from uphold.database.lease import Fenced, database_lease
from uphold.database.schema import metadata

NAME = "duty"


@pytest.fixture
def shared(room: Room) -> Room:
    with room.database.connect() as connection:
        metadata.create_all(connection, tables=[database_lease])
    return room


def take(room: Room, holder: str) -> int | None:
    return room.writer.run(lambda tx: lease.take(tx, NAME, holder))


def holder(room: Room) -> str:
    with room.database.read() as connection:
        return lease.holder(connection, NAME)


def run_out(room: Room, by: int = -2 * lease.TERM_MS) -> None:
    until = database_lease.c.until_at
    room.writer.run(lambda tx: tx.execute(update(database_lease).values(until_at=until + by)))


def test_one_has_it_and_may_renew_it(shared: Room) -> None:
    one, other = process.named(), process.named()
    assert holder(shared) == ""
    assert [take(shared, one), take(shared, other), take(shared, one)] == [1, None, 1]
    assert holder(shared) == one
    shared.writer.run(lambda tx: lease.release(tx, NAME, 1))
    assert holder(shared) == ""
    assert [take(shared, other), take(shared, one)] == [2, None]
    # Who had it before cannot give it back for another.
    shared.writer.run(lambda tx: lease.release(tx, NAME, 1))
    assert holder(shared) == other


@pytest.mark.parametrize("by", [-2 * lease.TERM_MS, 2 * lease.TERM_MS])
def test_it_runs_out(shared: Room, by: int) -> None:
    """Also where it was taken by a clock that was ahead."""
    one, other = process.named(), process.named()
    assert take(shared, one) == 1
    run_out(shared, by)
    assert [holder(shared), take(shared, other)] == ["", 2]


def test_who_was_killed_on_this_machine_is_followed_at_once(shared: Room) -> None:
    assert take(shared, ended()) == 1
    assert take(shared, process.named()) == 2


async def test_a_late_holder_stores_nothing(shared: Room) -> None:
    one, other = process.named(), process.named()
    writer = Fenced(shared.writer, NAME)
    with pytest.raises(errors.Unavailable):
        writer.run(put(1))
    writer.fence = take(shared, one) or 0
    writer.run(put(2))
    # Its time is over, and nobody has noticed: what it does is still done by one alone.
    run_out(shared)
    writer.run(put(3))
    assert take(shared, other) == 2
    with pytest.raises(lease.Late, match="Another process"):
        writer.run(put(4))
    with pytest.raises(errors.Unavailable):
        await writer.submit(put(5))
    waiter: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    writer.hand_over([(waiter, put(6))])
    with pytest.raises(errors.Unavailable):
        await waiter
    assert shared.numbers() == [2, 3]


def test_what_was_given_back_is_nobodys(shared: Room) -> None:
    writer = Fenced(shared.writer, NAME)
    writer.fence = take(shared, process.named()) or 0
    shared.writer.run(lambda tx: lease.release(tx, NAME, writer.fence))
    with pytest.raises(errors.Unavailable):
        writer.run(put(1))
    # The site's own writer goes on, whatever becomes of the lease, and is not closed with it.
    writer.close()
    shared.writer.run(put(2))
    assert shared.numbers() == [2]
