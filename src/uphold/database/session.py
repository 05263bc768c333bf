# SPDX-License-Identifier: Apache-2.0
"""Sessions with PostgreSQL: always with the primary, never waiting for ever, and hearing what COMMIT warns of.

A server that waits for a replica says of a commit that was only local - somebody ended the wait, or the server was
told to stop - that it is done, with a warning (PostgreSQL 27.2.8.3). What the replica lacks is lost with the server.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

try:
    import psycopg
    from psycopg.abc import RV, PQGen
except ModuleNotFoundError:
    # The extra `postgresql` is not installed; the engine says so when it is asked for it.
    INSTALLED = False
    TROUBLE: tuple[type[Exception], ...] = ()
else:
    INSTALLED = True

# How long a server may take to say COMMIT. Beyond it nobody is told that anything is stored.
COMMIT_SECONDS = 5.0

# Who a server is, and on which line of its history: each promotion begins another (PostgreSQL 26.3.5).
_WHO = "SELECT system_identifier, pg_walfile_name(pg_current_wal_lsn()) FROM pg_control_system()"
_TIMELINE_DIGITS = 8
# What is committed goes to the replicas in its order: once this is there, so is everything that could be seen before.
_MARK = (
    "SELECT pg_logical_emit_message(true, 'uphold', '')"
    " WHERE current_setting('synchronous_standby_names') <> ''"
)
_CANCEL_SECONDS = 1.0

if INSTALLED:
    TROUBLE = (psycopg.Error,)

    class NoAnswer(psycopg.OperationalError):
        """The server did not answer in time."""

    class OldPrimary(psycopg.OperationalError):
        """The server was the primary once, and another one has taken over since."""

    class Session(psycopg.Connection[tuple[Any, ...]]):
        """A connection that waits for an answer as long as `patience` says, in seconds; None for ever.

        While it `commits`, the server is left to itself when the answer does not come: told to end the wait, it would
        show everybody what its replica does not have.
        """

        patience: float | None = None
        commits = False
        warnings = 0
        system = timeline = 0

        def wait(
            self, gen: "PQGen[RV]", interval: float = 0.1, timeout: float | None = None
        ) -> "RV":
            """Wait for an answer. Closes, and raises NoAnswer, when it does not come in time."""
            try:
                return super().wait(gen, interval, self.patience if timeout is None else timeout)
            except psycopg.errors._WaitTimeout:  # noqa: SLF001 - it has no other name
                if not self.commits:
                    self._leave()
                self.close()
                raise NoAnswer("The server did not answer in time.") from None

        def _leave(self) -> None:
            # The server need not go on, and keep a process for somebody who went away.
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=_CANCEL_SECONDS)

        def hear(self, told: "psycopg.errors.Diagnostic") -> None:
            """Count the server's warnings."""
            self.warnings += told.severity_nonlocalized == "WARNING"


class Primary:
    """Whoever of a URL's servers is the primary. Safe to ask from several threads."""

    def __init__(self) -> None:
        """Know of none yet."""
        self._lock = threading.Lock()
        self._last: tuple[str, str] | None = None
        self._timelines: dict[int, int] = {}

    def connect(self, arguments: Mapping[str, Any], demanded: str) -> Any:
        """Connect to a server that is what is `demanded` of it (libpq's target_session_attrs).

        At first all are looked at, since one that was the primary once may be up again and take itself for it. Later
        the one that was last is asked first: one that is gone without a word costs its whole time-out. Raises
        psycopg.OperationalError when there is none.
        """
        failed: psycopg.OperationalError | None = None
        found: list[tuple[Session, tuple[str, str]]] = []
        known = self._last
        for place in sorted(_places(arguments), key=lambda place: place != known):
            host, port = place
            at = {name: value for name, value in (("host", host), ("port", port)) if value}
            try:
                session = self._opened({**arguments, **at, "target_session_attrs": demanded})
            except psycopg.OperationalError as error:
                failed = error
                continue
            found.append((session, place))
            if known is not None:
                break
        if failed is not None and not found:
            raise failed
        chosen, self._last = max(found, key=lambda each: each[0].timeline)
        for session, _ in found:
            if session is not chosen:
                session.close()
        return chosen

    def is_old(self, session: "Session") -> bool:
        """Tell whether another server was promoted since a session began: others write there now."""
        return session.timeline < self._timelines.get(session.system, 0)

    def _opened(self, arguments: Mapping[str, Any]) -> "Session":
        session = Session.connect(**arguments)
        session.add_notice_handler(session.hear)
        try:
            self._require_newest(session)
        except BaseException:
            session.close()
            raise
        return session

    def _require_newest(self, session: "Session") -> None:
        """Refuse a server that missed a promotion which this process has seen."""
        session.patience = COMMIT_SECONDS
        session.autocommit = True
        try:
            session.system, file = session.execute(_WHO).fetchone() or (0, "")
        except (psycopg.ProgrammingError, psycopg.NotSupportedError):
            file = ""  # a server that tells nobody; the head file remains
        session.autocommit = False
        session.patience = None
        session.timeline = int(file[:_TIMELINE_DIGITS] or "0", 16)
        with self._lock:
            if self.is_old(session):
                raise OldPrimary("Another server was promoted since.")
            self._timelines[session.system] = session.timeline


@contextmanager
def committing(session: Any) -> Iterator[None]:
    """Say COMMIT meanwhile, and with it what comes right before: done once the replicas waited for have it too.

    Raises psycopg.OperationalError when that took too long or was not waited for: then nobody knows what became of it.
    """
    before, patience = session.warnings, session.patience
    session.commits, session.patience = True, COMMIT_SECONDS
    try:
        yield
    finally:
        session.commits, session.patience = False, patience
    if session.warnings != before:
        raise psycopg.OperationalError("The commit came with a warning.")


def confirm(session: Any) -> None:
    """Return once everything that could be read until now is also with the replicas that the server waits for.

    Outside a transaction. Raises psycopg.OperationalError when they do not have it in time.
    """
    before, session.patience = session.warnings, COMMIT_SECONDS
    session.execute(_MARK)
    session.patience = None
    if session.warnings != before:
        raise psycopg.OperationalError("The replicas were not waited for.")


def _places(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Take hosts and ports apart, each as libpq lists them; one place without a name is libpq's own choice."""
    hosts = str(arguments.get("host") or "").split(",")
    ports = str(arguments.get("port") or "").split(",")
    if "hostaddr" in arguments:
        return [("", "")]
    return list(zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=True))
