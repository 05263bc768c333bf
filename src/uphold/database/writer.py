# SPDX-License-Identifier: Apache-2.0
"""The one writer of a process: natural group commit. Guarantee: an answer means a durable commit.

A thread takes whatever queued while the last commit was being written, runs it as one transaction and
resolves every waiter. There is no timer: the batch grows by itself when the disk is slow.

    run / submit -> queue -> [lock, head] work work work [journal, head, rows] COMMIT -> waiters

Work may run more than once (a failed batch is retried), so it must change nothing but the transaction.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
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
LOOKUP_SECONDS = 3.0


@dataclass(slots=True)
class _Member:
    work: Work[Any]
    waiter: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    value: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Blame(Exception):  # noqa: N818 - never leaves this module
    """Carries which member of a batch failed, so that only that one is told."""

    member: _Member
    error: Exception = field(default_factory=Exception)


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
        self._queue: queue.SimpleQueue[_Member | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._inode = 0
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def run(self, work: Work[T]) -> T:
        """Run `work` in a transaction and return its result after the durable commit. Blocks.

        Raises what the work raised, `errors.Conflict` when a constraint refuses it, and
        `errors.Unavailable` when the storage cannot take it; then nothing was stored.
        """
        waiter: Future[T] = Future()
        self._put(_Member(work, waiter))
        return waiter.result()

    async def submit(self, work: Work[T]) -> T:
        """Do as `run`, without blocking the event loop."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        self._put(_Member(work, waiter, loop))
        return await waiter

    def close(self) -> None:
        """Finish everything queued, then stop."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _put(self, member: _Member) -> None:
        if self._closed:
            raise errors.Unavailable("The site is stopping.", "Try again in a moment.")
        self._queue.put(member)

    def _serve(self) -> None:
        stopping = False
        while not stopping:
            members: list[_Member] = []
            item = self._queue.get()
            try:
                while item is not None and len(members) < LARGEST_BATCH - 1:
                    members.append(item)
                    item = self._queue.get_nowait()
            except queue.Empty:
                pass
            else:
                stopping = item is None
                if item is not None:
                    members.append(item)
            self._commit(members)
            _settle(members)
        self._drop()

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
        """Trouble of the storage fails all; an error of the data is pinned on its member, one by one."""
        if engine.is_trouble(error):
            self._drop()
            _fail(members, engine.unavailable(error))
        elif len(members) > 1:
            for member in members:
                self._commit([member])
        elif engine.is_conflict(error):
            members[0].error = errors.Conflict(
                "This is stored already.", "Look at what is there before you try again."
            )
        else:
            self._drop()
            members[0].error = error

    def _attempt(self, members: list[_Member]) -> None:
        batch = Batch(self._connected(), self._ledger)
        try:
            for member in members:
                try:
                    member.value = member.work(batch)
                except Exception as error:
                    if engine.is_of_driver(error):
                        raise
                    raise _Blame(member, error) from error
            batch.commit()
        except BaseException as error:
            if self._stored_after_all(batch, error):
                return
            raise
        batch.committed()

    def _stored_after_all(self, batch: Batch, error: BaseException) -> bool:
        """Roll back; when even that fails the outcome is unknown, and the journal is asked for the batch."""
        if isinstance(error, _Blame) or not engine.is_trouble(error):
            batch.rollback()
            return False
        self._drop()
        deadline = time.monotonic() + LOOKUP_SECONDS
        while time.monotonic() < deadline:
            try:
                with self._database.read() as connection:
                    return self._ledger.holds(connection, batch.batch)
            except errors.Unavailable:
                time.sleep(0.1)
        return False

    def _connected(self) -> Connection:
        inode = self._database.inode()
        if self._connection is not None and inode != self._inode:
            self._drop()
        if self._connection is None:
            connection = self._database.connect()
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


def _fail(members: list[_Member], error: Exception) -> None:
    for member in members:
        member.error = error


def _settle(members: list[_Member]) -> None:
    """Resolve every waiter; each event loop is woken once for the whole batch."""
    loops: dict[asyncio.AbstractEventLoop, list[_Member]] = {}
    for member in members:
        if member.loop is None:
            _resolve([member])
        else:
            loops.setdefault(member.loop, []).append(member)
    for loop, waiting in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, waiting)


def _resolve(members: list[_Member]) -> None:
    for member in members:
        if member.waiter.done():
            continue
        if member.error is not None:
            member.waiter.set_exception(member.error)
        else:
            member.waiter.set_result(member.value)
