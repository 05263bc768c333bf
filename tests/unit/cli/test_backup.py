# SPDX-License-Identifier: Apache-2.0
"""`uphold backup`, `restore` and `drill` as they are typed, and what they say."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests import backups, site, terminal
from tests.backups import Kept
from tests.terminal import Told
from uphold import config
from uphold.app import open_site
from uphold.cli import backup
from uphold.config import Backup, Settings

Run = Callable[..., Told]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: terminal.run(capsys, *words)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    with closing(site.build(tmp_path)) as made:
        site.submit(made)
        return backups.set_up(made.settings, tmp_path)


def restore(kept: Kept, file: Path, to: Path, *more: object) -> list[object]:
    keys = kept.settings.path(kept.settings.keys.ring)
    return ["restore", file, "--to", to, "--identity", kept.identity, "--keys", keys, *more]


def test_a_backup_is_made_tried_and_brought_back(run: Run, kept: Kept, tmp_path: Path) -> None:
    folder = kept.settings.folder
    told = run("backup", folder, "--identity", kept.identity)
    assert told.code == 0
    assert "000001.age" in told.out
    assert "opened and compared" in told.out
    file = kept.folder / "uphold-uphold.example-000001.age"
    tried = run("drill", folder, "--identity", kept.identity)
    assert (tried.code, "gives a whole site" in tried.out) == (0, True)
    with closing(open_site(kept.settings)) as app:
        site.submit(app)
    back = run(*restore(kept, file, tmp_path / "back"))
    assert back.code == 0
    assert "journal entries or a few more" in back.out
    assert "Everybody must sign in again" in back.out
    assert run("journal", "verify", tmp_path / "back").code == 0
    again = run(*restore(kept, file, tmp_path / "back"))
    assert (again.code, "never overwrites" in again.err) == (2, True)


def test_it_is_told_as_json_too(run: Run, kept: Kept, tmp_path: Path) -> None:
    folder = kept.settings.folder
    made = json.loads(run("backup", folder, "--json").out)
    assert (made["number"], made["checked"]) == (1, "read")
    tried = json.loads(run("drill", folder, "--identity", kept.identity, "--json").out)
    assert (tried["outcome"], tried["number"]) == ("well", 1)
    back = run(*restore(kept, Path(made["file"]), tmp_path / "back", "--json"))
    told = json.loads(back.out)
    assert (told["before"], told["erased"]) == (site.ORIGIN, 0)
    assert told["lost"] == told["last_known"] - told["entries"]


def test_what_is_lost_is_said(run: Run, kept: Kept, tmp_path: Path) -> None:
    run("backup", kept.settings.folder)
    file = kept.folder / "uphold-uphold.example-000001.age"
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(kept.settings.path(kept.settings.keys.ring), alone / "ring.json")
    words = ["restore", file, "--to", tmp_path / "back", "--identity", kept.identity]
    words += ["--keys", alone / "ring.json"]
    refused = run(*words)
    assert (refused.code, "--destroyed-lost" in refused.err) == (2, True)
    told = run(*words, "--destroyed-lost")
    assert told.code == 0
    assert "cannot be told without the newest head file" in told.out
    assert "Erase it again" in told.out


def test_a_damaged_backup_fails_its_drill(run: Run, kept: Kept) -> None:
    run("backup", kept.settings.folder)
    [file] = kept.folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    told = run("drill", kept.settings.folder, "--identity", kept.identity)
    assert (told.code, "BROKEN" in told.out) == (1, True)


def test_a_recipient_is_made_and_the_identity_is_never_overwritten(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "mine"
    told = run("backup", "--new-recipient", file)
    assert told.code == 0
    secret = file.read_text().splitlines()[-1]
    assert secret.startswith("AGE-SECRET-KEY-1")
    assert secret not in told.out
    assert file.stat().st_mode & 0o777 == 0o600
    assert 'recipient = "age1' in told.out
    assert run("backup", "--new-recipient", file).code == 2
    assert file.read_text().splitlines()[-1] == secret
    assert run("backup", "--new-recipient", tmp_path / "none" / "mine").code == 2


def test_a_site_and_a_place_must_be_named(run: Run, kept: Kept, tmp_path: Path) -> None:
    assert run("backup").code == 2
    file = kept.settings.folder / config.FILE
    file.write_text(file.read_text().replace("folder =", "# folder ="))
    told = run("backup", kept.settings.folder)
    assert (told.code, "no place" in told.err) == (2, True)
    assert run("backup", kept.settings.folder, "--to", tmp_path / "one.age").code == 0


def test_it_is_warned_where_no_backup_is_set_up_or_they_are_kept_too_long() -> None:
    assert "No backup" in backup.warnings(Settings())[0]
    own = Backup(recipient="age1", folder="/mnt", keep_days=31)
    settings = msgspec.structs.replace(Settings(), backup=own)
    assert "older backups may open no more" in backup.warnings(settings)[0]
    fine = msgspec.structs.replace(settings, backup=msgspec.structs.replace(own, keep_days=30))
    assert backup.warnings(fine) == []


def test_a_database_that_is_behind_is_written_down_for_a_restore(
    run: Run, kept: Kept, tmp_path: Path
) -> None:
    data, older = kept.settings.folder / "data", tmp_path / "older"
    shutil.copytree(data, older)
    with closing(open_site(kept.settings)) as app:
        site.submit(app)
    shutil.rmtree(data)
    older.rename(data)
    folder, file = kept.settings.folder, tmp_path / "left.age"
    assert run("backup", folder).code == 1
    alone = run("backup", folder, "--behind")
    assert (alone.code, "needs --to" in alone.err) == (2, True)
    told = run("backup", folder, "--behind", "--to", file, "--identity", kept.identity)
    assert told.code == 0
    assert "Nothing is journaled of it" in told.out
    other = tmp_path / "other.age"
    said = run("backup", folder, "--behind", "--to", other, "--identity", kept.identity, "--json")
    assert json.loads(said.out)["checked"] == "opened"
    back = run(*restore(kept, file, tmp_path / "back"))
    assert back.code == 0
    assert "journal entries or a few more" in back.out
