# SPDX-License-Identifier: Apache-2.0
"""The site's own look at what happens in it: rules of detection, their alerts, and word of them to the operator."""

import asyncio
from zoneinfo import ZoneInfo

from uphold.app import App
from uphold.assurance import alert, watch as proofs
from uphold.detection import book
from uphold.detection.enrich import Hours
from uphold.detection.rule import Response
from uphold.detection.watch import Post, Raised, Watch
from uphold.law import calendar, profile

LOOK_SECONDS = 0.5
PROMISE = "intrusion.detected"
ALERT = f"{PROMISE}.noticed"


class Detector:
    """Looks again and again; what was noticed acts in the transaction that stores it."""

    def __init__(self, app: App, *, mails: bool = False) -> None:
        """Read the rules; `mails`: the operator is told by mail. Raises `errors.Invalid` for what is no rule."""
        self._app = app
        self._mails = mails
        self._book = book.of_site(app.settings)
        self._watch: Watch | None = None
        self._is_untold = False

    async def look(self) -> None:
        """Look at what came since."""
        if self._watch is None or self._is_untold or self._watch.may_have_news():
            await asyncio.to_thread(self._look)

    def _look(self) -> None:
        if self._watch is None:
            self._watch = begin(self._app, self._book)
        raised = () if self._watch is None else self._watch.look()
        # A storage that is away in between keeps nobody from being told once it is back.
        self._is_untold |= any(_is_told(one) for one in raised)
        if self._is_untold:
            stands = self._app.writer.run(lambda tx: alert.raise_seen(tx, ALERT, PROMISE))
            self._is_untold = False
            if stands and self._mails:
                proofs.tell(self._app.premises())


def begin(app: App, rules: book.Book) -> Watch | None:
    """Put the rules at their post, once there is a policy; None before."""
    edition = app.shelf.in_force_or_none()
    if edition is None:
        return None
    law = profile.profile(edition.policy.profile)
    wanted = app.settings.detection
    zone = ZoneInfo(app.settings.site.zone or law.zone)
    hours = Hours(zone, calendar.calendar(law.calendar), wanted.day_from, wanted.day_to)
    return Watch(Post(app.database, app.writer, app.ring, rules, hours))


def _is_told(raised: Raised) -> bool:
    return Response.NOTIFY in raised.rule.respond and not raised.exercise
