# SPDX-License-Identifier: Apache-2.0
"""Signals: a closed list of kinds with exact fields, in the order of commits, kept for thirty days."""

import pytest
from sqlalchemy import update

from tests import cast
from tests.office import Office
from uphold.access import exercise, signal
from uphold.access.permission import Role
from uphold.access.signal import KEPT_MS, SHAPES, Kind, Signal
from uphold.detection import event

SOURCE = "0123456789abcdef"
MISSING = Signal(Kind.MISSING, {"source": SOURCE, "count": 3})


def test_signals_come_back_as_they_were_noted_in_their_order(office: Office) -> None:
    jump = Signal(Kind.CLOCK, {"jump_seconds": 90, "back": True}, at=1_000)
    office.run(lambda tx: signal.note(tx, MISSING, jump))
    office.run(lambda tx: signal.note(tx, Signal(Kind.BACKUP_READ)))
    found = office.read(lambda c: signal.since(c, 0))
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.signal.kind for one in found] == [Kind.MISSING, Kind.CLOCK, Kind.BACKUP_READ]
    assert found[0].signal.fields == MISSING.fields
    assert found[0].signal.at > 0
    assert found[1].signal == jump
    assert (found[0].signal.service, found[1].signal.service) == ("web", "site")
    assert office.read(lambda c: signal.since(c, 2)) == found[2:]
    assert office.read(lambda c: signal.since(c, 0, most=1)) == found[:1]
    assert office.read(signal.newest) == 3


def test_a_number_is_never_given_again(office: Office) -> None:
    office.run(lambda tx: signal.note(tx, MISSING))
    office.run(lambda tx: signal.forget(tx, tx.now + KEPT_MS))
    assert office.read(signal.newest) == 0
    office.run(lambda tx: signal.note(tx, MISSING))
    assert office.read(signal.newest) == 2


def test_what_is_older_than_thirty_days_goes(sqlite_office: Office) -> None:
    at = sqlite_office.run(lambda tx: tx.now)
    old, young = (Signal(Kind.BACKUP_READ, at=at - KEPT_MS + more) for more in (0, 1))
    sqlite_office.run(lambda tx: signal.note(tx, old, young))
    sqlite_office.run(lambda tx: signal.forget(tx, at))
    assert [one.signal for one in sqlite_office.read(lambda c: signal.since(c, 0))] == [young]


def test_an_exercises_account_marks_what_it_does(sqlite_office: Office) -> None:
    made = exercise.open_account(sqlite_office.app.writer, 5, Role.CLERK)
    clerk = sqlite_office.staff(cast.clerk)
    fields: dict[str, signal.Value] = {"status": 404, "path": "/console/staff", "count": 1}
    both = [Signal(Kind.REFUSED, fields, staff=one) for one in (made.number, clerk.staff)]
    sqlite_office.run(lambda tx: signal.note(tx, *both))
    assert [one.signal.exercise for one in sqlite_office.read(lambda c: signal.since(c, 0))] == [
        5,
        0,
    ]


def test_each_kind_has_its_fields_and_no_others() -> None:
    assert SHAPES.keys() == set(Kind)
    for bad in (
        Signal(Kind.MISSING, {"source": SOURCE}),
        Signal(Kind.MISSING, {"source": SOURCE, "count": 1, "path": "/x"}),
        Signal(Kind.BACKUP_READ, {"count": 1}),
    ):
        with pytest.raises(ValueError, match="has the fields"):
            signal.check(bad)


def test_nothing_that_a_person_sent_fits_into_a_field() -> None:
    person = cast.subject
    texts = [*person.values().values(), "192.0.2.7", "2001:db8::1", "x\ny", "Mozilla/5.0 (X11)"]
    for kind, shapes in SHAPES.items():
        for name, fits in shapes.items():
            for text in texts:
                assert not fits(text), f"{kind} {name}: {text!r}"
            assert not fits(-1)
            assert not fits(2**53)


def test_a_fault_quotes_no_value() -> None:
    sent = Signal(Kind.MISSING, {"source": cast.subject.email, "count": 1})
    with pytest.raises(ValueError, match="source") as caught:
        signal.check(sent)
    assert cast.subject.email not in str(caught.value)


def test_fields_have_one_spelling() -> None:
    assert signal.written({"b": 1, "a": True, "c": "x"}) == '{"a":true,"b":1,"c":"x"}'


def test_the_reference_of_events_names_every_field() -> None:
    named = {one.kind: {field.name for field in one.fields} - {"staff"} for one in event.SIGNALS}
    assert {str(kind): set(shapes) for kind, shapes in SHAPES.items()} == {
        kind: fields for kind, fields in named.items() if kind in set(Kind)
    }


@pytest.mark.parametrize("damage", ["{", "[1]", '{"a":{"b":1}}', '{"a":null}'])
def test_a_damaged_row_keeps_nobody_from_what_others_say(
    sqlite_office: Office, damage: str
) -> None:
    place = dict.fromkeys(("source", "network", "agent"), "0123456789abcdef")
    one = Signal(Kind.SESSION, {**place, "session": 1, "changed": False}, staff=5)
    sqlite_office.run(lambda tx: signal.note(tx, one, one))
    rows = signal.access_signal
    sqlite_office.run(
        lambda tx: tx.execute(update(rows).where(rows.c.number == 1).values(fields=damage))
    )
    found = sqlite_office.read(lambda c: signal.of_staff(c, Kind.SESSION, 5, 0))
    assert [noted.number for noted in found] == [2]
    assert sqlite_office.read(lambda c: [signal.find(c, n) for n in (1, 3)]) == [None, None]
    assert sqlite_office.read(lambda c: signal.find(c, 2)) == found[0].signal
    with pytest.raises(ValueError, match="Signal 1"):
        sqlite_office.read(lambda c: signal.since(c, 0))
