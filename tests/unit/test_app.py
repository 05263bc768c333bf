# SPDX-License-Identifier: Apache-2.0
"""The wiring: what a site needs to open, what is refused."""

from contextlib import closing
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import select

from tests import site
from uphold import app, config, errors
from uphold.journal import entry
from uphold.policy import folder, scaffold
from uphold.policy.publish import policy_edition
from uphold.policy.shelf import Shelf
from uphold.retention import sweep
from uphold.retention.sweep import Reason
from uphold.vault import destroyed

HOUR = 3_600_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = site.build(tmp_path)
    made.close()
    return made.settings.folder


def test_storage_is_made_once(tmp_path: Path, engine_url: str) -> None:
    settings = site.make(tmp_path / "site", engine_url)
    app.create_storage(settings)
    with app.opened(settings.folder) as site_, site_.database.read() as connection:
        kinds = [entry.decode(raw).kind for _, raw in site_.log.entries(connection)]
    assert kinds == ["journal.opened", "keys.created"]
    ring = settings.folder / "keys" / "ring.json"
    assert ring.stat().st_mode & 0o777 == 0o600
    assert ring.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_destroyed_is_listed_beside_the_key_ring(tmp_path: Path, engine_url: str) -> None:
    """Also after the list was lost, before the site does anything else."""
    with closing(site.build(tmp_path, engine_url)) as made:
        record = site.submit(made).number
        gone = made.writer.run(lambda tx: sweep.destroy(tx, made.ring, record, Reason.DISCARDED))
        listed = made.settings.folder / "keys" / "destroyed"
        assert set(destroyed.read(listed)) == set(gone) != set()
    listed.unlink()
    with app.opened(made.settings.folder):
        assert set(destroyed.read(listed)) == set(gone)


def test_an_interrupted_making_is_finished(tmp_path: Path) -> None:
    """Whatever was done before it stopped is kept."""
    root = tmp_path / "site"
    folder.write(root, scaffold.example())
    settings = config.load(root)
    app.create_storage(settings)
    for name in ("data/uphold.sqlite", "data/uphold.sqlite-wal", "data/uphold.sqlite-shm"):
        (root / name).unlink(missing_ok=True)
    (root / "keys" / "head").unlink()
    before = (root / "keys" / "ring.json").read_bytes()
    app.create_storage(settings)
    assert (root / "keys" / "ring.json").read_bytes() == before
    with app.opened(root) as opened_:
        assert opened_.shelf.in_force_or_none() is None


def test_a_site_that_has_not_begun(tmp_path: Path) -> None:
    folder.write(tmp_path, scaffold.example())
    for opening in (app.opened, app.reading):
        with pytest.raises(errors.Missing, match="Nothing has been published"), opening(tmp_path):
            pass
    assert not (tmp_path / "data").exists()


def test_a_lost_database(root: Path) -> None:
    for file in (root / "data").iterdir():
        file.unlink()
    with pytest.raises(errors.Unavailable), app.opened(root):
        pass
    with pytest.raises(errors.Broken, match="is not at"):
        app.create_storage(config.load(root))
    assert list((root / "data").iterdir()) == []


def test_a_lost_key_ring(root: Path) -> None:
    ring = root / "keys" / "ring.json"
    ring.unlink()
    with pytest.raises(errors.Missing, match="key ring"), app.opened(root):
        pass
    with pytest.raises(errors.Broken, match="key ring"):
        app.create_storage(config.load(root))
    assert not ring.exists()
    # Reading what is not sealed needs none.
    with app.reading(root) as connection:
        assert connection.execute(select(policy_edition.c.number)).scalars().all() == [1]


def test_an_older_database_is_refused(root: Path, tmp_path: Path) -> None:
    copy = (root / "data" / "uphold.sqlite").read_bytes()
    with app.opened(root) as opened_:
        site.submit(opened_)
    for file in (root / "data").iterdir():
        file.unlink()
    (root / "data" / "uphold.sqlite").write_bytes(copy)
    with pytest.raises(errors.Broken, match="head file"), app.opened(root):
        pass


def test_two_processes_share_a_site(root: Path) -> None:
    with app.opened(root) as one, app.opened(root) as other:
        site.submit(one)
        site.submit(other)
        with one.database.read() as connection:
            assert one.log.head(connection).size == 4 + 2 * 2


def test_before_any_edition(tmp_path: Path) -> None:
    settings = site.make(tmp_path / "site")
    with app.opened(settings.folder) as opened_:
        assert opened_.shelf.in_force_or_none() is None
        assert opened_.shelf.all() == []
        with pytest.raises(errors.Missing, match="No policy is in force"):
            opened_.shelf.in_force()


def test_what_is_known_outlives_the_database(root: Path, tmp_path: Path) -> None:
    with app.opened(root) as opened_:
        assert opened_.shelf.in_force().number == 1
        for file in (root / "data").iterdir():
            file.rename(tmp_path / file.name)
        opened_.database.dispose()
        assert opened_.shelf.in_force(site.now() + HOUR).number == 1
        fresh = Shelf(opened_.database)
        with pytest.raises(errors.Unavailable):
            fresh.in_force()
        for name in ("uphold.sqlite", "uphold.sqlite-wal", "uphold.sqlite-shm"):
            if (tmp_path / name).exists():
                (tmp_path / name).rename(root / "data" / name)


def test_an_older_edition_that_was_damaged_does_not_stop_the_one_in_force(
    root: Path, tmp_path: Path
) -> None:
    with app.opened(root) as made:
        file = root / "policy" / "policy.toml"
        file.write_bytes(file.read_bytes() + b"\n# The same in a later edition.\n")
        site.publish_policy(made)
    damage(root, 1)
    with app.opened(root) as again:
        assert [edition.number for edition in again.shelf.all()] == [2]
        assert again.shelf.in_force().number == 2
    damage(root, 2)
    with app.opened(root) as broken, pytest.raises(errors.Broken, match="digest"):
        broken.shelf.in_force()


def damage(root: Path, number: int) -> None:
    """Change a byte of an edition by hand, past the trigger."""
    with closing(sqlite.connect(root / "data" / "uphold.sqlite")) as other:
        other.execute("DROP TRIGGER IF EXISTS policy_edition_no_update")
        other.execute(
            "UPDATE policy_edition SET bytes = CAST(bytes || X'20' AS BLOB) WHERE number = ?",
            [number],
        )
        other.commit()
