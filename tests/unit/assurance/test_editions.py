# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.editions import FORM
from tests.unit.assurance.conftest import Site
from uphold.app import opened
from uphold.assurance.editions import Editions
from uphold.assurance.entries import Entries
from uphold.policy import folder, publish
from uphold.policy.approval import Approval


def test_editions_tell_what_may_be_referred_to(lived: Site) -> None:
    with lived.database.read() as connection:
        editions = Editions(connection, Entries(connection))
        assert list(editions.check()) == []
    assert len(editions) == 2
    facts = editions.facts(1)
    assert facts is not None
    assert list(facts.forms) == [FORM]
    assert facts.languages == {"en", "ru"}
    assert len(facts.wordings) == 6
    assert not editions.knows(3)
    assert editions.facts(3) is None


def test_a_changed_byte_of_an_edition_is_found(lived: Site) -> None:
    lived.harm("UPDATE policy_edition SET bytes = CAST(bytes || X'00' AS BLOB) WHERE number = 1")
    assert [str(found) for found in lived.audit()] == [
        "policy_edition 1: `bytes` do not have the digest of the edition"
    ]


def test_a_new_text_with_its_own_digest_is_found(lived: Site) -> None:
    lived.harm(
        "UPDATE policy_edition SET (bytes, digest) ="
        " (SELECT bytes, digest FROM policy_edition WHERE number = 2) WHERE number = 1"
    )
    found = lived.audit()
    assert [str(one) for one in found] == [
        "policy_edition 1, entry 2: `digest` is not what its entry says"
    ]


def test_a_lost_edition_is_missed_by_its_entry(lived: Site) -> None:
    lived.harm("DELETE FROM policy_edition WHERE number = 2")
    assert [str(found) for found in lived.audit()][-1].endswith(
        "policy.published: no edition has it"
    )


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE policy_force SET at = at - 60000 WHERE edition = 1", "`at` is not what"),
        ("UPDATE policy_force SET edition = 7 WHERE edition = 2", "`edition` is not what"),
        ("DELETE FROM policy_force WHERE edition = 2", "no edition came into force by it"),
        (
            "INSERT INTO policy_force (edition, at, entry) VALUES (9, 1, 2)",
            "an entry that is no policy.in-force",
        ),
        (
            "INSERT INTO policy_force SELECT 9, at, entry FROM policy_force WHERE edition = 2",
            "another row names too",
        ),
        ("UPDATE policy_approval SET reason = 'Because.'", "`reason` is not what its entry says"),
        ("UPDATE policy_approval SET staff = 2", "`staff` is not what its entry says"),
        ("DELETE FROM policy_approval", "no approval has it"),
    ],
)
def test_what_became_of_an_edition_cannot_be_rewritten_unseen(
    lived: Site, statement: str, finding: str
) -> None:
    with opened(lived.app.settings.folder) as app:
        file = app.settings.folder / "policy" / "policy.toml"
        file.write_bytes(file.read_bytes() + b"\n# Approved.\n")
        archive = publish.prepare(folder.read(app.settings.folder))
        yes = Approval(1, "It was agreed.")
        app.writer.run(lambda tx: publish.publish(tx, archive, approved=yes))
    assert lived.audit() == []
    lived.harm(statement)
    assert any(finding in str(one) for one in lived.audit())
