# SPDX-License-Identifier: Apache-2.0
"""Sessions with a primary and its replica: what is only local is not believed, and the primary is found."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest

from tests import pair, postgresql
from tests.pair import Member, Pair
from uphold import errors
from uphold.config import hosts
from uphold.database import engine, session
from uphold.database.engine import Database
from uphold.database.session import Primary, Session

USER = postgresql.USER
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = 'postgres'"
)


@contextmanager
def connected(member: Member) -> Iterator[Session]:
    found = Primary().connect(arguments(member.server.port), "read-write")
    found.autocommit = True
    with closing(found):
        yield found


def arguments(*ports: int, dbname: str = "postgres") -> dict[str, Any]:
    """As SQLAlchemy gives them."""
    listed = {"host": ",".join("127.0.0.1" for _ in ports), "port": ",".join(map(str, ports))}
    return {**listed, "user": USER, "dbname": dbname, "connect_timeout": 1}


def commit(found: Session) -> str | None:
    with session.committing(found):
        return found.execute("COMMIT").statusmessage


@contextmanager
def table(member: Member) -> Iterator[None]:
    """A table that does not wait for anybody."""
    member.ask("CREATE TABLE IF NOT EXISTS held (number int)")
    try:
        yield
    finally:
        member.ask("DROP TABLE held")


@contextmanager
def alone(replicated: Pair, patience: float = 0.3) -> Iterator[Member]:
    """The primary while its replica is away, and nobody waits long for it, in seconds.

    It is back afterwards, and everything has come through.
    """
    replicated.other.server.stop("immediate")
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(session, "COMMIT_SECONDS", patience)
            yield replicated.primary
    finally:
        replicated.other.server.start()
        pair.eventually(lambda: replicated.primary.ask(WAITING) == 0)


def test_a_commit_that_the_replica_has_is_answered(replicated: Pair) -> None:
    with table(replicated.primary), connected(replicated.primary) as found:
        found.execute("BEGIN")
        found.execute("INSERT INTO held VALUES (1)")
        assert commit(found) == "COMMIT"
        assert found.patience is None
        assert replicated.other.ask("SELECT count(*) FROM held") is not None


def test_a_failed_transaction_says_rollback(replicated: Pair) -> None:
    with connected(replicated.primary) as found:
        found.execute("BEGIN")
        with pytest.raises(psycopg.DataError):
            found.execute("SELECT 1/0")
        assert commit(found) == "ROLLBACK"


def test_nobody_waits_for_ever_for_a_replica(replicated: Pair) -> None:
    with table(replicated.primary):
        with alone(replicated) as primary, connected(primary) as found:
            found.execute("BEGIN")
            found.execute("INSERT INTO held VALUES (1)")
            with pytest.raises(session.NoAnswer):
                commit(found)
            # The server waits on, and shows nobody what it wrote.
            assert primary.ask(WAITING) == 1
            assert primary.ask("SELECT count(*) FROM held") == 0
        assert replicated.primary.ask("SELECT count(*) FROM held") == 1


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_commit_that_was_only_local_is_not_believed(replicated: Pair, how: str) -> None:
    with (
        table(replicated.primary),
        alone(replicated, patience=60) as primary,
        connected(primary) as found,
    ):
        found.execute("BEGIN")
        found.execute("INSERT INTO held VALUES (1)")
        end = threading.Thread(target=end_wait, args=(primary, how))
        end.start()
        with pytest.raises(psycopg.OperationalError):
            commit(found)
        end.join()
        # It is there for all to see, and yet a failover would undo it.
        assert primary.ask("SELECT count(*) FROM held") == 1
        with connected(primary) as other, pytest.MonkeyPatch.context() as patched:
            patched.setattr(session, "COMMIT_SECONDS", 0.3)
            with pytest.raises(psycopg.OperationalError):
                session.confirm(other)


def end_wait(primary: Member, how: str) -> None:
    pair.eventually(lambda: primary.ask(WAITING) == 1)
    primary.ask(f"SELECT {how}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")


def test_what_is_read_is_confirmed_by_the_replica(replicated: Pair) -> None:
    with connected(replicated.primary) as found:
        session.confirm(found)
        assert found.patience is None


def test_a_confirmation_that_does_not_come_leaves_nobody_waiting(replicated: Pair) -> None:
    with alone(replicated) as primary, connected(primary) as found:
        with pytest.raises(psycopg.OperationalError):
            session.confirm(found)
        assert primary.ask(WAITING) == 0


def test_a_confirmation_that_was_not_waited_for_is_none(replicated: Pair) -> None:
    with alone(replicated, patience=60) as primary, connected(primary) as found:
        end = threading.Thread(target=end_wait, args=(primary, "pg_cancel_backend"))
        end.start()
        with pytest.raises(psycopg.OperationalError, match="not waited for"):
            session.confirm(found)
        end.join()


def test_without_a_replica_nothing_is_written(postgresql_server: postgresql.Server) -> None:
    member = Member(postgresql_server, "one")
    with connected(member) as found:
        before = found.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
        session.confirm(found)
        # Another test's server process may write, never this one.
        own = "SELECT pg_current_xact_id_if_assigned()"
        assert found.execute(own).fetchone() == (None,)
        assert before is not None


# --- which server -----------------------------------------------------------------------------------


def test_the_primary_is_found_wherever_it_stands(replicated: Pair) -> None:
    one, two = replicated.primary.server.port, replicated.other.server.port
    for demanded in ("read-write", "primary"):
        for ports in ((one, two), (two, one), (postgresql.free_port(), two, one)):
            with Primary().connect(arguments(*ports), demanded) as found:
                assert found.info.port == one


def test_a_replica_alone_is_refused(replicated: Pair) -> None:
    with pytest.raises(psycopg.OperationalError):
        Primary().connect(arguments(replicated.other.server.port), "primary")


def test_one_that_is_gone_without_a_word_is_waited_for_once(replicated: Pair) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        primary = Primary()
        given = arguments(silent.getsockname()[1], replicated.primary.server.port)
        for _ in range(3):
            primary.connect(given, "primary").close()
        silent.settimeout(5)
        silent.accept()[0].close()
        silent.settimeout(0)
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_one_that_missed_a_promotion_is_refused(replicated: Pair) -> None:
    primary = Primary()
    given = arguments(replicated.primary.server.port)
    with primary.connect(given, "primary") as found:
        system = found.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    assert system is not None
    primary._timelines[system[0]] += 1
    with pytest.raises(session.OldPrimary):
        primary.connect(given, "primary")
    # Of another cluster it says nothing.
    primary._timelines = {0: 99}
    primary.connect(given, "primary").close()


# --- the database over both ---------------------------------------------------------------------------


def test_a_url_with_both_is_read_and_written_at_the_primary(replicated: Pair) -> None:
    for more in ("", "?target_session_attrs=read-write", "?target_session_attrs=primary"):
        database = Database(f"{replicated.url('postgres')}{more}")
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar() is False
            assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
        with database.connect() as connection:
            assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
        database.confirm()
        database.dispose()


@pytest.mark.parametrize("asked", ["standby", "prefer-standby", "read-only"])
def test_a_url_that_asks_for_a_replica_is_refused(asked: str) -> None:
    with pytest.raises(errors.Invalid, match="replica"):
        Database(f"postgresql://one,two/x?target_session_attrs={asked}")


def test_a_confirmation_that_fails_is_trouble_of_the_storage(replicated: Pair) -> None:
    database = Database(replicated.url("postgres"))
    with alone(replicated):
        for _ in range(2):
            with pytest.raises(errors.Unavailable):
                database.confirm()
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    database.confirm()
    database.dispose()


def test_a_server_that_hangs_is_left(replicated: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle connection whose server process does not answer any more is given up, and another one opened."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.3)
    database = Database(replicated.primary.server.url("postgres"))
    with database.read() as connection:
        backend = int(str(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()))
    os.kill(backend, signal.SIGSTOP)
    try:
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar() != backend
    finally:
        os.kill(backend, signal.SIGCONT)
    database.dispose()


def test_both_are_named(replicated: Pair) -> None:
    assert len(hosts.places(replicated.url("postgres"))) == 2
