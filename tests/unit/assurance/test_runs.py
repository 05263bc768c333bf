# SPDX-License-Identifier: Apache-2.0
"""What is told of runs, of what is broken and of what nobody has seen, from the rows as they lie."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests import site
from uphold.app import App
from uphold.assurance import runs
from uphold.assurance.runs import Run
from uphold.assurance.tables import assurance_alert, assurance_evidence, assurance_run


@pytest.fixture
def app(tmp_path: Path, engine_url: str) -> Iterator[App]:
    opened = site.build(tmp_path, engine_url)
    yield opened
    opened.close()


def ran(app: App, number: int, ended_at: int | None) -> None:
    row = {"number": number, "began_at": 10 * number, "ended_at": ended_at, "edition": 1}
    more = {"configuration": "", "by": 0, "entry": 0}
    app.writer.run(lambda tx: tx.execute(insert(assurance_run).values(**row, **more)))


def told(app: App, probe: str, status: str) -> None:
    row = {"run": 1, "probe": probe, "promise": probe.rpartition(".")[0], "status": status}
    more = {"at": 1, "expires_at": 2, "note": b"", "entry": 0}
    app.writer.run(lambda tx: tx.execute(insert(assurance_evidence).values(**row, **more)))


def alerted(app: App, seen_at: int | None) -> None:
    row = {"run": 1, "probe": "a.b.c", "promise": "a.b", "raised_at": 1, "seen_at": seen_at}
    app.writer.run(lambda tx: tx.execute(insert(assurance_alert).values(**row, entry=0)))


def test_the_last_run_is_told(app: App) -> None:
    with app.database.read() as connection:
        assert runs.last(connection) is None
    ran(app, 1, 15)
    ran(app, 2, None)
    with app.database.read() as connection:
        assert runs.last(connection) == Run(2, 20, 0, "")


def test_only_the_newest_evidence_counts_and_a_promise_once(app: App) -> None:
    for probe, status in (
        ("a.b.one", "broken"),
        ("a.b.two", "broken"),
        ("c.d.one", "broken"),
        ("c.d.one", "kept"),
        ("e.f.one", "not-shown"),
    ):
        told(app, probe, status)
    known = {"a.b.one", "a.b.two", "c.d.one"}
    with app.database.read() as connection:
        assert runs.broken(connection, known, 1) == 1
        assert runs.broken(connection, {"c.d.one"}, 1) == 0
        # What has expired does not count, and what is no longer tried is no longer told of.
        assert runs.broken(connection, known, 2) == 0
        assert runs.broken(connection, set(), 1) == 0


def test_alerts_count_until_they_are_seen(app: App) -> None:
    alerted(app, None)
    alerted(app, 5)
    with app.database.read() as connection:
        assert runs.unseen(connection) == 1
