# SPDX-License-Identifier: Apache-2.0
"""What changes while a database is copied is noted, whoever changes it, and nothing else."""

import time

import pytest
from sqlalchemy import Connection, Table

from uphold import errors
from uphold.database import changes, engine, process, schema, transfer
from uphold.database.bulk import Row
from uphold.database.engine import Database
from uphold.journal import store

INTO = "INSERT INTO keyed (kind, epoch, value, word) VALUES"
ME = "me"


def begin(database: Database, whose: str = ME) -> dict[str, Table]:
    with database.read() as connection:
        tables = transfer.tables(connection)
    with changes.locked(database, store.hold) as connection:
        changes.begin(connection, tables, whose)
    return {table.name: table for table in tables}


def write(database: Database, *statements: str) -> None:
    """As another process would, on a connection of its own."""
    with database.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def value(database: Database, number: int) -> str:
    """Two bytes as each engine's SQL has them."""
    return f"X'00{number:02x}'" if database.dialect == "sqlite" else f"'\\x00{number:02x}'::bytea"


def keys(connection: Connection, table: Table, after: int, upto: int) -> list[Row]:
    return sorted(key for page in changes.keys(connection, table, after, upto) for key in page)


def rows(connection: Connection, table: Table, after: int, upto: int) -> list[Row]:
    return sorted(row for page in changes.rows(connection, table, after, upto) for row in page)


def test_each_act_on_a_row_is_noted_by_its_key(database: Database) -> None:
    write(database, f"{INTO} (1, 2, {value(database, 7)}, 'a')")
    table = begin(database)["keyed"]
    with database.read() as connection:
        first = changes.mark(connection, ME)
        assert changes.names(connection, first, first) == {}
    write(
        database,
        f"{INTO} (1, 2, {value(database, 8)}, 'b''é'), (1, {1 << 40}, {value(database, 9)}, '')",
        "UPDATE keyed SET epoch = 6 WHERE word = 'b''é'",
        "DELETE FROM keyed WHERE word IN ('a', '')",
        "UPDATE keyed SET epoch = 9 WHERE word = 'nobody'",
    )
    with database.read() as connection:
        last = changes.mark(connection, ME)
        assert set(changes.names(connection, first, last)) == {"keyed"}
        assert keys(connection, table, first, last) == [
            (1, 2, b"\0\7", "a"),
            (1, 2, b"\0\10", "b'é"),
            (1, 6, b"\0\10", "b'é"),
            (1, 1 << 40, b"\0\11", ""),
        ]
        assert rows(connection, table, first, last) == [(None, 1, 6, b"\0\10", "b'é")]
    write(database, "UPDATE keyed SET epoch = 7, note = 'noted'")
    with database.read() as connection:
        now = changes.mark(connection, ME)
        assert keys(connection, table, last, now) == [
            (1, 6, b"\0\10", "b'é"),
            (1, 7, b"\0\10", "b'é"),
        ]
        assert rows(connection, table, last, now) == [("noted", 1, 7, b"\0\10", "b'é")]


def test_nothing_is_left_at_the_end(database: Database) -> None:
    begin(database)
    with changes.locked(database, store.hold) as connection:
        assert changes.is_on(connection)
        changes.end(connection)
        changes.end(connection)
        assert not changes.is_on(connection)
    write(database, f"{INTO} (1, 2, {value(database, 7)}, 'a')")
    with database.read() as connection, pytest.raises(errors.Conflict):
        changes.mark(connection, ME)


def test_the_notes_are_one_persons(database: Database) -> None:
    begin(database)
    begin(database, "somebody else")
    with database.read() as connection, pytest.raises(errors.Conflict, match="Somebody else"):
        changes.mark(connection, ME)


def abandoned(database: Database) -> bool:
    with database.read() as connection:
        return changes.is_abandoned(connection)


def age(database: Database, by: int = changes.TERM_MS) -> None:
    """As time does, which passes, or a clock that was put back."""
    with database.connect() as connection:
        until = process.moment(connection) + changes.TERM_MS - by
    write(database, f"UPDATE {changes.TABLE} SET a = '{until}' WHERE number = 1")


