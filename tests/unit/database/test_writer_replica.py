# SPDX-License-Identifier: Apache-2.0
"""A writer whose server waits for a replica: what the replica lacks is neither acknowledged nor shown as a head."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import pair
from tests.pair import Pair
from tests.unit.database.conftest import Call, Room, put
from uphold import errors
from uphold.database import engine, session, writer as writers
from uphold.database.transaction import Transaction

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
DOUBT = "did not say"


@pytest.fixture
def room_pair(replicated: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room on both servers, and people who wait a moment only."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)
    name = replicated.create()
    made = Room(replicated.url(name), tmp_path)
    made.writer.run(put(1))
    yield made
    made.close()
    replicated.primary.server.drop(name)


@contextmanager
def hasty(patience: float = 0.4) -> Iterator[None]:
    """Nobody waits long for the replica, in seconds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "COMMIT_SECONDS", patience)
        patched.setattr(writers, "LOOKUP_SECONDS", 2 * patience)
        yield


@contextmanager
def alone(replicated: Pair, patience: float = 0.4) -> Iterator[None]:
    """The replica is away, and nobody waits long for it, in seconds."""
    replicated.other.server.stop("immediate")
    try:
        with hasty(patience):
            yield
    finally:
        replicated.other.server.start()
        pair.eventually(lambda: replicated.primary.ask(WAITING) == 0)


def head(room: Room) -> int:
    with room.database.read() as connection:
        return room.log.head(connection).size


def noted(room: Room) -> int:
    return int(room.file.path.read_text().splitlines()[1])


def test_nothing_is_acknowledged_without_the_replica(replicated: Pair, room_pair: Room) -> None:
    with alone(replicated):
        with pytest.raises(errors.Unavailable, match=DOUBT):
            room_pair.writer.run(put(2))
        assert (head(room_pair), noted(room_pair)) == (2, 2)
    room_pair.writer.run(put(3))
    assert room_pair.numbers() == [1, 2, 3]
    assert (head(room_pair), noted(room_pair)) == (4, 4)


def test_an_empty_batch_waits_for_the_replica_too(replicated: Pair, room_pair: Room) -> None:
    """What changes nothing was decided on what the replica may not have."""
    with alone(replicated), pytest.raises(errors.Unavailable):
        room_pair.writer.run(lambda tx: None)


def test_a_wait_that_was_ended_is_asked_about_again(replicated: Pair, room_pair: Room) -> None:
    with alone(replicated, patience=60):
        call = Call(room_pair.writer, put(2))
        pair.eventually(lambda: replicated.primary.ask(WAITING) == 1)
        replicated.primary.ask(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        )
        # Everybody may read it now, and a confirmation is waited for.
        pair.eventually(lambda: replicated.primary.ask(WAITING) == 1)
        assert call.is_alive()
    assert isinstance(call.outcome, bytes)
    assert room_pair.numbers() == [1, 2]


def test_what_came_back_after_a_crash_is_not_shown_before_the_replica_has_it(
    replicated: Pair, room_pair: Room
) -> None:
    with alone(replicated):
        with pytest.raises(errors.Unavailable, match=DOUBT):
            room_pair.writer.run(put(2))
        replicated.primary.kill()
        replicated.primary.server.start()
        # It is there, with its head, and would be gone if the replica took over now.
        with room_pair.database.read() as connection:
            assert len(list(room_pair.log.entries(connection))) == 3
            with pytest.raises(errors.Unavailable):
                room_pair.log.head(connection)
            with pytest.raises(errors.Unavailable):
                room_pair.log.proof(connection, 2)
            # Whoever opens the site now may look at it; the head file waits.
            room_pair.log.verify_head(connection)
        with pytest.raises(errors.Unavailable, match=DOUBT):
            room_pair.writer.run(put(3))
        assert noted(room_pair) == 2
    assert head(room_pair) == 4
    room_pair.writer.run(put(4))
    # What nobody was told of is there as well: the same form, sent again, would be recognised.
    assert room_pair.numbers() == [1, 2, 3, 4]
    assert noted(room_pair) == 5


@pytest.mark.parametrize("work", [put(3), lambda tx: None], ids=["entry", "nothing"])
def test_what_a_replica_that_took_over_never_had_is_not_missed(
    replicated: Pair, room_pair: Room, work: Callable[[Transaction], object]
) -> None:
    """A process that read it, and was told nothing by its own COMMIT, goes on without it."""
    replicated.other.server.stop("immediate")
    with hasty():
        with pytest.raises(errors.Unavailable, match=DOUBT):
            room_pair.writer.run(put(2))
        replicated.primary.kill()
        replicated.primary.server.start()
        # A batch upon the one that only this server has.
        with pytest.raises(errors.Unavailable):
            room_pair.writer.run(work)
    replicated.primary.kill()
    replicated.other.server.start()
    replicated.promote()
    room_pair.writer.run(put(4))
    assert room_pair.numbers() == [1, 4]
    replicated.follow()
