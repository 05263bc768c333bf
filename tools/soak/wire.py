# SPDX-License-Identifier: Apache-2.0
"""A wire that can be cut or go dead: what connects to its port is passed on to another, until it is not."""

import asyncio
import socket
import struct
from contextlib import suppress

from tests import postgresql

# Closing sends a reset at once and forgets what was not sent (socket(7), SO_LINGER).
_ABRUPTLY = struct.pack("ii", 1, 0)
_PIECE = 1 << 16


class Wire:
    """Passes on between a port of its own and `port`; both on this machine."""

    def __init__(self, port: int) -> None:
        """Lead to `port` once it is opened."""
        self.to = port
        self.port = postgresql.free_port()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._goes = asyncio.Event()
        self._goes.set()

    async def open(self) -> None:
        """Listen on its own port, which was free."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)

    async def close(self) -> None:
        """Listen no more, and let nothing be open."""
        self._goes.set()
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._passing, return_exceptions=True)

    @property
    def connections(self) -> int:
        """How many are open, each with two ends."""
        return len(self._ends) // 2

    def cut(self) -> None:
        """Reset every connection, both ends of it, in the middle of whatever is under way."""
        for end in list(self._ends):
            found = end.get_extra_info("socket")
            if found is not None:
                with suppress(OSError):
                    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABRUPTLY)
            end.transport.abort()

    def stall(self) -> None:
        """Pass nothing on any more, and tell nobody."""
        self._goes.clear()

    def go(self) -> None:
        """Pass on again what has waited."""
        self._goes.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends, task = {writer}, asyncio.current_task()
        if task is not None:
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)
        self._ends.add(writer)
        try:
            there, away = await asyncio.open_connection("127.0.0.1", self.to)
            ends.add(away)
            self._ends.add(away)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._one_way(reader, away))
                group.create_task(self._one_way(there, writer))
        except (OSError, ExceptionGroup):
            pass  # whoever is at an end sees it by its own
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            await self._goes.wait()
            writer.write(piece)
            await writer.drain()
        await self._goes.wait()
        # A half that has ended ends the whole: neither side here goes on talking to nobody.
        raise ConnectionResetError
