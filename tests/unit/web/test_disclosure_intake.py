# SPDX-License-Identifier: Apache-2.0
"""What the form posts becomes an order of exactly that; the rest is asked over HTTP in test_disclosure_desk."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.web.test_disclosure_desk import NEW, asked, people, prepared, quick_hashing
from tests.visitor import Visitor
from uphold.access import disclosure
from uphold.access.disclosure import Disclosure
from uphold.app import App
from uphold.mail import letter

__all__ = ["people", "quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


def made(here: App, who: Visitor, **changes: str) -> Disclosure:
    number = int(prepared(here, who, **changes).rpartition("/")[2])
    with here.database.read() as connection:
        return disclosure.find(connection, number)


def test_answers_are_chosen_together(here: App, people: tuple[Visitor, Visitor]) -> None:
    found = made(here, people[0], **{"field.answers": "yes", "field.name": ""})
    assert set(found.fields) == {"email"} | letter.FIELDS


def test_receipts_are_parted_by_anything_and_named_once(
    here: App, people: tuple[Visitor, Visitor]
) -> None:
    one = asked(here)["receipts"]
    found = made(here, people[0], receipts=f"{one.upper()},\n {one} ; {one}")
    assert found.records == (1,)


def test_a_silence_ends_on_the_day_that_is_named(
    here: App, people: tuple[Visitor, Visitor]
) -> None:
    day = (datetime.now(UTC) + timedelta(days=90)).date()
    found = made(here, people[0], ground="criminal-case", silence=day.isoformat())
    assert datetime.fromtimestamp(found.silence_until / 1000, UTC).date() == day
    late = day + timedelta(days=365 * 6)
    answer = people[0].act(NEW, **asked(here, ground="criminal-case", silence=late.isoformat()))
    assert answer.page.problems == ["silence"]
