# SPDX-License-Identifier: Apache-2.0
"""Batches of visits and salts against the journal: each cell that was changed shows, and so does what is missing."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest

from tests import visiting
from tests.site import Story
from tests.unit.assurance.conftest import Site
from uphold.database.engine import Database


@pytest.fixture
def visited(tmp_path: Path) -> Iterator[Site]:
    """A closed site that one batch of visits was stored in."""
    with closing(visiting.build(tmp_path)) as app:
        assert app.visits is not None
        for _ in range(2):
            app.visits.note(visiting.seen())
        app.keeper.flush()
        app.keeper.look()
    database = Database(app.settings.database_url)
    yield Site(app, Story(*[0] * len(fields(Story))), database)
    database.dispose()


def whats(site: Site) -> set[str]:
    return {found.what for found in site.audit()}


def test_what_was_stored_is_well(visited: Site) -> None:
    assert visited.audit() == []


@pytest.mark.parametrize("column", ["visits", "edition", "stored_at"])
def test_a_changed_row_is_found(visited: Site, column: str) -> None:
    visited.harm(f"UPDATE visits_batch SET {column} = {column} + 1000")
    assert whats(visited) == {f"`{column}` is not what its entry says"}


def test_a_row_that_is_gone_is_found(visited: Site) -> None:
    visited.harm("DELETE FROM visits_batch")
    assert whats(visited) == {
        "there is no such submission",
        "visits.stored: no batch of visits has it",
    }


def test_a_row_moved_to_another_number_is_found(visited: Site) -> None:
    visited.harm("UPDATE visits_batch SET number = number + 1")
    assert "the part is missing, and nothing says that it was destroyed" in whats(visited)


def test_a_part_that_is_gone_without_a_note_is_found(visited: Site) -> None:
    visited.harm("DELETE FROM vault_part")
    assert "the part is missing, and nothing says that it was destroyed" in whats(visited)


def test_a_part_that_was_exchanged_is_found(visited: Site) -> None:
    visited.harm("UPDATE vault_part SET sealed = randomblob(200)")
    assert any("changed" in what or "not what" in what for what in whats(visited))


def test_a_salt_whose_row_says_otherwise_is_found(visited: Site) -> None:
    visited.harm("UPDATE visits_salt SET day = day + 1, destroyed_at = 5000")
    assert whats(visited) == {
        "`day` is not what its entry says",
        "the journal has no salt.destroyed that says so",
    }
