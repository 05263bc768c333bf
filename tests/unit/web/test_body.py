# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest
from starlette.types import Message, Receive

from uphold.web import body
from uphold.web.body import Refused

LIMIT = 100


def pieces(*raw: bytes, broken: bool = False) -> Receive:
    """What a server hands over: piece by piece, to the end or until the client is gone."""
    waiting = list(raw)

    async def receive() -> Message:
        if not waiting:
            return {"type": "http.disconnect"}
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting) or broken}

    return receive


@pytest.mark.parametrize("raw", [(b"",), (b"abc",), (b"a", b"", b"bc"), (b"x" * LIMIT,)])
async def test_it_is_read_whole(raw: tuple[bytes, ...]) -> None:
    assert await body.read({}, pieces(*raw), {}, LIMIT) == b"".join(raw)


@pytest.mark.parametrize("length", [b"101", b"9" * 18, b"9" * 5000])
async def test_too_long_by_its_own_word(length: bytes) -> None:
    with pytest.raises(Refused) as caught:
        await body.read({}, pieces(b"abc"), {b"content-length": length}, LIMIT)
    assert caught.value.status == 413


@pytest.mark.parametrize("length", [b"100", b"0", b"-1", b"three"])
async def test_a_length_is_not_believed_otherwise(length: bytes) -> None:
    assert await body.read({}, pieces(b"abc"), {b"content-length": length}, LIMIT) == b"abc"


@pytest.mark.parametrize("raw", [(b"abc",), (b"a", b"bc")])
async def test_what_is_there_is_read_without_a_clock(
    monkeypatch: pytest.MonkeyPatch, raw: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(asyncio, "timeout", None)
    assert await body.read({body.WHOLE: True}, pieces(*raw), {}, LIMIT) == b"abc"
    with pytest.raises(Refused):
        await body.read({body.WHOLE: True}, pieces(*raw), {}, 2)


async def test_too_long_is_not_read_to_its_end() -> None:
    receive = pieces(b"x" * 60, b"x" * 60, b"never asked for")
    with pytest.raises(Refused) as caught:
        await body.read({}, receive, {}, LIMIT)
    assert caught.value.status == 413
    assert (await receive())["body"] == b"never asked for"


@pytest.mark.parametrize("raw", [(), (b"abc",)])
async def test_broken_off(raw: tuple[bytes, ...]) -> None:
    with pytest.raises(Refused) as caught:
        await body.read({}, pieces(*raw, broken=True), {}, LIMIT)
    assert caught.value.status == 400


@pytest.mark.parametrize("started", [False, True])
async def test_what_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, started: bool
) -> None:
    monkeypatch.setattr(body, "BODY_SECONDS", 0.01)
    first = [started]

    async def receive() -> Message:
        if first.pop() if first else False:
            return {"type": "http.request", "body": b"a", "more_body": True}
        await asyncio.Event().wait()
        raise AssertionError("nothing ever comes")

    with pytest.raises(Refused) as caught:
        await body.read({}, receive, {}, LIMIT)
    assert caught.value.status == 408
