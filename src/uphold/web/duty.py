# SPDX-License-Identifier: Apache-2.0
"""What one process of a site does for all of them, and which one that is (`database.lease`).

Each process says that it serves and asks for the lease again and again. Whoever has it sweeps, rotates, backs up,
detects and sends mail; whatever it stores by that is refused once another has it. It gives the lease back at a good
end; where it is killed another one on this machine follows at once, one on another machine after the term.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from uphold import errors
from uphold.app import App
from uphold.database import lease, process
from uphold.database.lease import Fenced
from uphold.database.transaction import Transaction
from uphold.vault import unlock

Work = Callable[[], Awaitable[None]]

NAME = "duty"
RENEW_SECONDS = 20.0
# How often whoever waits for the lease asks for it: to look costs no write.
LOOK_SECONDS = 2.0


class Duty:
    """One process's part in it. `app` is the site whose writer is refused without the lease."""

    def __init__(self, app: App) -> None:
        """Ask for nothing yet."""
        self._site = app
        self._name = process.named()
        self._ring = app.settings.path(app.settings.keys.ring)
        self._writer = Fenced(app.writer, NAME)
        self.app = replace(app, writer=self._writer)
        self._held = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._at_work = 0
        self._said: tuple[float, str] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process believes that it has the lease."""
        return self._held.is_set()

    def alone(self, work: Work) -> Work:
        """Return work that waits until this process has the lease; once another has it, it is left to that one."""

        async def held() -> None:
            await self._held.wait()
            self._at_work += 1
            self._idle.clear()
            try:
                await work()
            except lease.Late:
                self._held.clear()
            finally:
                self._at_work -= 1
                if not self._at_work:
                    self._idle.set()

        return held

    async def look(self) -> None:
        """Say that this process serves, and take or renew the lease, where it is time. Raises `errors.UpholdError`."""
        now, ring = time.monotonic(), unlock.mark(self._ring)
        if self._said is not None:
            age = now - self._said[0]
            if age < RENEW_SECONDS and ring == self._said[1] and not await self._is_wanted():
                return
            if age * 1000 >= lease.TERM_MS:
                # Somebody else may have it by now.
                self._held.clear()
        fence = await self._site.writer.submit(lambda tx: self._ask(tx, ring))
        self._said = (now, ring)
        if fence is None:
            self._held.clear()
        else:
            self._writer.fence = fence
            self._held.set()

    async def leave(self) -> None:
        """Give everything back, once the work that this process has begun is over."""
        await self._idle.wait()
        self._held.clear()
        # Where the storage is in trouble the term runs out by itself.
        with contextlib.suppress(errors.UpholdError):
            await self._site.writer.submit(self._give_back)

    async def _is_wanted(self) -> bool:
        """Whether the lease is free for this process, which has it not."""
        return not self.is_held and not await asyncio.to_thread(self._holder)

    def _holder(self) -> str:
        with self._site.database.read() as connection:
            return lease.holder(connection, NAME)

    def _ask(self, tx: Transaction, ring: str) -> int | None:
        process.enter(tx, self._name, ring)
        return lease.take(tx, NAME, self._name)

    def _give_back(self, tx: Transaction) -> None:
        lease.release(tx, NAME, self._writer.fence)
        process.leave(tx, self._name)
