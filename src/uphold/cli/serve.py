# SPDX-License-Identifier: Apache-2.0
"""`uphold serve DIR` and `uphold demo`: the site, in the foreground, until Ctrl-C."""

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any

Commands = Any
"""What `add_subparsers` gives; argparse has no public name for it."""


def port(text: str) -> int:
    """Read a port's number for argparse."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: use a number from 1 to 65535")


def register(commands: Commands) -> None:
    """Add the commands of this topic."""
    demo = commands.add_parser("demo", help="make and serve a demonstration site")
    demo.add_argument("--dir", type=Path, default=Path("demo-site"), help="its folder")
    demo.add_argument("--port", type=port, default=8000, help="port on 127.0.0.1")
    demo.add_argument("--no-serve", action="store_true", help="make the site and stop")
    demo.set_defaults(func=run_demo)
    serve = commands.add_parser("serve", help="serve a site")
    serve.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    serve.add_argument("--host", help="address to listen on, instead of the configured one")
    serve.add_argument("--port", type=port, help="port to listen on, instead of the configured one")
    serve.set_defaults(func=run_serve)


def run_demo(arguments: argparse.Namespace) -> int:
    """Make the demonstration site if there is none, say what to open, serve it."""
    from uphold.cli import demo

    if not arguments.no_serve:
        # First of all: a new link would spoil the one that a demonstration running there has printed.
        require_free("127.0.0.1", arguments.port)
    site = demo.make(arguments.dir, arguments.port)
    # What to open comes before the figures, which take a while.
    _say(*site.told, *_where())
    if not arguments.no_serve:
        figures = demo.make_figures(arguments.dir, _say)
        _say(*([figures] if figures else []))
    _say(site.last)
    if arguments.no_serve:
        return 0
    return run(arguments.dir, None, arguments.port)


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)


def _where() -> list[str]:
    """Say how to call the program where it is not on the path: the tour tells of commands."""
    if shutil.which("uphold") or not sys.argv[0].endswith("uphold"):
        return []
    return [f"Where the tour says uphold, type {sys.argv[0]}"]


def run_serve(arguments: argparse.Namespace) -> int:
    """Serve a site folder."""
    return run(arguments.dir, arguments.host, arguments.port, announce=True)


def run(folder: Path, host: str | None, port: int | None, *, announce: bool = False) -> int:
    """Open the site, listen, and close it whole on Ctrl-C or SIGTERM."""
    import msgspec

    from uphold import app, config, egress
    from uphold.assurance import refused
    from uphold.web import heap, moving, run as server

    heap.share()
    settings = config.load(folder)
    listen = msgspec.structs.replace(
        settings.serve, host=host or settings.serve.host, port=port or settings.serve.port
    )
    config.refuse_bare_network(listen)
    require_free(listen.host, listen.port)
    settings = msgspec.structs.replace(settings, serve=listen)
    site = app.open_site(settings)
    told = f"Serving {settings.site.address} on {listen.host}:{listen.port}. Ctrl-C stops it."
    listening: moving.Listening = ()
    while True:
        try:
            if announce:
                print(told, flush=True)
            with egress.guarded(egress.declared(site.settings)):
                listening = server.serve(site, listening)
            if not listening:
                refused.settle(site.writer)
                return 0
        finally:
            site.close()
        site = moving.follow(folder, settings)
        told = "The site has moved, and is served from its other database now."


def require_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before anything is begun; raises `errors.Invalid`."""
    import asyncio

    from uphold import errors

    async def listen() -> None:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
        server.close()

    try:
        asyncio.run(listen())
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address"
        raise errors.Invalid(
            f"Cannot listen on {host}:{port} ({reason}).",
            "If another server is there, stop it or choose another --port.",
        ) from None
