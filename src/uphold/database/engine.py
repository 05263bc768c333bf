# SPDX-License-Identifier: Apache-2.0
"""Open the database, hardened, in one place. Guarantees: what COMMIT acknowledged survives power loss.

SQLite comes from the wheel `pysqlite3`, because the versions up to 3.51.2 that systems ship can corrupt
a database when a WAL reset meets a second connection (https://sqlite.org/wal.html#walresetbug).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from uphold import errors
from uphold.database import postgresql

OLDEST_SQLITE = (3, 51, 3)
BUSY_SECONDS = 5
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


class Database:
    """An opened database. `read()` gives read-only connections; the writer owns the only other one."""

    def __init__(self, url: str) -> None:
        """Open `url` (`sqlite:////path` or `postgresql://...`).

        Raises `errors.Invalid` for another kind of URL, `errors.Unavailable` when it cannot be reached.
        """
        self.url = _parse(url)
        self.dialect = self.url.get_backend_name()
        self.path = Path(self.url.database or "") if self.dialect == "sqlite" else None
        self._readers = _engine(self.url, read_only=True)
        self._writers = _engine(self.url, read_only=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a read-only connection with one consistent snapshot; storage trouble is `Unavailable`."""
        with _storage_errors(), self._readers.connect() as connection:
            if self.path is not None:
                connection.exec_driver_sql("BEGIN")
            yield connection

    def connect(self) -> Connection:
        """Open the writer's connection. It is in driver autocommit: the writer says BEGIN and COMMIT itself."""
        with _storage_errors():
            return self._writers.connect().execution_options(isolation_level="AUTOCOMMIT")

    def inode(self) -> int:
        """Identify the file behind a SQLite database (0 for a server); raises `Unavailable` if it is gone.

        SQLite goes on writing into an unlinked file, and everything acknowledged then would be lost.
        """
        if self.path is None:
            return 0
        try:
            return os.stat(self.path).st_ino
        except FileNotFoundError:
            raise errors.Unavailable(
                "The database file is gone.", f"Put {self.path.name} back, or restore a backup."
            ) from None

    def dispose(self) -> None:
        """Close every pooled connection."""
        self._readers.dispose()
        self._writers.dispose()


def create(url: str) -> Database:
    """Make an empty SQLite file (mode 0600) if there is none, then open it. Nothing else creates one."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return Database(url)


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise errors.Invalid(
            "The database URL cannot be read.", "Use sqlite:///data/uphold.sqlite or postgresql://..."
        ) from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database:
        return url.set(drivername="sqlite")
    raise errors.Invalid(
        "The database must be SQLite in a file, or PostgreSQL.",
        "Use sqlite:///data/uphold.sqlite or postgresql://...",
    )


def _engine(url: URL, *, read_only: bool) -> Engine:
    if url.get_backend_name() == "postgresql":
        return _postgresql_engine(url, read_only=read_only)
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        raise errors.Invalid(
            f"SQLite {sqlite.sqlite_version} can corrupt databases.",
            "Install a newer pysqlite3 wheel.",
        )
    engine = create_engine(
        url.update_query_dict({"uri": "true"}).set(database=f"file:{url.database}?mode=rw"),
        module=sqlite,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _harden_reader if read_only else _harden)
    return engine


def _postgresql_engine(url: URL, *, read_only: bool) -> Engine:
    if not postgresql.INSTALLED:
        raise errors.Invalid(
            "PostgreSQL needs its driver.", "Install the extra: pip install 'uphold[postgresql]'."
        )
    arguments: dict[str, Any] = {"connect_timeout": BUSY_SECONDS}
    if read_only:
        arguments["options"] = "-c default_transaction_read_only=on"
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args=arguments,
        **({"isolation_level": "REPEATABLE READ"} if read_only else {}),
    )
    event.listen(engine, "connect", _teach)
    return engine


def _teach(connection: Any, _record: Any) -> None:
    postgresql.install(connection)


def _harden(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _harden_reader(connection: Any, record: Any) -> None:
    _harden(connection, record)
    connection.execute("PRAGMA query_only=ON")


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise unavailable(error) from error


def unavailable(error: BaseException) -> errors.Unavailable:
    """Describe storage trouble without the driver's text, which may quote a statement's values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return errors.Unavailable(
        f"The database cannot be used now ({type(cause).__name__}).",
        "Nothing was stored; it is safe to try again.",
    )


def is_of_driver(error: BaseException) -> bool:
    """Tell an error that a driver raised, wrapped by SQLAlchemy or not (PEP 249 names them all)."""
    return bool(_names(error) & {"DatabaseError", "InterfaceError", "DBAPIError"})


def is_conflict(error: BaseException) -> bool:
    """Tell a violated constraint."""
    return "IntegrityError" in _names(error)


def is_trouble(error: BaseException) -> bool:
    """Tell trouble of the storage itself (locked, full, gone, corrupt) from an error of the data."""
    of_data = {"IntegrityError", "DataError", "ProgrammingError", "NotSupportedError"}
    return is_of_driver(error) and not _names(error) & of_data


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
