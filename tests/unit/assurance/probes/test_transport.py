# SPDX-License-Identifier: Apache-2.0
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import relay
from uphold.assurance.probe import Status
from uphold.assurance.probes import transport
from uphold.assurance.probes.transport import Headed, Heads, Way

WAY = Way("https://here.example", "127.0.0.1", (), has_tls=False, has_proxy=True, old=None)
DEMO = Way("http://127.0.0.1:8000", "127.0.0.1", (), has_tls=False, has_proxy=False, old=None)
HEADED = Headed(
    *("/", "max-age=31536000", "nosniff", "DENY", "same-origin", "same-origin", "require-corp"),
    "camera=(), geolocation=(), microphone=(), usb=()",
    "default-src 'none'; script-src 'self'",
)


@pytest.mark.parametrize(
    "way",
    [
        WAY,
        replace(WAY, has_proxy=False),
        replace(WAY, host="0.0.0.0", beyond=("0.0.0.0",)),
        replace(WAY, host="0.0.0.0", has_tls=True, has_proxy=False, old=False),
        replace(WAY, beyond=None),
    ],
)
def test_a_way_that_is_protected(way: Way) -> None:
    assert transport.WAY.oracle(way).status is Status.KEPT


def test_a_demonstration_has_no_way() -> None:
    assert transport.WAY.oracle(DEMO).status is Status.NOT_APPLICABLE
    assert transport.WAY.oracle(replace(DEMO, host="0.0.0.0")).status is Status.BROKEN


@pytest.mark.parametrize(
    "changed",
    [
        {"address": "http://here.example"},
        {"has_proxy": False, "host": "0.0.0.0"},
        {"has_proxy": False, "host": "::"},
        {"has_proxy": False, "beyond": ("192.0.2.1",)},
        {"old": True},
    ],
    ids=str,
)
def test_a_way_that_is_open(changed: dict[str, Any]) -> None:
    outcome = transport.WAY.oracle(replace(WAY, **changed))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"transport": ""},
        {"transport": "max-age=60"},
        {"options": ""},
        {"framing": "SAMEORIGIN"},
        {"referrer": "unsafe-url"},
        {"opener": ""},
        {"embedder": "unsafe-none"},
        {"permissions": "camera=(self), geolocation=(), microphone=()"},
        {"permissions": ""},
        {"policy": ""},
    ],
    ids=str,
)
def test_a_page_without_a_header(changed: dict[str, Any]) -> None:
    assert transport.HEADS.oracle(Heads((HEADED,), is_secure=True)).status is Status.KEPT
    outcome = transport.HEADS.oracle(Heads((HEADED, replace(HEADED, **changed)), is_secure=True))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def test_without_tls_nothing_is_said_of_it() -> None:
    plain = Heads((replace(HEADED, transport=""),), is_secure=False)
    assert transport.HEADS.oracle(plain).status is Status.KEPT
    assert transport.HEADS.oracle(Heads((), is_secure=False)).status is Status.NOT_SHOWN


@contextmanager
def listening(folder: Path, *, old: bool) -> Iterator[str]:
    """A server that takes one connection by TLS, old ones too if told so."""
    _, context = relay.certificate(folder)
    if old:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            spoken, _ = server.accept()
            with spoken, suppress(OSError):
                context.wrap_socket(spoken, server_side=True).close()

        thread = threading.Thread(target=take)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize("old", [True, False])
def test_an_old_tls_is_noticed(tmp_path: Path, *, old: bool) -> None:
    with listening(tmp_path, old=old) as address:
        assert transport._takes_old(address) is old
