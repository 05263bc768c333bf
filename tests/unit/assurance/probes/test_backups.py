# SPDX-License-Identifier: Apache-2.0
"""Verdicts on backups, from hand-made traces."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import backups
from uphold.assurance.probes.backups import Aside, Kept
from uphold.config import Backup, Settings
from uphold.continuity import backup
from uphold.continuity.backup import Made

WELL = Aside(
    status=303,
    why="",
    back=0,
    stays=3,
    parts=3,
    same=True,
    plain=False,
    keys=False,
    forged=False,
)
FRESH = Kept(is_set_up=True, hours=3, limit=48, is_there=True, is_whole=True, drilled="well")


def test_what_comes_back_whole_and_without_the_destroyed_is_kept() -> None:
    assert backups.judge_aside(WELL).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"why": "It does not open."},
        {"back": 1},
        {"stays": 2},
        {"same": False},
        {"plain": True},
        {"keys": True},
        {"forged": True},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_each_fault_alone_breaks_it(fault: dict[str, Any]) -> None:
    found = backups.judge_aside(replace(WELL, **fault))
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)


def test_what_did_not_come_back_at_all_is_one_fault() -> None:
    found = backups.judge_aside(replace(WELL, why="It is damaged.", stays=0, same=False))
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)


def test_where_nothing_could_be_destroyed_nothing_is_shown() -> None:
    assert backups.judge_aside(replace(WELL, status=403)).status == Status.NOT_SHOWN


@pytest.mark.parametrize("drilled", ["", "well"])
def test_a_young_whole_backup_is_kept_with_and_without_a_drill(drilled: str) -> None:
    assert backups.judge_kept(replace(FRESH, drilled=drilled)).status == Status.KEPT
    assert backups.judge_kept(replace(FRESH, hours=48)).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"hours": None, "is_there": False, "is_whole": False},
        {"hours": 49},
        {"is_there": False, "is_whole": False},
        {"is_whole": False},
        {"drilled": "broken"},
    ],
    ids=["none", "old", "gone", "spoilt", "drill"],
)
def test_each_fault_of_what_is_kept_breaks_it(fault: dict[str, Any]) -> None:
    found = backups.judge_kept(replace(FRESH, **fault))
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)


def test_the_newest_is_the_newest_in_the_folder(tmp_path: Path) -> None:
    """One that was made to another place, such as a stick, is not looked for there."""
    settings = Settings(folder=tmp_path, backup=Backup(folder="kept"))
    stick, mine, older = (Made(number, 0, "d", 1, 1, "read") for number in (3, 2, 1))
    (tmp_path / "kept").mkdir()
    assert backups.newest(settings, [stick, mine, older]) == (stick, None)
    for one in (mine, older):
        (tmp_path / "kept" / backup.name(settings, one.number)).touch()
    file = tmp_path / "kept" / backup.name(settings, 2)
    assert backups.newest(settings, [stick, mine, older]) == (mine, file)
    assert backups.newest(settings, []) == (None, None)
    assert backups.newest(Settings(folder=tmp_path), [stick]) == (stick, None)


def test_without_any_set_up_nothing_is_shown() -> None:
    assert backups.judge_kept(replace(FRESH, is_set_up=False)).status == Status.NOT_SHOWN
