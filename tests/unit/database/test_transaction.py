# SPDX-License-Identifier: Apache-2.0
"""The protocols are those that the writer, the batch and the journal keep; mypy checks the assignments."""

from sqlalchemy import bindparam, select

from tests.unit.database.conftest import Room, thing
from uphold.database import transaction
from uphold.database.batch import Batch
from uphold.database.transaction import Appender, Ledger, Transaction


def test_a_batch_is_a_transaction_and_the_journal_a_ledger(room: Room) -> None:
    ledger: Ledger = room.log
    with room.database.connect() as connection:
        tx: Transaction = Batch(connection, ledger)
        appender: Appender = ledger.open(tx)
        appender.close(tx)
        appender.committed()
    assert room.numbers() == []


def test_without_entries_the_journal_stays_as_it_is(room: Room) -> None:
    with room.database.read() as connection:
        before = room.log.head(connection)
    room.writer.run(lambda tx: None)
    with room.database.read() as connection:
        assert room.log.head(connection) == before


def test_rows_are_the_same_from_a_transaction_and_from_a_connection(room: Room) -> None:
    column = thing.c
    statement = (
        select(column.number, column.text, column.raw)
        .where(column.number > bindparam("least"))
        .order_by(column.number)
    )
    made = [(1, "one", None), (2, None, b"\0"), (3, "three", b"x")]

    def work(tx: Transaction) -> list[transaction.Row]:
        for row in made:
            tx.insert(thing, row)
        return transaction.rows(tx, statement, {"least": 1})

    assert room.writer.run(work) == made[1:]
    with room.database.read() as connection:
        assert transaction.rows(connection, statement, {"least": 0}) == made
        assert transaction.rows(connection, statement, {"least": 3}) == []
