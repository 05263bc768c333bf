# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from starlette.requests import Request

from uphold.web import server


def scope(query: bytes = b"", *hosts: bytes) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/policy",
        "query_string": query,
        "headers": [(b"accept", b"*/*"), *((b"host", host) for host in hosts)],
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
    }


@pytest.mark.parametrize("host", [b"uphold.example", b"127.0.0.1:8000", b"[::1]:8000", b"x_y-z"])
def test_what_is_readable_stays_as_it_is(host: bytes) -> None:
    given = scope(b"lang=ru&a=%ff", host)
    assert server.readable(given) is given


@pytest.mark.parametrize("host", [b"[", b"a b", b"a/b", b"a@b", b"", b"x:port", b"\xff", b"a\\b"])
def test_a_host_that_is_none_is_left_out(host: bytes) -> None:
    request = Request(server.readable(scope(b"", host)))
    assert request.headers.get("host") is None
    assert str(request.url) == "http://127.0.0.1:8000/policy"


@pytest.mark.parametrize("query", [b"\x80", b"lang=\xd1\x80u", b"%\xff&lang=ru"])
def test_any_bytes_of_a_query_can_be_read(query: bytes) -> None:
    request = Request(server.readable(scope(query, b"x")))
    assert request.url.query.isascii()
    assert request.headers["host"] == "x"
    assert set(request.query_params) <= {"\ufffd", "lang", "%\ufffd"}
