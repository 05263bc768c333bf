# SPDX-License-Identifier: Apache-2.0
"""Requests as somebody at a terminal meets them."""

import json
from pathlib import Path

import pytest

from tests import site, terminal
from uphold.rights import request
from uphold.rights.machine import Kind
from uphold.rights.stored import Channel, Identity, Intake

DAY = 24 * 3_600_000
LAWS = ("ru-152fz", "eu-gdpr")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A site with three requests: one late, one new, one that has ended."""
    app = site.build(tmp_path)
    now = site.now()
    for number, (kind, ago) in enumerate(
        ((Kind.ACCESS, 0), (Kind.ACCESS, 60), (Kind.COMPLAINT, 1))
    ):
        asked = Intake(kind, (), f"PERSON{number}", Channel.PAPER, Identity.NONE, "en")
        made = app.writer.run(
            lambda tx, asked=asked, ago=ago: request.receive(  # type: ignore[misc] # mypy infers no lambda with a default
                tx, app.ring, "", LAWS, asked, now - ago * DAY
            )
        )
    app.writer.run(lambda tx: request.done(tx, app.ring, made.number, 0))
    app.close()
    return app.settings.folder


def told(capsys: pytest.CaptureFixture[str], *words: str | Path) -> terminal.Told:
    return terminal.run(capsys, "request", *words)


def test_the_first_due_is_at_the_top(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "list", place)
    lines = found.out.splitlines()
    assert (found.code, [line.split()[0] for line in lines]) == (0, ["2", "1"])
    assert "OVERDUE since" in lines[0]


def test_what_is_late_calls_somebody(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "list", place, "--late", "--json")
    assert found.code == 1
    (one,) = json.loads(found.out)
    assert (one["number"], one["late"], len(one["clocks"])) == (2, True, 2)
    assert told(capsys, "list", place, "--soon").code == 0
    assert "complaint" in told(capsys, "list", place, "--ended").out


def test_one_is_shown_with_its_history(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, "show", place, "3")
    assert "in-work -> fulfilled" in shown.out
    assert "eu-gdpr" in told(capsys, "show", place, "1").out
    history = json.loads(told(capsys, "show", place, "3", "--json").out)["history"]
    assert [one["to"] for one in history] == ["verified", "in-work", "fulfilled"]
    assert told(capsys, "show", place, "9").code == 2
