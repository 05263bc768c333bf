# SPDX-License-Identifier: Apache-2.0
"""Where a restored site lies: nothing outside its folder, nothing over what is there."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from uphold import config, errors
from uphold.continuity import place
from uphold.journal import note

SIGNER = note.Signer("uphold.example/journal", bytes(range(32)))


@dataclass
class Wanted:
    database: str = ""
    config: Path | None = None


def configured(root: Path, text: str, url: str = "") -> tuple[list[str], config.Settings]:
    place.write(root, "uphold.toml", text.encode())
    moved = place.configure(root, "new.example/journal", ["old.example/journal"], Wanted(url))
    return moved, config.load(root)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "data/x", "keys/ring.json", "policy/../../x"])
def test_a_file_that_no_backup_has_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(errors.Broken):
        place.write(tmp_path, name, b"")
    assert list(tmp_path.iterdir()) == []


def test_the_operators_own_files_are_written_for_one_user(tmp_path: Path) -> None:
    place.write(tmp_path, "policy/policy.en.md", b"# Policy")
    assert (tmp_path / "policy" / "policy.en.md").stat().st_mode & 0o777 == 0o600


def test_the_origin_is_set_and_places_outside_are_moved(tmp_path: Path) -> None:
    text = (
        '[database]\nurl = "sqlite:////var/x.sqlite"\n[keys]\nring = "/etc/ring"\nhead = "../h"\n'
        '[visits]\nstore = "/srv/statistics"\n'
    )
    moved, settings = configured(tmp_path, text)
    assert moved == ["[keys] ring", "[keys] head", "[visits] store", "[database] url"]
    assert settings.origin == "new.example/journal"
    assert settings.site.continues == ("old.example/journal",)
    assert (settings.keys.ring, settings.keys.head) == ("keys/ring.json", "keys/head")
    assert settings.visits.store == "statistics"


def test_a_named_database_takes_the_place_of_every_other(tmp_path: Path) -> None:
    url = "postgresql://uphold@localhost/new"
    moved, settings = configured(tmp_path, '[database]\nurl_env = "OLD"\n', url)
    assert moved == []
    assert (settings.database.url, settings.database.url_env) == (url, "")


def test_only_an_empty_folder_is_free(tmp_path: Path) -> None:
    place.refuse_taken(tmp_path / "none")
    place.refuse_taken(tmp_path)
    (tmp_path / "mine").touch()
    for taken in (tmp_path, tmp_path / "mine"):
        with pytest.raises(errors.Conflict):
            place.refuse_taken(taken)


def test_the_last_head_counts_only_if_it_is_this_journals_and_not_older(tmp_path: Path) -> None:
    file = tmp_path / "head"
    assert place.last_head(file, SIGNER.verifier, 3) is None
    file.write_bytes(SIGNER.sign(f"{SIGNER.name}\n7\n{'A' * 43}=\n".encode()))
    found = place.last_head(file, SIGNER.verifier, 3)
    assert found is not None
    assert found.size == 7
    place.refuse_fork(found, bytes(32))
    with pytest.raises(errors.Broken):
        place.refuse_fork(found, b"x" * 32)
    assert place.last_head(file, SIGNER.verifier, 8) is None
    assert place.last_head(file, note.Signer("other.example", bytes(32)).verifier, 3) is None


def test_one_at_a_time(tmp_path: Path) -> None:
    with place.locked(tmp_path), pytest.raises(errors.Conflict), place.locked(tmp_path):
        pass
    place.sync(tmp_path)
