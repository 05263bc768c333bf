# SPDX-License-Identifier: Apache-2.0
"""Making a backup while the site serves: what is in it, where it lies, what is remembered, what goes."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from tests import backups, cast, site
from tests.backups import Kept
from uphold import errors
from uphold.app import App, open_site
from uphold.assurance import audit
from uphold.continuity import archive, backup
from uphold.continuity.backup import DAY_MS, Made, Maker, continuity_backup
from uphold.database import transfer
from uphold.journal import entry
from uphold.statistics import recipe
from uphold.vault.tables import vault_key


@pytest.fixture
def kept(tmp_path: Path, engine_url: str) -> Kept:
    with closing(site.build(tmp_path, engine_url)) as made:
        return backups.set_up(made.settings, tmp_path)


@pytest.fixture
def app(kept: Kept) -> Iterator[App]:
    with closing(open_site(kept.settings)) as opened:
        yield opened


def said(app: App) -> list[tuple[str, Any]]:
    with app.database.read() as connection:
        told = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    return [(one.kind, one.codes["backup"]) for one in told if "backup" in one.codes]


def file_of(made: Made) -> Path:
    assert made.path is not None
    return made.path


def test_it_holds_every_row_and_the_operators_files_and_no_key(kept: Kept, app: App) -> None:
    site.live(app)
    made = backups.make(app, kept, identity=kept.identity)
    assert made.checked == "opened"
    assert file_of(made).name == "uphold-uphold.example-000001.age"
    assert file_of(made).stat().st_mode & 0o777 == 0o600
    plain = backups.opened(file_of(made), kept.identity)
    ring = json.loads(kept.settings.path(kept.settings.keys.ring).read_text())
    secrets = [ring["journal_seed"], ring["token_key"], ring["epochs"][0]["key"]]
    for raw in (plain, file_of(made).read_bytes()):
        assert not any(one.encode() in raw or bytes.fromhex(one) in raw for one in secrets)
        assert cast.subject.email.encode() not in raw
    assert b"uphold destroyed v1" not in plain
    with app.database.read() as connection:
        for table in transfer.tables(connection):
            count = sum(len(page) for page in transfer.rows(connection, table))
            passing = table.name in {"access_session", "access_invite", "rights_link"}
            rows = backups.rows_of(plain, str(table.name))
            # The backup's own row came after.
            assert len(rows) == (0 if passing or table.name == backup.TABLE else count) or (
                table.name.startswith("journal_")
            )
    assert backups.rows_of(plain, vault_key.name)
    assert b"policy/policy.toml" in plain


def test_it_is_remembered_journaled_and_audited(kept: Kept, app: App) -> None:
    first = backups.make(app, kept)
    second = backups.make(app, kept)
    assert (first.number, second.number, second.checked) == (1, 2, "read")
    assert backup.digest(file_of(second)) == second.digest
    assert said(app) == [("backup.made", first.digest), ("backup.made", second.digest)]
    with app.database.read() as connection:
        newest = backup.newest(connection)
    assert newest is not None
    assert (newest.number, newest.digest, newest.entries) == (2, second.digest, second.entries)
    assert list(audit.run(app.settings)) == []
    app.writer.run(lambda tx: tx.execute(update(continuity_backup).values(digest="0" * 64)))
    assert any("digest" in str(found) for found in audit.run(app.settings))


def test_to_compare_one_does_not_mark_it_as_read(kept: Kept, app: App) -> None:
    made = backups.make(app, kept)
    os.utime(file_of(made), (1_000, 2_000))
    assert backup.digest(file_of(made)) == made.digest
    assert file_of(made).stat().st_atime == 1_000


def test_old_ones_go_after_their_days_and_the_newest_never(kept: Kept, app: App) -> None:
    old = [backups.make(app, kept) for _ in range(2)]
    stranger = kept.folder / "uphold-uphold.example-000001.age.txt"
    stranger.write_text("mine")
    before = old[0].made_at - 15 * DAY_MS
    app.writer.run(lambda tx: tx.execute(update(continuity_backup).values(made_at=before)))
    made = backups.make(app, kept)
    assert made.removed == tuple(file_of(one).name for one in old)
    assert {path.name for path in kept.folder.iterdir()} == {stranger.name, file_of(made).name}
    assert said(app)[-2:] == [("backup.removed", one.digest) for one in old]
    app.writer.run(lambda tx: tx.execute(update(continuity_backup).values(made_at=before)))
    assert list(audit.run(app.settings)) == []


def test_numbers_go_on_behind_files_that_nobody_remembers(kept: Kept, app: App) -> None:
    (kept.folder / backup.name(kept.settings, 41)).touch()
    assert backups.make(app, kept).number == 42


def test_a_file_may_be_named_and_is_never_overwritten(kept: Kept, app: App, tmp_path: Path) -> None:
    to = tmp_path / "mine.age"
    maker = Maker(kept.settings, app.ring, app.database, app.writer)
    assert maker.make(to).path == to
    raw = to.read_bytes()
    with pytest.raises(errors.Conflict, match="there already"):
        maker.make(to)
    assert to.read_bytes() == raw


def test_one_backup_at_a_time_goes_into_a_folder(kept: Kept, app: App) -> None:
    with backup._alone(kept.folder), pytest.raises(backup.Busy, match="Another backup"):
        backups.make(app, kept)


def test_what_was_broken_off_is_cleared_and_never_taken_for_one(kept: Kept, app: App) -> None:
    part = kept.folder / ".uphold-uphold.example.uphold-uphold.example-000001.age.part"
    part.write_bytes(b"half")
    assert backup.kept_in(kept.settings, kept.folder) == []
    backups.make(app, kept)
    assert not part.exists()


def test_a_stop_leaves_nothing(kept: Kept, app: App) -> None:
    maker = Maker(kept.settings, app.ring, app.database, app.writer)
    maker.stop()
    with pytest.raises(errors.Unavailable, match="stopped"):
        maker.make(kept.folder)
    assert list(kept.folder.iterdir()) == []
    assert said(app) == []


def test_what_is_not_as_it_was_written_is_not_kept(
    kept: Kept, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(handle: int) -> None:
        """A disk that keeps something else."""
        if os.fstat(handle).st_size:
            os.truncate(handle, os.fstat(handle).st_size - 1)

    monkeypatch.setattr(os, "fsync", fsync)
    for identity in (None, kept.identity):
        with pytest.raises(errors.Broken):
            Maker(kept.settings, app.ring, app.database, app.writer).make(kept.folder, identity)
    assert list(kept.folder.iterdir()) == []


def test_it_is_of_one_moment_while_people_write(kept: Kept, app: App) -> None:
    """Whatever comes in between is whole or not there: the restored site is audited."""
    begun, over = threading.Event(), threading.Event()

    def write() -> None:
        while not over.is_set():
            site.submit(app)
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    made = [backups.make(app, kept) for _ in range(3)][-1]
    over.set()
    writer.join()
    want = backups.wanted(kept, file_of(made), kept.folder / "back")
    done = backups.bring_back(want)
    assert done.kept == made.entries


def test_a_folder_that_is_away_is_not_made(kept: Kept) -> None:
    kept.folder.rmdir()
    with pytest.raises(errors.Unavailable, match="not there"):
        backup.folder_of(kept.settings)
    assert not kept.folder.exists()
    own = msgspec.structs.replace(kept.settings.backup, folder="")
    with pytest.raises(errors.Invalid, match="no place"):
        backup.folder_of(msgspec.structs.replace(kept.settings, backup=own))


def test_without_a_recipient_nothing_is_written(app: App, kept: Kept) -> None:
    own = msgspec.structs.replace(kept.settings.backup, recipient="")
    settings = msgspec.structs.replace(kept.settings, backup=own)
    with pytest.raises(errors.Invalid, match="no age recipient"):
        Maker(settings, app.ring, app.database, app.writer).make(kept.folder)
    assert list(kept.folder.iterdir()) == []


def test_the_operators_files_are_listed(kept: Kept) -> None:
    (kept.settings.folder / "statistics.toml").write_bytes(recipe.default())
    found = backup.own_files(kept.settings.folder)
    assert found[:2] == ["uphold.toml", "statistics.toml"]
    assert {"policy/policy.toml", "forms/feedback.toml"} < set(found)
    assert not any(name.startswith(("keys", "data")) for name in found)


def test_the_watch_hears_how_far_it_is(kept: Kept, app: App) -> None:
    heard: list[tuple[int, int]] = []
    backups.make(app, kept, watch=lambda done, all_: heard.append((done, all_)))
    assert heard[-1][0] == heard[-1][1] > 0
    assert archive.FORMAT == "uphold/backup/v1"
