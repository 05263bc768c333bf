# SPDX-License-Identifier: Apache-2.0
"""What the server is told. How it then behaves on the wire: tests/flow/test_serve.py; how it ends: tests/crash."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import uvicorn

from tests import site
from tests.unit.web.test_moving import leave
from uphold import errors
from uphold.app import App
from uphold.assurance.visitor import Visitor
from uphold.config import Serve
from uphold.database import process
from uphold.vault import sharing
from uphold.web import logs, run
from uphold.web.server import Face


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    # The tests' own process goes on logging as it did.
    monkeypatch.setattr(logs, "CONFIGURATION", None)
    opened = site.build(tmp_path)
    yield opened
    opened.close()


def serving(app: App, serve: Serve) -> App:
    """The same site with another [serve]."""
    return replace(app, settings=msgspec.structs.replace(app.settings, serve=serve))


def test_nobody_is_believed_by_default(app: App) -> None:
    config = run.configuration(app)
    assert config.proxy_headers is False
    assert config.forwarded_allow_ips == []
    assert config.server_header is False
    assert config.access_log is False
    assert config.is_ssl is False


def test_declared_proxies_are_believed(app: App) -> None:
    config = run.configuration(serving(app, Serve(proxies=("192.0.2.1", "192.0.2.2"))))
    assert config.proxy_headers is True
    assert config.forwarded_allow_ips == ["192.0.2.1", "192.0.2.2"]


def test_a_tls_file_that_is_not_there_is_named(app: App) -> None:
    named = Serve(tls_certificate="tls/none.crt", tls_key="tls/none.key")
    with pytest.raises(errors.Invalid, match=r"tls/none\.crt does not exist"):
        run.configuration(serving(app, named))


def test_a_tls_file_that_is_none_is_refused_before_anything_listens(app: App) -> None:
    named = Serve(tls_certificate="uphold.toml", tls_key="uphold.toml", port=1)
    with pytest.raises(errors.Invalid, match="cannot be used"):
        run.serve(serving(app, named))


def test_who_draws_pages_keeps_forms_waiting_for_less_than_python_lets_them(app: App) -> None:
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as taken,
            pytest.raises(errors.Invalid, match="Cannot listen"),
        ):
            run.serve(serving(app, Serve(port=taken.getsockname()[1])))
        assert sys.getswitchinterval() == pytest.approx(run.SWITCH_SECONDS)
        assert interval > run.SWITCH_SECONDS
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_and_not_the_process(app: App, number: signal.Signals) -> None:
    server = run._Server(uvicorn.Config(Face(app), log_config=None))
    before = signal.getsignal(number)
    with server.capture_signals():
        os.kill(os.getpid(), number)
        assert server.should_exit
    assert signal.getsignal(number) is before


def test_a_copy_of_the_key_ring_serves_nobody(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "PATIENCE_SECONDS", 0.0)
    app.writer.run(lambda tx: process.enter(tx, process.named(), "another file"))
    with pytest.raises(errors.Conflict, match="another copy of the key ring"):
        run.serve(serving(app, Serve(port=1)))


def test_who_has_time_to_leave_takes_it_unless_told_twice(app: App) -> None:
    server = run._Server(
        uvicorn.Config(Face(serving(app, Serve(drain_seconds=300))), log_config=None)
    )
    server.handle_exit(signal.SIGTERM, None)
    assert not server.should_exit
    server.handle_exit(signal.SIGTERM, None)
    assert server.should_exit


async def test_the_time_to_leave_ends(app: App) -> None:
    face = Face(serving(app, Serve(drain_seconds=0.001)))
    server = run._Server(uvicorn.Config(face, log_config=None))
    assert not await server.on_tick(1)
    server.handle_exit(signal.SIGTERM, None)
    while not face.leaving.is_over:  # noqa: ASYNC110 - a clock tells nobody
        await asyncio.sleep(0)
    assert await server.on_tick(1)


@pytest.mark.parametrize("is_told_before", [True, False])
def test_who_was_told_to_stop_follows_no_move(app: App, is_told_before: bool) -> None:
    """Before the data went, with time to leave, or while the server ends since they went."""
    told = serving(app, Serve(drain_seconds=300))
    server = run._Server(run._configuration(told, run.LOOPBACK, 0, log_config=None))

    async def serve() -> None:
        ending = asyncio.create_task(run._serve(server, told, ()))
        while not server.started:  # noqa: ASYNC110 - a server tells nobody
            await asyncio.sleep(0)
        where = server.servers[0].sockets[0].getsockname()
        if is_told_before:
            server.handle_exit(signal.SIGTERM, None)
        await asyncio.to_thread(leave, app.settings)
        while not server.should_exit:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        if not is_told_before:
            server.handle_exit(signal.SIGTERM, None)
        assert await ending == ()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*where)

    asyncio.run(serve())


def test_a_site_is_served_from_a_thread_and_leaves_no_trace(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    frozen, thresholds = gc.get_freeze_count(), gc.get_threshold()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    loggers = [logging.getLogger(name) for name in ("uphold", "uvicorn")]
    before = [(one.level, one.propagate, list(one.handlers)) for one in loggers]
    threads = threading.active_count()
    for _ in range(3):
        with run.serving(app) as target:
            assert Visitor(target).get("/healthz").body == b"ok\n"
            assert not target.is_configured
            logging.getLogger("uphold.test").info("a line")
            assert target.log is not None
            assert '"what":"a line"' in target.log.read_text()
        with pytest.raises(errors.Unavailable):
            Visitor(target).get("/healthz")
        assert not target.log.exists()
    assert (gc.get_freeze_count(), gc.get_threshold()) == (frozen, thresholds)
    assert {number: signal.getsignal(number) for number in handlers} == handlers
    assert [(one.level, one.propagate, list(one.handlers)) for one in loggers] == before
    assert threading.active_count() <= threads + 1  # the pool of threads may keep one that was idle
    app.close()
