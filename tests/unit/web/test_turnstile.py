# SPDX-License-Identifier: Apache-2.0
"""The bound of requests under way; what it does to a site under load is in tests/flow/test_crowd.py."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from tests.unit.web.conftest import MakeRequest
from uphold.app import App
from uphold.web.turnstile import Turnstile


class Slow:
    """An application that answers when it is let."""

    def __init__(self) -> None:
        self.begin, self.end = asyncio.Event(), asyncio.Event()
        self.inside = 0

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        self.inside += 1
        await self.begin.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.end.wait()
        await send({"type": "http.response.body", "body": b"ok"})


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def ask(stile: Turnstile, scope: Scope, receive: Receive = nothing) -> Message:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await stile(scope, receive, send)
    return sent[0]


async def test_whoever_comes_beyond_is_told_to_come_again(
    here: App, request_of: MakeRequest
) -> None:
    inner, scope = Slow(), request_of("/policy").scope
    stile = Turnstile(inner, here, most=2)
    under_way = [asyncio.create_task(ask(stile, scope)) for _ in range(2)]
    await asyncio.sleep(0)
    told = await ask(stile, scope)
    assert told["status"] == 503
    assert (b"retry-after", b"5") in told["headers"]
    assert inner.inside == 2
    # An answer that has begun holds no place, however slow its reader is.
    inner.begin.set()
    await asyncio.sleep(0)
    under_way += [asyncio.create_task(ask(stile, scope)) for _ in range(2)]
    await asyncio.sleep(0)
    inner.end.set()
    assert [told["status"] for told in await asyncio.gather(*under_way)] == [200] * 4


async def test_whoever_waits_at_the_end_is_told_to_come_again(
    here: App, request_of: MakeRequest
) -> None:
    inner = Slow()
    waiting = asyncio.create_task(ask(Turnstile(inner, here), request_of("/policy").scope))
    await asyncio.sleep(0)
    assert inner.inside == 1
    waiting.cancel()
    told = await waiting
    assert told["status"] == 503
    assert (b"retry-after", b"5") in told["headers"]


async def test_whether_the_process_lives_is_always_said(here: App, request_of: MakeRequest) -> None:
    inner = Slow()
    inner.begin.set()
    inner.end.set()
    told = await ask(Turnstile(inner, here, most=0), request_of("/healthz").scope)
    assert told["status"] == 200


async def test_who_fails_leaves_the_place(here: App, request_of: MakeRequest) -> None:
    async def fails(_: Scope, __: Receive, ___: Send) -> None:
        raise OSError

    stile, scope = Turnstile(fails, here, most=1), request_of("/").scope
    for _ in range(3):
        [outcome] = await asyncio.gather(ask(stile, scope), return_exceptions=True)
        assert isinstance(outcome, OSError)


async def test_who_sends_slowly_holds_no_place(here: App, request_of: MakeRequest) -> None:
    sent = asyncio.Event()

    async def slow() -> Message:
        await sent.wait()
        return {"type": "http.request"}

    async def reads(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    stile, scope = Turnstile(reads, here, most=1), request_of("/").scope
    waited_for = [asyncio.create_task(ask(stile, scope, slow)) for _ in range(3)]
    await asyncio.sleep(0)
    assert (await ask(stile, scope))["status"] == 200
    sent.set()
    assert [told["status"] for told in await asyncio.gather(*waited_for)] == [200] * 3
    assert stile._inside == 0
