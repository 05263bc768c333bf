# SPDX-License-Identifier: Apache-2.0
"""Restoring: what comes back and what must not, the journal that goes on, and what is refused. Both engines."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import backups, site
from tests.backups import Kept
from tests.unit.continuity.test_rotate import keeper, secrets, with_keys
from uphold import config, errors
from uphold.access.session import access_session
from uphold.app import App, open_site
from uphold.assurance import audit
from uphold.continuity import restore
from uphold.continuity.restore import Restored, Wanted
from uphold.database import transfer
from uphold.database.engine import Database
from uphold.journal import entry, note, proof
from uphold.mail import outbox
from uphold.mail.outbox import State
from uphold.retention import due, sweep
from uphold.vault import age, destroyed, partkey, remains, tables, unlock
from uphold.vault.tables import (
    vault_destroyed,
    vault_index,
    vault_index_tail,
    vault_key,
    vault_part,
)


class Story:
    """A site, a backup of it, and what happened after that: one more submission, one erased."""

    def __init__(self, root: Path, url: str = "") -> None:
        with closing(site.build(root, url)) as made:
            self.kept = backups.set_up(made.settings, root)
        with closing(open_site(self.kept.settings)) as app:
            self.lived = site.live(app)
            self.stays, self.goes = site.submit(app), site.submit(app)
            self.made = backups.make(app, self.kept, identity=self.kept.identity)
            self.vkey = app.log.vkey
            self.lost = site.submit(app)
            app.writer.run(
                lambda tx: sweep.destroy(tx, app.ring, self.goes.number, sweep.Reason.DISCARDED)
            )
            with app.database.read() as connection:
                self.size = app.log.head(connection).size

    @property
    def file(self) -> Path:
        assert self.made.path is not None
        return self.made.path

    def wanted(self, to: Path, url: str = "") -> Wanted:
        return backups.wanted(self.kept, self.file, to, url)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def restored(story: Story, to: Path, url: str = "") -> tuple[Restored, App]:
    done = backups.bring_back(story.wanted(to, url))
    return done, open_site(config.load(to))


def other_url(engine: str, request: pytest.FixtureRequest) -> str:
    """A database on the engine that the site is not on."""
    return "" if engine == "postgresql" else str(request.getfixturevalue("postgresql_url"))


def test_a_site_comes_back_on_the_other_engine_without_what_was_erased_since(
    tmp_path: Path, engine: str, engine_url: str, request: pytest.FixtureRequest
) -> None:
    story = Story(tmp_path, engine_url)
    done, app = restored(story, tmp_path / "back", other_url(engine, request))
    with closing(app):
        assert (done.kept, done.last, done.erased, done.burned) == (
            story.made.entries,
            story.size,
            3,
            0,
        )
        assert done.lost == story.size - story.made.entries
        with app.database.read() as connection:
            assert len(remains.live(connection, story.stays.number)) == 3
            assert remains.live(connection, story.goes.number) == []
            assert remains.live(connection, story.lost.number) == []
            assert (
                connection.execute(select(func.count()).select_from(access_session)).scalar() == 0
            )
            waiting = outbox.counts(connection)
            assert due.state(connection).walked_at == 0
        assert waiting[State.QUEUED] == 0
        again = site.submit(app)
        assert again.number > story.lost.number
        with app.database.read() as connection:
            assert len(remains.live(connection, again.number)) == 3
    assert list(audit.run(app.settings)) == []


def test_the_journal_goes_on_under_an_origin_and_key_of_its_own(
    story: Story, tmp_path: Path
) -> None:
    done, app = restored(story, tmp_path / "back")
    with closing(app):
        with app.database.read() as connection:
            told = [entry.decode(raw) for _, raw in app.log.entries(connection, done.kept)]
            shown = app.log.proof(connection, story.stays.entry)
            raw = app.log.entry(connection, story.stays.entry)
        first, *_, last = told
        assert (first.kind, last.kind) == ("journal.continued", "backup.restored")
        assert first.codes["origin"] == app.log.origin != first.codes["before"] == site.ORIGIN
        assert (first.codes["size"], first.codes["kept"]) == (story.size, story.made.entries)
        assert last.codes == {"backup": story.made.digest, "parts": 3}
        new, old = (note.parse_vkey(line) for line in app.log.vkeys)
        assert old.vkey == story.vkey
        assert new.key != old.key
        assert proof.check(shown, raw, new).checkpoint.origin == app.log.origin
        with pytest.raises(errors.Invalid):
            proof.check(shown, raw, old)
        assert [one.codes["reason"] for one in told if one.kind == "part.destroyed"] == [
            "erased-before"
        ] * 3
        # What noise was paid for since the backup is not known: no more is about months that had begun.
        assert [one.kind for one in told].count("budget.closed") == 1


def test_a_restored_site_can_be_backed_up_and_restored_again(story: Story, tmp_path: Path) -> None:
    _, app = restored(story, tmp_path / "back")
    kept = Kept(app.settings, story.kept.identity, story.kept.folder)
    with closing(app):
        again = backups.make(app, kept)
    assert again.path is not None
    done = backups.bring_back(backups.wanted(kept, again.path, tmp_path / "third"))
    settings = config.load(tmp_path / "third")
    assert settings.site.continues == (site.ORIGIN, app.log.origin)
    assert done.lost == 1  # that the backup was made
    with closing(open_site(settings)) as third:
        assert len(third.log.vkeys) == 3
        assert third.log.vkeys[1:] == app.log.vkeys


def test_no_key_of_what_was_erased_reaches_the_new_database(story: Story, tmp_path: Path) -> None:
    _, app = restored(story, tmp_path / "back")
    first, last = tables.parts_of(story.goes.number)
    with closing(app), app.database.read() as connection:
        for column in (
            vault_key.c.number,
            vault_part.c.number,
            vault_index.c.part,
            vault_index_tail.c.part,
        ):
            found = connection.execute(select(column).where(column.between(first, last)))
            assert found.all() == []
        noted = select(vault_destroyed.c.number).where(
            vault_destroyed.c.number.between(first, last)
        )
        assert len(connection.execute(noted).all()) == 3


def refused(story: Story, to: Path, error: type[errors.UpholdError], **changes: object) -> str:
    with pytest.raises(error) as raised:
        backups.bring_back(story.wanted(to), **changes)
    assert not to.exists()
    return str(raised.value)


def test_what_does_not_fit_together_is_refused(story: Story, tmp_path: Path) -> None:
    back, other = tmp_path / "back", tmp_path / "other"
    other.mkdir()
    missing = other / "none"
    assert "no list of destroyed" in refused(story, back, errors.Missing, destroyed=missing)
    older = other / "destroyed"
    destroyed.append(older, [1])
    assert "older one" in refused(story, back, errors.Broken, destroyed=older)
    foreign = other / "ring.json"
    unlock.create(foreign, site.now())
    assert "not the one of the site" in refused(story, back, errors.Broken, keys=foreign)
    stranger = other / "identity"
    stranger.write_text(age.new_identity()[0])
    assert "does not open" in refused(story, back, errors.Invalid, identity=stranger)
    cut = other / "cut.age"
    cut.write_bytes(story.file.read_bytes()[:-7])
    assert "damaged" in refused(story, back, errors.Broken, file=cut)
    assert backups.bring_back(story.wanted(back)).erased == 3


def test_nothing_is_overwritten(story: Story, tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    (back / "mine").write_text("mine")
    with pytest.raises(errors.Conflict):
        backups.bring_back(story.wanted(back))
    assert (back / "mine").read_text() == "mine"


def test_a_database_that_holds_something_is_refused(
    story: Story, tmp_path: Path, postgresql_url: str
) -> None:
    execute(postgresql_url, "CREATE TABLE mine (number integer)")
    with pytest.raises(errors.Conflict, match="not empty"):
        backups.bring_back(story.wanted(tmp_path / "back", postgresql_url))


def test_a_site_that_does_not_hold_together_is_not_given_out(story: Story, tmp_path: Path) -> None:
    with pytest.raises(errors.Broken, match="does not hold together: a fault"):
        restore.run(story.wanted(tmp_path / "back"), lambda _: ["a fault"])
    assert not (tmp_path / "back").exists()
    assert backups.bring_back(story.wanted(tmp_path / "back")).erased == 3


def test_without_the_list_what_was_erased_comes_back_and_the_number_says_so(
    story: Story, tmp_path: Path
) -> None:
    done = backups.bring_back(story.wanted(tmp_path / "back"), destroyed=None)
    assert done.erased == 0


def test_without_the_head_file_the_lost_range_is_not_known(story: Story, tmp_path: Path) -> None:
    done = backups.bring_back(story.wanted(tmp_path / "back"), head=tmp_path / "none")
    assert (done.last, done.lost) == (None, None)
    # Numbers that may have been given out are not given out again.
    with closing(open_site(config.load(tmp_path / "back"))) as app:
        assert site.submit(app).number > 1 << 32


def test_a_head_file_of_another_journal_of_that_size_is_refused(
    story: Story, tmp_path: Path
) -> None:
    ring = unlock.load(story.kept.settings.path("keys/ring.json"))
    signer = note.Signer(site.ORIGIN, ring.signing_seed)
    text = f"{site.ORIGIN}\n{story.made.entries}\n{'A' * 43}=\n".encode()
    (tmp_path / "head").write_bytes(signer.sign(text))
    assert "not the one of the head file" in refused(
        story, tmp_path / "back", errors.Broken, head=tmp_path / "head"
    )


def test_places_outside_the_folder_are_moved_into_it_and_told(tmp_path: Path) -> None:
    story = Story(tmp_path)
    far = tmp_path / "far.toml"
    text = (story.kept.settings.folder / config.FILE).read_text()
    far.write_text(f'[keys]\nring = "{tmp_path}/far/ring.json"\nhead = "../head"\n{text}')
    done = backups.bring_back(story.wanted(tmp_path / "back"), config=far)
    assert done.moved == ["[keys] ring", "[keys] head"]
    assert (tmp_path / "back" / "keys" / "ring.json").exists()


def test_a_folder_killed_before_its_last_step_is_finished(
    story: Story, tmp_path: Path, postgresql_url: str
) -> None:
    back = tmp_path / "back"
    done, app = restored(story, back, postgresql_url)
    app.close()
    execute(postgresql_url, f"CREATE TABLE {transfer.RESTORING} (number INTEGER)")
    with pytest.raises(errors.Invalid, match="half restored"):
        open_site(config.load(back))
    again = backups.bring_back(story.wanted(back, postgresql_url))
    assert (again.origin, again.before) == (done.origin, "")
    open_site(config.load(back)).close()


def test_an_old_backup_opens_for_nobody_once_its_epoch_is_burned(tmp_path: Path) -> None:
    """The backup test: submit, back up, erase, rotate, burn, and bring the old backup back."""
    (tmp_path / "second").mkdir(mode=0o700)
    with closing(site.build(tmp_path)) as made:
        with_keys(made.settings, tmp_path / "second" / "ring.json")
        kept = backups.set_up(made.settings, tmp_path)
    with closing(open_site(kept.settings)) as app:
        stays, goes = site.submit(app), site.submit(app)
        made_ = backups.make(app, kept, identity=kept.identity)
        erased = part_keys(app, goes.number)
        old = secrets(app, 1)
        app.writer.run(lambda tx: sweep.destroy(tx, app.ring, goes.number, sweep.Reason.DISCARDED))
        app.sweep().run()
        keeper(app).rotate()
        assert keeper(app).burn(site.now()) == [1]
        with app.database.read() as connection:
            assert len(remains.live(connection, stays.number)) == 3
    assert made_.path is not None
    done = backups.bring_back(backups.wanted(kept, made_.path, tmp_path / "back"))
    assert (done.erased, done.burned) == (3, 3)
    # What the recipient can decrypt holds the wrapped keys still; nothing under the new ring opens them.
    ring = unlock.load(kept.settings.path(kept.settings.keys.ring))
    plain = backups.opened(made_.path, kept.identity)
    rows = [
        row for row in backups.rows_of(plain, vault_key.name) if row["number"] >> 8 == goes.number
    ]
    assert len(rows) == 3
    for row in rows:
        with pytest.raises(errors.Broken):
            partkey.unwrap(ring, row["number"], row["epoch"], row["wrapped"])
    for path in tmp_path.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            for secret in [*erased, *map(bytes.fromhex, old)]:
                assert secret not in raw, path
                assert secret.hex().encode() not in raw, path
    assert all(secret not in plain for secret in erased)


def execute(url: str, statement: str) -> None:
    database = Database(url)
    with database.connect() as connection:
        connection.exec_driver_sql(statement)
    database.dispose()


def test_a_backup_from_before_a_rotation_is_rotated_on(story: Story, tmp_path: Path) -> None:
    with closing(open_site(story.kept.settings)) as app:
        assert keeper(app).rotate().epoch == 2
    _, app = restored(story, tmp_path / "back")
    with closing(app):
        # The ring is ahead of the journal that came back: what was done to it is said, and finished.
        assert [one.number for one in keeper(app).olds()] == [1]
        done = keeper(app).rotate()
        assert (done.epoch, done.resumed) == (2, True)
        assert [one.used for one in keeper(app).olds()] == [0]
    assert list(audit.run(app.settings)) == []


def part_keys(app: App, record: int) -> list[bytes]:
    with app.database.read() as connection:
        return list(partkey.of_record(connection, app.ring, record).values())
