# SPDX-License-Identifier: Apache-2.0
"""Alerts are stored once, with their entry, and judged once; the cursor moves with them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.unit.detection.rules import described, event, load
from uphold import errors
from uphold.database import engine as databases, upgrade
from uphold.database.engine import Database
from uphold.database.writer import Writer
from uphold.detection import engine, store
from uphold.detection.engine import Match
from uphold.detection.rule import Rule
from uphold.detection.store import Cursor, Verdict
from uphold.journal import entry, log as journal, note, store as entries
from uphold.journal.log import Log

OWN = "uphold: {against: staff, severity: 3, respond: [log, lock], quiet: PT0S}"
RULES = load(described("touched", "{a: {kind: a}, condition: a}", OWN))
RULE = RULES["touched"]


@pytest.fixture
def database(engine_url: str) -> Iterator[Database]:
    database = databases.create(engine_url)
    upgrade.run(database)
    yield database
    database.dispose()


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    log = Log("example.org", note.Signer("example.org", bytes(32)), None)
    writer = Writer(database, log)
    writer.run(lambda tx: journal.open_journal(tx, "example.org"))
    yield writer
    writer.close()


def matched(number: int = 1, **fields: Any) -> Match:
    [match] = engine.matches_of(RULES, [event(number, number, **{"staff": 7, **fields})])
    return match


def kept(writer: Writer, match: Match, rule: Rule = RULE) -> int:
    number = writer.run(store.next_number)
    writer.run(lambda tx: store.keep(tx, number, rule, match, ["log", "lock:spared"], dry=False))
    return number


def test_an_alert_is_stored_as_it_was_found(database: Database, writer: Writer) -> None:
    number = kept(writer, matched(record=12, source="ab"))
    with database.read() as connection:
        alert = store.find(connection, number)
        said = entry.decode(entries.entry(connection, alert.entry))
    assert (alert.rule, alert.severity, alert.staff, alert.source) == ("touched", 3, 7, "ab")
    assert (alert.record, alert.group, alert.events) == (12, (("staff", 7),), ("j1",))
    assert (alert.responses, alert.exercise, alert.verdict) == (("log", "lock:spared"), 0, "")
    assert (said.kind, said.codes["response"]) == ("detection.alerted", "log+lock-spared")
    assert (said.codes["staff"], said.codes["run"], said.codes["mode"]) == (7, 0, "acts")


def test_an_alert_is_judged_once(database: Database, writer: Writer) -> None:
    number = kept(writer, matched())
    with database.read() as connection:
        assert store.waiting(connection) == 1
    writer.run(lambda tx: store.judge(tx, number, 2, Verdict.FALSE))
    with database.read() as connection:
        alert = store.find(connection, number)
        assert store.waiting(connection) == 0
        assert store.listed(connection, unseen=True) == ()
    assert (alert.seen_by, alert.verdict) == (2, "false")
    with pytest.raises(errors.Conflict):
        writer.run(lambda tx: store.judge(tx, number, 3, Verdict.TRUE))
    with pytest.raises(errors.Missing):
        writer.run(lambda tx: store.judge(tx, 99, 3, Verdict.TRUE))


def test_exercises_are_listed_apart(database: Database, writer: Writer) -> None:
    mine = kept(writer, matched(1))
    drilled = kept(writer, matched(2, exercise=True, exercise_run=5))
    with database.read() as connection:
        assert [alert.number for alert in store.listed(connection)] == [mine]
        assert [alert.number for alert in store.listed(connection, exercise=True)] == [drilled]
        assert [alert.exercise for alert in store.of_run(connection, 5)] == [5]
        assert store.listed(connection, before=mine) == ()
        assert len(store.since(connection, 2000)) == 1


def test_the_cursor_is_one_row(database: Database, writer: Writer) -> None:
    with database.read() as connection:
        assert store.cursor(connection) is None
    for place in (Cursor(5, 2, "d", 9), Cursor(7, 3, "e", 10)):
        writer.run(partial(store.move, to=place))
        with database.read() as connection:
            assert store.cursor(connection) == place


@pytest.mark.parametrize(
    ("against", "fields", "staff", "source"),
    [
        ("staff", {"staff": 7, "actor": 2}, 7, ""),
        ("site", {"actor": 2}, 0, ""),
        ("source", {"source": "ab"}, 0, "ab"),
        ("source", {}, 0, ""),
    ],
)
def test_whom_it_is_about(against: str, fields: dict[str, Any], staff: int, source: str) -> None:
    own = f"uphold: {{against: {against}}}"
    rules = load(described("r", "{a: {kind: a}, condition: a}", own))
    [match] = engine.matches_of(rules, [event(1, 1, **fields)])
    assert (store.whom(rules["r"], match), store.whence(match)) == (staff, source)
