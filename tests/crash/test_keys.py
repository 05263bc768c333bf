# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every step of a rotation and of a burn: the site is whole, and the command run again ends it.

A step is whatever reaches a disk: each fsync and each renaming of the key files and their folders, and each
COMMIT; each of them before it is done, and a COMMIT after it as well.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import forks, site
from tests.unit.continuity.test_rotate import is_whole, keeper, secrets, told, with_keys
from uphold.app import App, open_site
from uphold.config import Settings
from uphold.vault import epoch

RECORDS = 6
# A rotation of so few records takes several steps then.
TOGETHER = 15

KILLED = -9


@pytest.fixture
def settings(tmp_path: Path, engine_url: str) -> Settings:
    """A site with some submissions, a copy of its key ring elsewhere, and no window."""
    (tmp_path / "second").mkdir(mode=0o700)
    with closing(site.build(tmp_path, engine_url)) as app:
        for _ in range(RECORDS):
            site.submit(app)
        return with_keys(app.settings, tmp_path / "second" / "ring.json")


@pytest.fixture(scope="module")
def run() -> Iterator[forks.Run]:
    """Runs a command with a counter in the way of everything that reaches a disk."""
    with forks.of("tests.keys_process") as found:
        yield found


def killed_at(run: forks.Run, settings: Settings, step: int, act: str) -> bool:
    """Run the command, killed at a step; tell whether it came so far."""
    code = run(step, TOGETHER, "keys", act, settings.folder)
    assert code in {0, KILLED}
    return code == KILLED


def is_said_once(app: App) -> None:
    """Every epoch that was ever made is journaled as made once, and as burned once if the ring lacks it."""
    found = told(app)
    assert len(found) == len(set(found))
    held = {one.number for one in app.ring.epochs}
    made = {number for kind, number in found if kind == "keys.created"}
    assert made >= held
    assert {number for kind, number in found if kind == "keys.burned"} == made - held


@pytest.mark.slow
def test_rotate_killed_at_every_step(run: forks.Run, settings: Settings) -> None:
    step = 1
    while killed_at(run, settings, step, "rotate"):
        with closing(open_site(settings)) as app:
            is_whole(app)
            # The site goes on before anybody notices.
            if step % 5 == 0:
                site.submit(app)
            done = keeper(app).rotate()
            is_whole(app)
            is_said_once(app)
            with app.database.read() as connection:
                assert set(epoch.used(connection)) == {done.epoch}
        step += 1
    # Ring and copy: three fsyncs and a renaming each; then the COMMITs of what is said, and of each page.
    assert step > 2 * 4 + 2 * 3


@pytest.mark.slow
def test_burn_killed_at_every_step(run: forks.Run, settings: Settings, tmp_path: Path) -> None:
    step = 1
    burned: list[str] = []
    while True:
        with closing(open_site(settings)) as app:
            keeper(app).rotate()
            burned += secrets(app, app.ring.epochs[0].number)
        if not killed_at(run, settings, step, "burn"):
            break
        with closing(open_site(settings)) as app:
            is_whole(app)
            keeper(app).burn(site.now())
            is_whole(app)
            is_said_once(app)
            assert len(app.ring.epochs) == 1
        is_nowhere(tmp_path, burned)
        step += 1
    is_nowhere(tmp_path, burned)
    assert step > 2 * 4 + 2


def is_nowhere(folder: Path, keys: list[str]) -> None:
    """No file of the site or beside it holds a burned key, as text or as bytes."""
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            for key in keys:
                assert key.encode() not in raw, path
                assert bytes.fromhex(key) not in raw, path


def test_the_driver_reaches_what_it_counts(run: forks.Run, settings: Settings) -> None:
    """It would prove nothing if the command never came past the counter."""
    assert killed_at(run, settings, 1, "rotate")
    ring = json.loads(settings.path(settings.keys.ring).read_text())
    assert [one["number"] for one in ring["epochs"]] == [1]
    assert not killed_at(run, settings, 10_000, "rotate")
    assert os.path.exists(settings.path(settings.keys.copy))
