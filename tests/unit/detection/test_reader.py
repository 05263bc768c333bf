# SPDX-License-Identifier: Apache-2.0
"""What is read since a place: in the order of time, in pieces, and only what somebody asks about."""

import pytest

from tests import office as offices
from tests.office import Office, quick_hashing, sqlite_office
from tests.unit.detection.watching import forge, refuse
from uphold.detection import reader
from uphold.detection.reader import Piece, Place

__all__ = ["quick_hashing", "sqlite_office"]


def read(office: Office, since: Place, kinds: frozenset[str] | None = None) -> Piece:
    return office.read(lambda c: reader.read(c, since, kinds, offices.now()))


def names(piece: Piece) -> list[str]:
    return [one.entry.kind if one.entry else "signal" for one in piece.happened]


def test_entries_and_signals_come_in_the_order_of_time(sqlite_office: Office) -> None:
    start = sqlite_office.read(reader.head)
    second = offices.now() // 1000 * 1000
    forge(sqlite_office, at=second + 1500)
    for step in range(3):
        refuse(sqlite_office, 1, second + step * 1000)
    piece = read(sqlite_office, start)
    assert names(piece) == ["staff.refused", "staff.refused", "signal", "staff.refused"]
    assert not piece.more
    assert piece.to == sqlite_office.read(reader.head)
    assert read(sqlite_office, piece.to).happened == ()


def test_what_nobody_asks_about_is_passed_over(sqlite_office: Office) -> None:
    start = sqlite_office.read(reader.head)
    sqlite_office.submit()
    refuse(sqlite_office)
    piece = read(sqlite_office, start, frozenset({"staff.refused"}))
    assert names(piece) == ["staff.refused"]
    assert piece.to.journal == sqlite_office.read(reader.head).journal


@pytest.mark.parametrize("slow", ["entries", "signals"])
def test_pieces_are_bounded_and_nothing_is_left_out(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    monkeypatch.setattr(reader, "PIECE", 4)
    start, now = sqlite_office.read(reader.head), offices.now() // 1000 * 1000
    for step in range(11):
        refuse(sqlite_office, 3 if slow == "entries" else 1, now + step * 1000)
        for _ in range(3 if slow == "signals" else 1):
            forge(sqlite_office, at=now + step * 1000 + 500)
    found: list[int] = []
    place, more, rounds = start, True, 0
    while more:
        piece = read(sqlite_office, place)
        found += [one.at for one in piece.happened]
        place, more, rounds = piece.to, piece.more, rounds + 1
        assert len(piece.happened) <= 12
    assert rounds >= 5
    assert len(found) == 44
    assert found == sorted(found)
    assert place == sqlite_office.read(reader.head)
