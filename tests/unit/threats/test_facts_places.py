# SPDX-License-Identifier: Apache-2.0
"""Where data and keys rest, as the system has it: modes, disks, what lies where; and where the site listens."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert

from tests import modelled
from tests.office import Office
from uphold.access import export
from uphold.app import App
from uphold.config import Settings
from uphold.threats import facts_places
from uphold.vault import unlock


def test_a_file_is_private_while_its_own_mode_or_its_folder_keeps_others_out(
    sqlite_office: Office,
) -> None:
    app = sqlite_office.app
    data, file = app.settings.folder / "data", app.settings.folder / "data" / "uphold.sqlite"
    assert modelled.value(modelled.derive(app), "store:database", "private") is True
    file.chmod(0o644)
    assert modelled.value(modelled.derive(app), "store:database", "private") is True
    data.chmod(0o755)
    assert modelled.value(modelled.derive(app), "store:database", "private") is False
    file.chmod(0o600)
    assert modelled.value(modelled.derive(app), "store:database", "private") is True


def test_stores_tell_where_they_lie(sqlite_office: Office, tmp_path: Path) -> None:
    app = sqlite_office.app
    found = modelled.derive(app)
    assert modelled.value(found, "store:database", "same_disk_as_keys") is True
    assert modelled.value(found, "store:database", "outside_site") is False
    assert modelled.value(found, "store:statistics", "present") is False
    elsewhere = tmp_path / "away"
    elsewhere.mkdir(mode=0o700)
    visits = msgspec.structs.replace(app.settings.visits, store=str(elsewhere))
    moved = modelled.derive(app, settings=msgspec.structs.replace(app.settings, visits=visits))
    assert modelled.value(moved, "store:statistics", "outside_site") is True
    assert modelled.value(moved, "store:statistics", "present") is True


def test_the_key_ring_tells_its_age_its_epochs_and_its_copy(
    sqlite_office: Office, tmp_path: Path
) -> None:
    app = sqlite_office.app
    made, day = app.ring.newest.created_at, 24 * 60 * 60 * 1000
    late = modelled.derive(app, now=made + 44 * day)
    assert modelled.value(late, "key:epoch", "old") is True
    assert (
        modelled.value(modelled.derive(app, now=made + 44 * day - 1), "key:epoch", "old") is False
    )
    copy = tmp_path / "other" / "ring.json"
    copy.parent.mkdir(mode=0o700)
    with_copy = keys(app.settings, copy=str(copy))
    found = modelled.derive(app, settings=with_copy)
    assert modelled.value(found, "key:ring", "copied") is False
    assert modelled.value(found, "store:key-copy", "present") is False
    ring = app.settings.path(app.settings.keys.ring)
    unlock.copy(ring, copy)
    found = modelled.derive(app, settings=with_copy)
    assert modelled.value(found, "key:ring", "copied") is True
    assert modelled.value(found, "key:ring-copy", "private") is True
    unlock.extend(ring, copy, made + 1)
    assert modelled.value(modelled.derive(app), "key:epoch", "several_epochs") is True


def test_without_a_key_ring_nothing_is_guessed_of_it(sqlite_office: Office) -> None:
    app = sqlite_office.app
    away = keys(app.settings, ring="nowhere/ring.json")
    found = modelled.derive(app, ring=None, settings=away)
    assert modelled.value(found, "key:epoch", "old") is None
    assert modelled.value(found, "key:epoch", "private") is None
    assert modelled.value(found, "store:database", "same_disk_as_keys") is None
    assert modelled.value(found, "job:rotation", "late") is None


def keys(settings: Settings, **said: str) -> Settings:
    """The settings with other places of the keys."""
    return msgspec.structs.replace(settings, keys=msgspec.structs.replace(settings.keys, **said))


def test_the_engine_tells_whether_the_way_to_it_is_safe(office: Office, engine: str) -> None:
    found = modelled.derive(office.app)
    assert modelled.value(found, "site", "engine") == engine
    assert modelled.value(found, "store:database", "remote") is False
    assert modelled.value(found, "store:database", "encrypted_link") is True
    is_file = engine == "sqlite"
    assert (modelled.value(found, "store:database", "private") is not None) is is_file


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("postgresql://uphold@localhost/site", False),
        ("postgresql://uphold@/site?host=/run/postgresql", False),
        ("postgresql://uphold@127.0.0.1/site", False),
        ("postgresql://uphold@db.example/site?sslmode=verify-full", True),
        ("postgresql://uphold@localhost/site?host=db.example", True),
        ("postgresql://uphold@localhost:5432,db.example:5432/site", True),
        ("postgresql://uphold@localhost:5432,127.0.0.1:5433/site", False),
    ],
)
def test_a_server_on_another_machine_is_told_by_its_url(url: str, *, remote: bool) -> None:
    settings = Settings()
    database = msgspec.structs.replace(settings.database, url=url)
    assert facts_places.is_remote(msgspec.structs.replace(settings, database=database)) is remote


def test_the_listener_is_what_the_file_says_whoever_serves_it_elsewhere_once(
    sqlite_office: Office,
) -> None:
    app: App = sqlite_office.app
    before = modelled.derive(app)
    assert modelled.value(before, "listener:http", "loopback") is True
    assert modelled.value(before, "listener:http", "public") is False
    serve = msgspec.structs.replace(app.settings.serve, host="0.0.0.0", port=9999)
    once = msgspec.structs.replace(app.settings, serve=serve)
    assert modelled.derive(app, settings=once).canonical() == before.canonical()
    file = app.settings.folder / "uphold.toml"
    file.write_text(file.read_text() + '[serve]\nproxies = ["127.0.0.1"]\n')
    behind = modelled.derive(app, settings=modelled.settings(app))
    assert modelled.value(behind, "listener:http", "proxied") is True
    assert modelled.value(behind, "site", "behind_proxy") is True


def test_files_that_were_taken_are_a_store_once_there_are_any(sqlite_office: Office) -> None:
    office = sqlite_office
    assert modelled.value(modelled.derive(office.app), "store:exports", "present") is False
    names = ("staff", "exercise", "purpose", "form", "format", "reason", "records")
    made = dict(zip(names, (1, 1, "communication", "feedback", "csv", "own-check", 1), strict=True))
    made |= {"made_at": 1, "ends_at": 2, "taken": 1, "entry": 1}
    office.run(lambda tx: tx.execute(insert(export.access_export).values(**made)))
    assert modelled.value(modelled.derive(office.app), "store:exports", "present") is False, (
        "probes"
    )
    made["exercise"] = 0
    office.run(lambda tx: tx.execute(insert(export.access_export).values(**made)))
    assert modelled.value(modelled.derive(office.app), "store:exports", "present") is True
