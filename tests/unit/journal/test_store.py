# SPDX-License-Identifier: Apache-2.0
"""Reading the tables: in pages, at any size, and never past damage in silence."""

import pytest
from sqlalchemy import delete, update

from tests.unit.journal.conftest import Journal, signed_in
from uphold.errors import Broken
from uphold.journal import store, tile, tree


@pytest.fixture
def grown(journal_file: Journal) -> Journal:
    """80 batches of five entries behind the first, which is more than a page."""
    journal_file.grow(401, step=5)
    return journal_file


def test_an_empty_journal_has_no_last_batch(journal_file: Journal) -> None:
    with journal_file.database.read() as connection:
        assert store.last(connection) is None
        assert list(store.batches(connection, 0, 9)) == []
        assert store.edge(connection, 0).root() == tree.EMPTY


def test_entries_come_in_order_from_anywhere(grown: Journal) -> None:
    with grown.database.read() as connection:
        every = list(store.entries(connection))
        assert [index for index, _ in every] == list(range(401))
        for start, end in [(0, 1), (1, 2), (7, 300), (400, None), (401, None), (3, 3), (200, 2000)]:
            assert list(store.entries(connection, start, end)) == every[start:end]


def test_the_last_batch_is_the_newest(grown: Journal) -> None:
    with grown.database.read() as connection:
        before = store.last(connection)
    grown.commit([signed_in()])
    with grown.database.read() as connection:
        after = store.last(connection)
    assert before is not None
    assert after is not None
    assert (before.size, after.number, after.size) == (401, 401, 402)
    assert before.batch != after.batch


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 400, 401])
def test_the_edge_of_any_earlier_size_can_be_built(grown: Journal, size: int) -> None:
    with grown.database.read() as connection:
        leaves = [tree.leaf(raw) for _, raw in store.entries(connection, 0, size)]
        edge = store.edge(connection, size)
        assert edge.root() == tree.root(leaves)
        nodes = store.Nodes(connection, edge)
        for old in (1, size // 2, size):
            assert tree.span(0, old, nodes) == tree.root(leaves[:old])


def test_a_missing_batch_is_never_passed_over(grown: Journal) -> None:
    grown.write(delete(store.journal_batch).where(store.journal_batch.c.number == 101))
    with grown.database.read() as connection:
        assert len(list(store.entries(connection, 0, 101))) == 101
        with pytest.raises(Broken, match="Entries before 106"):
            list(store.entries(connection))
        for index in (101, 105):
            with pytest.raises(Broken, match=f"Entry {index} of the journal is missing"):
                store.entry(connection, index)
        assert store.entry(connection, 106)
        with pytest.raises(Broken, match="lacks hashes"):
            store.hashes(connection, 0, 101, 106)


def test_a_batch_with_another_count_is_damage(grown: Journal) -> None:
    where = store.journal_batch.c.number == 101
    grown.write(update(store.journal_batch).where(where).values(count=3))
    with grown.database.read() as connection, pytest.raises(Broken, match="Batch 101"):
        store.entry(connection, 101)


def test_a_tile_of_another_length_is_damage(grown: Journal) -> None:
    grown.write(update(store.journal_tile).values(hashes=bytes(tile.BYTES - 1)))
    with grown.database.read() as connection, pytest.raises(Broken, match="tile/0/000"):
        store.full_tile(connection, 0, 0)
