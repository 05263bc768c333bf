# SPDX-License-Identifier: Apache-2.0
"""A site of any size, valid in every byte: each submission is checked, sealed, journaled and indexed by the product.

Nothing is copied: `validate`, `submit`, `desk`, `fulfil`, the writer and its journal do what they do when a person
sends a form. Only HTTP is left out, and posts come a few hundred to a transaction, as they do under load. What a
site does by itself while it is served - merging the index, sweeping, looking for intruders - is done in between.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench import process, uphold_site
from uphold import app as wiring, config
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.detection import book
from uphold.detection.habit import Habits
from uphold.detection.watch import Watch
from uphold.enquiry import desk
from uphold.enquiry.desk import State
from uphold.law import profile
from uphold.policy import folder as site_folder
from uphold.rights import fulfil, holdings
from uphold.submission import form, submit, token, validate
from uphold.submission.submit import Post, Received, Technical
from uphold.submission.validate import Accepted
from uphold.vault import contact, records, subject
from uphold.vault.contact import Contact
from uphold.web import detecting

BATCH = 256
"""Submissions in one transaction: what queues while a busy disk writes."""
MERGE = 200_000
"""So many rows of the index wait before they are moved: a served site moves fewer at a time, to the same end."""
HOUSEKEEPING = 50_000
"""After so many submissions open acts are closed and the rules of detection look."""
REGULARS = 60
"""People of each `make` who write three times, spread over all that it adds: they are whom operations are about."""
TIMES = 3
CLOSED_ONE_IN = 50
ERASED_ONE_IN = 1000
SIZES = (1_000, 10_000, 100_000, 1_000_000, 5_000_000)
"""Sizes that are told apart."""
WORKER = 1
"""The account that closes enquiries: the owner whom every demonstration site has invited."""
_WORDS = (
    "delivery order invoice garden question address answer street window morning colour repair summer please price"
    " letter evening return number message engine village corner bicycle"
).split()
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"

Progress = Callable[[int], None]


def make(root: Path, size: int, progress: Progress, seed: int) -> None:
    """Make the site in `root`, or let the one there grow, until it holds `size` submissions of people."""
    if not (root / config.FILE).exists():
        site_folder.write(root, uphold_site.files(""))
        uphold_site.uphold("demo", "--dir", str(root), "--no-serve")
    app = wiring.open_site(config.load(root))
    with closing(app):
        grow(app, size, progress, seed)


def grow(app: App, size: int, progress: Progress, seed: int) -> None:
    """Let an open site grow until it holds `size` submissions of people."""
    held = count(app)
    if held < size:
        Crowd(app, held, size, seed).come(progress)
        settle(app)


def count(app: App) -> int:
    """How many submissions of people the site holds, erased ones too."""
    with app.database.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM submission_record WHERE exercise IS NULL"
        )
        return int(found.scalar_one())


def settle(app: App) -> None:
    """Do what a served site does by itself, until nothing is left to do."""
    while app.writer.run(lambda tx: subject.merge(tx, MERGE)):
        continue
    app.sweep().run()
    look(app)
    app.head.flush()


def post(app: App) -> Watch:
    """Put the rules of detection at their post, as a served site does."""
    watch = detecting.begin(app, book.of_site(app.settings))
    if watch is None:
        raise process.Failed("no policy is in force")
    return watch


def look(app: App) -> None:
    """Have the rules of detection look at all that came."""
    watch, before = post(app), None
    while watch.place != before:
        before = watch.place
        watch.look()


def habits(app: App) -> Habits:
    """What looks at what is usual, in the site's own zone."""
    law = profile.profile(app.shelf.in_force().policy.profile)
    return Habits(ZoneInfo(app.settings.site.zone or law.zone))


