# SPDX-License-Identifier: Apache-2.0
"""Fields that nobody reads: reported after the time, and not before submissions have had them for so long."""

from dataclasses import replace

import pytest
from sqlalchemy import text, update

from tests import cast, editions
from tests.editions import FORM, PURPOSE
from tests.office import Office, office, quick_hashing, sqlite_office
from uphold.access import reading, use
from uphold.assurance import unused
from uphold.assurance.unused import DAY_MS, Used
from uphold.database.transaction import Transaction
from uphold.policy.document import Edition
from uphold.submission.record import submission_record

__all__ = ["office", "quick_hashing", "sqlite_office"]

NOW, DAYS = 1_000 * DAY_MS, 90
OLD, NEW = NOW - 91 * DAY_MS, NOW - 89 * DAY_MS


@pytest.mark.parametrize(
    ("since", "at", "told"),
    [
        (OLD, 0, True),
        (OLD, OLD, True),
        (OLD, NEW, False),
        (NEW, 0, False),
        (0, 0, False),
        (NOW - DAYS * DAY_MS, 0, True),
        (NOW - DAYS * DAY_MS + 1, 0, False),
    ],
)
def test_when_a_field_is_reported(since: int, at: int, told: bool) -> None:
    one = Used(FORM, "phone", since, PURPOSE if at else "", at)
    assert unused.reported([one], NOW, DAYS) == ((one,) if told else ())


def test_the_last_purpose_is_told() -> None:
    edition = editions.example()
    last = {(FORM, "email", "one"): 5, (FORM, "email", "two"): 7, ("other", "email", "three"): 9}
    (found,) = [one for one in unused.of(edition, {}, last) if one.field == "email"]
    assert (found.purpose, found.at, found.since) == ("two", 7, 0)


def test_earlier_readings_count_for_every_field_of_their_purpose() -> None:
    edition = editions.example()
    found = unused.of(edition, {}, {(FORM, use.EVERY, PURPOSE): 5})
    serving = {item.key for item in edition.forms[FORM].fields if PURPOSE in item.purposes}
    assert {one.field for one in found if one.at and one.form == FORM} == serving


def without(edition: Edition, number: int, *fields: str) -> Edition:
    form = edition.forms[FORM]
    left = tuple(item for item in form.fields if item.key not in fields)
    return replace(edition, number=number, forms={FORM: replace(form, fields=left)})


def test_a_field_is_asked_for_since_the_edition_that_brought_it_last() -> None:
    edition = editions.example()
    every = [without(edition, 1), without(edition, 2, "phone"), without(edition, 3)]
    entered = {1: 10, 2: 20, 3: 30}
    assert unused.asked_since(every, entered, FORM, "phone") == 30
    assert unused.asked_since(every, entered, FORM, "email") == 10
    assert unused.asked_since(every, entered, "gone", "email") == 0


def look(office: Office, *, exercise: bool = False) -> dict[str, Used]:
    every, edition = office.app.shelf.all(), office.edition
    found = office.read(lambda c: unused.fields(c, every, edition, exercise=exercise))
    return {one.field: one for one in found}


def test_a_site_from_its_first_submission_on(office: Office) -> None:
    office.app.shelf.look()
    assert {one.since for one in look(office).values()} == {0}
    clerk, record = office.staff(cast.clerk), office.submit()
    office.submit()
    found = look(office)
    assert {one.at for one in found.values()} == {0}
    (since,) = {one.since for one in found.values()}
    late = since + DAYS * DAY_MS
    assert len(unused.reported(found.values(), late, DAYS)) == len(found)
    question = replace(office.question(clerk, record), fields=frozenset({"email"}))
    reading.open_record(office.writer, office.ring, question)
    read = look(office)
    assert read["email"].purpose == PURPOSE
    assert read["message"].at == 0
    left = {one.field for one in unused.reported(read.values(), late, DAYS)}
    assert left == set(found) - {"email"}


def test_what_probes_sent_is_no_submission(sqlite_office: Office) -> None:
    sqlite_office.submit()

    def mark(tx: Transaction) -> None:
        tx.execute(text("DROP TRIGGER submission_record_no_update"))
        tx.execute(update(submission_record).values(exercise=1))

    sqlite_office.run(mark)
    assert {one.since for one in look(sqlite_office).values()} == {0}
    assert 0 not in {one.since for one in look(sqlite_office, exercise=True).values()}
