# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every step of a backup and of a restore: half of one is never taken for one, and it can be begun again."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import backups, forks, site
from tests.backups import Kept
from uphold import config, errors
from uphold.app import open_site
from uphold.assurance import audit
from uphold.continuity import backup
from uphold.retention import sweep
from uphold.vault import remains

KILLED = -9
# More steps than either has.
MOST = 200
# Many steps of a restore are alike, a file or a table each: so many of them are passed over but the last of all.
STRIDE = 5


@pytest.fixture(scope="module")
def run() -> Iterator[forks.Run]:
    """Runs a command with a counter in the way of everything that reaches a disk."""
    with forks.of("tests.backup_process") as found:
        yield found


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    with closing(site.build(tmp_path)) as made:
        site.submit(made)
        return backups.set_up(made.settings, tmp_path)


def is_half(folder: Path) -> bool:
    """Tell whether a site is refused for being half restored."""
    try:
        open_site(config.load(folder)).close()
    except errors.Invalid as error:
        return "half restored" in error.message
    return False


@pytest.mark.slow
def test_backup_killed_at_every_step(run: forks.Run, kept: Kept, tmp_path: Path) -> None:
    step, code, whole = 0, KILLED, 0
    while code == KILLED:
        step += 1
        assert step < MOST
        code = run(step, "backup", kept.settings.folder, "--identity", kept.identity)
        # Whatever bears the name of a backup is one.
        files = backup.kept_in(kept.settings, kept.folder)
        for number, file in files[whole:]:
            done = backups.bring_back(backups.wanted(kept, file, tmp_path / f"back-{number}"))
            assert done.kept > 0
        whole = len(files)
        assert list(audit.run(kept.settings)) == []
    assert code == 0
    assert step > 4
    assert not list(kept.folder.glob(".*.part"))


@pytest.mark.slow
def test_restore_killed_at_every_step(
    run: forks.Run, kept: Kept, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    with closing(open_site(kept.settings)) as app:
        goes = site.submit(app)
        made = backups.make(app, kept)
        app.writer.run(lambda tx: sweep.destroy(tx, app.ring, goes.number, sweep.Reason.DISCARDED))
    # Into the other engine, where it is not the folder alone that must come about.
    url = str(request.getfixturevalue("postgresql_url")) if engine == "sqlite" else ""
    keys, back = kept.settings.path(kept.settings.keys.ring), tmp_path / "back"
    words = ["restore", made.path, "--to", back, "--identity", kept.identity, "--keys", keys]
    words += ["--database", url or "sqlite:///data/uphold.sqlite"]
    step, code = 0, KILLED
    while code == KILLED:
        step += STRIDE
        assert step < MOST
        code = run(step, *words)
        if back.exists() and code == KILLED:
            # Only the last step may be missing: until that was made it is refused.
            code = run(MOST, *words) if is_half(back) else 0
    assert code == 0
    assert step > 20
    with closing(open_site(config.load(back))) as app, app.database.read() as connection:
        assert remains.live(connection, goes.number) == []
    assert list(audit.run(config.load(back))) == []
