# SPDX-License-Identifier: Apache-2.0
"""A process follows a site whose data went elsewhere; that people notice little of it is tested as a flow."""

import asyncio
import threading
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from tests import site
from uphold import config, errors
from uphold.app import open_site
from uphold.config import Settings
from uphold.continuity import toml
from uphold.database import changes, moved, process, transfer
from uphold.database.engine import Database
from uphold.journal import store
from uphold.web import moving

OTHER = "sqlite:///data/other.sqlite"


def leave(settings: Settings) -> str:
    """Have the data of a site lie elsewhere, as a move does; returns the configuration that says so."""
    file = settings.folder / config.FILE
    database = Database(settings.database_url)
    with database.connect() as here:
        here.exec_driver_sql("VACUUM INTO ?", (str(settings.folder / "data" / "other.sqlite"),))
    with changes.locked(database, store.hold) as connection:
        moved.mark(connection, site.now())
        store.forsake(connection)
    database.dispose()
    return toml.put(file.read_text(), {("database", "url"): OTHER})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with closing(site.build(tmp_path)) as made:
        return made.settings


def test_the_server_ends_and_its_sockets_listen_on(settings: Settings) -> None:
    async def look() -> list[str]:
        with closing(open_site(settings)) as app:
            server = uvicorn.Server(uvicorn.Config(app=""))
            server.servers = [await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)]
            watch = moving.Watch(app, server)
            # Far beyond what it takes: only a hang gets there.
            looking = asyncio.create_task(watch.run())
            await asyncio.sleep(moving.LOOK_SECONDS * 2)
            said = [str(watch.kept), str(server.should_exit)]
            await asyncio.to_thread(leave, settings)
            await asyncio.wait_for(looking, 60)
            assert server.should_exit
            where = server.servers[0].sockets[0].getsockname()
            server.servers[0].close()
            assert [one.getsockname() for one in watch.kept] == [where]
            (await asyncio.open_connection(*where))[1].close()
            for one in watch.kept:
                one.close()
            return said

    assert asyncio.run(look()) == ["()", "False"]


def test_a_look_that_fails_is_not_the_last_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another process ended the notes of a move in just that moment, and their table is gone."""
    failed = threading.Event()

    def fail(_: Connection) -> bool:
        failed.set()
        raise ProgrammingError("SELECT", None, Exception("no such table"))

    monkeypatch.setattr(changes, "is_abandoned", fail)
    monkeypatch.setattr(moving, "_TIDY", 1)

    async def look() -> bool:
        with closing(open_site(settings)) as app:
            server = uvicorn.Server(uvicorn.Config(app=""))
            server.servers = []
            looking = asyncio.create_task(moving.Watch(app, server).run())
            assert await asyncio.to_thread(failed.wait, 60)
            await asyncio.to_thread(leave, settings)
            await asyncio.wait_for(looking, 60)
            return server.should_exit

    assert asyncio.run(look())


def test_nothing_is_noted_for_a_move_that_was_killed(settings: Settings) -> None:
    with closing(open_site(settings)) as app:
        with app.database.read() as connection:
            tables = transfer.tables(connection)
        for gone in (False, True):
            name = process.named()
            place, _, began, rest = name.split(":")
            with changes.locked(app.database, store.hold) as connection:
                changes.begin(
                    connection, tables, f"{place}:{2**22 + 1}:{began}:{rest}" if gone else name
                )
            moving.tidy(app.database)
            with app.database.read() as connection:
                assert changes.is_on(connection) is not gone
        site.submit(app)


def test_the_notes_of_a_move_that_begins_meanwhile_stay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(connection: Connection) -> bool:
        found = is_abandoned(connection)
        monkeypatch.setattr(changes, "is_abandoned", is_abandoned)
        begin(process.named())
        return found

    def begin(name: str) -> None:
        with changes.locked(app.database, store.hold) as connection:
            changes.begin(connection, tables, name)

    is_abandoned = changes.is_abandoned
    with closing(open_site(settings)) as app:
        with app.database.read() as connection:
            tables = transfer.tables(connection)
        place, _, began, rest = process.named().split(":")
        begin(f"{place}:{2**22 + 1}:{began}:{rest}")
        monkeypatch.setattr(changes, "is_abandoned", late)
        moving.tidy(app.database)
        with app.database.read() as connection:
            assert changes.is_on(connection)


def test_it_is_opened_where_the_configuration_says_that_it_is_now(settings: Settings) -> None:
    file = settings.folder / config.FILE
    after = leave(settings)
    later = threading.Timer(0.2, lambda: file.write_text(after))
    later.start()
    with closing(moving.follow(settings.folder, settings)) as app:
        assert app.settings.database.url == OTHER
        site.submit(app)
    later.join()


def test_who_is_told_of_no_other_place_gives_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(settings)
    monkeypatch.setattr(moving, "PATIENCE", 0.0)
    with pytest.raises(errors.Moved) as told:
        moving.follow(settings.folder, settings)
    assert "uphold move" in told.value.advice
