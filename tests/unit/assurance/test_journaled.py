# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.unit.assurance.conftest import Site


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("consent_event", "consent.given: no consent has it"),
        ("submission_record", "record.stored: no submission has it"),
        ("policy_edition", "policy.published: no edition has it"),
        ("mail_outbox", "answer.sealed: no answer has it"),
    ],
)
def test_what_happened_and_is_gone_is_found(lived: Site, table: str, what: str) -> None:
    with lived.database.read() as connection:
        count = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
    lived.harm(f"DELETE FROM {table}")
    found = [one for one in lived.audit() if one.what == what]
    assert len(found) == count
    assert all(one.entry is not None for one in found)


def test_an_answer_that_was_never_journaled_is_found_among_others(lived: Site) -> None:
    lived.harm(
        "INSERT INTO mail_outbox SELECT 0, record, part, purpose, 9, language, state, reason,"
        " attempts, next_at, created_at, sent_at, notice, codes, sealed, entry, bounced_at"
        " FROM mail_outbox WHERE number = 1"
    )
    unknown = [one for one in lived.audit() if one.what == "the journal knows no such answer"]
    assert [(one.table, one.number) for one in unknown] == [("mail_outbox", 0)]


def test_a_lost_answer_does_not_make_the_others_unknown(lived: Site) -> None:
    lived.harm("DELETE FROM mail_outbox WHERE number = 1")
    whats = [one.what for one in lived.audit()]
    assert whats.count("answer.sealed: no answer has it") == 1
    assert "the journal knows no such answer" not in whats


def test_a_changed_answer_is_found_by_its_part(lived: Site) -> None:
    number = (lived.story.answered << 8) + 3
    lived.harm(
        "UPDATE vault_part SET sealed = (SELECT sealed FROM vault_part WHERE number = :other)"
        " WHERE number = :number",
        number=number,
        other=number + 1,
    )
    [found] = lived.audit()
    assert (found.table, found.number) == ("vault_part", number)
    assert found.what == "its sealed content is not what its entry committed to"


def test_a_destruction_at_another_time_is_found_on_both_sides(lived: Site) -> None:
    number = (lived.story.narrowed << 8) + 2
    lived.harm("UPDATE vault_destroyed SET destroyed_at = 0 WHERE number = :n", n=number)
    journaled, noted = sorted(lived.audit(), key=lambda one: one.number is not None)
    assert journaled.what.startswith("part.destroyed: nothing in the vault")
    assert (noted.table, noted.number) == ("vault_destroyed", number)
    assert noted.what.startswith("the journal knows of no destruction")
