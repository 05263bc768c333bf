# SPDX-License-Identifier: Apache-2.0
"""What a site does by itself: which jobs are on, which are late, how backups stand."""

import msgspec
from sqlalchemy import insert

from tests import modelled, site
from tests.office import Office
from uphold.continuity import backup, drill
from uphold.database.transaction import Transaction
from uphold.retention import due

DAY = 24 * 60 * 60 * 1000


def test_a_sweep_is_late_after_a_day_and_unknown_before_the_first(sqlite_office: Office) -> None:
    office, now = sqlite_office, site.now()
    assert modelled.value(modelled.derive(office.app), "job:sweep", "late") is None
    office.run(lambda tx: due.keep(tx, ended_at=now - DAY))
    assert modelled.value(modelled.derive(office.app, now=now), "job:sweep", "late") is False
    assert modelled.value(modelled.derive(office.app, now=now + 1), "job:sweep", "late") is True


def test_what_is_switched_off_is_never_late(sqlite_office: Office) -> None:
    app = sqlite_office.app
    found = modelled.derive(app, now=site.now() + 900 * DAY, examined_at=1, detected_at=1)
    assert modelled.value(found, "job:rotation", "late") is True
    assert modelled.value(found, "job:examination", "late") is True
    settings = msgspec.structs.replace(
        app.settings,
        keys=msgspec.structs.replace(app.settings.keys, rotate_every_days=0),
        proof=msgspec.structs.replace(app.settings.proof, schedule=False),
        detection=msgspec.structs.replace(app.settings.detection, on=False),
    )
    found = modelled.derive(
        app, settings=settings, now=site.now() + 900 * DAY, examined_at=1, detected_at=1
    )
    for job in ("rotation", "examination", "detection", "backup", "mail", "depersonalisation"):
        assert modelled.value(found, f"job:{job}", "on") is False, job
        assert modelled.value(found, f"job:{job}", "late") is False, job


def test_backups_tell_whether_one_was_made_opened_and_tried(office: Office) -> None:
    app = office.app
    kept = app.settings.folder / "backups"
    kept.mkdir(mode=0o700)
    own = msgspec.structs.replace(app.settings.backup, recipient="age1x", folder="backups")
    settings = msgspec.structs.replace(app.settings, backup=own)
    found = modelled.derive(app, settings=settings)
    assert modelled.value(found, "backup:own", "on") is True
    assert modelled.value(found, "backup:own", "made") is False
    assert modelled.value(found, "backup:own", "drill_stale") is True
    is_file = app.database.dialect == "sqlite"
    assert modelled.value(found, "backup:own", "same_disk") is (True if is_file else None)
    assert modelled.value(found, "flow:backup", "sealed") is True
    now = site.now()
    office.run(lambda tx: _made(tx, now))
    found = modelled.derive(app, settings=settings, now=now)
    assert modelled.value(found, "backup:own", "opened") is True
    assert modelled.value(found, "backup:own", "drilled") is True
    assert modelled.value(found, "backup:own", "drill_stale") is False
    assert modelled.value(found, "job:backup", "late") is False
    later = modelled.derive(app, settings=settings, now=now + 91 * DAY)
    assert modelled.value(later, "backup:own", "drilled") is True
    assert modelled.value(later, "backup:own", "drill_stale") is True
    assert modelled.value(later, "job:backup", "late") is True


def _made(tx: Transaction, now: int) -> None:
    tx.insert(backup.continuity_backup, (1, now, "0" * 64, 1000, 5, "opened", None, 1))
    row = {"at": now, "backup": "0" * 64, "outcome": drill.WELL, "entry": 2}
    tx.execute(insert(drill.continuity_drill).values(row))
