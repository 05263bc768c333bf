# SPDX-License-Identifier: Apache-2.0
"""A process that others have left far behind: little is read, and a fork is still refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.journal.conftest import SIGNER, Journal, signed_in
from tests.unit.journal.test_log import set_back
from uphold.errors import Broken
from uphold.journal import audit, log, store, tile
from uphold.journal.head import HeadFile


@pytest.mark.parametrize("size", [1, 255, 256, 300])
def test_what_others_appended_is_not_read_where_it_is_much(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """The write lock is held meanwhile, and a process that only reads may be behind by any number of entries."""
    monkeypatch.setattr(log, "_MANY", tile.WIDTH)
    journal.grow(size)
    journal.grow(size + 600, by=journal.process())
    read: list[int] = []
    entries = store.entries

    def watched(*asked: Any) -> Iterator[tuple[int, bytes]]:
        for index, raw in entries(*asked):
            read.append(index)
            yield index, raw

    monkeypatch.setattr(store, "entries", watched)
    assert journal.commit([signed_in()]) == [size + 600]
    assert len(read) < tile.WIDTH
    monkeypatch.undo()
    with journal.database.read() as connection:
        assert list(audit.run(connection, SIGNER.verifier, journal.file.read())) == []


def test_a_running_process_refuses_a_fork_that_grew_far_beyond_it(
    journal_file: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longer tree is signed and whole, and what it grew from is not what is in memory."""
    monkeypatch.setattr(log, "_MANY", tile.WIDTH)
    journal_file.grow(41, step=10)
    set_back(journal_file, 31)
    spare = HeadFile(journal_file.file.path.with_name("spare"), interval=0)
    journal_file.grow(900, by=journal_file.process(spare))
    with pytest.raises(Broken, match="first 41 entries changed"):
        journal_file.begin()
