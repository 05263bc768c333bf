# SPDX-License-Identifier: Apache-2.0
"""Destroyed is destroyed: every part, once, journaled."""

from tests.office import Office
from uphold.retention import sweep
from uphold.retention.sweep import Reason
from uphold.vault import remains


def destroy(office: Office, record: int) -> list[int]:
    return office.run(lambda tx: sweep.destroy(tx, office.ring, record, Reason.DISCARDED))


def test_every_part_ends_and_is_journaled(office: Office) -> None:
    record, other = office.submit(), office.submit()
    parts = office.read(lambda c: remains.live(c, record))
    assert len(parts) == 3
    assert destroy(office, record) == [number for number, _ in parts]
    assert office.read(lambda c: remains.live(c, record)) == []
    assert len(office.read(lambda c: remains.live(c, other))) == 3
    ended = [e.codes for e in office.entries() if e.kind == "part.destroyed"]
    assert ended == [{"purpose": purpose, "reason": "discarded"} for _, purpose in parts]


def test_twice_destroys_nothing_twice(office: Office) -> None:
    record = office.submit()
    destroy(office, record)
    assert destroy(office, record) == []
    assert office.kinds().count("part.destroyed") == 3
