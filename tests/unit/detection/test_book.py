# SPDX-License-Identifier: Apache-2.0
"""The rules of a site are the package's and its own, and the settings say how each stands."""

import os
from pathlib import Path

import msgspec
import pytest

from tests.unit.detection.rules import described
from uphold.config import Settings
from uphold.config.sections import Detection, Site
from uphold.detection import book, sigma
from uphold.detection.rule import State
from uphold.errors import Invalid

OWN = described("own-rule", "{a: {kind: x}, condition: a}")
SETTINGS = Settings(site=Site(address="https://a.example", origin="a.example/j"))


def settings(folder: Path, **detection: object) -> Settings:
    wanted = Detection(**detection)  # type: ignore[arg-type]  # a few of its fields
    return msgspec.structs.replace(SETTINGS, folder=folder, detection=wanted)


def write(folder: Path, text: str = OWN) -> Path:
    (folder / "detection").mkdir()
    (folder / "detection" / "own.yml").write_text(text)
    return folder


def test_a_site_has_the_rules_of_the_package_and_its_own(tmp_path: Path) -> None:
    known = book.of_site(settings(tmp_path))
    assert known.rules is book.pack()
    assert set(known.states.values()) <= {State.ON}
    found = book.of_site(settings(write(tmp_path)))
    assert found.states["own-rule"] is State.ON
    assert len(found.rules.every) == len(known.rules.every) + 1
    assert found.digest != known.digest


def test_settings_say_how_a_rule_stands(tmp_path: Path) -> None:
    write(tmp_path)
    dry = book.of_site(settings(tmp_path, dry_run=("own-rule",)))
    assert dry.states["own-rule"] is State.DRY
    assert dry.count(State.DRY) == 1
    assert not dry.acts(dry.rules["own-rule"])
    off = book.of_site(settings(tmp_path, disabled=("own-rule",)))
    assert "own-rule" not in [rule.name for rule in off.in_force.every]
    assert off.count(State.OFF) == 1
    none = book.of_site(settings(tmp_path, act=False))
    assert none.count(State.ON) == 0
    assert len({dry.digest, off.digest, none.digest}) == 3


@pytest.mark.parametrize("key", ["dry_run", "disabled"])
def test_a_setting_that_names_no_rule_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(Invalid, match=f"{key} names nothing-such"):
        book.of_site(settings(tmp_path, **{key: ("nothing-such",)}))


def test_a_file_that_is_no_rule_is_named(tmp_path: Path) -> None:
    write(tmp_path, OWN.replace("condition: a", "condition: b"))
    with pytest.raises(Invalid, match=r"detection/own\.yml: own-rule: detection\.condition"):
        book.of_site(settings(tmp_path))
    (tmp_path / "detection" / "own.yml").unlink()
    (tmp_path / "detection" / "folder.yml").mkdir()
    with pytest.raises(Invalid, match="cannot be read"):
        book.of_site(settings(tmp_path))


def test_alerts_are_called_by_the_rules_of_the_package_where_the_sites_own_are_broken(
    tmp_path: Path,
) -> None:
    whole = write(tmp_path)
    assert "own-rule" in book.to_call(settings(whole)).states
    (whole / "detection" / "own.yml").write_text("name: [")
    assert book.to_call(settings(whole)).rules is book.pack()


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    os.mkfifo(folder / "pipe.yml")
    with pytest.raises(Invalid, match="rules"):
        book.folder(folder)
    (folder / "pipe.yml").unlink()
    # Without end: so much of it is read that it is known to be too long.
    (folder / "zero.yml").symlink_to("/dev/zero")
    with pytest.raises(Invalid, match="rules"):
        book.folder(folder)
    (folder / "zero.yml").unlink()
    with (folder / "long.yml").open("wb") as file:
        file.truncate(1 << 33)
    [(_, raw)] = book.folder(folder)
    assert len(raw) == sigma.MOST_BYTES + 1


def test_a_link_to_nothing_does_not_take_the_other_rules_away(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "detection" / "gone.yml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Invalid, match="detection"):
        book.of_site(settings(tmp_path))
