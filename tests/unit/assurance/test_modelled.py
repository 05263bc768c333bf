# SPDX-License-Identifier: Apache-2.0
"""The model knows from here what was looked at when, how rules of detection stand, and which fields nobody reads."""

from dataclasses import replace

import msgspec
from sqlalchemy import insert

from tests import modelled as models, site
from tests.office import Office, quick_hashing, sqlite_office
from uphold.assurance import modelled
from uphold.assurance.tables import assurance_evidence
from uphold.config import Settings
from uphold.config.sections import Detection
from uphold.database.transaction import Transaction
from uphold.detection import store as alerts
from uphold.detection.store import Cursor
from uphold.threats import attestation
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


def test_rules_of_detection_are_told_as_they_stand(sqlite_office: Office) -> None:
    office, settings = sqlite_office, sqlite_office.app.settings
    said = Detection(dry_run=("mass-delete",), disabled=("clock-jump",))
    known = replace(
        office.app.modelled(), settings=msgspec.structs.replace(settings, detection=said)
    )
    found = office.read(lambda connection: modelled.derive(connection, known, site.now()))
    tried, off = "rule:mass-delete", "rule:clock-jump"
    assert models.value(found, tried, "dry_run") is True
    assert models.value(found, tried, "acts") is False
    assert models.value(found, off, "on") is False
    assert models.value(found, "rule:record-sweep", "acts") is True
    assert models.value(found, "rule:record-sweep", "own") is False


def test_rules_that_cannot_be_read_are_unknown(sqlite_office: Office) -> None:
    settings = sqlite_office.app.settings
    own = settings.folder / "detection"
    own.mkdir()
    (own / "own.yml").write_text("title: [")
    assert modelled.rules(settings) is None
    (own / "own.yml").unlink()
    assert modelled.rules(settings) == modelled.rules(Settings())


def test_detection_is_late_only_where_something_waits_for_it(sqlite_office: Office) -> None:
    office, now = sqlite_office, site.now()
    assert models.value(derive(office, now), "job:detection", "late") is None
    size = office.read(lambda c: office.app.log.head(c).size)
    office.run(lambda tx: alerts.move(tx, Cursor(size, 0, "ab" * 32, now)))
    assert models.value(derive(office, now + 9 * DAY), "job:detection", "late") is False

    def busy(tx: Transaction) -> None:
        for _ in range(257):
            attestation.attest(tx, "media", 0)

    office.run(busy)
    assert models.value(derive(office, now + DAY), "job:detection", "late") is False
    assert models.value(derive(office, now + 9 * DAY), "job:detection", "late") is True