def test_notes_for_a_process_that_has_ended_are_known_for_such(database: Database) -> None:
    assert not abandoned(database)
    begin(database, process.named())
    assert not abandoned(database)
    place, _, began, rest = process.named().split(":")
    begin(database, f"{place}:{2**22 + 1}:{began}:{rest}")
    assert abandoned(database)


def test_notes_for_who_is_elsewhere_count_for_their_term(database: Database) -> None:
    """Another machine's, another container's, another boot's: whether it has ended can nobody tell but by its term."""
    _, *rest = process.named().split(":")
    begin(database, ":".join(["f" * 16, *rest]))
    assert not abandoned(database)
    for by in (changes.TERM_MS, -changes.TERM_MS):
        age(database, by)
        assert abandoned(database)
    # As those of a version that set no term.
    write(database, f"UPDATE {changes.TABLE} SET a = NULL")
    assert abandoned(database)


def test_who_lives_says_so_until_the_notes_are_gone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "RENEW_SECONDS", 0.01)
    me = process.named()
    begin(database, me)
    with changes.renewed(database, me):
        for _ in range(2):
            age(database)
            # Far beyond what it takes: only one that says nothing gets there.
            deadline = time.monotonic() + 60
            while abandoned(database):
                assert time.monotonic() < deadline
        begin(database, "somebody else")
        age(database)
        with changes.locked(database, store.hold) as connection:
            assert changes.is_abandoned(connection)
            changes.end(connection)
    assert not abandoned(database)


def test_notes_are_no_data(database: Database) -> None:
    before = begin(database)
    with database.read() as connection:
        assert [table.name for table in transfer.tables(connection)] == sorted(before)


def test_a_lock_that_somebody_holds_is_asked_for_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def ask(connection: Connection) -> None:
        tries.append(1)
        store.hold(connection)

    monkeypatch.setattr(changes, "_TRIES", 2)
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)
    write(database, "INSERT INTO journal_head (number, size, batch) VALUES (1, 0, '')")
    again = engine.Database(str(database.url.render_as_string(hide_password=False)))
    with (
        changes.locked(database, store.hold),
        pytest.raises(errors.Unavailable),
        changes.locked(again, ask),
    ):
        pass
    assert len(tries) == (0 if database.dialect == "sqlite" else 2)
    again.dispose()


def timeouts(connection: Connection) -> list[str]:
    names = ("idle_in_transaction_session_timeout", "tcp_user_timeout")
    return [str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in names]


def test_a_server_takes_the_lock_from_who_falls_silent(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_TRIES", 2)
    other = Database(postgresql_url)
    with other.connect() as connection:
        schema.metadata.tables["journal_head"].create(connection)
        connection.exec_driver_sql(
            "INSERT INTO journal_head (number, size, batch) VALUES (1, 0, '')"
        )
    monkeypatch.setattr(engine, "STALLED_SECONDS", 1)
    silent = Database(postgresql_url)

    def fall_silent() -> None:
        with changes.locked(silent, store.hold) as connection:
            with changes.locked(other, store.hold) as theirs:
                assert theirs.exec_driver_sql("SELECT count(*) FROM journal_head").scalar() == 1
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(errors.Unavailable, match="IdleInTransaction"):
        fall_silent()
    silent.dispose()
    other.dispose()


def test_what_holds_for_the_lock_holds_for_no_other_transaction(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.connect() as connection:
        schema.metadata.tables["journal_head"].create(connection)
        before = timeouts(connection)
    with changes.locked(database, store.hold) as connection:
        assert timeouts(connection) == ["1min", "60000"]
    with database.connect() as connection:
        assert timeouts(connection) == before
    assert before[0] == "1min"
    database.dispose()


def test_what_fails_under_the_lock_leaves_nothing_and_lets_go(database: Database) -> None:
    def fail() -> None:
        with changes.locked(database, store.hold) as connection:
            connection.exec_driver_sql(f"{INTO} (1, 2, {value(database, 7)}, 'a')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with changes.locked(database, store.hold) as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM keyed").scalar()
    assert found == 0
