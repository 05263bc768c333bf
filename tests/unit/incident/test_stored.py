# SPDX-License-Identifier: Apache-2.0
"""Incidents are listed newest first, each sort for itself."""

import pytest

from tests.office import Office
from uphold import errors
from uphold.database import walk
from uphold.incident import store, stored
from uphold.incident.case import Sent, What, Whose
from uphold.incident.store import Opening


def test_each_sort_is_listed_for_itself(sqlite_office: Office) -> None:
    office = sqlite_office
    at = office.run(lambda tx: tx.now)
    for whose in (Whose.PEOPLES, Whose.DRILL, Whose.PEOPLES, Whose.PROBES):
        opening = Opening(at, whose=whose)
        office.run(lambda tx, opening=opening: store.open_(tx, office.ring, opening, 2))  # type: ignore[misc]  # bound now
    listed = {
        whose: [one.number for one in office.read(lambda c, w=whose: stored.listed(c, whose=w))]  # type: ignore[misc]  # bound now
        for whose in Whose
    }
    assert listed == {Whose.PEOPLES: [3, 1], Whose.DRILL: [2], Whose.PROBES: [4]}
    assert len(office.read(lambda c: stored.listed(c, limit=1))) == 1


def test_lines_are_walked_as_they_lie_by_the_kind_of_their_entry(sqlite_office: Office) -> None:
    office = sqlite_office
    at = office.run(lambda tx: tx.now)
    office.run(lambda tx: store.open_(tx, office.ring, Opening(at, occurred=(at, at)), 2))
    sent = Sent("ru-152fz-first", at, 0, "")
    office.run(lambda tx: store.give(tx, office.ring, 1, sent, 2))
    office.run(lambda tx: store.close(tx, office.ring, 1, 2))

    def what(walked: walk.Rows) -> list[str]:
        return [row.values["what"] for row in walked if isinstance(row, walk.Row)]

    assert len(office.read(lambda c: list(stored.rows(c)))) == 1
    assert office.read(lambda c: what(stored.noted(c))) == [What.OCCURRED]
    assert office.read(lambda c: what(stored.given(c))) == [What.GIVEN]
    assert office.read(lambda c: what(stored.closed(c))) == [What.CLOSED]


def test_what_there_is_not_is_missing(sqlite_office: Office) -> None:
    with pytest.raises(errors.Missing):
        sqlite_office.read(lambda c: stored.find(c, None, 1))
