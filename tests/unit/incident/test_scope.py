# SPDX-License-Identifier: Apache-2.0
"""People and identifiers are counted from what was noted: once each, and an exercise's apart."""

import pytest

from tests import cast, incidents
from tests.incidents import line
from tests.office import Office
from uphold import errors
from uphold.access import decoy, reading
from uphold.incident import scope
from uphold.incident.case import What
from uphold.incident.scope import Counted, Of, Wanted
from uphold.retention import sweep


def count(office: Office, *of: Of, since: int = 0, **more: int) -> Counted:
    until = office.run(lambda tx: tx.now)
    wanted = Wanted(of, since, until, **more)  # type: ignore[arg-type]  # numbers by name
    return office.read(lambda c: scope.count(c, office.ring, wanted, office.app.shelf.edition))


def test_an_account_is_counted_by_what_it_opened(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, owner = office.staff(cast.clerk), office.staff(cast.owner)
    first, second = office.submit(), office.submit()
    other = office.submit(cast.stranger)
    for record in (first, second, first):
        reading.open_record(office.writer, office.ring, office.question(clerk, record))
    reading.open_record(office.writer, office.ring, office.question(owner, other))
    made = count(office, Of.ACCOUNT, staff=clerk.staff)
    assert (made.records, made.subjects, made.opened) == (2, 1, 2)
    assert made.identifiers == made.emails + made.phones + 2
    assert made.emails == 1
    everybody = count(office, Of.ACCOUNT)
    assert (everybody.records, everybody.subjects) == (3, 2)
    assert count(office, Of.ACCOUNT, since=office.run(lambda tx: tx.now)).records == 0
    assert "email" in made.categories
    assert not made.special


def test_everything_is_what_was_held_by_the_end(sqlite_office: Office) -> None:
    office = sqlite_office
    office.submit()
    office.submit(cast.stranger)
    made = count(office, Of.EVERYTHING)
    assert (made.records, made.subjects, made.gone, made.nameless) == (2, 2, 0, 0)
    assert count(office, Of.EVERYTHING, exercise=True).records == 0
    assert scope.of(made.value()) == made


def test_a_record_is_counted_though_nothing_of_it_is_left(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    assert count(office, Of.RECORD, record=record).subjects == 1
    office.run(lambda tx: sweep.destroy(tx, office.ring, record, sweep.Reason.ERASED))
    made = count(office, Of.RECORD, Of.DESTROYED, record=record)
    assert (made.records, made.subjects, made.gone, made.emails) == (1, 1, 1, 0)


def test_what_nobody_sent_is_nobody(sqlite_office: Office) -> None:
    office, clerk = sqlite_office, sqlite_office.staff(cast.clerk)
    real, laid_out = office.submit(), office.submit(cast.stranger)
    office.run(lambda tx: decoy.mark(tx, decoy.What.RECORD, laid_out))
    for record in (real, laid_out):
        reading.open_record(office.writer, office.ring, office.question(clerk, record))
    made = count(office, Of.ACCOUNT, Of.EVERYTHING, staff=clerk.staff)
    assert (made.records, made.subjects, made.opened) == (1, 1, 1)
    assert count(office, Of.RECORD, record=laid_out).subjects == 0


def test_nothing_named_is_refused(sqlite_office: Office) -> None:
    with pytest.raises(errors.Invalid):
        count(sqlite_office)
    with pytest.raises(errors.Broken):
        scope.of("{}")


def test_what_was_added_by_hand_is_on_top() -> None:
    assert not scope.total(incidents.case()).is_known
    total = scope.total(incidents.case([line(What.ESTIMATE, "12+24", "A list was left.")]))
    assert (total.subjects, total.identifiers, total.counted) == (12, 24, None)
    leak = total.leak(late=True)
    assert (leak.subjects, leak.identifiers, leak.special, leak.late) == (12, 24, False, True)
