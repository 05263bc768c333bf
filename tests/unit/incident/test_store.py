# SPDX-License-Identifier: Apache-2.0
"""Incidents are added to and never changed; words are sealed, and end three years after the close."""

import hashlib

import pytest
from sqlalchemy import select

from tests import incidents
from tests.office import Office
from uphold import errors
from uphold.incident import store, stored
from uphold.incident.case import Sent, What, Whose
from uphold.incident.store import Opening
from uphold.incident.tables import incident_line
from uphold.journal import entry

WORDS = "Mr Secretov read the inbox"


def opened(office: Office, **changed: int) -> int:
    opening = Opening(office.run(lambda tx: tx.now) - 3_600_000, words=WORDS, **changed)  # type: ignore[arg-type]  # numbers by name
    return office.run(lambda tx: store.open_(tx, office.ring, opening, 2)).number


def noted(office: Office, number: int, what: What, value: str, words: str = "") -> int:
    return office.run(lambda tx: store.note(tx, office.ring, number, what, value, words, 2))


def test_what_is_added_is_found_again_on_each_engine(office: Office) -> None:
    number = opened(office)
    noted(office, number, What.BREACHED, "yes")
    given = Sent("ru-152fz-first", office.run(lambda tx: tx.now), 1, "d" * 64, "no. 77")
    office.run(lambda tx: store.give(tx, office.ring, number, given, 2))
    lesson = incidents.lesson()
    office.run(lambda tx: store.learn(tx, office.ring, number, lesson))
    found = office.read(lambda c: stored.find(c, office.ring, number))
    assert found.words(What.INCIDENT) == (WORDS,)
    assert found.value(What.BREACHED) == "yes"
    assert [one.reference for one in found.sent] == ["no. 77"]
    assert [(one.name, one.words) for one in found.lessons] == [(lesson.name, lesson.words)]
    mine = [one for one in office.entries() if one.kind.startswith("incident")]
    assert [one.kind.partition(".")[2] for one in mine] == [
        *("opened", "noted", "noted", "notified", "noted"),
    ]
    assert found.lines[0].entry == found.entry
    bare = office.read(lambda c: stored.find(c, None, number))
    assert bare.words(What.INCIDENT) == ()


def test_the_entry_of_a_line_has_its_digest(sqlite_office: Office) -> None:
    office = sqlite_office
    number = opened(office)
    given = Sent("ru-152fz-first", office.run(lambda tx: tx.now), 1, "d" * 64)
    office.run(lambda tx: store.give(tx, office.ring, number, given, 2))
    rows = office.read(lambda c: c.execute(select(incident_line)).mappings().all())
    assert [row["what"] for row in rows] == [What.INCIDENT, What.GIVEN]
    for row in rows:
        codes = entry.decode(office.raw()[row["entry"]]).codes
        assert codes["line"] == hashlib.sha256(stored.body(row)).hexdigest()


def test_a_move_of_the_detection_needs_a_reason_and_keeps_both(sqlite_office: Office) -> None:
    office = sqlite_office
    number, earlier = opened(office), str(office.run(lambda tx: tx.now) - 7_200_000)
    with pytest.raises(errors.Invalid, match="reason"):
        noted(office, number, What.DETECTED, earlier)
    noted(office, number, What.DETECTED, earlier, "The mail had come an hour before.")
    found = office.read(lambda c: stored.find(c, None, number))
    assert len(found.all(What.DETECTED)) == 2
    assert found.detected_at == int(earlier)


def test_what_lies_ahead_is_refused(sqlite_office: Office) -> None:
    office = sqlite_office
    ahead = office.run(lambda tx: tx.now) + 60_000
    with pytest.raises(errors.Invalid):
        office.run(lambda tx: store.open_(tx, office.ring, Opening(ahead), 2))
    number = opened(office)
    given = Sent("ru-152fz-first", ahead + 60_000, 0, "")
    with pytest.raises(errors.Invalid):
        office.run(lambda tx: store.give(tx, office.ring, number, given, 2))
    with pytest.raises(errors.Invalid):
        noted(office, number, What.CLOSED, "")


def test_a_closed_one_takes_no_line_until_it_is_opened_again(sqlite_office: Office) -> None:
    office = sqlite_office
    number = opened(office)
    office.run(lambda tx: store.close(tx, office.ring, number, 2))
    with pytest.raises(errors.Conflict):
        noted(office, number, What.BREACHED, "yes")
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: store.close(tx, office.ring, number, 2))
    office.run(lambda tx: store.reopen(tx, office.ring, number, "The authority asks.", 2))
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: store.reopen(tx, office.ring, number, "The authority asks.", 2))
    noted(office, number, What.BREACHED, "yes")


def test_words_end_three_years_after_the_close_and_lines_stay(sqlite_office: Office) -> None:
    office = sqlite_office
    number = opened(office)
    later = office.run(lambda tx: tx.now) + store.WORDS_MS + 60_000
    office.run(lambda tx: store.forget(tx, later))
    assert office.read(lambda c: stored.find(c, office.ring, number)).words(What.INCIDENT)
    office.run(lambda tx: store.close(tx, office.ring, number, 2))
    office.run(lambda tx: store.forget(tx, later - store.WORDS_MS))
    assert office.read(lambda c: stored.find(c, office.ring, number)).words(What.INCIDENT)
    office.run(lambda tx: store.forget(tx, later))
    found = office.read(lambda c: stored.find(c, office.ring, number))
    assert found.words(What.INCIDENT) == ()
    assert found.last(What.INCIDENT) is not None


def test_an_alert_has_one_incident(sqlite_office: Office) -> None:
    office = sqlite_office
    first, second = opened(office, alert=9), opened(office, alert=9)
    assert first == second
    assert office.read(lambda c: stored.of_alert(c, 9)) == first
    assert office.read(lambda c: stored.of_alert(c, 8)) == 0
    assert office.kinds().count("incident.opened") == 1


def test_those_of_probes_are_apart_and_their_words_end_with_the_run(sqlite_office: Office) -> None:
    office = sqlite_office
    number = opened(office, whose=Whose.PROBES)
    kept = opened(office, whose=Whose.DRILL)
    assert [one.number for one in office.read(stored.listed)] == []
    office.run(store.end_exercised)
    for one, words in ((number, ()), (kept, (WORDS,))):
        found = office.read(lambda c, one=one: stored.find(c, office.ring, one))  # type: ignore[misc]  # bound now
        assert found.words(What.INCIDENT) == words


def test_the_files_of_the_site_hold_no_word_of_it(sqlite_office: Office) -> None:
    opened(sqlite_office)
    assert b"Secretov" not in sqlite_office.stored()
