# SPDX-License-Identifier: Apache-2.0
"""What it takes to put events through the rules of the package: ours one by one, beside Sigma's reference on SQLite.

    ours        `uphold.detection.engine`, all rules at once, event by event, as a site does it
    reference   pySigma's SQLite backend: each rule's SQL over all events at once, correlations by their prepared plans

Events are made up: forty members of staff at ordinary work and a little more, sign-ins and sessions among it. The same
events go both ways. What the reference takes to store them is left out, as it is of ours to read them.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import markdown, medians
from bench.course import Course
from bench.targets import Rows
from tests.sigma_oracle import Oracle
from uphold.detection import book, sigma
from uphold.detection.engine import Engine
from uphold.detection.event import Event, Value
from uphold.detection.rule import Rules

NAME, TITLE = "events", "Events through the rules"
EVENTS, QUICK = 100_000, 10_000
STAFF = 40
Row = dict[str, Any]

_STEP_MS = 3_000
_KINDS = (
    *("record.opened",) * 6,
    *("enquiry.moved", "answer.sealed", "web.session", "web.sign-in", "record.stored", "consent.given"),
    *("search.made", "access.denied", "export.taken", "staff.signed-in"),
)  # fmt: skip


def run(course: Course) -> list[Row]:
    """Put events through the rules of the package."""
    events = QUICK if course.quick else EVENTS
    return played(events=events, rounds=course.rounds, seed=course.seed, say=course.say)


def played(
    *,
    events: int,
    rounds: int,
    seed: int,
    say: Callable[[str], None],
    files: book.Files | None = None,
) -> list[Row]:
    """Put as many events through both, `rounds` times through ours and once through the reference.

    The rules are those of the package, unless there are files of others.
    """
    made = list(_events(events, random.Random(seed)))  # noqa: S311 - work, not a secret
    known = files or book.files()
    rules = sigma.load(known)
    rows = []
    for number in range(rounds):
        seconds, alerts = _ours(rules, made)
        rows.append(_row("ours", rules, made, seconds, alerts))
        say(f"rules {number + 1}/{rounds}: {events} events in {seconds:.2f} s, {alerts} alerts")
    seconds, found = _reference(known, rules, made)
    rows.append(_row("reference", rules, made, seconds, found))
    say(f"reference: {seconds:.1f} s, {found} events and windows found")
    return rows


def _row(way: str, rules: Rules, events: list[Event], seconds: float, found: int) -> Row:
    return {
        "way": way,
        "events": len(events),
        "rules": len(rules.every),
        "alerting": len(rules.alerting),
        "cpu_s": seconds,
        "found": found,
    }


def _ours(rules: Rules, events: list[Event]) -> tuple[float, int]:
    engine = Engine(rules)
    started, alerts = time.process_time(), 0
    for event in events:
        alerts += len(engine.feed(event))
    return time.process_time() - started, alerts


def _reference(files: book.Files, rules: Rules, events: list[Event]) -> tuple[float, int]:
    oracle = Oracle(b"\n---\n".join(raw for _, raw in files).decode(), events, _asked(rules))
    started, found = time.process_time(), 0
    for rule in rules.every:
        if rule.correlation is None:
            found += len(oracle.described(rule.title["en"]))
        elif rule.alerts:
            # What only serves another is reckoned within that one's plan.
            found += len(oracle.correlated(rule.title["en"]))
    return time.process_time() - started, found


def _asked(rules: Rules) -> set[str]:
    """Every field that some rule asks for."""
    return {name for rule in rules.every if rule.clause is not None for name in rule.clause.fields}


def _events(count: int, draw: random.Random) -> Iterator[Event]:
    for number in range(count):
        kind, staff = draw.choice(_KINDS), draw.randrange(1, STAFF + 1)
        of_web = kind.startswith("web.")
        found: dict[str, Value] = {
            "id": f"{'s' if of_web else 'j'}{number}",
            "at": number * _STEP_MS,
            "kind": kind,
            "service": "web" if of_web else "journal",
            "exercise": False,
            "staff": staff,
            **_fields(kind, draw),
        }
        if not of_web:
            found |= {"actor": staff, "role": "clerk", "session": True, "hour": 12, "workday": True}
            found |= {"off_hours": draw.random() < 0.03, "canary": False}
        yield found


def _fields(kind: str, draw: random.Random) -> dict[str, Value]:
    """What an event of a kind tells, mostly of calm work."""
    if kind == "web.sign-in":
        outcome = "ok" if draw.random() < 0.9 else "wrong"
        return {"outcome": outcome, "login": _digest(draw, 60), "source": _digest(draw, 200),
                "new_network": draw.random() < 0.02, "new_agent": False}  # fmt: skip
    if kind == "web.session":
        return {"session": draw.randrange(500), "source": _digest(draw, 200), "changed": False}
    if kind in ("record.opened", "enquiry.moved", "access.denied"):
        taken = draw.random() < 0.02
        return {"purpose": "communication", "record": draw.randrange(5_000), "assigned": not taken,
                "taken": taken, "marked": False, "withdrawn": False, "reason": "purpose-refused"}  # fmt: skip
    return {"purpose": "communication", "records": draw.randrange(1, 30), "hits": 1}


def _digest(draw: random.Random, of: int) -> str:
    return f"{draw.randrange(of):016x}"


def page(rows: Rows) -> str:
    """Show what an event and a rule cost, beside Sigma's reference implementation on the same events."""
    events, count = int(rows[0]["events"]), int(rows[0]["rules"])
    ours = medians.spread([float(row["cpu_s"]) for row in rows if row["way"] == "ours"])
    lines = []
    for way, title in (
        ("ours", "Uphold, event by event"),
        ("reference", "pySigma's SQLite backend, all events at once"),
    ):
        taken = medians.spread([float(row["cpu_s"]) for row in rows if row["way"] == way])
        lines.append(
            [
                title,
                markdown.number(taken.median),
                markdown.number(taken.median / events * 1e6),
                markdown.number(taken.median / events / count * 1e6),
                markdown.number(taken.median / ours.median),
            ]
        )
    return (
        f"{markdown.whole(events)} made-up events of forty members of staff go through the {count} rules of the "
        f"package, of which {rows[0]['alerting']} raise alerts: each event through all rules as a site does it, "
        "and each rule as the SQL that Sigma's own reference implementation makes of it, correlations by their "
        "prepared plans. Reading and storing the events is in neither. A site pays the first once for each event; "
        "the second it would pay for all events at each look.\n\n"
        + markdown.table(["", "CPU s", "us an event", "us an event and rule", "times ours"], lines)
    )
