# SPDX-License-Identifier: Apache-2.0
from tests.unit.assurance.conftest import Site
from uphold.assurance.audit import Audit


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
    assert "neither its submission nor an answer has this part" in whats
    assert "the part it names is missing" in whats
