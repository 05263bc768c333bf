# SPDX-License-Identifier: Apache-2.0
"""Rows of batches, and counts of what was dropped."""

from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.visits import batch
from uphold.visits.batch import Facts

ONE, TWO = Facts(7, 20, 10, 15, 3, 1, 5), Facts(9, 40, 30, 35, 4, 1, 6)


def test_batches_are_found_by_number(recording: App) -> None:
    def put(tx: Transaction) -> None:
        batch.put(tx, ONE)
        batch.put(tx, TWO)

    recording.writer.run(put)
    with recording.database.read() as connection:
        assert batch.facts(connection, [7, 8, 9]) == {7: ONE, 9: TWO}
        assert batch.newest(connection, 1) == [TWO]
        assert batch.stored(connection) == (2, 7)
        assert [row.number for row in batch.rows(connection)] == [7, 9]


def test_what_was_dropped_is_counted_by_day_and_reason(recording: App) -> None:
    for number in (1, 2):
        told = {(20_261_122, "bot"): number, (20_261_123, "bot"): 1}
        recording.writer.run(lambda tx, told=told: batch.count(tx, told))  # type: ignore[misc] # mypy infers no lambda with a default
    with recording.database.read() as connection:
        assert batch.dropped(connection, 20_261_122, 20_261_122) == {(20_261_122, "bot"): 3}
        assert len(batch.dropped(connection, 20_261_101, 20_261_130)) == 2
        assert batch.stored(connection) == (0, 0)
