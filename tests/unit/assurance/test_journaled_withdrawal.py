# SPDX-License-Identifier: Apache-2.0
"""A withdrawal that was taken away or turned back into a consent is found, and so is one that was made up."""

from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from tests import site, visitor
from uphold.assurance.audit import Audit
from uphold.consent import ledger


def audited(root: Path, *statements: str) -> list[str]:
    """Withdraw a consent, change the closed database by hand, and audit it."""
    app = site.build(root)
    number = site.submit(app).number
    visitor.withdraw(app, number)
    app.close()
    path = app.settings.folder / "data" / "uphold.sqlite"
    connection = sqlite.connect(path)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    gone = number << ledger.ACTS_BITS | 1
    for statement in statements:
        assert connection.execute(statement.format(gone=gone)).rowcount == 1
    connection.commit()
    connection.close()
    return [one.what for one in Audit(app.settings).run()]


def test_nothing_is_found_where_nothing_was_changed(tmp_path: Path) -> None:
    assert audited(tmp_path) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM consent_event WHERE number = {gone}",
        "UPDATE consent_event SET act = 'given' WHERE number = {gone}",
        "UPDATE consent_event SET purpose = 'security' WHERE number = {gone}",
        "UPDATE consent_event SET at = at + 5000 WHERE number = {gone}",
        "UPDATE consent_event SET number = number + 256 WHERE number = {gone}",
    ],
)
def test_a_change_is_found(tmp_path: Path, statement: str) -> None:
    assert audited(tmp_path, statement) != []
