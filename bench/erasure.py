# SPDX-License-Identifier: Apache-2.0
"""What it takes to erase one person among few submissions and among many, interleaved: what should not depend.

An erasure is: find the person's submissions by their address, destroy all parts in one durable transaction with its
acts and journal entries, overwrite what was deleted, close the acts. People wait for the first two.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import crowd, markdown, medians, plain, process, targets, uphold_site
from bench.course import Course
from bench.targets import Rows
from uphold import app as wiring, config
from uphold.app import App
from uphold.rights import fulfil, holdings
from uphold.vault import contact, remains, subject
from uphold.vault.contact import Contact

NAME, TITLE = "erasure", "Erasing one person"
DJANGO = "django"
SMALL, QUICK, LARGE = 1_000, 50_000, 1_000_000
SUBMISSIONS = 3
"""How many times each person has written."""


@dataclass(frozen=True)
class Erasure:
    """One person erased. Milliseconds of the wall clock, and of this process's processor time."""

    round: int
    submissions: int
    """How many the site holds of everybody."""
    waited_ms: float
    """Until the erasure is durable and the person can be told."""
    whole_ms: float
    cpu_ms: float
    load: float
    """The machine's load average then: whatever else it did."""


def run(course: Course) -> list[dict[str, Any]]:
    """Erase people on a site of a thousand submissions and on one of a million."""
    sizes, rounds = (SMALL, QUICK if course.quick else LARGE), course.rounds + 4
    found = interleaved(course.folder, sizes=sizes, rounds=rounds, seed=course.seed, say=course.say)
    return found + _beside(course, rounds)


def _beside(course: Course, rounds: int) -> list[dict[str, Any]]:
    """What a plain site does: the rows with the address deleted in one transaction."""
    told = plain.migrated(course.python, course.folder / "django" / "site.sqlite")
    plain.work(course.python, told, "fill", str(SMALL))
    # The first person opens the connection.
    erased = plain.work(course.python, told, "erase", "0", str(rounds + 1))[1:]
    return [
        {"variant": DJANGO, "round": number, "submissions": SMALL, **one}
        for number, one in enumerate(erased, 1)
    ]


def interleaved(
    folder: Path, *, sizes: tuple[int, int], rounds: int, seed: int, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Make a site of each size, then erase one person after another on both, in a seeded random order."""
    order = random.Random(seed)  # noqa: S311 - an order, not a secret
    found: list[Erasure] = []
    with ExitStack() as stack:
        sites = []
        for size in sizes:
            sites.append((size, stack.enter_context(site(folder / str(size), size, rounds + 1))))
            say(f"a site with {size} submissions is there")
        for number in range(rounds + 1):
            for size, app in order.sample(sites, len(sites)):
                one = erase(app, number, size)
                # The first person warms both up.
                found += [one] if number else []
            say(
                f"round {number}/{rounds}: {', '.join(f'{e.waited_ms:.1f} ms' for e in found[-2:])}"
            )
    return [vars(one) for one in found]


@contextmanager
def site(folder: Path, size: int, people: int) -> Iterator[App]:
    """A site that many people wrote to, of whom the first few will be erased."""
    root = folder / "site"
    folder.mkdir(parents=True)
    uphold_site.uphold("demo", "--dir", str(root), "--no-serve")
    settings = config.load(root)
    app = wiring.open_site(settings)
    try:
        for person in range(people * SUBMISSIONS):
            crowd.submit(app, address(person % people))
        pattern = crowd.submit(app, "crowd@example.org")
        app.writer.run(lambda tx: subject.merge(tx, 1_000_000))
        app.sweep().run()
        crowd.journal(app, size)
    finally:
        app.close()
    database = settings.folder / "data" / "uphold.sqlite"
    crowd.fill(database, pattern, size - people * SUBMISSIONS - 1)
    app = wiring.open_site(settings)
    try:
        yield app
    finally:
        app.close()


def address(person: int) -> str:
    """Return the address of one of those who may be erased."""
    return f"person-{person}@example.org"


def erase(app: App, person: int, size: int) -> Erasure:
    """Erase a person as the desk does, and measure it; raise Failed when something of them is left."""
    ground, named = app.holdings(), Contact(contact.EMAIL, address(person))
    # What the last one left to write is not this one's.
    app.database.wipe()
    used, started = time.process_time(), time.perf_counter()
    with app.database.read() as connection:
        records = holdings.records_of(connection, app.ring, named)
    done = app.writer.run(lambda tx: fulfil.erase(tx, ground, records))
    waited = time.perf_counter() - started
    finished = app.sweep().finish()
    whole, used = time.perf_counter() - started, time.process_time() - used
    with app.database.read() as connection:
        left = [remains.live(connection, record) for record in records]
    if len(records) != SUBMISSIONS or not done.parts or any(left) or not finished:
        raise process.Failed(f"person {person} of {size} was not erased")
    load = os.getloadavg()[0]
    return Erasure(person, size, waited * 1e3, whole * 1e3, used * 1e3, load)


def page(rows: Rows) -> str:
    """Show that erasing a person takes as long however many others there are."""
    beside = [row for row in rows if row.get("variant") == DJANGO]
    rows = [row for row in rows if row.get("variant") != DJANGO]
    sizes = sorted({int(row["submissions"]) for row in rows})
    ratios = dict(targets.erasures(rows))
    lines = []
    for field, name in targets.ERASING.items():
        figures = [medians.spread(targets.erased(rows, size, field)) for size in sizes]
        many = ratios.get(name)
        reached = "yes" if many and many.median <= targets.ERASURE else "**no**"
        shown = [markdown.number(one.median) for one in figures]
        lines.append((name, *shown, markdown.times(many) if many else "-", reached))
    wanted = f"<= {markdown.number(targets.ERASURE)}"
    rounds = len({row["round"] for row in rows})
    loads = markdown.times(medians.spread([float(row["load"]) for row in rows]))
    head = ["", *(f"among {size:,}".replace(",", " ") for size in sizes), "times", wanted]
    return (
        "A person who wrote three times is found by their address and erased: all parts in one durable transaction "
        "with its acts and journal entries, then what was deleted is overwritten and the acts are closed. Sites of "
        "both sizes take turns. The others' rows are copies of one submission's under other numbers and index "
        f"values, and the journal has an entry for each; SQLite, {rounds} rounds, load average {loads}.\n\n"
        + markdown.table(head, lines)
        + _told(beside)
    )


def _told(beside: Rows) -> str:
    """Say what a plain site takes; nothing where none was measured."""
    if not beside:
        return ""
    wall, used = (
        markdown.times(medians.spread([row[name] for row in beside])) for name in ("ms", "cpu_ms")
    )
    return (
        f"\nA plain Django site of {markdown.whole(SMALL)} messages deletes the rows that bear an address in {wall} "
        f"ms, {used} ms of the processor: one transaction, no act, no journal; deleted rows lie on in its file, in its "
        "log and in its backups.\n"
    )
