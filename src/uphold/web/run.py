# SPDX-License-Identifier: Apache-2.0
"""Serve a site with uvicorn: uvloop and httptools are demanded, not hoped for (5.7 times slower without)."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, cast
from urllib.parse import urlsplit

import uvicorn

from uphold import errors
from uphold.app import App
from uphold.assurance import visitor
from uphold.detection import book
from uphold.vault import sharing
from uphold.web import background, descriptors, logs, moving
from uphold.web.crowd import Crowd
from uphold.web.lane import Lane
from uphold.web.leaving import Leaving
from uphold.web.loop import Loop
from uphold.web.moving import Listening
from uphold.web.server import Face

GRACE_SECONDS = 10
LOOPBACK = "127.0.0.1"
_TICK_SECONDS = 0.01
# How many new objects before the collector looks at them, and how many such looks before it looks at older ones. So
# many may lie dead in memory: fewer cost more looks, more leave it full of holes.
COLLECTIONS = (10_000, 20, 50)
# So long a thread that draws a page goes on while the loop or the writer wants to; of itself Python lets it for 5 ms.
SWITCH_SECONDS = 0.001


def configuration(app: App, crowd: Crowd | None = None) -> uvicorn.Config:
    """Return the server's configuration for a site; `crowd` is of its connections."""
    serve = app.settings.serve
    tls: dict[str, Any] = {}
    if serve.tls_certificate and serve.tls_key:
        tls = {
            "ssl_certfile": str(_file(app, serve.tls_certificate)),
            "ssl_keyfile": str(_file(app, serve.tls_key)),
        }
    return _configuration(app, serve.host, serve.port, crowd, log_config=logs.CONFIGURATION, **tls)


def _configuration(
    app: App, host: str, port: int, crowd: Crowd | None = None, **more: Any
) -> uvicorn.Config:
    serve = app.settings.serve
    return uvicorn.Config(
        Face(app, crowd or Crowd(app.settings.limits.connections)),
        host=host,
        port=port,
        loop="uvloop",
        http=Lane,
        ws="none",
        lifespan="off",
        # An access log would hold addresses and receipt numbers; the journal is the record of what happened.
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(serve.proxies),
        forwarded_allow_ips=list(serve.proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        **more,
    )


def serve(app: App, listening: Listening = ()) -> Listening:
    """Serve until Ctrl-C or SIGTERM; requests under way are answered and their batch is finished first.

    Ends by itself too when the data of the site went into another database; the sockets that are returned listen
    still then, to be given again as `listening`.

    Raises `errors.Invalid` when the address is taken, or a rule of detection cannot be read, `errors.Conflict` where
    another process serves with another copy of the key ring.
    """
    # A rule that cannot be read is told before anybody is served.
    book.of_site(app.settings)
    # From here on a form can be shown again, with all that was typed, whatever becomes of the storage.
    app.shelf.in_force_or_none()
    sharing.require_one(app.database, app.settings.path(app.settings.keys.ring))
    app.keeper.begin()
    config = configuration(app, Crowd(descriptors.room(app.settings.limits.connections)))
    _load(config)
    _settle_memory()
    sys.setswitchinterval(SWITCH_SECONDS)
    with (
        asyncio.Runner(loop_factory=Loop) as runner,
        contextlib.suppress(KeyboardInterrupt),
    ):
        return runner.run(_serve(_Server(config), app, listening))
    return ()


def _settle_memory() -> None:
    """Spare the collector what lives as long as the process, and most of its looks at what does not.

    Nothing in a submission is a cycle, and yet its looking was a tenth of all the work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)


class _Server(uvicorn.Server):
    """uvicorn's server; when it was told to stop and has stopped, the process goes on to close the site."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop when the time for it is up (`web.leaving`); told twice, at once."""
        self.leaving.begin()
        if self.leaving.is_over:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Look ten times a second whether it is time to stop."""
        self.should_exit |= self.leaving.is_over
        return await super().on_tick(counter)

    @property
    def leaving(self) -> Leaving:
        """Whether it was told to stop."""
        return cast("Face", self.config.app).leaving

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle SIGINT and SIGTERM. uvicorn's own raises them again afterwards, and that is the end."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def _serve(server: _Server, app: App, listening: Listening) -> Listening:
    watch = moving.Watch(app, server)
    try:
        async with _beside([*background.tasks(app), watch.run()]):
            await server.serve(list(listening) or None)
    except SystemExit:
        raise errors.Invalid(
            f"Cannot listen on {app.settings.serve.host}:{app.settings.serve.port}.",
            "Is another server there? Choose another --port.",
        ) from None
    if not server.leaving.is_begun:
        return watch.kept
    # Whoever was told to stop follows no move, or that word would be forgotten with this server.
    for one in watch.kept:
        one.close()
    return ()


@contextlib.asynccontextmanager
async def _beside(works: Sequence[Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Run the site's own tasks (mail, index) while it serves."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def serving(app: App) -> Iterator["visitor.Target"]:
    """Serve on a free port of this machine, from a thread, for as long as an examination takes.

    Nothing of the process is changed for good, neither signals nor its memory's settings nor its logs, so
    that this may be done many times in one process. What the site would log goes into the file that
    `Target.log` names, which is gone afterwards. Meanwhile no answers are sent and no probes run by themselves.
    """
    app.shelf.in_force_or_none()
    server = uvicorn.Server(_configuration(app, LOOPBACK, 0, log_config=None))
    thread = threading.Thread(target=_run, args=(server, app), name="serving", daemon=True)
    host = urlsplit(app.settings.site.address).netloc
    with tempfile.TemporaryDirectory(prefix="uphold-") as folder, _logged(Path(folder)) as log:
        since = time.time_ns() // 1_000_000
        thread.start()
        try:
            where = _where(server, thread)
            yield visitor.Target(where, host, is_configured=False, log=log, since=since)
        finally:
            server.should_exit = True
            thread.join()


def _run(server: uvicorn.Server, app: App) -> None:
    async def both() -> None:
        async with _beside(background.examined(app)):
            await server.serve()

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(both())


def _where(server: uvicorn.Server, thread: threading.Thread) -> str:
    """Wait until the server listens, and return its address."""
    while not server.started:
        if not thread.is_alive():
            raise errors.Unavailable(
                "The site cannot be served on this machine's own address.", "See what stands above."
            )
        time.sleep(_TICK_SECONDS)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://{LOOPBACK}:{port}"


@contextlib.contextmanager
def _logged(folder: Path) -> Iterator[Path]:
    """Write into a file what the loggers of a serving site write to standard error, as they would write it."""
    path = folder / "log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logs.Lines())
    named = {name: told["level"] for name, told in logs.CONFIGURATION["loggers"].items()}
    loggers = [logging.getLogger(name) for name in named]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.setLevel(named[logger.name])
        logger.propagate = False
        logger.addHandler(handler)
    try:
        yield path
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate
        handler.close()


def _load(config: uvicorn.Config) -> None:
    try:
        config.load()
    except OSError as error:  # which an error of TLS is too
        raise errors.Invalid(
            f"The TLS certificate and key cannot be used ({error.strerror or type(error).__name__}).",
            "They must be PEM files that belong together; mend [serve] in uphold.toml.",
        ) from None


def _file(app: App, text: str) -> Path:
    path = app.settings.path(text)
    if not path.is_file():
        raise errors.Invalid(f"The TLS file {text} does not exist.", "Mend [serve] in uphold.toml.")
    return path
