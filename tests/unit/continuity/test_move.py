# SPDX-License-Identifier: Apache-2.0
"""A site is moved whole, to either engine; whatever goes wrong leaves it whole on one side."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from sqlalchemy import Connection, Table, inspect

from tests import postgresql, site
from uphold import app, config, errors
from uphold.assurance import audit
from uphold.config import Settings
from uphold.continuity import move, toml
from uphold.continuity.move import Wanted
from uphold.database import bulk, changes, engine, moved, transfer
from uphold.database.engine import Database
from uphold.journal import entry, store

OTHER = "sqlite:///data/other.sqlite"


@pytest.fixture(params=["to the server", "to the file"])
def ways(
    request: pytest.FixtureRequest, tmp_path: Path, postgresql_server: postgresql.Server
) -> tuple[Settings, str]:
    """A site on which every kind of row is, and where it is to go."""
    url = request.getfixturevalue("postgresql_url")
    is_up = request.param == "to the server"
    with closing(site.build(tmp_path, "" if is_up else url)) as made:
        site.live(made)
    return made.settings, url if is_up else OTHER


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """A site in a file with one submission, to go into another file."""
    with closing(site.build(tmp_path)) as made:
        site.submit(made)
    return made.settings


def failing(at: str) -> Callable[[str, int, int], None]:
    """Watch a move, and have it end at this step."""

    def watch(step: str, _done: int, _all: int) -> None:
        if step == at:
            raise KeyboardInterrupt

    return watch


def interrupt(_: object) -> NoReturn:
    """In the place of a step: somebody ends the move there."""
    raise KeyboardInterrupt


def test_a_site_is_moved_whole(ways: tuple[Settings, str]) -> None:
    settings, url = ways
    file = settings.folder / config.FILE
    file.write_text(f"# mine\n{file.read_text()}\n[backup]\nkeep_days = 7  # a week\n")
    seen = set()
    done = move.run(
        Wanted(settings.folder, url, thorough=True), lambda step, _d, _a: seen.add(step)
    )
    assert seen >= {"copy", "compare", "audit", "switch"}
    there = config.load(settings.folder)
    assert there.database.url == url
    assert file.read_text().startswith("# mine\n")
    assert "keep_days = 7  # a week\n" in file.read_text()
    assert list(audit.run(there)) == []
    with closing(app.open_site(there)) as opened:
        site.submit(opened)
        with opened.database.read() as connection:
            last = [entry.decode(raw) for _, raw in opened.log.tail(connection, 50)]
    said = [one for one in last if one.kind == move.KIND]
    assert [(one.codes["from"], one.codes["to"]) for one in said] == [(done.before, done.after)]
    assert said[0].codes["kept"] == done.entries
    assert done.before != done.after
    with pytest.raises(errors.Moved):
        app.open_site(settings)
    with pytest.raises(errors.Conflict, match="already"):
        move.run(Wanted(settings.folder, url))


def test_what_is_changed_in_the_configuration_meanwhile_stays(small: Settings) -> None:
    file = small.folder / config.FILE

    def change(step: str, _done: int, _all: int) -> None:
        if step == "switch":
            file.write_text(f"{file.read_text()}[backup]\nkeep_days = 7\n")

    move.run(Wanted(small.folder, OTHER), change)
    there = config.load(small.folder)
    assert (there.database.url, there.backup.keep_days) == (OTHER, 7)
    app.open_site(there).close()


def test_a_configuration_that_was_broken_meanwhile_is_found_before_anybody_waits(
    small: Settings,
) -> None:
    file = small.folder / config.FILE
    text = file.read_text()

    def spoil(step: str, _done: int, _all: int) -> None:
        if step == "switch":
            file.write_text(f"{text}[backup\n")

    with pytest.raises(errors.Invalid):
        move.run(Wanted(small.folder, OTHER), spoil)
    file.write_text(text)
    with closing(app.open_site(config.load(small.folder))) as opened:
        site.submit(opened)


def test_who_moves_a_site_says_meanwhile_that_it_lives(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Database(small.database_url)

    def age(step: str, done: int, _all: int) -> None:
        if step != "copy" or done:
            return
        with source.connect() as connection:
            connection.exec_driver_sql(f"UPDATE {changes.TABLE} SET a = '1' WHERE number = 1")
        # Far beyond what it takes: only one that says nothing gets there.
        deadline = time.monotonic() + 60
        while True:
            with source.read() as connection:
                if not changes.is_abandoned(connection):
                    return
            assert time.monotonic() < deadline

    monkeypatch.setattr(changes, "RENEW_SECONDS", 0.01)
    move.run(Wanted(small.folder, OTHER), age)
    source.dispose()


def test_a_url_in_a_secret_file_stays_there(small: Settings) -> None:
    secret = small.folder / "secrets" / "database-url"
    secret.parent.mkdir()
    secret.write_text(OTHER)
    # The configuration is a link, as where it is kept with those of other programs: it stays one.
    file, kept = small.folder / config.FILE, small.folder.parent / "kept.toml"
    file.rename(kept)
    file.symlink_to(kept)
    move.run(Wanted(small.folder, file=secret))
    assert file.is_symlink()
    there = config.load(small.folder)
    assert (there.database.url_file, OTHER in (small.folder / config.FILE).read_text()) == (
        "secrets/database-url",
        False,
    )
    app.open_site(there).close()


def test_what_is_broken_off_leaves_the_site_where_it_was(small: Settings) -> None:
    for step in ("copy", "switch"):
        with pytest.raises(KeyboardInterrupt):
            move.run(Wanted(small.folder, OTHER), failing(step))
        with closing(app.open_site(config.load(small.folder))) as opened:
            site.submit(opened)
            with opened.database.read() as connection:
                assert not changes.is_on(connection)
        half = Database(f"sqlite:///{small.folder}/data/other.sqlite")
        assert transfer.is_restoring(half)
        half.dispose()
    move.run(Wanted(small.folder, OTHER))
    assert list(audit.run(config.load(small.folder))) == []


def test_a_move_that_ended_behind_the_mark_is_finished(small: Settings) -> None:
    text = (small.folder / config.FILE).read_text()
    move.run(Wanted(small.folder, OTHER))
    (small.folder / config.FILE).write_text(text)
    with pytest.raises(errors.Broken, match="another one"):
        move.run(Wanted(small.folder, "sqlite:///data/empty.sqlite"))
    assert move.run(Wanted(small.folder, OTHER)).pause is None
    there = config.load(small.folder)
    assert list(audit.run(there)) == []
    with closing(app.open_site(there)) as opened, opened.database.read() as connection:
        said = [entry.decode(raw).kind for _, raw in opened.log.entries(connection)]
    assert said.count(move.KIND) == 1


def test_what_is_there_is_never_overwritten(small: Settings, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    with closing(site.build(tmp_path / "second")) as other:
        pass
    taken = f"sqlite:///{other.database.path}"
    with pytest.raises(errors.Conflict, match="not empty"):
        move.run(Wanted(small.folder, taken))
    app.open_site(small).close()
    app.open_site(other.settings).close()


def test_of_two_moves_from_two_folders_the_late_one_empties_nothing(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site is moved from the second folder, but for its last steps, before the first empties what is there."""
    second = tmp_path / "second"
    shutil.copytree(small.folder, second)
    file, other = second / config.FILE, f"sqlite:///{small.folder}/data/other.sqlite"
    file.write_text(toml.put(file.read_text(), {("database", "url"): small.database_url}))

    def late(*given: Any) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(transfer, "empty", empty)
            patched.setattr(move._Work, "settle", interrupt)
            with pytest.raises(KeyboardInterrupt):
                move.run(Wanted(second, other))
        empty(*given)

    empty = transfer.empty
    monkeypatch.setattr(transfer, "empty", late)
    with pytest.raises(errors.Conflict):
        move.run(Wanted(small.folder, other))
    move.run(Wanted(second, other))
    moved_to = config.load(second)
    assert moved_to.database_url == other
    assert list(audit.run(moved_to)) == []


