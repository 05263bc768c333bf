# SPDX-License-Identifier: Apache-2.0
"""Does to a site what the plan says, sees that it comes back each time, and remembers how it was."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psycopg

from tools.soak.book import Book
from tools.soak.browser import Street
from tools.soak.plan import Event, Kind
from tools.soak.stage import Stage
from uphold.cli.main import main as command_line

# After trouble is over, so long a late answer of it may still come.
GRACE_SECONDS = 7.0
# Far longer than a site takes to be ready again, on a machine that is busy with other things.
BACK_SECONDS = 120.0
# Whoever was at it may have been killed, and what it held is free a minute later.
DESK_SECONDS = 240.0
# A site that was told to stop answers what is under way for ten seconds at most; then it closes.
STOP_SECONDS = 45.0
# Sent to a process that does not end, where somebody has taught it to say why.
HANGING = int(os.environ.get("SOAK_HANGING", "0"))
# Visits are durable within a second when nothing is wrong; a busy machine takes longer.
VISIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Done:
    """One event that took place: when it began, how long it took until the site was as before."""

    what: str
    kind: str
    at: float
    seconds: float


Between = Callable[[], Awaitable[None]]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def here(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the product in this process."""
    return subprocess.CompletedProcess(words, command_line(list(words)), "", "")


