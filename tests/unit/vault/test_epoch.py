# SPDX-License-Identifier: Apache-2.0
"""Moving key rows to a new epoch: what is found and opened before is found and opened after, and no part is read."""

from functools import partial

import pytest
from sqlalchemy import Connection, Table, delete, select, update

from tests import cast, rings
from tests.unit.vault.conftest import Store
from uphold.database import schema
from uphold.vault import commitment, epoch, inspection, records, subject
from uphold.vault.contact import EMAIL, PHONE
from uphold.vault.epoch import Step
from uphold.vault.tables import vault_index, vault_index_tail, vault_key, vault_part

PARTS = len(rings.submission())


def epochs(connection: Connection, table: Table) -> set[int]:
    return set(connection.execute(select(table.c.epoch)).scalars())


def turn(store: Store, limit: int = epoch.TOGETHER) -> list[Step]:
    """Give the store a second epoch and move everything there."""
    store.ring = rings.ring(epochs=2)
    steps, after = [], -1
    while True:
        move = partial(epoch.move, ring=store.ring, newest=2, after=after, limit=limit)
        step = store.run(move)
        steps.append(step)
        if step.last is None:
            return steps
        after = step.last


def faults(store: Store) -> list[inspection.Fault]:
    return store.read(
        lambda c: [one for held in inspection.records(c, store.ring) for one in held.faults]
    )


def opened(store: Store, record: int) -> dict[str, object]:
    permit = rings.permit(record)
    return records.open(store.ring, permit, store.read(lambda c: records.fetch(c, permit)))


def test_keys_are_counted_without_sorting_them(store: Store) -> None:
    """SQLite sorts what it groups, in memory: a gigabyte for a site of five million submissions."""
    if store.database.path is None:
        return
    with store.database.read() as connection:
        asked = epoch._USED.compile(connection)
        told = tuple(1 for _ in asked.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", told).all()
    assert "SCAN vault_key" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_everything_moves_and_nothing_changes(store: Store, limit: int) -> None:
    store.submit(5)
    store.run(lambda tx: subject.merge(tx, 100))
    store.submit(6)
    salt = bytes(16)
    before = [opened(store, n) for n in (5, 6)]
    claimed = store.read(lambda c: commitment.of_record(c, store.ring, 5, salt))
    steps = turn(store, limit)
    assert sum(step.moved for step in steps) == 2 * PARTS
    assert store.read(epoch.used) == {2: 2 * PARTS}
    assert [opened(store, n) for n in (5, 6)] == before
    # What the journal said of a record under the old wrapping still opens: the part's key is the same.
    assert store.read(lambda c: commitment.of_record(c, store.ring, 5, salt)) == claimed
    assert faults(store) == []


def test_found_by_address_with_the_old_epoch_gone(store: Store) -> None:
    store.submit(5)
    store.run(lambda tx: subject.merge(tx, 100))
    store.submit(6)
    turn(store)
    assert store.count("vault_index_tail") == 0
    left = rings.ring(epochs=2, burned=1)
    for kind, text in ((EMAIL, cast.subject.email), (PHONE, cast.subject.phone)):
        found = store.read(partial(subject.find, ring=left, kind=kind, text=text))
        assert found == [5 << 8 | 1, 6 << 8 | 1]
    for table in (vault_index, vault_index_tail, vault_key):
        assert store.read(partial(epochs, table=table)) <= {2}
    assert store.read(partial(epochs, table=vault_index)) == {2}


def test_no_part_is_read(store: Store) -> None:
    """It works on a database whose sealed parts are gone."""
    store.submit(5)
    with store.database.connect() as connection:
        schema.metadata.tables[vault_part.name].drop(connection)
    assert turn(store)[0].moved == PARTS


def test_a_row_that_does_not_open_is_left_and_counted(store: Store) -> None:
    store.submit(5)
    store.submit(6)
    spoiled = 5 << 8 | 1
    store.run(
        lambda tx: tx.execute(
            update(vault_key)
            .where(vault_key.c.number == spoiled)
            .values(wrapped=b"\x01" + bytes(60))
        )
    )
    (step,) = turn(store)
    assert step == Step(2 * PARTS - 1, 1, None)
    assert store.read(epoch.used) == {1: 1, 2: 2 * PARTS - 1}


def test_what_was_destroyed_stays_destroyed(store: Store) -> None:
    store.submit(5)
    store.submit(6)
    gone = store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    turn(store)
    numbers = store.read(lambda c: list(c.execute(select(vault_key.c.number)).scalars()))
    assert not set(gone) & set(numbers)
    assert store.count("vault_key") == PARTS


def test_a_second_move_moves_nothing(store: Store) -> None:
    store.submit(5)
    turn(store)
    before = store.read(lambda c: c.execute(select(vault_key)).all())
    assert turn(store) == [Step(0, 0, None)]
    assert store.read(lambda c: c.execute(select(vault_key)).all()) == before


def test_whether_anything_is_left_is_known_without_counting(store: Store) -> None:
    store.submit(5)
    assert not store.read(partial(epoch.is_left, newest=1))
    assert store.read(partial(epoch.is_left, newest=2))
    assert store.read(partial(epoch.is_used, numbers=[2, 1]))
    assert not store.read(partial(epoch.is_used, numbers=[2]))
    assert not store.read(partial(epoch.is_used, numbers=[]))
    turn(store)
    assert not store.read(partial(epoch.is_left, newest=2))
    assert not store.read(partial(epoch.is_used, numbers=[1]))
    # Under a later epoch than the newest that is known here is not moved either.
    assert store.read(partial(epoch.is_left, newest=1))


def test_an_empty_vault(store: Store) -> None:
    store.run(lambda tx: tx.execute(delete(vault_key)))
    assert turn(store) == [Step(0, 0, None)]
    assert store.read(epoch.used) == {}
    assert not store.read(partial(epoch.is_left, newest=2))
