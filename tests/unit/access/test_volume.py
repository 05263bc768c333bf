# SPDX-License-Identifier: Apache-2.0
"""What is taken is counted by member of staff and sort, within a window."""

import pytest

from tests import cast
from tests.office import Office
from uphold.access import volume
from uphold.access.volume import DAY, Limit, Refused, What
from uphold.database.transaction import Transaction


@pytest.mark.parametrize(
    ("wanted", "used", "allowed"),
    [(1, 0, True), (3, 0, True), (4, 0, False), (0, 0, False), (3, 7, True), (3, 8, False)],
)
def test_a_limit_counts_one_act_and_the_window(wanted: int, used: int, *, allowed: bool) -> None:
    assert Limit(3, DAY, 10).allows(wanted, used) is allowed


def test_what_was_used_is_told_apart_and_ends_with_the_window(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, owner = office.staff(cast.clerk).staff, office.staff(cast.owner).staff

    def note(tx: Transaction) -> int:
        volume.note(tx, clerk, What.OPEN, 4, 1)
        return tx.now

    at = office.run(note)
    rule = Limit(5, DAY, 6)
    with office.app.database.read() as connection:
        left = [
            volume.left(connection, who, what, rule, now)
            for who, what, now in (
                (clerk, What.OPEN, at),
                (clerk, What.EXPORT, at),
                (owner, What.OPEN, at),
                (clerk, What.OPEN, at + DAY),
            )
        ]
    assert left == [2, 5, 5, 5]


def test_a_refusal_is_journaled_and_counts_nothing(sqlite_office: Office) -> None:
    office = sqlite_office
    actor = office.staff(cast.owner)
    refused = office.run(lambda tx: volume.refuse(tx, actor, What.EXPORT, "purpose", volume.LIMIT))
    assert isinstance(refused, Refused)
    said = office.entries()[refused.entry]
    assert (said.kind, said.codes["what"]) == ("copy.refused", "export")
    assert office.read(lambda c: volume.used(c, actor.staff, What.EXPORT, 0)) == 0
