# SPDX-License-Identifier: Apache-2.0
import pytest

from tests import site
from tests.unit.assurance.conftest import Site
from uphold import errors
from uphold.assurance import audit
from uphold.assurance.audit import Audit
from uphold.journal import note
from uphold.vault import unlock


def test_a_whole_site_is_audited(lived: Site) -> None:
    whole = Audit(lived.app.settings)
    assert list(whole.run()) == []
    told = whole.told()
    assert told["editions"] == 2
    assert told["key_ring"] is True
    assert told["opened"] == told["parts"]
    assert f"{told['entries']} entries" in whole.summary()
    assert audit.summary(lived.app.settings).endswith("No findings.")


def test_steps_are_watched(lived: Site) -> None:
    steps: list[tuple[str, int]] = []
    whole = Audit(lived.app.settings, watch=lambda step, at: steps.append((step, at)))
    assert list(whole.run()) == []
    assert [step for step in audit.STEPS if step in dict(steps)] == list(audit.STEPS)
    assert dict(steps)["journal"] == whole.counts.entries


def test_keys_that_are_burned_meanwhile_are_no_finding(lived: Site) -> None:
    """What is read is the state of before, whose rows need the old key."""
    ring = lived.app.settings.path("keys/ring.json")

    def burn(step: str, _at: int) -> None:
        if step == audit.STEPS[0] and unlock.load(ring).newest.number == 1:
            unlock.extend(ring, None, site.now())
            unlock.burn(ring, None, [1])

    assert list(Audit(lived.app.settings, watch=burn).run()) == []
    assert [epoch.number for epoch in unlock.load(ring).epochs] == [2]
    assert list(Audit(lived.app.settings).run()) != []


def test_without_the_key_ring_a_key_is_enough(lived: Site) -> None:
    lived.app.settings.path("keys/ring.json").unlink()
    with pytest.raises(errors.Missing, match="--key VKEY"):
        Audit(lived.app.settings)
    whole = Audit(lived.app.settings, lived.app.log.vkey)
    assert list(whole.run()) == []
    assert "not their keys (no key ring)" in whole.summary()


def test_a_changed_part_is_found_without_the_key_ring(lived: Site) -> None:
    number = lived.story.plain << 8
    lived.harm("UPDATE vault_part SET sealed = X'01' WHERE number = :n", n=number)
    [found] = lived.audit(lived.app.log.vkey)
    assert (found.table, found.number) == ("vault_part", number)


def test_another_key_finds_every_head_unsigned(lived: Site) -> None:
    stranger = note.Signer(lived.app.settings.origin, bytes(32)).vkey
    found = lived.audit(stranger)
    assert any("does not verify" in one.what for one in found)
    assert any("head file" in one.what for one in found)


def test_a_malformed_key_is_wrong_use(lived: Site) -> None:
    with pytest.raises(errors.Invalid):
        Audit(lived.app.settings, "no key")


def test_a_database_put_back_is_found(lived: Site) -> None:
    lived.harm("DELETE FROM journal_batch WHERE number = (SELECT max(number) FROM journal_batch)")
    found = [str(one) for one in lived.audit()]
    assert any("the head file knows" in one for one in found)


def test_a_lost_table_is_a_finding(lived: Site) -> None:
    lived.harm("UPDATE consent_event SET at = at")
    with lived.database.connect() as connection:
        connection.exec_driver_sql("DROP TABLE consent_event")
    assert any("cannot be read on" in one.what for one in lived.audit())


def test_an_empty_database_is_said_to_be_empty(lived: Site) -> None:
    with lived.database.connect() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    with pytest.raises(errors.Invalid):
        lived.audit()


def test_tiles_are_counted() -> None:
    assert audit.Counts(entries=255).tiles == 0
    assert audit.Counts(entries=65_536).tiles == 257
