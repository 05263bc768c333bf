# SPDX-License-Identifier: Apache-2.0
"""What a field was last read for: by staff, for a purpose, people's apart from the probes' own."""

from dataclasses import replace

from sqlalchemy import func, select

from tests import cast
from tests.editions import FORM, PURPOSE
from tests.office import Office
from uphold.access import reading, use
from uphold.access.reading import Denied, Opened
from uphold.access.use import access_use
from uphold.mail import letter


def test_what_staff_open_counts_for_its_purpose(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    assert office.read(use.last) == {}
    found = reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert isinstance(found, Opened)
    names = cast.subject.values()
    assert office.read(use.last) == {(FORM, name, PURPOSE): found.at for name in names}
    assert office.read(lambda c: use.last(c, exercise=True)) == {}


def test_a_later_reading_moves_only_what_it_opened(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = office.question(clerk, record)
    first = reading.open_record(office.writer, office.ring, question)
    only = replace(question, fields=frozenset({"email"}))
    second = reading.open_record(office.writer, office.ring, only)
    assert isinstance(first, Opened)
    assert isinstance(second, Opened)
    last = office.read(use.last)
    assert last[FORM, "email", PURPOSE] == second.at
    assert last[FORM, "message", PURPOSE] == first.at


def test_what_is_refused_is_no_use(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    technical = office.edition.policy.technical
    found = reading.open_record(
        office.writer, office.ring, office.question(clerk, record, technical)
    )
    assert isinstance(found, Denied)
    assert office.read(use.last) == {}


def test_what_probes_read_is_kept_apart(office: Office) -> None:
    def note(exercise: bool) -> None:
        office.run(lambda tx: use.note(tx, FORM, {"email"}, PURPOSE, exercise=exercise))

    note(exercise=True)
    assert office.read(use.last) == {}
    assert set(office.read(lambda c: use.last(c, exercise=True))) == {(FORM, "email", PURPOSE)}
    note(exercise=False)
    assert set(office.read(use.last)) == {(FORM, "email", PURPOSE)}


def test_the_rows_do_not_grow_with_readings(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    for _ in range(3):
        reading.open_record(office.writer, office.ring, office.question(clerk, record))
    office.submit(email=cast.stranger.email, message=cast.stranger.message)
    count = select(func.count()).select_from(access_use)
    assert office.read(lambda c: c.execute(count).scalar()) == len(cast.subject.values())
    assert not {key[1] for key in office.read(use.last)} & letter.FIELDS
