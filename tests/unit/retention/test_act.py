# SPDX-License-Identifier: Apache-2.0
"""Acts: opened once, closed when every line is carried out, continued when they are long."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.office import Office
from uphold import errors
from uphold.retention import act
from uphold.retention.act import Kind, Line, Planned

KIND = Kind("security", 1, "term-ended")
OTHER = Kind("communication", 1, "term-ended")


def plan(office: Office, *parts: int, kind: Kind = KIND) -> int:
    return office.run(lambda tx: act.plan(tx, kind, dict.fromkeys(parts, "SOMEBODY")))


def test_the_newest_acts_are_listed_and_all_are_counted(office: Office) -> None:
    for number in (1, 2, 3):
        plan(office, number, kind=Kind("security", number, "term-ended"))
    found, count = office.read(lambda connection: act.newest(connection, 2))
    assert ([one.number for one in found], count) == ([3, 2], 3)


def test_an_act_is_opened_once_for_its_kind(office: Office) -> None:
    assert plan(office, 256) == plan(office, 512) == 1
    assert plan(office, 768, kind=OTHER) == 2
    assert plan(office, 1024, kind=Kind("security", 2, "term-ended")) == 3
    assert office.kinds().count("destruction.requested") == 3
    assert office.read(act.pending) == [256, 512, 768, 1024]


def test_what_is_to_be_carried_out_is_looked_for_by_part(office: Office) -> None:
    plan(office, 256, 512, 1024)
    plan(office, 768, kind=OTHER)
    office.run(lambda tx: act.mark(tx, [512]))
    found = office.read(lambda c: act.planned(c, [1024, 768, 512, 9999]))
    assert found == [Planned(768, 2, OTHER), Planned(1024, 1, KIND)]
    office.run(lambda tx: act.mark(tx, [768]))
    office.run(lambda tx: act.close(tx, 2, 1))
    assert office.read(lambda c: act.planned(c, [256, 768])) == [Planned(256, 1, KIND)]
    assert office.read(lambda c: act.planned(c, [])) == []


def test_the_other_lines_of_its_act_are_not_read_for_it(sqlite_office: Office) -> None:
    """Else a sweep would read each line as often as there are lines, under the write lock."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    with sqlite_office.app.database.read() as connection:
        event.listen(connection, "before_cursor_execute", note)
        act.planned(connection, [256, 512])
        event.remove(connection, "before_cursor_execute", note)
        told = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all())
            for statement, given in asked
            if "retention_line" in statement
        ]
    assert ["SEARCH retention_line USING INTEGER PRIMARY KEY" in one for one in told] == [True]


def test_it_is_closed_when_every_line_is_carried_out(office: Office) -> None:
    plan(office, 256, 512)
    office.run(lambda tx: act.mark(tx, [256]))
    assert not office.run(lambda tx: act.close(tx, 1, 1))
    assert [one.number for one in office.read(act.under_way)] == [1]
    office.run(lambda tx: act.strike(tx, [256, 512]))
    assert office.run(lambda tx: act.close(tx, 1, 1))
    found = office.read(lambda c: act.find(c, 1))
    assert (found.parts, office.read(act.under_way)) == (1, [])
    # What was carried out is not struck.
    assert [line.part for line in office.read(lambda c: [*act.lines(c, 1)])] == [256]
    assert plan(office, 768) == 2


def test_it_stays_open_while_a_line_came_after_what_was_overwritten(office: Office) -> None:
    plan(office, 256, 512)
    plan(office, 768, kind=OTHER)
    office.run(lambda tx: act.mark(tx, [256]))
    before = office.read(act.carried_out)
    assert before == {1: 1, 2: 0}
    office.run(lambda tx: act.mark(tx, [512]))
    assert not office.run(lambda tx: act.close(tx, 1, before[1]))
    assert [one.number for one in office.read(act.under_way)] == [1, 2]
    assert office.run(lambda tx: act.close(tx, 1, office.read(act.carried_out)[1]))
    assert office.read(act.carried_out) == {2: 0}


def test_one_of_which_nothing_was_destroyed_is_closed(office: Office) -> None:
    plan(office, 256)
    office.run(lambda tx: act.strike(tx, [256]))
    assert office.run(lambda tx: act.close(tx, 1, office.read(act.carried_out)[1]))
    assert office.read(lambda c: act.find(c, 1)).parts == 0


def test_a_long_act_is_continued_in_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(act, "LARGEST", 2)
    assert [plan(office, number << 8) for number in range(1, 6)] == [1, 1, 2, 2, 3]


def test_an_act_is_young_for_a_while(office: Office) -> None:
    plan(office, 256)
    plan(office, 512, kind=OTHER)
    acts = office.read(act.under_way)
    last = acts[0].opened_at + act.OPEN_MS
    assert [act.is_young(acts, at) for at in (last - 1, last)] == [True, False]
    assert act.is_young([], last)


def test_what_stands_in_an_act_stays_there(office: Office) -> None:
    plan(office, 256)
    office.run(lambda tx: act.plan(tx, KIND, {256: "SOMEBODY ELSE"}))
    (line,) = office.read(lambda c: [*act.lines(c, 1)])
    assert line.subject == "SOMEBODY"
    assert office.read(lambda c: act.subject_of(c, 256, 511)) == "SOMEBODY"
    assert office.read(lambda c: act.subject_of(c, 512, 767)) is None


def test_the_digest_is_of_every_line() -> None:
    lines = [Line(256, "A", 1), Line(512, "B", 2)]
    others = [lines[::-1], lines[:1], [Line(256, "A", 3), lines[1]], [Line(256, "C", 1), lines[1]]]
    assert len({act.digest(some) for some in (lines, *others)}) == 5


def test_an_act_that_there_is_not(office: Office) -> None:
    with pytest.raises(errors.Missing):
        office.read(lambda c: act.find(c, 1))
