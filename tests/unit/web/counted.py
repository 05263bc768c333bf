# SPDX-License-Identifier: Apache-2.0
"""A site that records visits, and what it has recorded."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import msgspec

from uphold.app import App
from uphold.config import Visits
from uphold.retention import ends
from uphold.visits import batch
from uphold.visits.record import Recorder, Seen
from uphold.web.visit import Beacon

BROWSER = b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ADDRESS = "192.0.2.7"
HOST = b"uphold.example"
OURS = {b"host": HOST, b"origin": b"https://uphold.example", b"user-agent": BROWSER}


def day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()


@dataclass
class Counted:
    """A site with its recorder, which is real; what it hands on to statistics is kept in `told`."""

    app: App
    told: list[Seen] = field(default_factory=list)

    @property
    def beacon(self) -> Beacon:
        return Beacon(self.app)

    def seen(self) -> list[Seen]:
        """What was recorded since the last look."""
        assert self.app.visits is not None
        self.app.visits.flush()
        found, self.told[:] = list(self.told), []
        return found

    def dropped(self) -> Counter[str]:
        """What was not, by reason."""
        assert self.app.visits is not None
        self.app.visits.close()
        with self.app.database.read() as connection:
            rows = batch.dropped(connection, 0, 99_999_999)
        found: Counter[str] = Counter()
        for (_, reason), number in rows.items():
            found[reason] += number
        return found

    def say(self, headers: Mapping[bytes, bytes] = OURS, **told: str) -> list[Seen]:
        """Let a page say something."""
        self.beacon.said(headers, ADDRESS, msgspec.json.encode(told))
        return self.seen()


def counting(app: App, **visits: object) -> Counted:
    """Let a site record visits; `visits` are its settings."""
    told: list[Seen] = []
    recorder = Recorder(
        app.writer, app.ring, app.shelf.in_force, day, ends.note_visits, told.extend
    )
    chosen = msgspec.structs.replace(Visits(record=True), **visits)
    settings = msgspec.structs.replace(app.settings, visits=chosen)
    return Counted(replace(app, settings=settings, visits=recorder), told)