def test_a_half_filled_database_is_not_taken_for_the_one_that_the_site_went_to(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its journal is whole, and nothing was written since; what comes after it by name is not there."""
    half = "sqlite:///data/half.sqlite"

    def write(connection: Connection, table: Table, *given: Any) -> None:
        if table.name.startswith("vault_"):
            raise errors.Unavailable("The disk is full.", "Nothing was stored.")
        bulk_write(connection, table, *given)

    bulk_write = bulk.write
    with monkeypatch.context() as patched:
        patched.setattr(bulk, "write", write)
        with pytest.raises(errors.Unavailable):
            move.run(Wanted(small.folder, half))
    with monkeypatch.context() as patched:
        patched.setattr(move._Work, "settle", interrupt)
        with pytest.raises(KeyboardInterrupt):
            move.run(Wanted(small.folder, OTHER))
    with pytest.raises(errors.Broken, match="another one"):
        move.run(Wanted(small.folder, half))
    assert config.load(small.folder) == small
    move.run(Wanted(small.folder, OTHER))
    assert list(audit.run(config.load(small.folder))) == []


def test_writes_do_not_wait_for_ever_for_a_server_that_hangs(
    small: Settings, postgresql_server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its processes do not answer any more while the write lock is held; the kernel does, so that they seem alive."""
    name = postgresql_server.create()
    url = postgresql_server.url(name)
    found: list[int] = []
    outcome: list[BaseException] = []

    def hang(step: str, _done: int, _all: int) -> None:
        if step == "switch":
            with psycopg.connect(postgresql_server.url("postgres")) as asking:
                query = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
                found.extend(pid for (pid,) in asking.execute(query, [name]))
            for pid in found:
                os.kill(pid, signal.SIGSTOP)

    def run() -> None:
        try:
            move.run(Wanted(small.folder, url), hang)
        except BaseException as error:  # noqa: BLE001 - whatever was raised is what the test looks at
            outcome.append(error)

    monkeypatch.setattr(move, "PATIENCE", 0.5)
    moving = threading.Thread(target=run)
    moving.start()
    # Far beyond what it takes: only a hang gets there.
    moving.join(60)
    try:
        assert not moving.is_alive()
        assert isinstance(outcome[0], errors.Unavailable)
        with closing(app.open_site(small)) as opened:
            site.submit(opened)
    finally:
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        moving.join()
    move.run(Wanted(small.folder, url))
    assert list(audit.run(config.load(small.folder))) == []
    postgresql_server.drop(name)


@pytest.mark.parametrize(
    "url",
    ["postgresql://uphold:secret@127.0.0.1/uphold", "mysql://127.0.0.1/x", "sqlite:///keys/x"],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_done(small: Settings, url: str) -> None:
    with pytest.raises(errors.Invalid) as told:
        move.run(Wanted(small.folder, url))
    assert "secret" not in str(told.value)
    app.open_site(config.load(small.folder)).close()


def test_after_trouble_the_same_command_finishes(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> NoReturn:
        raise errors.Unavailable("The server is away.", "Nothing was stored.")

    with monkeypatch.context() as patched:
        patched.setattr(transfer, "finish", fail)
        with pytest.raises(errors.Unavailable, match="away") as told:
            move.run(Wanted(small.folder, OTHER))
    assert "the same command" in told.value.advice
    assert config.load(small.folder) == small
    assert move.run(Wanted(small.folder, OTHER)).pause is None
    assert list(audit.run(config.load(small.folder))) == []


def test_a_mark_that_comes_late_is_seen_before_anything_is_emptied(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its commit was asked for by the run before, and not answered; what lies on the other side is the site then."""
    half = engine.create(config.parse(f'[database]\nurl = "{OTHER}"', small.folder).database_url)
    transfer.begin(half)
    with half.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (number INTEGER)")

    def commit(source: Database) -> None:
        with changes.locked(source, store.hold) as connection:
            moved.mark(connection, site.now())
            store.forsake(connection)

    monkeypatch.setattr(transfer, "require_whole", commit)
    with pytest.raises(errors.Moved):
        move.run(Wanted(small.folder, OTHER))
    with half.read() as connection:
        assert "kept" in inspect(connection).get_table_names()
    half.dispose()
