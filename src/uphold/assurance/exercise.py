# SPDX-License-Identifier: Apache-2.0
"""One exercise: what a run of probes sends and whom it signs in, marked from beginning to end, then removed.

    with exercise.begin(settings, writer, ring, by, edition=n, configuration=digest) as run:
        run.mark()                    the header by which the site knows a post as the exercise's
        run.account(Role.CLERK)       an account that signs in over HTTP
    # every part of its records is destroyed, its accounts are closed

One at a time: a lock on a file, which the system lets go when the process ends however it ends. So whoever
begins knows that a run which is still open belongs to nobody, and removes what it left.
"""

import fcntl
import os
import time
from functools import partial
from types import TracebackType
from typing import Self

from sqlalchemy import func, insert, select, update

from uphold import errors
from uphold.access import disclosure, exercise as accounts
from uphold.access.exercise import Opened
from uphold.access.permission import Role
from uphold.assurance.tables import assurance_run
from uphold.config import Settings
from uphold.database import turn
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.enquiry import desk, opinion
from uphold.incident import store as incidents
from uphold.journal import entry
from uphold.retention import sweep
from uphold.rights import request
from uphold.submission import exercise as marks, record as submissions
from uphold.vault.unlock import KeyRing

LOCK = "exercise.lock"
"""Beside the journal's head file."""

# Whoever only looks whether a run is under way is gone long before.
_LOOK_SECONDS = 0.5
# Records destroyed in one transaction: people's own submissions wait no longer than for these.
_TOGETHER = 50


class Run:
    """An exercise that has begun; `run` is its number. Made by `begin`. Not for several threads."""

    def __init__(self, writer: Writer, ring: KeyRing, run: int, lock: int) -> None:
        """Take what `begin` has made: the run's number, and the lock that it holds."""
        self.run = run
        self._writer = writer
        self._ring = ring
        self._lock = lock
        self._accounts: dict[Role, Opened] = {}

    def mark(self) -> str:
        """Make a mark, good for minutes from now."""
        return marks.issue(self._ring.exercise_key, self.run, time.time_ns() // 1_000_000)

    def account(self, role: Role) -> Opened:
        """Return the exercise's account of a role, made when it is first asked for. Blocks for the hashing."""
        if role not in self._accounts:
            self._accounts[role] = accounts.open_account(self._writer, self.run, role)
        return self._accounts[role]

    def end(self) -> None:
        """Destroy every record of the run, close its accounts, and let the next one begin."""
        try:
            _remove(self._writer, self._ring, self.run)
        finally:
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    def __enter__(self) -> Self:
        """Give the run."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run."""
        self.end()


def begin(
    settings: Settings,
    writer: Writer,
    ring: KeyRing,
    by: int,
    *,
    edition: int,
    configuration: str,
) -> Run:
    """Begin an exercise and journal it; what a run that died has left is removed first.

    `by` is a member of staff, 0 for the site itself or the command line; `edition` the number of the one in
    force, `configuration` the digest of what is examined. Raises `errors.Conflict` while another is under way.
    """
    lock = _locked(settings)
    try:
        for left in writer.run(_open_runs):
            _remove(writer, ring, left)
        run = writer.run(lambda tx: _begin(tx, by, edition, configuration))
    except BaseException:
        os.close(lock)
        raise
    return Run(writer, ring, run, lock)


def require_open(tx: Transaction, run: int) -> None:
    """Raise `errors.Invalid` unless the run is open: a mark must not outlive it."""
    runs = assurance_run.c
    query = select(runs.number).where(runs.number == run, runs.ended_at.is_(None))
    if tx.execute(query).first() is None:
        raise errors.Invalid(
            "This run of probes is not open.", "Nothing was stored; begin a new one."
        )


def is_under_way(settings: Settings) -> bool:
    """Tell whether a run is under way on this machine just now."""
    handle = _opened(settings)
    try:
        # Shared, so that of two who look neither takes the other for a run.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _locked(settings: Settings) -> int:
    handle = _opened(settings)
    if not turn.wait(handle, _LOOK_SECONDS):
        os.close(handle)
        raise errors.Conflict(
            "Another run of probes is under way.",
            "Wait for its end; its results are this site's too.",
        )
    return handle


def _opened(settings: Settings) -> int:
    path = settings.path(settings.keys.head).with_name(LOCK)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _begin(tx: Transaction, by: int, edition: int, configuration: str) -> int:
    runs = assurance_run.c
    # Under the write lock, and no run is ever deleted.
    run = int(tx.execute(select(func.coalesce(func.max(runs.number), 0) + 1)).scalar_one())
    index = tx.append(entry.encode("exercise.began", tx.now, entry.salt(), {"run": run, "by": by}))
    tx.execute(
        insert(assurance_run).values(
            number=run,
            began_at=tx.now,
            edition=edition,
            configuration=configuration,
            by=by,
            entry=index,
        )
    )
    return run


def _open_runs(tx: Transaction) -> list[int]:
    runs = assurance_run.c
    query = select(runs.number).where(runs.ended_at.is_(None)).order_by(runs.number)
    return list(tx.execute(query).scalars())


def _remove(writer: Writer, ring: KeyRing, run: int) -> None:
    """Remove a run in several transactions, the last of which closes it; may be broken off and begun anew."""
    removed: frozenset[int] = frozenset()
    while (
        more := writer.run(partial(_remove_some, ring=ring, run=run, removed=removed))
    ) is not None:
        removed |= more


def _remove_some(
    tx: Transaction, ring: KeyRing, run: int, removed: frozenset[int]
) -> set[int] | None:
    """Remove some records; None when those were the last, and the run is closed with them.

    All are listed each time: a post that was under way may have been stored meanwhile. Once the run is
    closed, within the same transaction, none can be.
    """
    # While what it is about still has a key: the journal ties a step to a record by it.
    request.end_exercised(tx, ring)
    disclosure.end_exercised(tx)
    incidents.end_exercised(tx)
    left = [n for n in tx.execute(submissions.exercised(run)).scalars() if n not in removed]
    chosen = left[:_TOGETHER]
    for number in chosen:
        sweep.destroy(tx, ring, number, sweep.Reason.EXERCISE)
        opinion.remove(tx, number)
        desk.remove(tx, number)
    if len(left) > len(chosen):
        return set(chosen)
    accounts.close(tx, run)
    open_ = (assurance_run.c.number == run) & assurance_run.c.ended_at.is_(None)
    if tx.execute(update(assurance_run).where(open_).values(ended_at=tx.now)).rowcount:
        tx.append(entry.encode("exercise.ended", tx.now, entry.salt(), {"run": run}))
    return None
