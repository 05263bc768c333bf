# SPDX-License-Identifier: Apache-2.0
"""What somebody touched between two moments, and nothing before, after, by others or by people of their own."""

from tests import cast
from tests.editions import PURPOSE
from tests.office import Office
from uphold.access import reading, touched
from uphold.access.touched import Span, Touched


def within(office: Office, since: int, until: int, staff: int = touched.ANYBODY) -> Touched:
    with office.app.database.read() as connection:
        return touched.within(connection, Span(since, until, staff))


def test_openings_are_found_by_account_and_time(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    before = office.run(lambda tx: tx.now)
    opened = reading.open_record(office.writer, office.ring, office.question(clerk, record))
    denied = office.question(clerk, record, "technical")
    reading.open_record(office.writer, office.ring, denied)
    after = office.run(lambda tx: tx.now)
    assert within(office, before, after, clerk.staff).opened == {(record, PURPOSE)}
    assert within(office, before, after).opened == {(record, PURPOSE)}
    assert within(office, before, after, clerk.staff + 1).opened == frozenset()
    assert within(office, opened.at + 1, after + 1).opened == frozenset()
    office.run(lambda tx: reading.remember(tx, record, 0, "own", None, 1))
    assert within(office, before, after + 60_000).opened == {(record, PURPOSE)}


def test_nothing_was_sent_or_exported(office: Office) -> None:
    found = within(office, 0, 2**53)
    assert (found.disclosed, found.exports) == (frozenset(), ())
