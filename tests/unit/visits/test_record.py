# SPDX-License-Identifier: Apache-2.0
"""What visitors do is sealed in batches, each step once, whatever the storage meets."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

import pytest

from tests import cast, site, visiting
from uphold import errors
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.vault import records, remains
from uphold.vault.permit import Permit
from uphold.visits import batch, record
from uphold.visits.record import Dropped, Recorder, Seen

T = TypeVar("T")
DAY = date(2026, 11, 22)
AT = 1_795_392_000_000


def batches(app: App) -> list[batch.Facts]:
    with app.database.read() as connection:
        return batch.newest(connection, 100)


def opened(app: App, number: int) -> Any:
    permit = Permit(0, "security", number, frozenset(record.FIELDS), 1, "test")
    with app.database.read() as connection:
        fetched = records.fetch(connection, permit)
    return records.open(app.ring, permit, fetched)


class Trouble:
    """A writer that fails so often: before it does anything, or after it has done all."""

    def __init__(self, app: App, fails: int, *, after: bool = False) -> None:
        self.app, self.left, self.after = app, fails, after

    def run(self, work: Callable[[Transaction], T]) -> T:
        done = self.app.writer.run(work) if self.after or not self.left else None
        if self.left:
            self.left -= 1
            raise errors.Unavailable("The database did not say whether it stored this.")
        return done  # type: ignore[return-value] # it was done, as nothing was left to fail


def recorder(
    app: App, writer: Any = None, told: Callable[[Sequence[Seen]], None] = lambda _: None
) -> Recorder:
    return Recorder(
        writer or app.writer,
        app.ring,
        app.shelf.in_force,
        lambda _: DAY,
        lambda _tx, _facts, _edition: None,
        told,
    )


def test_the_technical_data_are_five_and_no_others() -> None:
    found = record.raw([visiting.seen(at=AT, cookie="c"), visiting.seen(address="192.0.2.1")])
    assert tuple(found) == record.FIELDS
    assert {name: values[0] for name, values in found.items()} == {
        "ip": visiting.ADDRESS,
        "cookie": "c",
        "browser": visiting.BROWSER,
        "time": "2026-11-23T00:00:00Z",
        "page": "/policy",
    }
    assert (found["ip"][1], found["cookie"][1]) == ("192.0.2.1", "")


def test_a_flush_is_one_sealed_part_its_row_and_its_entry(recording: App) -> None:
    assert recording.visits is not None
    for address in ("192.0.2.1", "192.0.2.2"):
        recording.visits.note(visiting.seen(address=address))
    # A step in a form leaves no raw visit.
    recording.visits.note(visiting.seen("started", item="feedback"))
    idle = [recording.visits.is_idle]
    recording.keeper.flush()
    assert [*idle, recording.visits.is_idle] == [False, True]
    [stored] = batches(recording)
    assert (stored.visits, stored.edition) == (2, 1)
    assert opened(recording, stored.number)["ip"] == ["192.0.2.1", "192.0.2.2"]
    [said] = visiting.entries(recording, "visits.stored")
    assert said.codes == {"visits": 2, "edition": 1, "purpose": "security"}
    with recording.database.read() as connection:
        assert len(remains.live(connection, stored.number)) == 1
    recording.keeper.flush()
    assert batches(recording) == [stored]


def test_numbers_are_those_of_no_submission(recording: App) -> None:
    first = site.submit(recording)
    assert recording.visits is not None
    recording.visits.note(visiting.seen())
    recording.keeper.flush()
    second = site.submit(recording)
    [stored] = batches(recording)
    assert stored.number not in {first.number, second.number}


def test_nothing_of_a_visitor_stands_in_the_clear(recording: App) -> None:
    assert recording.visits is not None
    recording.visits.note(visiting.seen(cookie="cookie-of-the-subject"))
    recording.keeper.flush()
    recording.head.flush()
    files = [path for path in recording.settings.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".csv" for path in files)
    for path in files:
        raw = path.read_bytes()
        for mark in (visiting.ADDRESS, cast.subject.mark, "cookie-of-the-subject"):
            assert mark.encode() not in raw, path.name
    assert cast.subject.mark not in repr(visiting.seen())


def test_beyond_the_queue_is_dropped_and_counted(
    recording: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "LONGEST_QUEUE", 2)
    taking = recorder(recording)
    for _ in range(5):
        taking.note(visiting.seen())
    taking.drop(Dropped.BOT)
    taking.flush()
    with recording.database.read() as connection:
        found = batch.dropped(connection, 20_261_122, 20_261_122)
    assert found == {(20_261_122, "overflow"): 3, (20_261_122, "bot"): 1}
    assert [one.visits for one in batches(recording)] == [2]


def test_more_than_goes_into_one_part_goes_into_several(
    recording: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "TOGETHER", 2)
    taking = recorder(recording)
    for _ in range(5):
        taking.note(visiting.seen())
    taking.flush()
    assert sorted(one.visits for one in batches(recording)) == [1, 2, 2]


@pytest.mark.parametrize("after", [False, True])
def test_what_the_storage_did_not_take_or_did_not_say_is_stored_once(
    recording: App, *, after: bool
) -> None:
    # The number is reserved first, so that what fails is the storing.
    told: list[Sequence[Seen]] = []
    trouble = Trouble(recording, 0, after=after)
    taking = recorder(recording, trouble, told.append)
    taking.note(visiting.seen())
    taking.flush()
    trouble.left = 2
    taking.note(visiting.seen())
    # That it is there already shows at the second try.
    for _ in range(1 if after else 2):
        with pytest.raises(errors.Unavailable):
            taking.flush()
    taking.flush()
    assert taking.is_idle
    assert [one.visits for one in batches(recording)] == [1, 1]
    assert [len(one) for one in told] == [1, 1]


def test_what_was_stored_is_told_until_it_is_taken(recording: App) -> None:
    told: list[int] = []

    def tell(seen: Sequence[Seen]) -> None:
        told.append(len(seen))
        if len(told) == 1:
            raise errors.Unavailable("The statistics' store cannot be written to.")

    taking = recorder(recording, told=tell)
    taking.note(visiting.seen())
    with pytest.raises(errors.Unavailable):
        taking.flush()
    taking.note(visiting.seen())
    taking.flush()
    assert told == [1, 1, 1]
    assert [one.visits for one in batches(recording)] == [1, 1]


def test_a_close_stores_what_is_left_and_says_whether_it_could(recording: App) -> None:
    taking = recorder(recording)
    taking.note(visiting.seen())
    taking.drop(Dropped.ASKED)
    assert taking.close()
    assert [one.visits for one in batches(recording)] == [1]
    with recording.database.read() as connection:
        assert batch.dropped(connection, 0, 30_000_000) == {(20_261_122, "asked-not-to"): 1}
    broken = recorder(recording, Trouble(recording, 9))
    broken.note(visiting.seen())
    assert not broken.close()


def test_counts_alone_wait_for_each_other(recording: App) -> None:
    taking = recorder(recording)
    for _ in range(2):
        taking.drop(Dropped.BOT)
        taking.flush()
    with recording.database.read() as connection:
        written = sum(batch.dropped(connection, 0, 30_000_000).values())
    assert written == 1
    assert taking.close()
    with recording.database.read() as connection:
        assert sum(batch.dropped(connection, 0, 30_000_000).values()) == 2
