# SPDX-License-Identifier: Apache-2.0
"""What lives of a record and what is left of the rest."""

from typing import Any

import pytest
from sqlalchemy import BigInteger, ColumnElement, literal, select

from tests.unit.vault.conftest import Store
from uphold.database.transaction import Transaction
from uphold.vault import records, remains, subject
from uphold.vault.part import Destroyed

FIRST = 5 << 8


def test_live_and_destroyed_parts_add_up(store: Store) -> None:
    store.submit(4)
    store.submit(5)
    everything = [(FIRST, "consent-evidence"), (FIRST + 1, "feedback"), (FIRST + 2, "technical")]
    assert store.read(lambda c: remains.live(c, 5)) == everything
    assert store.read(lambda c: remains.destroyed(c, 5)) == []
    assert store.read(lambda c: remains.live(c, 6)) == []

    def destroy(tx: Transaction) -> int:
        records.destroy(tx, store.ring, 5, ["technical"], "expired")
        return tx.now

    now = store.run(destroy)
    assert store.read(lambda c: remains.live(c, 5)) == everything[:2]
    assert store.read(lambda c: remains.destroyed(c, 5)) == [Destroyed(FIRST + 2, "technical", now)]
    assert len(store.read(lambda c: remains.live(c, 4))) == 3


def test_the_anchor_lives_until_its_own_part_is_destroyed(store: Store) -> None:
    store.submit(5)

    def destroy(purpose: str) -> bool:
        store.run(lambda tx: records.destroy(tx, store.ring, 5, [purpose], "expired"))
        return store.read(lambda c: remains.holds_anchor(c, 5))

    assert destroy("technical")
    assert not destroy("consent-evidence")
    assert not store.read(lambda c: remains.holds_anchor(c, 6))


def test_every_row_of_a_record_is_counted(store: Store) -> None:
    store.submit(4)
    store.submit(5)
    found = store.read(lambda c: remains.rows_of(c, 5))
    assert found["vault_part"] == found["vault_key"] == 3
    indexed = found["vault_index"] + found["vault_index_tail"]
    assert indexed > 0
    store.run(lambda tx: subject.merge(tx, 100))
    merged = store.read(lambda c: remains.rows_of(c, 5))
    assert (merged["vault_index"], merged["vault_index_tail"]) == (indexed, 0)
    store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "expired"))
    assert set(store.read(lambda c: remains.rows_of(c, 5)).values()) == {0}
    assert store.read(lambda c: remains.rows_of(c, 4)) != {}


def everybody(record: ColumnElement[Any]) -> ColumnElement[bool]:
    return record > 0


def test_records_that_hold_data_are_counted_by_purpose(store: Store) -> None:
    for record in (4, 5, 6):
        store.submit(record)
    before = store.read(lambda c: remains.counts(c, everybody))
    assert set(before.values()) == {3}
    store.run(lambda tx: records.destroy(tx, store.ring, 5, {"technical"}, "expired"))
    after = store.read(lambda c: remains.counts(c, everybody))
    assert after == {**before, "technical": 2}
    only = store.read(lambda c: remains.counts(c, lambda record: record == 5))
    assert "technical" not in only
    assert set(only.values()) == {1}


@pytest.mark.parametrize("page", [1, 2, 512])
def test_holders_are_walked_some_at_a_time(store: Store, page: int) -> None:
    for record in range(1, 8):
        store.submit(record)
    # A further part of the same purpose, as an answer is, names the record once all the same.
    store.run(lambda tx: records.add(tx, store.ring, 3, records.plain("technical", 1, {"a": "b"})))
    store.run(lambda tx: records.destroy(tx, store.ring, 5, {"technical"}, "expired"))
    found = store.read(lambda c: list(remains.holders(c, "technical", page)))
    assert [number for some in found for number in some] == [1, 2, 3, 4, 6, 7]
    assert store.read(lambda c: list(remains.holders(c, "nothing", page))) == []


def test_a_query_of_another_room_may_ask_what_lives(store: Store) -> None:
    store.submit(4)
    store.submit(5)
    store.run(lambda tx: records.destroy(tx, store.ring, 5, {"technical"}, "expired"))

    def lives(record: int, purpose: str) -> bool:
        condition = remains.lives(literal(record, BigInteger), literal(purpose))
        return bool(store.read(lambda c: c.execute(select(condition)).scalar()))

    assert lives(4, "technical")
    assert not lives(5, "technical")
    assert not lives(4, "nothing")
    assert not lives(9, "technical")
