# SPDX-License-Identifier: Apache-2.0
"""The site's own look at what `egress` refused: journaled, alerted, told to the operator by mail."""

import asyncio
import time

from uphold import egress
from uphold.app import App
from uphold.assurance import refused, watch

LOOK_SECONDS = 1.0


class Refusals:
    """Looks again and again. What cannot be journaled just now waits."""

    def __init__(self, app: App, *, mails: bool) -> None:
        """Know of nothing yet; `mails` tells whether the operator is told by mail too."""
        self._app = app
        self._mails = mails
        self._told = refused.Told()

    async def look(self) -> None:
        """Journal what was refused since."""
        self._told.hear(egress.refusals())
        now = time.time_ns() // 1_000_000
        due = self._told.due(now)
        if not due:
            return
        raised = await self._app.writer.submit(lambda tx: refused.note(tx, due))
        self._told.done(due, now)
        refused.warn(due)
        if raised and self._mails:
            await asyncio.to_thread(watch.tell, self._app.premises())
