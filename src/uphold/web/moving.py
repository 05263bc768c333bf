# SPDX-License-Identifier: Apache-2.0
"""Follow a site whose data go into another database while it is served.

The process finds its database marked, ends what is under way, and opens the site anew from where the configuration
says that it is now. Its sockets listen all the while: who comes meanwhile waits, and is not turned away.
"""

import asyncio
import itertools
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import uvicorn

from uphold import app, config, egress, errors
from uphold.app import App
from uphold.config import Settings
from uphold.database import changes, moved
from uphold.database.commits import Mark
from uphold.database.engine import Database
from uphold.journal import store
from uphold.web import background

LOOK_SECONDS = 0.25
# Between the mark and the new configuration lies one commit; whoever moved the site may have been killed there.
PATIENCE = 60.0
_PAUSE = 0.02
# Every so many looks, which is about once a minute.
_TIDY = 240
_log = logging.getLogger("uphold.moving")

Listening = Sequence[egress.Socket]
"""Sockets on which a process goes on listening."""


class Watch:
    """Looks whether the data of a site went elsewhere; stops its server then, and keeps its sockets."""

    def __init__(self, site: App, server: uvicorn.Server) -> None:
        """Keep nothing yet."""
        self._site, self._server = site, server
        self._seen: Mark | None = None
        self._is_over = False
        self.kept: Listening = ()

    async def run(self) -> None:
        """Look until it is so."""
        is_blind = is_untidy = False
        for look in itertools.count(1):
            await asyncio.sleep(LOOK_SECONDS)
            if look % _TIDY == 0:
                is_untidy = await background.failed(self._tidy, "end of a move", told=is_untidy)
            is_blind = await background.failed(self._look, "watch for a move", told=is_blind)
            if self._is_over:
                return

    async def _tidy(self) -> None:
        await asyncio.to_thread(tidy, self._site.database)

    async def _look(self) -> None:
        mark = self._site.database.mark()
        if mark is not None and mark == self._seen:
            return
        self._seen = None
        found = await asyncio.to_thread(_is_moved, self._site.database)
        if found:
            self._stop()
        elif found is not None:
            self._seen = mark

    def _stop(self) -> None:
        """Stop the server, unless it is stopping by itself: then nobody goes on with its sockets."""
        if not self._server.should_exit:
            _log.info("The data of this site went into another database; it is served from there.")
            sockets = [one for server in self._server.servers for one in server.sockets]
            self.kept = egress.listening_on(one.fileno() for one in sockets)
            self._server.should_exit = True
        self._is_over = True


def follow(folder: Path, before: Settings) -> App:
    """Open a site again whose data went elsewhere, to be served as `before` it.

    Raises as `app.open_site`; `errors.Moved` where its configuration names the old database still.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        settings = config.load(folder)
        try:
            return app.open_site(msgspec.structs.replace(settings, serve=before.serve))
        except errors.Moved:
            if time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)


def tidy(database: Database) -> None:
    """Have nothing be noted any more for a move that was killed: the table of what changed would grow for ever."""
    try:
        with database.read() as connection:
            is_abandoned = changes.is_abandoned(connection)
        if is_abandoned:
            with changes.locked(database, store.hold) as connection:
                # It may have been run again while the lock was waited for.
                if changes.is_abandoned(connection):
                    changes.end(connection)
                    _log.warning("A move of this site was broken off; run it again, or leave it.")
    except errors.UpholdError:
        # Another time.
        return


def _is_moved(database: Database) -> bool | None:
    """Whether its data went elsewhere; None when it cannot be read now."""
    try:
        with database.read() as connection:
            return moved.is_moved(connection)
    except errors.Unavailable:
        # Whoever needs it is told; nothing follows from it.
        return None
