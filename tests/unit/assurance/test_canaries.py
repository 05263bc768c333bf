# SPDX-License-Identifier: Apache-2.0
"""An export's address that comes back is journaled and alerted, once; that of an exercise alarms nobody."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from tests import cast, site
from tests.office import Office, quick_hashing
from tests.unit.access.test_export import made
from uphold.access import canary, export
from uphold.access.canary import Place
from uphold.assurance import alert, canaries

__all__ = ["quick_hashing"]


@pytest.fixture
def office(tmp_path: Path, quick_hashing: None) -> Iterator[Office]:
    app = site.build(tmp_path)
    yield Office(app)
    app.close()


def look(office: Office, *texts: str, place: Place = Place.SUBMISSION) -> int:
    return canaries.look(office.writer, office.ring, texts, place)


def address(office: Office) -> str:
    number = made(office, office.staff(cast.owner), office.submit()).number
    return canary.address(office.ring, number, "site.example")


def test_it_is_journaled_and_somebody_is_alerted(office: Office) -> None:
    found = address(office)
    assert look(office, "nothing", f"I am {found}") == 1
    assert office.kinds()[-2:] == ["canary.seen", "alert.raised"]
    assert [one.probe for one in office.read(alert.standing)] == [canaries.ALERT]
    assert look(office, found) == 0
    assert look(office, found, place=Place.MAIL) == 1
    assert len(office.read(alert.standing)) == 1


def test_other_texts_write_nothing(office: Office) -> None:
    before = office.kinds()
    assert look(office, cast.subject.message, cast.subject.email) == 0
    assert office.kinds() == before


def test_that_of_an_exercise_alarms_nobody(office: Office) -> None:
    found = address(office)
    office.run(lambda tx: tx.execute(update(export.access_export).values(exercise=1)))
    assert look(office, found) == 1
    assert office.kinds()[-1] == "canary.seen"
    assert office.read(alert.standing) == ()


def test_a_mail_is_read_as_it_came_and_decoded(office: Office) -> None:
    found = address(office)
    hidden = base64.b64encode(f"To: {found}\n".encode()).decode()
    raw = f"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{hidden}\n"
    assert canary.named(office.ring, canaries.texts_of(raw.encode())) == {1}
    assert canary.named(office.ring, canaries.texts_of(f"To: {found}\n\n".encode())) == {1}
    assert canaries.texts_of(b"\xff\xfe") != []