class World:
    """Whatever happens to one site."""

    def __init__(
        self, site: Stage, street: Street, book: Book, between: Between, *, command: Command
    ) -> None:
        """`between` is awaited whenever the process has ended, before the next begins; `command` runs one."""
        self._command_line = command
        self.site, self.street, self.book, self._between = site, street, book, between
        self.began = time.monotonic()
        self.done: list[Done] = []
        self._desk: set[asyncio.Task[None]] = set()
        self._acts: Mapping[Kind, Callable[[Event], Awaitable[None]]] = {
            Kind.KILL: self._kill,
            Kind.TERM: self._term,
            Kind.CLOCK: self._clock,
            Kind.FULL: self._full,
            Kind.SLOW: self._slow,
            Kind.CUT: self._cut,
            Kind.STALL: self._stall,
            Kind.CUT_STORE: self._cut_store,
            Kind.STALL_STORE: self._stall_store,
            Kind.FAST: self._restart,
            Kind.CRASH: self._restart,
        }

    async def play(self, event: Event) -> None:
        """Let an event take place; what is done at a desk goes on while the next one begins."""
        if event.kind in self._acts:
            await self._timed(event, self._acts[event.kind](event))
        else:
            task = asyncio.create_task(
                self._timed(event, self._command(event)), name=str(event.kind)
            )
            self._desk.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._desk.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.book.faults.append(f"{task.get_name()} broke off: {error!r}")

    async def finish(self, *kinds: Kind) -> None:
        """Wait for what is done at desks, or for that of some kinds."""
        await asyncio.gather(*(one for one in self._desk if not kinds or one.get_name() in kinds))

    async def ready(self) -> None:
        """Wait until the site says that it is ready; note it as a fault where it never does."""
        until = time.monotonic() + BACK_SECONDS
        while time.monotonic() < until:
            if await asyncio.to_thread(self._is_ready):
                return
            await asyncio.sleep(0.1)
        self.book.faults.append("the site did not come back")

    def _is_ready(self) -> bool:
        try:
            return self.site.get("/readyz").status == 200
        except OSError:
            return False

    async def _timed(self, event: Event, act: Awaitable[None]) -> None:
        at = time.monotonic()
        self.street.happening.append(event.kind)
        try:
            await act
        finally:
            self.street.happening.remove(event.kind)
        self.done.append(Done(str(event), event.kind, at - self.began, time.monotonic() - at))

    @asynccontextmanager
    async def _trouble(self, *, loses: bool = True) -> AsyncIterator[None]:
        """Excuse 503 and broken connections from here until the site is ready again; and lost visits if it `loses`."""
        began = time.monotonic()
        self.street.trouble += 1
        self.site.ends += 1
        try:
            yield
            await self.ready()
        finally:
            self.street.trouble -= 1
            self.street.calm_at = time.monotonic() + GRACE_SECONDS
            if loses:
                self._risk(began - VISIT_SECONDS)

    def _risk(self, since: float) -> None:
        """Count the visits whose loss a crash or a full disk would excuse."""
        visited = self.book.visited
        self.book.visits_at_risk += sum(at >= since for at in visited)
        visited.clear()

    async def _kill(self, _: Event) -> None:
        async with self._trouble():
            self.site.kill()
            await self._anew(-9)

    async def _term(self, _: Event) -> None:
        async with self._trouble(loses=False):
            await self.stop()
            await self._between()
            await self._start()

    async def stop(self) -> None:
        """Have the process end by itself."""
        self.street.trouble += 1
        code = await asyncio.to_thread(self._stop)
        self.street.trouble -= 1
        if code != 0:
            self.book.faults.append(f"told to stop, the site ended with {code}")

    def _stop(self) -> int:
        process = self.site.process
        if process is None:
            return 0
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            return process.wait(STOP_SECONDS)
        if HANGING:
            process.send_signal(HANGING)
            time.sleep(2)
        process.kill()
        return process.wait()

    async def _anew(self, expected: int) -> None:
        code = await asyncio.to_thread(self.site.wait)
        if code != expected:
            self.book.faults.append(f"the site ended with {code}")
        await self._between()
        await self._start()

    async def _start(self) -> None:
        await asyncio.to_thread(self.site.start)
        self.street.opened.set()

    async def _clock(self, event: Event) -> None:
        self.site.shim.jump(event.size)
        await asyncio.sleep(event.span)
        self.site.shim.jump(0)

    async def _slow(self, event: Event) -> None:
        self.site.shim.drag(event.size)
        await asyncio.sleep(event.span)
        self.site.shim.drag(0)

    async def _full(self, event: Event) -> None:
        async with self._trouble():
            self.site.fill()
            await asyncio.sleep(event.span)
            self.site.free()
            await self._revive()

    async def _cut(self, _: Event) -> None:
        async with self._trouble(loses=False):
            self.site.wire.cut()

    async def _stall(self, event: Event) -> None:
        async with self._trouble(loses=False):
            self.site.wire.stall()
            await asyncio.sleep(event.span)
            self.site.wire.go()

    async def _cut_store(self, _: Event) -> None:
        async with self._trouble():
            self.site.base[1].cut()

    async def _stall_store(self, event: Event) -> None:
        _, line = self.site.base
        async with self._trouble():
            line.stall()
            await asyncio.sleep(event.span)
            line.go()

    async def _restart(self, event: Event) -> None:
        server, _ = self.site.base
        mode = "fast" if event.kind is Kind.FAST else "immediate"
        async with self._trouble():
            await asyncio.to_thread(server.stop, mode)
            await asyncio.sleep(event.span)
            await asyncio.to_thread(server.start)

    async def _revive(self) -> None:
        """Start a database server that a full disk has ended, as whoever runs it would."""
        server = self.site.server
        if server is None or not server.folder.is_relative_to(self.site.disk):
            return
        for _ in range(60):
            try:
                await asyncio.to_thread(server.command, "CHECKPOINT")
            except psycopg.Error:
                with suppress(RuntimeError):  # it runs, and is busy with coming back
                    await asyncio.to_thread(server.start)
            else:
                return
        self.book.faults.append("the database server did not come back from a full disk")

    async def _command(self, event: Event) -> None:
        """Run what somebody runs at the command line; where trouble came between, they run it again."""
        until = time.monotonic() + DESK_SECONDS
        while time.monotonic() < until:
            calm = self.street.is_calm
            code, said = await asyncio.to_thread(self._run, event.kind)
            if code == 0:
                return
            # 2 says that another is at it, or that not everything has followed yet.
            if code != 2 and calm and self.street.is_calm:
                self.book.faults.append(f"{event.kind} ended with {code}: {said}")
                return
            await asyncio.sleep(2)
        self.book.faults.append(f"{event.kind} never came to its end: {said}")

    def _run(self, kind: Kind) -> tuple[int, str]:
        folder = str(self.site.folder)
        steps = {
            Kind.KEYS: (("keys", "rotate", folder), ("keys", "burn", folder)),
            Kind.SWEEP: (("retention", "run", folder),),
            Kind.BACKUP: (("backup", folder),),
        }[kind]
        for words in steps:
            done = self._command_line(*words)
            if done.returncode:
                return done.returncode, done.stderr.strip()
        return 0, ""
