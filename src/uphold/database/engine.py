# SPDX-License-Identifier: Apache-2.0
"""Open the database, hardened, in one place. Guarantees: what COMMIT acknowledged survives power loss.

SQLite comes from the wheel `pysqlite3`, because the versions up to 3.51.2 that systems ship can corrupt
a database when a WAL reset meets a second connection (https://sqlite.org/wal.html#walresetbug).
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, TimeoutError as NoneFree

from uphold import errors
from uphold.config import hosts
from uphold.database import postgresql, session, turn, wipe
from uphold.database.commits import Commits, Mark

OLDEST_SQLITE = (3, 51, 3)
# How long a lock that somebody else holds, or a server that does not answer, is waited for.
BUSY_SECONDS = 5
# How long long readers are waited for before deleted rows can be overwritten.
WIPE_SECONDS = 20.0
# How long PostgreSQL leaves the write lock to a process that stopped in the middle of a batch.
STALLED_SECONDS = 60
# A file's connections that are kept, and as many more that are not: a door's threads all find one.
CONNECTIONS = 24
# What each of a file's readers keeps in memory. The system caches the file: more of it here saves no time to speak of.
READER_CACHE_KIB, READER_STATEMENTS = 512, 48
# A server has a hundred for all processes together: of those to read through, so many are kept and so many more not.
SERVER_KEPT, SERVER_MORE = 8, 32
# How long an answer is waited for by whoever reads: a server that hangs keeps nobody for ever.
READ_SECONDS = 300.0
# Pages of WAL before a checkpoint: larger than the default, because a checkpoint delays a whole batch.
CHECKPOINT_PAGES = 4000

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
)
# A server that fell silent is noticed within about a quarter of a minute (libpq 34.1.2).
_PATIENCE = {
    "connect_timeout": BUSY_SECONDS,
    "keepalives_idle": BUSY_SECONDS,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_READING: Mapping[str, Any] = {
    "isolation_level": "REPEATABLE READ",
    "pool_size": SERVER_KEPT,
    "max_overflow": SERVER_MORE,
}


# With pysqlite3 an InterfaceError is a value that cannot be bound, with psycopg a wrong use of its objects.
_OF_DATA = {
    *("IntegrityError", "DataError", "ProgrammingError", "NotSupportedError", "InterfaceError"),
}
# The driver asks of each value that is no number or text whether it would rather be another, and the
# search for nothing costs more than storing the row. Told that they stay what they are, it does not search.
sqlite.register_adapter(bytes, bytes)
sqlite.register_adapter(type(None), lambda nothing: nothing)

# Who may be asked for: a replica lags, so that what was acknowledged might not be found there.
_PRIMARIES = frozenset({"", "any", "primary", "read-write"})

_BACKEND = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")


class Database:
    """An opened database. `read()` gives read-only connections; the writer owns the only other one."""

    def __init__(self, url: str) -> None:
        """Open `url` (`sqlite:////path` or `postgresql://...`, which may name several servers: the primary is taken).

        Raises `errors.Invalid` for another kind of URL, `errors.Unavailable` when it cannot be reached.
        """
        self.url = _parse(url)
        self.dialect = self.url.get_backend_name()
        self.path = Path(self.url.database or "") if self.dialect == "sqlite" else None
        primary = None if self.path is not None else session.Primary()
        self._primary = primary
        self._commits = None if self.path is None else Commits(self.path)
        self._readers = _engine(self, primary, read_only=True)
        self._writers = _engine(self, primary, read_only=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a read-only connection with one consistent snapshot; storage trouble is `Unavailable`."""
        with storage_errors(), self._readers.connect() as connection:
            if self.path is not None:
                connection.exec_driver_sql("BEGIN")
            yield connection

    def connect(self, patience: float | None = None) -> Connection:
        """Open the writer's connection. It is in driver autocommit: the writer says BEGIN and COMMIT itself.

        With `patience` (s) a server that does not answer in time is given up; without, it is waited for.
        """
        with storage_errors():
            made = self._writers.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self.path is None:
            cast("Any", made.connection.driver_connection).patience = patience
        return made

    def confirm(self) -> None:
        """Return once what could be read until now is as safe as what COMMIT acknowledged. Blocks.

        A server that was brought up again after a crash shows commits that its replica may never have had: they
        are gone with the next failover. Raises `errors.Unavailable` when that cannot be told now.
        """
        if self.path is not None:
            return
        with storage_errors(), self.connect() as connection:
            try:
                session.confirm(connection.connection.driver_connection)
            except session.TROUBLE as error:
                connection.invalidate()
                raise unavailable(error) from error

    def inode(self) -> int:
        """Identify the file behind a SQLite database (0 for a server); raises `Unavailable` if it is gone.

        SQLite goes on writing into an unlinked file, and everything acknowledged then would be lost.
        """
        if self.path is None:
            return 0
        try:
            return self.path.stat().st_ino
        except OSError as error:
            raise errors.Unavailable(
                f"The database file cannot be reached ({type(error).__name__}).",
                f"Put {self.path.name} back, or restore a backup.",
            ) from None

    def mark(self) -> Mark | None:
        """Return what is another value once anybody committed, at hardly any cost.

        None where that cannot be told: PostgreSQL would have to be asked, which is as dear as to look.
        """
        return None if self._commits is None else self._commits.mark()

    def turn(self) -> AbstractContextManager[None]:
        """Have the turn at SQLite's write lock meanwhile, to ask for it; PostgreSQL itself wakes who waits."""
        return nullcontext() if self.path is None else turn.taken(self.path, BUSY_SECONDS)

    def wipe(self) -> None:
        """Have SQLite overwrite what was deleted, and empty its log, which may hold it still. Blocks.

        Somebody who reads an older state keeps it there: that is waited for. Raises `errors.Unavailable` when
        they do not end. PostgreSQL overwrites when it vacuums, and keeps its log for as long as it is set to.
        """
        if self.path is None:
            return
        with storage_errors(), self.connect() as connection:
            wipe.run(connection, self.turn, WIPE_SECONDS)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self._readers.dispose()
        self._writers.dispose()
        if self._commits is not None:
            self._commits.close()


