# SPDX-License-Identifier: Apache-2.0
"""A site in small whose rules are at their post: the office of other tests, and a watch over it."""

from datetime import UTC

from tests.office import Office
from tests.unit.detection.rules import load
from uphold.access import signal
from uphold.access.signal import Kind, Signal
from uphold.database.writer import Writer
from uphold.detection import store
from uphold.detection.book import Book
from uphold.detection.enrich import Hours
from uphold.detection.rule import State
from uphold.detection.watch import Post, Watch
from uphold.journal import entry

HOURS = Hours(UTC, None, 8, 20)


def book(*documents: str, state: State = State.ON) -> Book:
    """Rules that all stand so."""
    rules = load(*documents)
    return Book(rules, {rule.name: state for rule in rules.alerting})


def watch(office: Office, rules: Book, writer: Writer | None = None) -> Watch:
    """Put rules at their post and let them look for the first time."""
    found = Watch(Post(office.app.database, writer or office.writer, office.ring, rules, HOURS))
    found.look()
    return found


def refuse(office: Office, times: int = 1, at: int = 0) -> None:
    """Journal that somebody was refused at sign-in; `at` is unix ms, 0 for now."""

    def work(tx: object) -> None:
        for _ in range(times):
            moment = at or tx.now  # type: ignore[attr-defined]  # a transaction
            raw = entry.encode("staff.refused", moment, entry.salt(), {"reason": "wrong"})
            tx.append(raw)  # type: ignore[attr-defined]  # a transaction

    office.run(work)


def forge(office: Office, source: str = "0123456789abcdef", at: int = 0) -> None:
    """Note a signal."""
    one = Signal(Kind.FORGED, {"source": source, "count": 1}, at=at)
    office.run(lambda tx: signal.note(tx, one))


def alerts(office: Office) -> list[tuple[str, tuple[str, ...]]]:
    """Rule and responses of every alert, oldest first."""
    found = office.read(lambda c: store.since(c, 0))
    return [(one.rule, one.responses) for one in found]
