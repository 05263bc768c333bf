# SPDX-License-Identifier: Apache-2.0
"""The model knows from this room when the site was last examined, and which fields nobody reads."""

from sqlalchemy import insert

from tests import modelled as models, site
from tests.office import Office, quick_hashing, sqlite_office
from uphold.assurance import modelled
from uphold.assurance.tables import assurance_evidence
from uphold.threats.element import Model

__all__ = ["quick_hashing", "sqlite_office"]

DAY = 24 * 60 * 60 * 1000


def derive(office: Office, now: int) -> Model:
    return office.read(lambda connection: modelled.derive(connection, office.app.modelled(), now))


def test_an_examination_is_unknown_before_the_first_and_late_after_two_days(
    sqlite_office: Office,
) -> None:
    office, now = sqlite_office, site.now()
    assert models.value(derive(office, now), "job:examination", "late") is None
    row = {"run": 1, "probe": "a.b.c", "promise": "a.b", "status": "kept", "at": now}
    row |= {"expires_at": now, "note": b"", "entry": 1}
    office.run(lambda tx: tx.execute(insert(assurance_evidence).values(row)))
    assert models.value(derive(office, now + 2 * DAY), "job:examination", "late") is False
    assert models.value(derive(office, now + 2 * DAY + 1), "job:examination", "late") is True


def test_a_field_that_nobody_reads_is_told_after_its_days(sqlite_office: Office) -> None:
    office, now = sqlite_office, site.now()
    assert models.value(derive(office, now), "field:feedback.phone", "unused") is False
    office.submit()
    days = office.app.settings.minimal.unused_days
    later = site.now() + days * DAY
    assert models.value(derive(office, later), "field:feedback.phone", "unused") is True