def people(size: int) -> int:
    """How many of the people who come on the way to a size write three times."""
    return max(1, min(REGULARS, size // 16))


def regular(size: int, person: int) -> str:
    """The address of a person who wrote three times on the way to a size."""
    return f"regular-{size}-{person}@example.org"


class Crowd:
    """The people who write from one size to the next, in a seeded order: the same seed, the same people."""

    def __init__(self, app: App, first: int, size: int, seed: int) -> None:
        """Take the site as it is; `first` is how many submissions it holds."""
        self._app = app
        self._range = range(first, size)
        self._size = size
        self._random = random.Random(f"{seed} {first}")  # noqa: S311 - invented people, not secrets
        edition = app.shelf.in_force()
        self._edition = edition
        self._offers = [form.derive(edition, uphold_site.FORM, name) for name in ("ru", "en")]
        turns = _turns(app, size)
        step = (size - first) / max(1, len(turns))
        self._regulars = {first + int(turn * step): person for turn, person in enumerate(turns)}
        self._watch = post(app)
        self._stored: list[int] = []

    def come(self, progress: Progress) -> None:
        """Send everything; the next posts are prepared while the last ones are committed."""
        numbers = iter(self._app.intake._numbers.take_now, None)  # noqa: SLF001 - as Intake numbers its posts
        waiting: Future[Any] | None = None
        with ThreadPoolExecutor(1, "crowd") as thread:
            for start in range(self._range.start, self._range.stop, BATCH):
                chosen = range(start, min(start + BATCH, self._range.stop))
                works = [self._prepared(place, next(numbers)) for place in chosen]
                if waiting is not None:
                    waiting.result()
                self._tend(start)
                waiting = thread.submit(self._app.writer.run, _together(works))
                self._stored = [number for number, _ in works]
                progress(chosen.stop)
            if waiting is not None:
                waiting.result()

    def _prepared(self, place: int, number: int) -> tuple[int, Callable[[Transaction], Received]]:
        """Do for one post what `Intake` does before it queues it."""
        offer = self._offers[self._random.random() < 0.3]
        at = time.time_ns() // 1_000_000
        accepted = validate.check(offer, self._body(place))
        if not isinstance(accepted, Accepted):
            raise process.Failed(f"the crowd wrote what the form refuses: {accepted}")
        network = self._random
        technical = Technical(
            ip=f"198.51.{network.randrange(100)}.{network.randrange(256)}",
            cookie="",
            browser=_BROWSER,
            time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at / 1000)),
            page=f"/f/{uphold_site.FORM}",
        )
        post = Post(offer, self._edition, token.issue(offer, at), accepted, technical, at)
        sealed = records.prepare(
            self._app.ring, number, submit.parts(post), submit.canonical(accepted)
        )
        return number, submit.work(post, sealed, desk.arrive)

    def _body(self, place: int) -> dict[str, str]:
        """Write a message; six of ten people write for the first time, the others came before."""
        chance = self._random
        person = place if chance.random() < 0.6 or not place else chance.randrange(place)
        regular_one = self._regulars.get(place)
        address = (
            f"person-{person}@example.org"
            if regular_one is None
            else regular(self._size, regular_one)
        )
        words = chance.choices(_WORDS, k=chance.randrange(8, 90))
        body = {
            "name": f"Person {person}",
            "email": address,
            "message": " ".join(words),
            uphold_site.BOX: "yes",
        }
        if chance.random() < 0.25:
            body["phone"] = f"+7 900 {person % 10_000_000:07d}"
        return body

    def _tend(self, start: int) -> None:
        """Close some enquiries, erase some people, and now and then do what a served site does by itself."""
        app, chance = self._app, self._random
        closed = [number for number in self._stored if chance.random() < 1 / CLOSED_ONE_IN]
        if closed:
            app.writer.run(lambda tx: _close(tx, app, closed))
        if self._stored and chance.random() < BATCH / ERASED_ONE_IN:
            self._erase(chance.choice(range(max(0, start - BATCH))) if start > BATCH else 0)
        done = start - self._range.start
        if done % MERGE < BATCH:
            app.writer.run(lambda tx: subject.merge(tx, 2 * MERGE))
        if done % HOUSEKEEPING < BATCH:
            app.sweep().finish()
            self._watch.look()

    def _erase(self, person: int) -> None:
        app, ground = self._app, self._app.holdings()
        named = Contact(contact.EMAIL, f"person-{person}@example.org")
        with app.database.read() as connection:
            found = holdings.records_of(connection, app.ring, named)
        if found:
            app.writer.run(lambda tx: fulfil.erase(tx, ground, found))


def _turns(app: App, size: int) -> list[int]:
    """Who of those who write often is still to write, in turn: a `make` that broke off is gone on with."""
    with app.database.read() as connection:
        wrote = [
            len(subject.find(connection, app.ring, contact.EMAIL, regular(size, person)))
            for person in range(people(size))
        ]
    return [person for turn in range(TIMES) for person, times in enumerate(wrote) if turn >= times]


def _together(
    works: list[tuple[int, Callable[[Transaction], Received]]],
) -> Callable[[Transaction], None]:
    def store(tx: Transaction) -> None:
        for _, work in works:
            work(tx)

    return store


def _close(tx: Transaction, app: App, chosen: list[int]) -> None:
    for number in chosen:
        for to in (State.IN_WORK, State.ANSWERED, State.CLOSED):
            desk.move(tx, app.ring, number, to, WORKER)
