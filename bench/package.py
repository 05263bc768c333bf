# SPDX-License-Identifier: Apache-2.0
"""Everything about one person as they take it away, among ten thousand submissions; beside a plain site's export.

    json, pdf    Uphold: found by the address, opened and journaled durably, put together, written
    django       Django: the rows with the address, written as JSON; in its own process, asked twice, the second counts

Each round is another person, who has written three times.
"""

import time
from collections.abc import Callable
from typing import Any

from bench import erasure, markdown, medians, plain, process
from bench.course import Course
from bench.targets import Rows
from uphold.app import App
from uphold.rights import answer, fulfil, holdings, package, printed
from uphold.rights.answer import Told
from uphold.vault import contact, identifier
from uphold.vault.contact import Contact
from uphold.web import kept_fields

NAME, TITLE = "package", "Everything about one person"
SUBMISSIONS, QUICK = 10_000, 300
WAYS = {
    "json": "Uphold: opened, journaled, as JSON",
    "pdf": "Uphold: the same, as PDF/A",
    "django": "Django: rows as JSON",
}
Row = dict[str, Any]


def run(course: Course) -> list[Row]:
    """Make both sites, then take one person after the other away from each, in a seeded random order."""
    order, size = course.order(), QUICK if course.quick else SUBMISSIONS
    rounds = course.rounds + 4
    found: list[Row] = []
    file = course.within("django").folder / "site.sqlite"
    beside = plain.migrated(course.python, file)
    plain.work(course.python, beside, "fill", str(size))
    with erasure.site(course.folder / "uphold", size, 2 * (rounds + 1)) as app:
        course.say(f"two sites with {size} submissions are there")
        ways: dict[str, Callable[[int], Row]] = {
            "json": lambda number: taken(app, 2 * number, package.json),
            "pdf": lambda number: taken(
                app, 2 * number + 1, lambda made: printed.pdf(printed.of(made))
            ),
            "django": lambda number: _exported(course.python, beside, number),
        }
        for number in range(rounds + 1):
            found += [
                {"round": number, "way": name, "submissions": size} | ways[name](number)
                for name in order.sample(list(ways), len(ways))
            ]
            told = ", ".join(f"{row['way']} {row['ms']:.1f} ms" for row in found[-3:])
            course.say(f"package, round {number}/{rounds}: {told}")
    # The first person warms both up.
    return [row for row in found if row["round"]]


def _exported(python: str, beside: dict[str, str], number: int) -> Row:
    """The second of two persons: the first opens the connection."""
    told = plain.work(python, beside, "export", str(2 * number), "2")
    last: Row = told[-1]
    return last


def taken(app: App, person: int, write: Callable[[package.Package], bytes]) -> Row:
    """Make the package of a person as `/my` does, once they have proved their address."""
    named, ground = Contact(contact.EMAIL, erasure.address(person)), app.holdings()
    used, began = time.process_time(), time.perf_counter()
    with app.database.read() as connection:
        held = holdings.of(connection, ground, named, time.time_ns() // 1_000_000)
    own = fulfil.open_own(app.writer, named, held.numbers, ground)
    encode = app.ring.identifiers.encode
    told = Told(
        edition=app.shelf.in_force(),
        language="en",
        site=app.settings.site.address,
        address=named.text,
        receipts={number: encode(identifier.RECEIPT, number) for number in held.numbers},
        roles={},
        requests=(),
        label=kept_fields.label,
        editions=app.shelf.edition,
    )
    raw = write(answer.of(held, own, told))
    seconds, used = time.perf_counter() - began, time.process_time() - used
    if len(held.numbers) != erasure.SUBMISSIONS or not own:
        raise process.Failed(f"the package of person {person} is not whole")
    return {"ms": seconds * 1e3, "cpu_ms": used * 1e3, "bytes": len(raw)}


def page(rows: Rows) -> str:
    """Show what a package takes, and how many times as long as the plain export."""
    size = int(rows[0]["submissions"])
    lines = []
    for way, title in WAYS.items():
        its = [row for row in rows if row["way"] == way]
        if its:
            figures = (
                markdown.times(medians.spread([row[name] for row in its]))
                for name in ("ms", "cpu_ms")
            )
            weight = [row["bytes"] / 1024 for row in its if "bytes" in row]
            kept = markdown.number(medians.spread(weight).median) if weight else "-"
            lines.append((title, *figures, kept))
    return (
        f"A person who wrote three times takes away everything, on a site of {markdown.whole(size)} submissions. "
        "Uphold finds them by a blind index, opens every part for them, journals each reading durably, tells their "
        "consents with the wording, who read what, until when each part is kept, and what the law says they must be "
        "told. Django's export is the rows of two plain tables that bear the address; nothing is written down of it, "
        "and there is neither wording nor history to tell.\n\n"
        + markdown.table(["", "ms", "CPU ms", "KiB"], lines)
    )
