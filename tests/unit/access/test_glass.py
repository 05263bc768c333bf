# SPDX-License-Identifier: Apache-2.0
"""What is kept of a broken glass, on both engines. When it may be broken: test_emergency."""

from tests import cast
from tests.office import Office
from uphold.access import glass
from uphold.access.glass import Glass, Reason


def test_a_glass_runs_for_its_person_record_and_purpose_until_its_end(office: Office) -> None:
    clerk, record = office.staff(cast.clerk).staff, office.submit()
    at = office.run(lambda tx: tx.now)
    one = Glass(
        *(0, clerk, record, "technical", Reason.DEMAND, False, at, at + 60_000),
        *(0, 0, 0, 0, 0),
    )
    number = office.run(lambda tx: glass.store(tx, office.ring, one, "A court asks by noon."))
    with office.app.database.read() as connection:
        assert glass.running(connection, clerk, record, "technical", at) == number
        assert glass.running(connection, clerk, record, "technical", at + 60_000) is None
        assert glass.running(connection, clerk, record, "other", at) is None
        assert glass.running(connection, clerk, record + 1, "technical", at) is None
        assert glass.running(connection, clerk + 1, record, "technical", at) is None
        assert glass.purposes(connection, clerk, record, at) == {"technical"}
        assert glass.count(connection, clerk, at) == 1
        assert glass.said(connection, office.ring) == {number: "A court asks by noon."}
        (kept,) = glass.listed(connection, exercise=False)
        assert (kept.number, kept.reason, kept.readings) == (number, Reason.DEMAND, 0)
        assert glass.listed(connection, exercise=True) == ()
    office.run(lambda tx: glass.note(tx, office.ring, number, clerk, record))
    office.run(lambda tx: glass.end(tx, number, clerk))
    with office.app.database.read() as connection:
        assert glass.running(connection, clerk, record, "technical", at) is None
        assert glass.find(connection, number).readings == 1
