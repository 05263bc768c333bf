# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site
from tests.unit.assurance.conftest import Site
from uphold.assurance.audit import Audit
from uphold.database.engine import Database
from uphold.enquiry import desk
from uphold.retention.ends import Rules
from uphold.rights import fulfil
from uphold.rights.holdings import Ground


def test_every_record_is_compared(lived: Site) -> None:
    audit = Audit(lived.app.settings)
    assert list(audit.run()) == []
    counts = audit.counts
    assert (counts.submissions, counts.consents) == (4, 4)
    # Two answers more, one technical part and a whole discarded record fewer.
    assert (counts.parts, counts.opened) == (4 * 3 + 2 - 1 - 3, 4 * 3 + 2 - 1 - 3)


def test_a_wording_that_the_edition_lacks_is_found(lived: Site) -> None:
    record = lived.story.plain
    lived.harm("UPDATE consent_event SET wording = form WHERE number = :n", n=record << 8)
    assert [found.what for found in lived.audit()] == ["`wording` is not what its entry says"]


def test_a_submission_moved_to_another_number_is_found(lived: Site) -> None:
    record = lived.story.plain
    lived.harm("UPDATE submission_record SET number = 800 WHERE number = :n", n=record)
    found = lived.audit()
    stray = {one.number for one in found if one.what == "there is no such submission"}
    assert {record << 8, (record << 8) + 1, (record << 8) + 2} <= stray
    missing = [one.number for one in found if one.what.startswith("the part is missing")]
    assert missing == [800 << 8, (800 << 8) + 1, (800 << 8) + 2]


def test_a_part_given_to_another_record_is_found(lived: Site) -> None:
    one, two = lived.story.plain, lived.story.narrowed
    for table in ("vault_part", "vault_key"):
        lived.harm(
            f"UPDATE {table} SET number = :new WHERE number = :old",
            old=(one << 8) + 2,
            new=(two << 8) + 2,
        )
    found = lived.audit()
    assert ("vault_part", (one << 8) + 2) in {(f.table, f.number) for f in found}
    assert any(f.number == (two << 8) + 2 and "does not open" in f.what for f in found)


def test_a_destruction_without_its_note_is_found(lived: Site) -> None:
    number = lived.story.plain << 8
    for table in ("vault_part", "vault_key"):
        lived.harm(f"DELETE FROM {table} WHERE number = :n", n=number)
    lived.harm("DELETE FROM vault_index_tail WHERE part = :n", n=number)
    [found] = lived.audit()
    assert (found.table, found.number, found.entry) == ("vault_part", number, _entry(lived))
    assert found.what == "the part is missing, and nothing says that it was destroyed"


def _entry(lived: Site) -> int:
    with lived.database.read() as connection:
        query = "SELECT entry FROM submission_record WHERE number = ?"
        row = connection.exec_driver_sql(query, (lived.story.plain,)).one()
    return int(row[0])


def test_an_answer_of_nobody_is_found(lived: Site) -> None:
    lived.harm("UPDATE mail_outbox SET part = part + 9 WHERE number = 1")
    whats = {found.what for found in lived.audit()}
    assert "no submission, answer or correction has this part" in whats
    assert "the part it names is missing" in whats


@pytest.fixture
def corrected(tmp_path: Path) -> Iterator[Site]:
    """One record is corrected, another was and is erased since."""
    app = site.build(tmp_path)
    story = site.live(app)
    ground = Ground(app.ring, Rules(app.shelf.edition, app.shelf.in_force(), desk.happened))
    changes = {"name": "N.", "email": "n@subject.example"}
    for record in (story.plain, story.answered):
        app.writer.run(lambda tx, r=record: fulfil.correct(tx, ground, r, changes))  # type: ignore[misc] # mypy infers no lambda with a default
    app.writer.run(lambda tx: fulfil.erase(tx, ground, [story.answered]))
    assert app.sweep().run()
    app.close()
    database = Database(app.settings.database_url)
    yield Site(app, story, database)
    database.dispose()


def test_a_correction_belongs_to_its_record(corrected: Site) -> None:
    assert corrected.audit() == []
    assert corrected.audit(corrected.app.log.vkey) == []


@pytest.mark.parametrize("value", ["12345", "X'00FF'"])
def test_a_changed_correction_is_found(corrected: Site, value: str) -> None:
    named = ("record", "part", "purpose", "fields", "request", "staff", "before", "after")
    with corrected.database.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM rights_correction")
    for column in (*named, "at", "entry"):
        corrected.harm(f"UPDATE rights_correction SET {column} = {value} WHERE number = 1")
        assert corrected.audit() != [], column
        corrected.harm(
            f"UPDATE rights_correction SET {column} = kept.{column} FROM kept"
            " WHERE kept.number = rights_correction.number"
        )
        assert corrected.audit() == [], column


def test_a_correction_that_was_taken_away_is_found(corrected: Site) -> None:
    corrected.harm("DELETE FROM rights_correction WHERE number = 1")
    assert {
        "record.corrected: no correction has it",
        "no submission, answer or correction has this part",
    } == {found.what for found in corrected.audit()}
