# SPDX-License-Identifier: Apache-2.0
"""Opening a record for a purpose: the gate's decision alone, the journaled reading, and the reading over HTTP.

    decide      `gate.decide`, which touches no storage
    alone       `reading.open_record` one after the other: each waits for its own durable commit
    sixteen     the same from sixteen threads at once, as requests come: those that wait share a commit
    api         `POST /api/v1/enquiries/{id}/open` from sixteen connections, the whole product serving it
    django-row, django-noted     a signed-in clerk gets the row; the same with a note of it in a table

Detection looks at every reading but is told not to act: a single account that opens thousands would be stopped.
"""

import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import crowd, load, markdown, medians, plain, proc, process, uphold_site, variant
from bench.course import Course
from bench.targets import Rows
from bench.variant import Variant
from uphold import app as wiring, config
from uphold.access import client, gate, reading, staff
from uphold.access.client import Terms
from uphold.access.gate import Asked, Denial
from uphold.access.permission import Actor, Permission, Role
from uphold.access.reading import Denied, Question
from uphold.app import App
from uphold.consent import ledger
from uphold.vault import identifier

NAME, TITLE = "readings", "Readings through the gate"
RECORDS, QUICK = 600, 60
AT_ONCE = 16
PURPOSE = "communication"
SCRIPT = Path(__file__).with_name("requests.lua")
TITLES = {
    "decide": "Uphold: the decision alone",
    "alone": "Uphold: journaled readings, one after the other",
    "sixteen": "Uphold: journaled readings, sixteen at once",
    "api": "Uphold over HTTP: journaled, durable, then opened",
    "django-row": "Django over HTTP: a row for who may",
    "django-noted": "Django over HTTP: a note of it in a table, and the row",
}
# Thousands of readings by one client within seconds are what the defaults are there to stop.
_SETTINGS = b"""
[detection]
act = false
[api]
per_minute = 1000000000
openings_per_day = 1000000000
"""
Row = dict[str, Any]
Measured = Callable[[], Row]


def run(course: Course) -> list[Row]:
    """Measure every way in each round, in a seeded random order."""
    order, count = course.order(), QUICK if course.quick else RECORDS
    found: list[Row] = []
    with ExitStack() as stack:
        ways = dict(within(course, stack, count)) | dict(_over_http(course, stack, count))
        for number in range(course.rounds + 1):
            for name in order.sample(list(ways), len(ways)):
                row = ways[name]()
                found.append({"round": number, "variant": name, **row})
                course.say(
                    f"round {number}/{course.rounds}  {name:<14}{row['per_second']:>9.0f}/s "
                    f"{row['cpu_us']:>8.1f} us"
                )
    # The first round warms everything up.
    return [row for row in found if row["round"]]


def within(course: Course, stack: ExitStack, count: int) -> Iterator[tuple[str, Measured]]:
    """The ways that need no server, on a site of their own."""
    root = course.within("within").folder / "site"
    uphold_site.make(root, more=_SETTINGS)
    app = wiring.open_site(config.load(root))
    stack.callback(app.close)
    records = [crowd.submit(app, f"person-{number}@example.org") for number in range(count)]
    yield from _of(app, records, stack, 0.5 if course.quick else 2.0)


def _of(
    app: App, records: Sequence[int], stack: ExitStack, seconds: float
) -> Iterator[tuple[str, Measured]]:
    edition, actor = app.shelf.in_force(), Actor(_clerk(app)[0], Role.CLERK)
    questions = [
        Question(actor, record, uphold_site.FORM, PURPOSE, edition, edition, exercise=False)
        for record in records
    ]
    turns = cycle(questions)
    yield "decide", partial(_repeated, _decision(app, questions[0]), seconds)
    yield "alone", partial(_repeated, lambda: _opened(app, next(turns)), seconds)
    pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
    yield "sixteen", partial(_at_once, pool, lambda: _opened(app, next(turns)), seconds)


def _decision(app: App, question: Question) -> Callable[[], None]:
    with app.database.read() as connection:
        consents = ledger.state(connection, question.record)
    fields = gate.fields(question.given, question.current, question.form, question.purpose)
    now = time.time_ns() // 1_000_000
    asked = Asked(
        question.actor, question.record, question.form, PURPOSE, fields, now, exercise=False
    )

    def decide() -> None:
        if isinstance(gate.decide(asked, question.given, question.current, consents, ()), Denial):
            raise process.Failed("the gate refused what it should permit")

    return decide


def _opened(app: App, question: Question) -> None:
    outcome = reading.open_record(app.writer, app.ring, question)
    if isinstance(outcome, Denied) or "email" not in outcome.values:
        raise process.Failed(f"a record was not opened: {outcome}")


def _clerk(app: App) -> tuple[int, str]:
    """Make a machine client under a clerk's role; returns its number and its token."""
    scopes = frozenset({Permission.RECORD_OPEN, Permission.ENQUIRY_LIST})
    terms = Terms("bench", Role.CLERK, scopes, frozenset({PURPOSE}), life_days=1)
    edition = app.shelf.in_force()
    made = app.writer.run(lambda tx: client.make(tx, terms, edition, staff.COMMAND_LINE))
    return made.number, made.token


def _repeated(step: Callable[[], None], seconds: float) -> Row:
    """Do a step again and again for so long."""
    done, used, began = 0, time.process_time(), time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds or not done:
        for _ in range(20):
            step()
        done += 20
    return _row(done, taken, time.process_time() - used)


