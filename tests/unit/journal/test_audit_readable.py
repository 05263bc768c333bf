# SPDX-License-Identifier: Apache-2.0
import pytest
from sqlalchemy import update

from tests.unit.journal.conftest import SIGNER, Journal
from uphold.journal import audit, store


def indices(journal: Journal, start: int = 0, end: int = 2**40) -> list[int]:
    with journal.database.read() as connection:
        return [index for index, _ in audit.readable(connection, start, end)]


@pytest.mark.parametrize(
    ("start", "end"), [(0, 300), (0, 1), (49, 52), (51, 51), (120, 999), (500, 999)]
)
def test_any_range_is_read_once(journal: Journal, start: int, end: int) -> None:
    journal.grow(300, step=50)
    assert indices(journal, start, end) == list(range(start, min(end, 300)))


def test_an_empty_journal_has_none(journal: Journal) -> None:
    assert indices(journal) == []


def test_what_lies_behind_damage_is_read(journal_file: Journal) -> None:
    journal_file.grow(151, step=50)
    damaged = store.journal_batch.c.number == 51
    journal_file.write(update(store.journal_batch).where(damaged).values(entries=b"\x00\x01x\xff"))
    assert indices(journal_file) == [*range(52), *range(101, 151)]


def test_progress_is_told_batch_by_batch(journal_file: Journal) -> None:
    journal_file.grow(151, step=50)
    seen: list[int] = []
    with journal_file.database.read() as connection:
        assert list(audit.run(connection, SIGNER.verifier, None, seen.append)) == []
    assert seen == [1, 51, 101, 151]