def create(url: str) -> Database:
    """Make an empty SQLite file (mode 0600) if there is none, then open it. Nothing else creates one."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return Database(url)


def _parse(given: str) -> URL:
    try:
        url = make_url(hosts.spelled(given))
        hosts.places(given)
    except (ArgumentError, ValueError):
        raise errors.Invalid(
            "The database URL cannot be read.",
            "Use sqlite:///data/uphold.sqlite or postgresql://...",
        ) from None
    if url.get_backend_name() == "postgresql":
        if url.query.get("target_session_attrs", "") not in _PRIMARIES:
            raise errors.Invalid(
                "The database URL asks for a replica.",
                "Leave target_session_attrs out, or write read-write: the primary is found by itself.",
            )
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite")
    raise errors.Invalid(
        "The database must be SQLite in a file, or PostgreSQL.",
        "Use sqlite:///data/uphold.sqlite or postgresql://...",
    )


def _engine(database: Database, primary: "session.Primary | None", *, read_only: bool) -> Engine:
    url = database.url
    if primary is not None:
        return _postgresql_engine(url, primary, read_only=read_only)
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        raise errors.Invalid(
            f"SQLite {sqlite.sqlite_version} can corrupt databases.",
            "Install a newer pysqlite3 wheel.",
        )
    engine = create_engine(
        # As a URI, whose mode `rw` makes no new file where the old one vanished.
        url.set(database=f"file:{quote(str(database.path))}?mode=rw", query={"uri": "true"}),
        module=sqlite,
        connect_args={
            "timeout": BUSY_SECONDS,
            "check_same_thread": False,
            **({"cached_statements": READER_STATEMENTS} if read_only else {}),
        },
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        # The one used last: by turns, each would come to hold as many pages.
        pool_use_lifo=True,
    )
    event.listen(engine, "connect", _harden_reader if read_only else _harden)
    event.listen(engine, "do_connect", _remember(database))
    event.listen(engine, "checkout", _recognise(database))
    return engine


def _postgresql_engine(url: URL, primary: "session.Primary", *, read_only: bool) -> Engine:
    if not postgresql.INSTALLED:
        raise errors.Invalid(
            "PostgreSQL needs its driver.", "Install the extra: pip install 'uphold[postgresql]'."
        )
    given = url.query.get("options", ())
    options = [given] if isinstance(given, str) else list(given)
    # A writer's locks are waited for, and its silence is borne, as long as on SQLite and no longer.
    options.append(
        "-c default_transaction_read_only=on"
        if read_only
        else f"-c lock_timeout={BUSY_SECONDS}s"
        f" -c idle_in_transaction_session_timeout={STALLED_SECONDS}s"
    )
    engine = create_engine(
        url,
        pool_pre_ping=True,
        # Text is sent and read as UTF-8, whatever the environment or the server's own settings would have.
        connect_args={**_PATIENCE, "client_encoding": "utf8", "options": " ".join(options)},
        hide_parameters=True,
        **(_READING if read_only else {}),
    )
    # A session of a reader is read-only by our own word, so that it is the server that must be the primary.
    event.listen(engine, "do_connect", _find(primary, "primary" if read_only else "read-write"))
    event.listen(engine, "checkin", _limit_ping)
    event.listen(engine, "checkout", _lift_limit(primary, READ_SECONDS if read_only else None))
    if not read_only:
        event.listen(engine, "connect", _prepare_writer)
    return engine


def _find(
    primary: "session.Primary", demanded: str
) -> Callable[[Any, Any, Any, dict[str, Any]], Any]:
    """Have the pool connect to the primary, whichever of the servers that is now."""

    def connect(_dialect: Any, _record: Any, _given: Any, arguments: dict[str, Any]) -> Any:
        return primary.connect(arguments, demanded)

    return connect


def _limit_ping(connection: Any, _record: Any) -> None:
    """Have the question whether an idle connection still lives answered soon; a server that hangs does not."""
    if connection is not None:
        connection.patience = BUSY_SECONDS


def _lift_limit(
    primary: "session.Primary", patience: float | None
) -> Callable[[Any, Any, Any], None]:
    def lift(connection: Any, _record: Any, _proxy: Any) -> None:
        # An old primary that was only cut off for a while is up again, and its connections with it.
        if primary.is_old(connection):
            raise DisconnectionError("Another server was promoted since.")
        connection.patience = patience

    return lift


def _prepare_writer(connection: Any, _record: Any) -> None:
    postgresql.install(connection)
    # A server may be set to acknowledge what is not on disk yet; whatever else it is set to, stays.
    connection.autocommit = True
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.autocommit = False


def _remember(database: Database) -> Callable[[Any, Any, Any, Any], None]:
    """Note before a connection is opened which file it will be on."""

    def remember(_dialect: Any, record: Any, _arguments: Any, _options: Any) -> None:
        record.info["inode"] = database.inode()

    return remember


def _recognise(database: Database) -> Callable[[Any, Any, Any], None]:
    """Refuse a pooled connection whose file was taken away or replaced; the pool then opens a new one."""

    def recognise(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["inode"] != database.inode():
            raise DisconnectionError("The database file is another one now.")

    return recognise


def _harden(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _harden_reader(connection: Any, record: Any) -> None:
    _harden(connection, record)
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KIB}")


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn trouble of the storage into `errors.Unavailable`; that no connection comes free in time is such."""
    try:
        yield
    except NoneFree as error:
        raise unavailable(error) from error
    except DBAPIError as error:
        if not is_trouble(error):
            raise
        raise unavailable(error) from error


