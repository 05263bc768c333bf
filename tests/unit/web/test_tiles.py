# SPDX-License-Identifier: Apache-2.0
"""What a stranger needs to follow the journal, over HTTP: C2SP tlog-tiles without the entries."""

import asyncio
from base64 import b64encode

import pytest

from tests import site
from tests.visitor import Visitor
from uphold.app import App
from uphold.journal import checkpoint, note, tree


def test_the_head_is_signed_by_the_key(somebody: Visitor) -> None:
    somebody.send()
    key = note.parse_vkey(somebody.get("/journal/key").body.decode().strip())
    answer = somebody.get("/journal/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    head = checkpoint.verify(answer.body, key)
    with somebody.app.database.read() as connection:
        assert head.checkpoint.size == somebody.app.log.head(connection).size


def test_the_tiles_yield_the_signed_root(somebody: Visitor, here: App) -> None:
    """With the hashes alone anybody computes the root that the head names."""
    asyncio.run(site.submit_many(here, 140))
    size, root = (somebody.get("/journal/checkpoint").body.decode().split("\n"))[1:3]
    leaves: list[bytes] = []
    for number in range(int(size) // 256 + 1):
        width = min(256, int(size) - 256 * number)
        if width:
            path = f"/journal/tile/0/{number:03d}" + (f".p/{width}" if width < 256 else "")
            answer = somebody.get(path)
            assert answer.status == 200
            assert "immutable" in answer.headers["cache-control"]
            leaves += [answer.body[at : at + 32] for at in range(0, len(answer.body), 32)]
    assert len(leaves) == int(size)
    assert b64encode(tree.root(leaves)).decode() == root
    assert somebody.get("/journal/tile/1/000.p/1").status == 200


@pytest.mark.parametrize(
    "path",
    [
        *("0/001", "9/000", "0/0", "0/000", "0/000.p/0", "0/000.p/999", "0/000.p/x", "x/000"),
        *("entries/000", "entries/000.p/1", "0/%2e%2e/000", "", "0/x001/000", "-1/000"),
    ],
)
def test_what_is_no_tile(somebody: Visitor, path: str) -> None:
    assert somebody.get(f"/journal/tile/{path}").status == 404


def test_the_script(somebody: Visitor) -> None:
    answer = somebody.get("/journal/verify.sh")
    assert answer.body.startswith(b"#!/bin/sh")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
