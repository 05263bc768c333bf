# SPDX-License-Identifier: Apache-2.0
import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.visitor import JSON, Visitor
from uphold.web import security


def test_hsts_is_sent_behind_tls_only() -> None:
    name = b"strict-transport-security"
    assert dict(security.headers(secure=True))[name] == b"max-age=31536000"
    assert name not in dict(security.headers(secure=False))


def test_nothing_may_come_from_or_go_to_another_host() -> None:
    rules = dict(rule.split(" ", 1) for rule in security.POLICY.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert {v for k, v in rules.items() if v != "'none'"} == {"'self'"}
    assert {"style-src", "img-src", "script-src", "connect-src", "form-action"} <= rules.keys()
    assert "unsafe" not in security.POLICY


def headers_after(own: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    asyncio.run(security.Headers(app, secure=False)({"type": "http"}, receive, send))
    found: list[tuple[bytes, bytes]] = sent[0]["headers"]
    return found


def test_what_a_page_says_itself_stands() -> None:
    found = headers_after([(b"referrer-policy", b"no-referrer")])
    assert [v for k, v in found if k == b"referrer-policy"] == [b"no-referrer"]
    assert (b"x-frame-options", b"DENY") in found


def test_pages_stay_apart_from_other_windows_and_what_they_never_use() -> None:
    found = dict(security.headers(secure=True))
    assert found[b"cross-origin-opener-policy"] == b"same-origin"
    assert found[b"cross-origin-embedder-policy"] == b"require-corp"
    denied = set(security.PERMISSIONS.split(", "))
    assert {"camera=()", "geolocation=()", "microphone=()", "usb=()", "payment=()"} <= denied
    # Passkeys are ours to ask for.
    assert "publickey" not in security.PERMISSIONS


EVERY = {name.decode(): value.decode() for name, value in security.headers(secure=True)}


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/policy", "/policy/editions", "/f/feedback", "/console/login", "/nothing"),
        *("/journal/key", "/journal/checkpoint", "/healthz", "/readyz", "/static/uphold.css"),
        *("/policy/", "/console"),
    ],
)
def test_every_answer_carries_them(somebody: Visitor, path: str) -> None:
    answer = somebody.get(path)
    assert {name: answer.headers[name] for name in EVERY} == EVERY
    assert "set-cookie" not in answer.headers
    assert "server" not in answer.headers


def test_answers_to_posts_carry_them_too(somebody: Visitor) -> None:
    refused = somebody.post("/f/feedback", {}, JSON)
    for answer in (somebody.send(email="wrong"), somebody.send(), somebody.program(), refused):
        assert {name: answer.headers[name] for name in EVERY} == EVERY
        assert answer.headers["cache-control"] == "no-store"
