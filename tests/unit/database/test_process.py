# SPDX-License-Identifier: Apache-2.0
"""Who serves now: by the database's clock, and at once where a process of this machine has ended."""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import update

from tests.unit.database.conftest import Room
from uphold.database import lease, process
from uphold.database.process import Row, database_process
from uphold.database.schema import metadata
from uphold.database.transaction import Transaction


@pytest.fixture
def serving(room: Room) -> Room:
    with room.database.connect() as connection:
        metadata.create_all(connection, tables=[database_process, lease.database_lease])
    return room


def living(room: Room) -> list[Row]:
    with room.database.read() as connection:
        return process.living(connection)


def ended() -> str:
    """The name of a process of this machine that is no more."""
    code = "from uphold.database import process; print(process.named())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def shifted(name: str, by: int) -> Callable[[Transaction], object]:
    """Work that moves the end of a row, as time does, or another clock."""
    until = database_process.c.until_at
    mine = database_process.c.name == name
    return lambda tx: tx.execute(update(database_process).where(mine).values(until_at=until + by))


def test_the_time_is_the_databases_own(serving: Room) -> None:
    with serving.database.read() as connection:
        told = process.moment(connection)
    assert abs(told - time.time() * 1000) < 60_000


def test_who_enters_lives_until_it_leaves(serving: Room) -> None:
    one, other = process.named(), process.named()
    assert one != other
    for name, ring in ((one, "a"), (other, "b"), (one, "c")):
        serving.writer.run(partial(process.enter, name=name, ring=ring))
    assert set(living(serving)) == {Row(one, "c"), Row(other, "b")}
    serving.writer.run(lambda tx: process.leave(tx, one))
    assert living(serving) == [Row(other, "b")]


@pytest.mark.parametrize("by", [-2 * process.TERM_MS, 2 * process.TERM_MS])
def test_a_row_counts_for_its_term(serving: Room, by: int) -> None:
    """What is over counts no more; nor does an end beyond the term, which a clock wrote that was put back."""
    one, other = process.named(), process.named()
    serving.writer.run(lambda tx: process.enter(tx, one, "a"))
    serving.writer.run(shifted(one, by))
    assert living(serving) == []
    serving.writer.run(lambda tx: process.enter(tx, other, "a"))
    serving.writer.run(shifted(one, -by))
    # It was forgotten by the one that came after it.
    assert living(serving) == [Row(other, "a")]


def test_who_has_ended_on_this_machine_is_gone_at_once(serving: Room) -> None:
    name = ended()
    assert process.is_gone(name)
    assert not process.is_gone(process.named())
    serving.writer.run(lambda tx: process.enter(tx, name, "a"))
    assert living(serving) == []


def test_another_machines_processes_are_gone_for_nobody_here() -> None:
    place, *rest = ended().split(":")
    assert place
    for elsewhere in ("f" * 16, ""):
        assert not process.is_gone(":".join([elsewhere, *rest]))


def test_a_number_given_again_is_another_process() -> None:
    place, pid, began, random = process.named().split(":")
    assert process.is_gone(f"{place}:{pid}:{int(began) + 1}:{random}")
