# SPDX-License-Identifier: Apache-2.0
"""`uphold policy unused`: the fields that nobody reads, for a person and for programs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text, update

from tests import site, terminal
from tests.terminal import Told
from uphold.app import App
from uphold.assurance.unused import DAY_MS
from uphold.database.transaction import Transaction
from uphold.submission.record import submission_record

Run = Callable[..., Told]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: terminal.run(capsys, *words)


def make(root: Path, days: int) -> Path:
    """A site whose one submission came so many days ago."""
    opened: App = site.build(root)
    site.submit(opened)
    column = submission_record.c.received_at
    older = update(submission_record).values(received_at=column - days * DAY_MS)

    def age(tx: Transaction) -> None:
        tx.execute(text("DROP TRIGGER submission_record_no_update"))
        tx.execute(older)

    opened.writer.run(age)
    opened.close()
    return opened.settings.folder


def test_nothing_is_reported_too_soon(run: Run, tmp_path: Path) -> None:
    told = run("policy", "unused", make(tmp_path, 89))
    assert told.code == 0
    assert "No field is unread for 90 days." in told.out
    assert "never read, with submissions since" in told.out


def test_what_nobody_reads_is_reported(run: Run, tmp_path: Path) -> None:
    folder = make(tmp_path, 91)
    told = run("policy", "unused", folder)
    assert told.code == 1
    assert "unused  feedback.email: never read" in told.out
    assert "field(s) that nobody read for 90 days: drop them" in told.out
    listed = json.loads(run("policy", "unused", folder, "--json").out)
    assert (listed["edition"], listed["days"]) == (1, 90)
    first = listed["fields"][0]
    assert set(first) == {"form", "field", "since", "purpose", "at", "unused"}
    assert all(one["unused"] and one["at"] == 0 for one in listed["fields"])
