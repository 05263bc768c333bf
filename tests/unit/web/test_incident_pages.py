# SPDX-License-Identifier: Apache-2.0
"""The pages of incidents name every problem, and warn of terms that end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site
from tests.incidents import HOUR
from uphold.app import App
from uphold.incident import store
from uphold.incident.case import What, Whose
from uphold.incident.store import Opening
from uphold.web import incident_intake, incident_pages


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    yield opened
    opened.close()


def test_what_ends_soon_alarms_until_it_is_decided(app: App) -> None:
    now = site.now()

    def alarming(at: int) -> int:
        with app.database.read() as connection:
            return incident_pages.alarming(app, connection, at, whose=Whose.PEOPLES)

    assert alarming(now) == 0
    made = app.writer.run(lambda tx: store.open_(tx, app.ring, Opening(now), 2))
    assert alarming(now) == 0
    assert alarming(now + 16 * HOUR) == 1
    assert alarming(now + 80 * HOUR) == 2
    why = "Nobody was named anywhere."
    app.writer.run(lambda tx: store.note(tx, app.ring, made.number, What.BREACHED, "no", why, 2))
    assert alarming(now + 80 * HOUR) == 0


def test_every_field_has_its_sentence() -> None:
    for what in ("detected", "nature", "estimate", "harm"):
        assert incident_pages.code_of(f"{what}-value") in incident_intake.PROBLEMS
    assert incident_pages.code_of("ru-152fz-first-sent") == "sent"
    assert incident_pages.code_of("lesson-name") == "lesson-name"
