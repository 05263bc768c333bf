# SPDX-License-Identifier: Apache-2.0
"""The loop that serves refuses what Python's audit hook cannot see: connections that libuv makes."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from uphold import egress
from uphold.web.loop import Loop

ELSEWHERE = ("127.0.0.77", 9)
DECLARED = frozenset({("127.0.0.1", 1)})

Act = Callable[[asyncio.AbstractEventLoop], Awaitable[Any]]


def plain() -> socket.socket:
    made = socket.socket()
    made.setblocking(False)
    return made


async def tcp(loop: asyncio.AbstractEventLoop) -> Any:
    await loop.create_connection(asyncio.Protocol, *ELSEWHERE)


async def udp(loop: asyncio.AbstractEventLoop) -> Any:
    await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=ELSEWHERE)


async def by_hand(loop: asyncio.AbstractEventLoop) -> Any:
    with plain() as made:
        await loop.sock_connect(made, ELSEWHERE)


async def by_name(loop: asyncio.AbstractEventLoop) -> Any:
    await loop.getaddrinfo("what-was-written.elsewhere.example", 53)


def run(act: Act) -> Any:
    async def main() -> Any:
        return await act(asyncio.get_running_loop())

    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(main())


@pytest.mark.parametrize("act", [tcp, udp, by_hand, by_name])
def test_what_is_not_declared_is_refused(act: Act) -> None:
    egress.refusals()
    with egress.guarded(DECLARED), pytest.raises(PermissionError):
        run(act)
    [found] = egress.refusals()
    assert found.net is egress.Net.LOOP
    assert found.by == "tests-unit-web-test-loop"


def test_a_declared_host_and_a_socket_of_the_machine_are_let_pass(tmp_path: Path) -> None:
    async def both(loop: asyncio.AbstractEventLoop) -> bytes:
        async def answer(_: object, writer: asyncio.StreamWriter) -> None:
            writer.write(b"here")
            writer.close()

        said = b""
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with egress.guarded(frozenset({("127.0.0.1", port)})):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                said += await reader.read()
                writer.close()
        path = str(tmp_path / "s")
        async with await asyncio.start_unix_server(answer, path):
            with egress.guarded(frozenset()):
                reader, writer = await asyncio.open_unix_connection(path)
                said += await reader.read()
                writer.close()
        return said

    egress.refusals()
    assert run(both) == b"herehere"
    assert egress.refusals() == ()


def test_unguarded_it_is_any_loop() -> None:
    with pytest.raises(OSError, match=r"refused|Connect") as refusal:
        run(tcp)
    assert not isinstance(refusal.value, PermissionError)
