# SPDX-License-Identifier: Apache-2.0
from tests.editions import FORM
from tests.unit.assurance.conftest import Site
from uphold.assurance.editions import Editions
from uphold.assurance.entries import Entries


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
