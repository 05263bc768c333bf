# SPDX-License-Identifier: Apache-2.0
"""Numbers: each handed out once, whatever threads, processes and restarts there are."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.unit.database.conftest import Room
from uphold import errors
from uphold.database import sequence
from uphold.database.sequence import Numbers
from uphold.database.transaction import Transaction

PROCESS = """
import sys
from uphold.database.engine import Database
from uphold.database.sequence import Numbers
from uphold.database.writer import Writer
from uphold.journal import log, note

url, origin, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
database = Database(url)
writer = Writer(database, log.Log(origin, note.Signer(origin, bytes(range(32))), None))
numbers = Numbers(writer, "test")
print(*[numbers.take_now() for _ in range(count)])
writer.close()
"""


def test_the_last_number_that_was_given_is_known(room: Room) -> None:
    def last(tx: Transaction) -> int:
        return sequence.last(tx, "test")

    assert room.writer.run(last) == 0
    assert room.writer.run(lambda tx: sequence.reserve(tx, "test", 3)) == 1
    assert room.writer.run(last) == 3


def test_numbers_begin_at_one_and_follow_each_other(room: Room) -> None:
    numbers = Numbers(room.writer, "test")
    assert [numbers.take_now() for _ in range(5)] == [1, 2, 3, 4, 5]


def test_sequences_do_not_touch(room: Room) -> None:
    first, second = Numbers(room.writer, "first"), Numbers(room.writer, "second")
    assert [first.take_now(), second.take_now(), first.take_now()] == [1, 1, 2]


def test_after_a_restart_numbers_go_on_behind_the_gap(room: Room) -> None:
    assert Numbers(room.writer, "test").take_now() == 1
    assert Numbers(room.writer, "test").take_now() == 1 + sequence.BLOCK


def test_blocks_follow_each_other(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "BLOCK", 10)
    numbers = Numbers(room.writer, "test")
    assert [numbers.take_now() for _ in range(35)] == list(range(1, 36))


async def test_many_at_once_waste_no_number(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "BLOCK", 10)
    numbers = Numbers(room.writer, "test")
    taken = await asyncio.gather(*[numbers.take() for _ in range(50)])
    # Each of the fifty found no number and reserved ten; what is left over is not thrown away.
    taken += [await numbers.take() for _ in range(450)]
    assert taken == list(range(1, 501))


def test_threads_never_share_a_number(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "BLOCK", 7)
    numbers = Numbers(room.writer, "test")
    taken: list[list[int]] = [[] for _ in range(8)]

    def take(mine: list[int]) -> None:
        mine.extend(numbers.take_now() for _ in range(200))

    threads = [threading.Thread(target=take, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [number for mine in taken for number in mine]
    assert len(set(everything)) == len(everything) == 1600


def test_processes_never_share_a_number(room: Room, tmp_path: Path) -> None:
    script = tmp_path / "take.py"
    script.write_text(PROCESS)
    command = [sys.executable, str(script), room.url, room.log.origin, "5000"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    numbers = Numbers(room.writer, "test")
    everything = [numbers.take_now() for _ in range(5000)]
    for process in processes:
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        everything += map(int, said.split())
    assert len(set(everything)) == len(everything) == 20_000


async def test_without_storage_there_is_no_number(room: Room) -> None:
    numbers = Numbers(room.writer, "test")
    room.writer.close()
    with pytest.raises(errors.Unavailable):
        numbers.take_now()
    with pytest.raises(errors.Unavailable):
        await numbers.take()
