# SPDX-License-Identifier: Apache-2.0
"""The protocols are those that the writer, the batch and the journal keep; mypy checks the assignments."""

from tests.unit.database.conftest import Room
from uphold.database.batch import Batch
from uphold.database.transaction import Appender, Ledger, Transaction


def test_a_batch_is_a_transaction_and_the_journal_a_ledger(room: Room) -> None:
    ledger: Ledger = room.log
    with room.database.connect() as connection:
        tx: Transaction = Batch(connection, ledger)
        appender: Appender = ledger.open(tx)
        appender.close()
        appender.committed()
    assert room.numbers() == []


def test_without_entries_the_journal_stays_as_it_is(room: Room) -> None:
    with room.database.read() as connection:
        before = room.log.head(connection)
    room.writer.run(lambda tx: None)
    with room.database.read() as connection:
        assert room.log.head(connection) == before
