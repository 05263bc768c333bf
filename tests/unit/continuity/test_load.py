# SPDX-License-Identifier: Apache-2.0
"""From rows to tables: the journal is built again entry by entry, and a head that is not that of it ends it."""

import pytest

from tests import rings
from uphold import errors
from uphold.continuity import archive
from uphold.continuity.load import Journal, Loader
from uphold.database import engine, transfer, upgrade
from uphold.journal import checkpoint, note, tile, tree
from uphold.vault.carry import Admission

OLD = note.Signer("old.example", bytes(range(32)))
NEW = note.Signer("new.example", bytes(32))
COLUMNS = ("number", "count", "batch", "note", "entries")


def batch(number: int, entries: list[bytes], before: list[bytes]) -> tuple[object, ...]:
    leaves = [tree.leaf(raw) for raw in [*before, *entries]]
    head = checkpoint.Checkpoint(OLD.name, len(leaves), tree.root(leaves))
    signed = OLD.sign(checkpoint.text(head))
    return number, len(entries), bytes(16), signed, tile.bundle(entries)


def test_each_head_is_signed_anew() -> None:
    journal = Journal(OLD.verifier, NEW)
    journal.signed(COLUMNS, batch(0, [b"a", b"b"], []))
    row = journal.signed(COLUMNS, batch(2, [b"c"], [b"a", b"b"]))
    found = checkpoint.verify(row[3], NEW.verifier).checkpoint
    assert (found.size, found.root) == (3, journal.edge.root())
    assert row[4] == tile.bundle([b"c"])


@pytest.mark.parametrize(
    "row",
    [
        batch(1, [b"a"], []),
        (0, 2, *batch(0, [b"a"], [])[2:]),
        (*batch(0, [b"a"], [])[:4], tile.bundle([b"b"])),
        (*batch(0, [b"a"], [])[:3], NEW.sign(b"new.example\n1\nx\n"), tile.bundle([b"a"])),
        (*batch(0, [b"a"], [])[:4], b"\xff"),
        (0, 1, bytes(16), None, tile.bundle([b"a"])),
    ],
    ids=["place", "count", "entry", "signer", "bundle", "nothing"],
)
def test_what_does_not_lead_to_its_head_is_refused(row: tuple[object, ...]) -> None:
    with pytest.raises(errors.Broken, match="signed heads"):
        Journal(OLD.verifier, NEW).signed(COLUMNS, row)


def test_only_tables_of_the_schema_are_filled(engine_url: str) -> None:
    database = engine.create(engine_url)
    transfer.begin(database)
    upgrade.run(database)
    loader = Loader(database, Admission(rings.ring(), []), Journal(OLD.verifier, NEW))
    for found in (
        archive.Columns("stranger", ("number",)),
        archive.Columns("access_hold", ("number",)),
    ):
        with pytest.raises(errors.Broken, match="does not have"):
            loader.begin(found)
    with pytest.raises(errors.Broken, match="rows of no table"):
        loader.add([(1,)])
    loader.begin(archive.Columns("database_sequence", ("next", "name")))
    loader.add([(7, "one")])
    with pytest.raises(errors.Broken, match="no room"):
        loader.add([(7,)])
    loader.end()
    loader.align()
    loader.close()
    loader.close()
    with database.read() as connection:
        [table] = [one for one in transfer.tables(connection) if one.name == "database_sequence"]
        assert [row for page in transfer.rows(connection, table) for row in page] == [("one", 7)]
    database.dispose()
