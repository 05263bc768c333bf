# SPDX-License-Identifier: Apache-2.0
"""The one writer of a process: natural group commit. Guarantee: an answer means a durable commit.

A thread takes whatever queued while the last commit was being written, runs it as one transaction and
resolves every waiter. There is no timer: the batch grows by itself when the disk is slow.

    run / submit -> queue -> [lock, head] work work work [journal, head, rows] COMMIT -> waiters

Work may run more than once (a failed batch is retried), so it must change nothing but the transaction. An
error that a statement raised must not be caught within it: on PostgreSQL it has ended the transaction.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from uphold import errors
from uphold.database import engine
from uphold.database.batch import Batch
from uphold.database.engine import Database
from uphold.database.transaction import Ledger, Transaction

T = TypeVar("T")
Work = Callable[[Transaction], T]

LARGEST_BATCH = 512
LOOKUP_SECONDS = 5.0
LOOKUP_PAUSE = 0.05


@dataclass(slots=True)
class _Member:
    work: Work[Any]
    waiter: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    value: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Blame(Exception):
    """Carries which member of a batch failed, so that only that one is told."""

    member: _Member
    error: BaseException


class Writer:
    """Runs work in transactions that commit in groups. Start one per process; `close()` finishes the queue."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        on_connect: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        """Start the writer's thread.

        `on_connect` runs on each new connection before it is used, and refuses by raising.
        """
        self._database = database
        self._ledger = ledger
        self._on_connect = on_connect
        self._queue: queue.SimpleQueue[list[_Member] | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._inode = 0
        self._waits = True
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    @property
    def is_idle(self) -> bool:
        """Whether what is handed over now is begun at once."""
        return self._waits and self._queue.empty()

    def run(self, work: Work[T]) -> T:
        """Run `work` in a transaction and return its result after the durable commit. Blocks.

        Raises what the work raised, `errors.Conflict` when a constraint refuses it, and
        `errors.Unavailable` when the storage cannot take it: nothing was stored then, unless the message
        says that this is not known.
        """
        waiter: Future[T] = Future()
        self._put([_Member(work, waiter)])
        return waiter.result()

    async def submit(self, work: Work[T]) -> T:
        """Do as `run`, without blocking the event loop."""
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.hand_over([(waiter, work)])
        return await waiter

    def hand_over(self, works: Sequence[tuple["asyncio.Future[T]", Work[T]]]) -> None:
        """Queue what one turn of the event loop brought; each future gets what `run` returns or raises.

        Together: woken by the first of it, the thread would take a batch of one, and fight the loop for the
        interpreter while the rest is being prepared.
        """
        loop = asyncio.get_running_loop()
        members = [_Member(work, waiter, loop) for waiter, work in works]
        try:
            self._put(members)
        except errors.Unavailable as error:
            _fail(members, error)
            _resolve(members)

    def close(self) -> None:
        """Finish everything queued, then stop."""
        with self._closing:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _put(self, members: list[_Member]) -> None:
        # Under the lock, or members could come to stand behind the last ones that are ever looked at.
        with self._closing:
            if not self._closed:
                self._queue.put(members)
                return
        raise errors.Unavailable("The site is stopping.", "Try again in a moment.")

    def _serve(self) -> None:
        while self._round():
            pass
        self._drop()

    def _round(self) -> bool:
        """Commit what is queued, as soon as anything is; returns whether more may come.

        A call of its own: while the thread waits, nothing of the last batch may stay in its memory.
        """
        members: list[_Member] = []
        self._waits = True
        more = self._queue.get()
        self._waits = False
        stopping = False
        try:
            while more is not None and len(members) < LARGEST_BATCH:
                members += more
                more = self._queue.get_nowait()
            stopping = more is None
            members += more or ()
        except queue.Empty:
            pass
        for start in range(0, len(members), LARGEST_BATCH):
            batch = members[start : start + LARGEST_BATCH]
            self._commit(batch)
            _settle(batch)
        return not stopping

    def _commit(self, members: list[_Member]) -> None:
        """Commit all members together; whoever fails is taken out and the rest is tried again."""
        while members:
            try:
                self._attempt(members)
            except _Blame as blame:
                blame.member.error = blame.error
                members = [member for member in members if member is not blame.member]
            except errors.UpholdError as error:
                self._drop()
                _fail(members, error)
                return
            except Exception as error:  # noqa: BLE001 - a door: whatever a driver raises ends here
                self._sort_out(members, error)
                return
            else:
                return

    def _sort_out(self, members: list[_Member], error: Exception) -> None:
        """Trouble of the storage fails all; an error of the data is pinned on its member by halving."""
        if engine.is_trouble(error):
            self._drop()
            _fail(members, engine.unavailable(error))
        elif len(members) > 1:
            half = len(members) // 2
            self._commit(members[:half])
            self._commit(members[half:])
        elif engine.is_conflict(error):
            members[0].error = errors.Conflict(
                "This is stored already.", "Look at what is there before you try again."
            )
        else:
            self._drop()
            members[0].error = error

    def _attempt(self, members: list[_Member]) -> None:
        batch = self._begin()
        try:
            for member in members:
                try:
                    member.value = member.work(batch)
                except BaseException as error:
                    if engine.is_of_driver(error):
                        raise
                    # Whatever it is, a cancellation or an exit too, it is this member's and nobody else's.
                    raise _Blame(member, error) from error
            batch.commit()
        except BaseException as error:
            if not engine.is_trouble(error):
                batch.rollback()
                raise
            self._drop()
            if not batch.asked or not self._stored_after_all(batch):
                raise
        else:
            batch.committed()

    def _stored_after_all(self, batch: Batch) -> bool:
        """Ask the journal for a batch whose COMMIT was asked for and not answered.

        Raises `errors.Unavailable` when nobody can tell.
        """
        deadline = time.monotonic() + LOOKUP_SECONDS
        while time.monotonic() < deadline:
            try:
                with self._database.read() as connection:
                    # A server may still be at it: what is not there yet may come.
                    is_at_work = engine.is_at_work(connection, batch.backend)
                if not is_at_work:
                    # In a snapshot of its own: the one above may be older than the end of the server's work.
                    with self._database.read() as connection:
                        held = self._ledger.holds(connection, batch.batch)
                    # It may be there, and not yet where a failover would leave it.
                    if held:
                        self._database.confirm()
                    return held
            except errors.Unavailable:
                pass
            time.sleep(LOOKUP_PAUSE)
        raise errors.Unavailable(
            "The database did not say whether it stored this.",
            "Look before you try again; a form may be sent again, it is stored once.",
        )

    def _begin(self) -> Batch:
        """Begin a batch; a connection that was lost while nothing was to be done is opened anew."""
        was_open = self._connection is not None
        try:
            return Batch(self._connected(), self._ledger, self._database.turn)
        except Exception:
            if not was_open or self._connection is None or not engine.is_lost(self._connection):
                raise
            self._drop()
            return Batch(self._connected(), self._ledger, self._database.turn)

    def _connected(self) -> Connection:
        inode = self._database.inode()
        if self._connection is not None and inode != self._inode:
            self._drop()
        if self._connection is None:
            connection = self._database.connect(engine.STALLED_SECONDS)
            try:
                self._on_connect(connection)
            except BaseException:
                connection.close()
                raise
            self._connection, self._inode = connection, inode
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _fail(members: list[_Member], error: errors.UpholdError) -> None:
    """Give each member an error of its own: one that many waiters raise would gather all their frames."""
    for member in members:
        member.error = type(error)(error.message, error.advice)


def _settle(members: list[_Member]) -> None:
    """Resolve every waiter; each event loop is woken once for the whole batch."""
    loops: dict[asyncio.AbstractEventLoop, list[_Member]] = {}
    for member in members:
        if member.loop is None:
            _resolve([member])
        else:
            loops.setdefault(member.loop, []).append(member)
    for loop, waiting in loops.items():
        # A loop that was closed meanwhile has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, waiting)


def _resolve(members: list[_Member]) -> None:
    for member in members:
        if member.waiter.done():
            continue
        if member.error is not None:
            member.waiter.set_exception(member.error)
        else:
            member.waiter.set_result(member.value)