def _at_once(pool: ThreadPoolExecutor, step: Callable[[], None], seconds: float) -> Row:
    """Do a step again and again for so long, in every thread of the pool."""

    def worker() -> int:
        done = 0
        while not done or time.perf_counter() - began < seconds:
            step()
            done += 1
        return done

    used, began = time.process_time(), time.perf_counter()
    done = sum(one.result() for one in [pool.submit(worker) for _ in range(AT_ONCE)])
    return _row(done, time.perf_counter() - began, time.process_time() - used)


def _row(done: int, seconds: float, used: float) -> Row:
    return {
        "per_second": done / seconds,
        "cpu_us": used / done * 1e6,
        "p50_ms": None,
        "p99_ms": None,
    }


def _over_http(course: Course, stack: ExitStack, count: int) -> Iterator[tuple[str, Measured]]:
    """The ways that a server answers."""
    one, load_it = served(course, count)
    stack.callback(one.stop)
    yield "api", lambda: load_it(course.seconds)
    told = course.within("django")
    store = plain.environment("sqlite-tuned", str(told.folder / "site" / "site.sqlite"))
    site = variant.start_django("sqlite-tuned", told.folder / "site", course.python)
    stack.callback(site.stop)
    filled = plain.work(course.python, store, "fill", str(count))
    for name, end in (("django-row", ""), ("django-noted", "/noted")):
        lines = [f"/desk/{filled['first'] + number}{end}\t" for number in range(count)]
        head = {"Cookie": filled["cookie"]}
        made = _prepared(told.folder / name, 200, "GET", head, lines)
        yield name, partial(_loaded, site, made, course.seconds)


def _api(course: Course, count: int) -> tuple[Variant, Path]:
    """Serve a site with so many submissions, and prepare the requests of a client that opens them."""
    folder = course.within("api").folder
    root = folder / "site"
    port = uphold_site.make(root, more=_SETTINGS)
    app = wiring.open_site(config.load(root))
    try:
        records = [crowd.submit(app, f"person-{number}@example.org") for number in range(count)]
        ids = [app.ring.identifiers.encode(identifier.ENQUIRY, record) for record in records]
        _, token = _clerk(app)
    finally:
        app.close()
    body = f'{{"purpose":"{PURPOSE}"}}'
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    lines = [f"/api/v1/enquiries/{one}/open\t{body}" for one in ids]
    server = uphold_site.serve(root, port)
    server.wait_for_port(port)
    url = f"http://127.0.0.1:{port}/"
    # What a site needs for its programs is loaded when the first one asks.
    asked = urllib.request.Request(  # noqa: S310 - always http to loopback
        f"{url}api/v1/enquiries/{ids[0]}/open", body.encode(), head
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - as above
        answer.read()
    one = Variant("api", url, (server,), uphold_site.counter("", root), str)
    return one, _prepared(folder / "requests", 200, "POST", head, lines)


def _prepared(
    file: Path, status: int, method: str, head: Mapping[str, str], lines: list[str]
) -> Path:
    headers = [f"{name}: {value}" for name, value in head.items()]
    file.write_text("\n".join([str(status), method, *headers, "", *lines, ""]), encoding="ascii")
    return file


def served(course: Course, count: int) -> tuple[Variant, Callable[[int], Row]]:
    """Serve a site with so many submissions, and return what has a client open them for so many seconds."""
    one, requests = _api(course, count)
    return one, partial(_loaded, one, requests)


def _loaded(served: Variant, requests: Path, seconds: int) -> Row:
    """Load a server with prepared requests; raise Failed on any answer but the one expected."""
    used = proc.cpu_seconds(served.pids)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(served.url))
    seen = load.run(origin, requests, connections=AT_ONCE, seconds=seconds, script=SCRIPT)
    used = proc.cpu_seconds(served.pids) - used
    if seen.bad:
        raise process.Failed(f"{served.name}: {seen.bad} requests were answered otherwise")
    if not seen.acknowledged:
        raise process.Failed(f"{served.name}: no request was answered in time")
    return {
        "per_second": seen.acknowledged / seen.seconds,
        "cpu_us": used / seen.acknowledged * 1e6,
        "p50_ms": seen.p50_us / 1e3,
        "p99_ms": seen.p99_us / 1e3,
    }


def page(rows: Rows) -> str:
    """Show what a reading takes, and how the one over HTTP compares."""
    lines = []
    for name, title in TITLES.items():
        its = sorted((row for row in rows if row["variant"] == name), key=lambda row: row["round"])
        if not its:
            continue
        shown = [
            markdown.number(medians.spread([row[field] for row in its]).median)
            if its[0][field] is not None
            else "-"
            for field in ("per_second", "cpu_us", "p50_ms", "p99_ms")
        ]
        api = [row["per_second"] for row in rows if row["variant"] == "api"]
        beside = name.startswith("django")
        many = medians.ratio(api, [row["per_second"] for row in its]) if beside and api else None
        lines.append((title, *shown, markdown.times(many) if many else "-"))
    head = ["", "per second", "CPU us", "p50 ms", "p99 ms", "the API times as many"]
    return (
        "A clerk's program opens one record after another for a purpose that it was given. Every reading is decided by "
        "the gate against the editions, consents and holds of that moment, journaled, committed durably, and only then "
        "decrypted; through the API it is counted against the client's day as well. Django checks a session and a "
        "permission and answers a row of plain text; it keeps no journal, knows no purpose, and the note says only who "
        f"and which row. SQLite, {AT_ONCE} connections.\n\n" + markdown.table(head, lines)
    )
