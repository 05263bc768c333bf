# SPDX-License-Identifier: Apache-2.0
"""What is done at a site, one function each: what people do, what staff look at, what a site does by itself.

Each takes an open `Place` and the number of the turn, so that no two turns are about the same record or person.
"""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from bench import growth_site, growth_visit, process, uphold_site
from bench.growth_visit import Visitor
from uphold import app as wiring, errors
from uphold.access import reading
from uphold.access.permission import Actor, Role
from uphold.app import App
from uphold.database import sequence
from uphold.database.transaction import Transaction
from uphold.detection.habit import Habits
from uphold.detection.watch import Watch
from uphold.retention import due
from uphold.rights import fulfil, holdings
from uphold.submission import form, record, token, validate
from uphold.submission.submit import Post, Received, Technical
from uphold.submission.validate import Accepted
from uphold.vault import contact, identifier, remains, subject, tables
from uphold.vault.contact import Contact
from uphold.web import background
from uphold.web.lookout import Lookout
from uphold.web.sighting import Sighting

PURPOSE = "communication"
_BEYOND = 1 << 50


@dataclass
class Place:
    """One open site and the people at it."""

    size: int
    app: App
    runner: asyncio.Runner
    owner: Visitor
    stranger: Visitor
    person: Visitor
    watch: Watch
    sighting: Sighting
    looker: Lookout
    habits: Habits
    chance: random.Random
    erased: int
    """Who of those who write often is erased next: the last ones first."""

    def record(self) -> int:
        """Choose a record of which something lives."""
        with self.app.database.read() as connection:
            last = sequence.last(connection, "submission")
            while True:
                number = self.chance.randrange(1, last)
                if record.facts(connection, [number]) and len(remains.live(connection, number)) > 1:
                    return number


Operation = Callable[[Place, int], object]


def begin(app: App, size: int, runner: asyncio.Runner, seed: int) -> Place:
    """Let the people in, and do for the first time what a served site does all the time."""
    now = time.time_ns() // 1_000_000
    growth_site.settle(app)
    watch = growth_site.post(app)
    place = Place(
        size=size,
        app=app,
        runner=runner,
        owner=growth_visit.owner(app, runner, f"heron-{now}", now),
        stranger=growth_visit.stranger(app, runner),
        person=growth_visit.person(app, runner, growth_visit.regular(size, 0), now),
        watch=watch,
        sighting=Sighting(app),
        looker=Lookout(app, 0),
        habits=growth_site.habits(app),
        chance=random.Random(seed),  # noqa: S311 - an order, not a secret
        erased=_last_regular(app, size),
    )
    settled = None
    while watch.place != settled:
        settled = watch.place
        watch.look()
    place.sighting.look_now()
    return place


def submit(place: Place, turn: int) -> None:
    """Store a form durably."""
    edition = place.app.shelf.in_force()
    offer = form.derive(edition, uphold_site.FORM, "en")
    at = time.time_ns() // 1_000_000
    body = {
        "name": "A. Person",
        "email": f"late-{place.size}-{turn}-{at}@example.org",
        "message": "A question. " * 20,
        uphold_site.BOX: "yes",
    }
    accepted = validate.check(offer, body)
    if not isinstance(accepted, Accepted):
        raise process.Failed(f"the form refuses: {accepted}")
    technical = Technical("192.0.2.7", "", "Browser/1.0", "2026-01-02T03:04:05Z", "/f/feedback")
    made = Post(offer, edition, token.issue(offer, at), accepted, technical, at)
    received = place.runner.run(place.app.intake.take(made))
    if not isinstance(received, Received):
        raise process.Failed("the form was taken for another one")


def read(place: Place, number: int) -> None:
    """Open a record for a purpose: decided, journaled, durable, then opened."""
    edition = place.app.shelf.in_force()
    actor = Actor(growth_site.WORKER, Role.OWNER)
    asked = reading.Question(
        actor, number, uphold_site.FORM, PURPOSE, edition, edition, exercise=False
    )
    opened = reading.open_record(place.app.writer, place.app.ring, asked)
    if isinstance(opened, reading.Denied):
        raise process.Failed(f"record {number} was refused: {opened.reason}")


def find(place: Place, turn: int) -> None:
    """Find a person's submissions by their address, as everything that is about a person begins."""
    with place.app.database.read() as connection:
        named = growth_visit.regular(place.size, turn % 8)
        if not subject.find(connection, place.app.ring, contact.EMAIL, named):
            raise process.Failed(f"{named} was not found")


def package(place: Place, _turn: int) -> None:
    """Hand a person everything that is held about them, as JSON."""
    place.person.post("/my/download", format="json")


def erase(place: Place, _turn: int) -> None:
    """Erase a person: durable, and its acts closed."""
    app, ground = place.app, place.app.holdings()
    named = Contact(contact.EMAIL, growth_visit.regular(place.size, place.erased))
    with app.database.read() as connection:
        found = holdings.records_of(connection, app.ring, named)
    done = app.writer.run(lambda tx: fulfil.erase(tx, ground, found))
    if not done.parts or app.sweep().finish() is None:
        raise process.Failed(f"regular {place.erased} of {place.size} was not erased")
    place.erased -= 1


