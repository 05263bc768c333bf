# SPDX-License-Identifier: Apache-2.0
"""A site in files, and requests as a server hands them over."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.requests import Request

from tests import site, visitor
from tests.visitor import Visitor
from uphold.app import App

MakeRequest = Callable[..., Request]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[App]:
    """A whole site, closed in the end."""
    opened = site.build(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def somebody(here: App) -> Iterator[Visitor]:
    with visitor.visiting(here) as found:
        yield found


@pytest.fixture
def request_of() -> MakeRequest:
    """Make a request of a path with its query, a method, and headers given as keywords."""

    def make(address: str = "/", method: str = "GET", **headers: str) -> Request:
        path, _, query = address.partition("?")
        named = {"host": "uphold.example", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return Request(
            {
                "type": "http",
                "method": method,
                "path": path,
                "raw_path": quote(path).encode(),
                "query_string": query.encode(),
                "headers": [(k.encode(), v.encode()) for k, v in named.items()],
                "scheme": "https",
                "server": ("uphold.example", 443),
                "client": ("192.0.2.7", 40_000),
            }
        )

    return make


@pytest.fixture
def stranger(here: App) -> Iterator[Visitor]:
    """Somebody else, at another address of the network."""
    with visitor.visiting(here, address="198.51.100.9") as found:
        yield found
