# SPDX-License-Identifier: Apache-2.0
"""Serve a site with uvicorn: uvloop and httptools are demanded, not hoped for (5.7 times slower without)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn

from uphold import errors
from uphold.app import App
from uphold.web import background, logs
from uphold.web.server import Face

GRACE_SECONDS = 10


def configuration(app: App) -> uvicorn.Config:
    """Return the server's configuration for a site."""
    serve = app.settings.serve
    tls: dict[str, Any] = {}
    if serve.tls_certificate and serve.tls_key:
        tls = {
            "ssl_certfile": str(_file(app, serve.tls_certificate)),
            "ssl_keyfile": str(_file(app, serve.tls_key)),
        }
    return uvicorn.Config(
        Face(app),
        host=serve.host,
        port=serve.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        # An access log would hold addresses and receipt numbers; the journal is the record of what happened.
        access_log=False,
        log_config=logs.CONFIGURATION,
        server_header=False,
        date_header=True,
        proxy_headers=bool(serve.proxies),
        forwarded_allow_ips=list(serve.proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        **tls,
    )


def serve(app: App) -> None:
    """Serve until Ctrl-C or SIGTERM; requests under way are answered and their batch is finished first.

    Raises `errors.Invalid` when the address is taken.
    """
    config = configuration(app)
    with (
        asyncio.Runner(loop_factory=config.get_loop_factory()) as runner,
        contextlib.suppress(KeyboardInterrupt),
    ):
        runner.run(_serve(uvicorn.Server(config), app))


async def _serve(server: uvicorn.Server, app: App) -> None:
    try:
        async with _beside(app):
            await server.serve()
    except SystemExit:
        raise errors.Invalid(
            f"Cannot listen on {app.settings.serve.host}:{app.settings.serve.port}.",
            "Is another server there? Choose another --port.",
        ) from None


@contextlib.asynccontextmanager
async def _beside(app: App) -> AsyncIterator[None]:
    """Run the site's own tasks (mail, index) while it serves."""
    tasks = [asyncio.create_task(work) for work in background.tasks(app)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _file(app: App, text: str) -> Path:
    path = app.settings.path(text)
    if not path.is_file():
        raise errors.Invalid(f"The TLS file {text} does not exist.", "Mend [serve] in uphold.toml.")
    return path
