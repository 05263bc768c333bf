# SPDX-License-Identifier: Apache-2.0
"""The site examining itself while it is served: in a process of its own, so that nobody waits for it.

That process is `uphold prove`, which goes to this one like anybody else. One run at a time: what holds others
back is a lock that the system lets go when its process ends (`assurance.exercise`).
"""

import asyncio
import subprocess
import sys
import threading
import time

from uphold import errors
from uphold.app import App
from uphold.assurance import exercise, watch

LOOK_SECONDS = 60.0
# A site that has just been started is left alone for a while: its people come first.
FIRST_SECONDS = 300.0
# From one run to the next: what is due again at once, such as after a change of the configuration that this
# process has not read yet, must not keep the machine busy.
AGAIN_SECONDS = 900.0
_TOLD = (0, 1)
_REFUSED = 2


class Examiner:
    """Looks now and then whether probes are due, and lets them run."""

    def __init__(self, app: App, first: float = FIRST_SECONDS) -> None:
        """Look for the first time after `first` seconds."""
        self._app = app
        self._not_before = time.monotonic() + first

    async def look(self) -> None:
        """Run what is due, and wait for its end, so that runs never pile up.

        Raises `errors.Unavailable` for a run that could not be made; what it could not show is no error.
        """
        if time.monotonic() < self._not_before:
            return
        if not await asyncio.to_thread(self._is_due):
            return
        process = await asyncio.create_subprocess_exec(
            *command(self._app, "--due"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            # In order: the exercise is removed before the process ends.
            process.terminate()
            await process.wait()
            raise
        self._not_before = time.monotonic() + AGAIN_SECONDS
        if code not in _TOLD and not (code == _REFUSED and await asyncio.to_thread(self._is_taken)):
            raise errors.Unavailable(f"The examination could not be made (exit code {code}).")

    def _is_taken(self) -> bool:
        """Whether somebody else is at it: it may have begun since this was looked at, and is left to them."""
        return exercise.is_under_way(self._app.settings)

    def _is_due(self) -> bool:
        if self._app.shelf.in_force_or_none() is None or self._is_taken():
            return False
        return bool(watch.due(self._app.ground(), self._app.premises()))


def begin(app: App, staff: int) -> bool:
    """Let every probe run once, as a member of staff asked; False if a run is under way. Does not wait."""
    if exercise.is_under_way(app.settings):
        return False
    process = subprocess.Popen(
        command(app, "--by", str(staff)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    # Whoever ends must be waited for by somebody.
    threading.Thread(target=process.wait, name="examination", daemon=True).start()
    return True


def command(app: App, *more: str) -> list[str]:
    """Return the command that examines the site of `app`."""
    return [sys.executable, "-m", "uphold", "prove", str(app.settings.folder), *more]
