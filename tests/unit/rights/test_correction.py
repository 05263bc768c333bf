# SPDX-License-Identifier: Apache-2.0
"""What is remembered of a correction comes back as it was, of its own record, in the order it was made."""

from dataclasses import replace

from tests.office import Office
from uphold.rights import correction
from uphold.rights.correction import Correction

FIRST = Correction(
    record=5,
    part=1283,
    purpose="communication",
    fields=("name", "reply_to"),
    request=0,
    staff=3,
    before=b"b" * 32,
    after=b"a" * 32,
    at=1,
    entry=2,
)
SECOND = replace(FIRST, part=1284, request=7, at=0)


def test_corrections_of_a_record_come_back_oldest_first(sqlite_office: Office) -> None:
    office = sqlite_office
    for one in (FIRST, replace(FIRST, record=6), SECOND):
        office.run(lambda tx, one=one: correction.note(tx, one))  # type: ignore[misc] # mypy infers no lambda with a default
    assert office.read(lambda c: correction.of_record(c, 5)) == (FIRST, SECOND)
    assert office.read(lambda c: correction.of_record(c, 7)) == ()
    assert [row.number for row in office.read(lambda c: [*correction.rows(c)])] == [1, 2, 3]
