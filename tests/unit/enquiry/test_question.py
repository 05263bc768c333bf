# SPDX-License-Identifier: Apache-2.0
"""Each record is asked for under the edition that governs it; one that there is not is not asked for."""

from tests import cast
from tests.editions import FORM, PURPOSE
from tests.office import Office
from uphold.enquiry import question


def test_each_record_that_there_is_is_asked_for(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    with office.app.database.read() as connection:
        asked = question.questions(
            connection,
            [record, record + 9],
            actor=clerk,
            purpose=PURPOSE,
            current=office.edition,
            edition=office.app.shelf.edition,
            fields=lambda given, form: frozenset({form, str(given.number)}),
        )
    assert list(asked) == [record]
    one = asked[record]
    assert (one.actor, one.record, one.form, one.purpose) == (clerk, record, FORM, PURPOSE)
    assert (one.given.number, one.current.number, one.exercise) == (1, 1, False)
    assert one.fields == frozenset({FORM, "1"})