def _last_regular(app: App, size: int) -> int:
    """The last of those who write often whom nobody erased yet; the first one has a session."""
    with app.database.read() as connection:
        for person in range(growth_site.people(size) - 1, 0, -1):
            named = growth_visit.regular(size, person)
            if subject.find(connection, app.ring, contact.EMAIL, named):
                return person
    raise process.Failed(f"everybody of {size} is erased: make a new copy of the site")


def receipt(place: Place, path: str, number: int) -> None:
    """Show a receipt, or its proof from the newest head."""
    name = place.app.ring.identifiers.encode(identifier.RECEIPT, number)
    place.stranger.get(path.replace("{id}", name))


def search(place: Place, turn: int) -> None:
    """Search by an address at the console."""
    named = growth_visit.regular(place.size, turn % 8)
    place.owner.post("/console/search", contact=named, purpose=PURPOSE)


def enquiry(place: Place, number: int) -> None:
    """Show one enquiry's page."""
    name = place.app.ring.identifiers.encode(identifier.ENQUIRY, number)
    place.owner.get(f"/console/enquiry/{name}")


def look(work: Callable[[Place], object]) -> Operation:
    """An operation that is the same each turn."""
    return lambda place, _turn: work(place)


def page(path: str) -> Operation:
    """A page of the console."""
    return look(lambda place: place.owner.get(path))


def public(path: str) -> Operation:
    """A page that anybody sees."""
    return look(lambda place: place.stranger.get(path))


def _of_record(work: Callable[[Place, int], object]) -> Operation:
    return lambda place, _turn: work(place, place.record())


def merge(place: Place, turn: int) -> None:
    """Move as many rows into the index as wait there while people write; then let it be as it was."""

    def work(tx: Transaction) -> None:
        chance = random.Random(turn)  # noqa: S311 - values that look like keyed hashes
        epoch = place.app.ring.newest.number
        for part in range(_BEYOND, _BEYOND + background.INDEX_ROWS):
            number, value = tables.tail_number(part, 0), chance.randbytes(subject.VALUE_BYTES)
            tx.insert(tables.vault_index_tail, (number, epoch, contact.EMAIL, value, part))
        subject.merge(tx, background.INDEX_ROWS)
        raise errors.Conflict("Measured, and undone.")

    with suppress(errors.Conflict):
        place.app.writer.run(work)


def _idle(place: Place) -> None:
    with place.app.database.read() as connection:
        subject.waiting(connection)
        due.state(connection)


def _reopen(place: Place) -> None:
    """Open the same site once more beside itself, as a process does that starts."""
    wiring.open_site(place.app.settings).close()


def _habits(place: Place) -> None:
    with place.app.database.read() as connection:
        place.habits.look(connection, time.time_ns() // 1_000_000)


PEOPLE = MappingProxyType(
    {
        "a submission, durable": submit,
        "a reading at the desk, durable": _of_record(read),
        "a person found by their address": find,
        "a person's package (JSON)": package,
        "a person's own page": look(lambda place: place.person.get("/my")),
        "a person erased, acts closed": erase,
        "a receipt": _of_record(lambda place, one: receipt(place, "/receipt/{id}", one)),
        "a receipt's proof": _of_record(
            lambda place, one: receipt(place, "/receipt/{id}.tlog-proof", one)
        ),
        "the form": public("/f/feedback"),
        "the journal's checkpoint": public("/journal/checkpoint"),
        "is it ready (/readyz)": public("/readyz"),
    }
)
_PAGES = {
    "enquiries": "/console",
    "enquiries, closed ones": "/console?state=closed",
    "enquiries to open together": "/console/several?state=new",
    "requests": "/console/requests",
    "journal": "/console/journal",
    "retention": "/console/retention",
    "alerts": "/console/alerts",
    "threats": "/console/threats",
    "incidents": "/console/incidents",
    "proof": "/console/proof",
    "policy": "/console/policy",
    "whom to ask anew": "/console/policy/ask",
    "statistics": "/console/statistics",
    "disclosures": "/console/disclosures",
    "exports": "/console/exports",
    "mail": "/console/mail",
    "holds": "/console/holds",
    "staff": "/console/staff",
}
CONSOLE = MappingProxyType(
    {
        **{f"console: {name}": page(path) for name, path in _PAGES.items()},
        "console: one enquiry": _of_record(enquiry),
        "console: search by address": search,
    }
)
ITSELF = MappingProxyType(
    {
        "opening the site": look(_reopen),
        "a sweep with nothing due": look(lambda place: place.app.sweep().run()),
        "detection, nothing new": look(lambda place: place.watch.look()),
        "detection, a process that begins": look(lambda place: growth_site.post(place.app).look()),
        "its look at itself": look(lambda place: place.sighting.look_now()),
        "its look at threats": look(lambda place: place.looker._look()),  # noqa: SLF001 - as its loop does, without waiting
        "its look at what is usual": look(_habits),
        "what waits": look(_idle),
        "20 000 rows moved into the index": merge,
    }
)
OPERATIONS: MappingProxyType[str, Operation] = MappingProxyType({**PEOPLE, **CONSOLE, **ITSELF})