def unavailable(error: BaseException) -> errors.Unavailable:
    """Describe storage trouble without the driver's text, which may quote a statement's values."""
    return errors.Unavailable(
        f"The database cannot be used now ({name(error)}).",
        "Nothing was stored; it is safe to try again.",
    )


def name(error: BaseException) -> str:
    """Name what a driver raised: `SQLITE_FULL` and the like; psycopg has a class for each."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorname", None) or type(cause).__name__


def is_lost(connection: Connection) -> bool:
    """Tell a connection that its server has ended."""
    if connection.invalidated:
        return True
    return bool(getattr(connection.connection.driver_connection, "closed", False))


def is_at_work(connection: Connection, backend: int) -> bool:
    """Tell whether a process of the PostgreSQL server is still there; SQLite has none."""
    return backend > 0 and bool(connection.execute(_BACKEND, {"pid": backend}).scalar())


def is_of_driver(error: BaseException) -> bool:
    """Tell an error that a driver raised, wrapped by SQLAlchemy or not (PEP 249 names them all)."""
    return bool(_names(error) & {"DatabaseError", "InterfaceError", "DBAPIError"})


def is_conflict(error: BaseException) -> bool:
    """Tell a violated constraint."""
    return "IntegrityError" in _names(error)


def is_trouble(error: BaseException) -> bool:
    """Tell trouble of the storage itself (locked, full, gone, corrupt) from an error of the data."""
    return is_of_driver(error) and not _names(error) & _OF_DATA


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
