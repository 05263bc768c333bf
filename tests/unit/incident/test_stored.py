# SPDX-License-Identifier: Apache-2.0
"""Incidents are listed newest first, each sort for itself."""

import pytest

from tests.office import Office
from uphold import errors
from uphold.database import walk
from uphold.incident import store, stored
from uphold.incident.case import What, Whose
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


def test_rows_are_walked_as_they_lie(sqlite_office: Office) -> None:
    office = sqlite_office
    at = office.run(lambda tx: tx.now)
    office.run(lambda tx: store.open_(tx, office.ring, Opening(at, occurred=(at, at)), 2))
    walked = office.read(lambda c: list(stored.rows(c)))
    values = [row.values["what"] for row in walked if isinstance(row, walk.Row)]
    assert values == [What.DETECTED, What.OCCURRED]


def test_what_there_is_not_is_missing(sqlite_office: Office) -> None:
    with pytest.raises(errors.Missing):
        sqlite_office.read(lambda c: stored.find(c, None, 1))
