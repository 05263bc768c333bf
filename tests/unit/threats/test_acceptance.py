# SPDX-License-Identifier: Apache-2.0
"""Somebody answers for an open threat: until a date, up to a severity, with words that stay out of the journal."""

import pytest

from tests import cast, office as offices
from tests.office import Office
from tests.unit.threats.test_change import finding
from tests.unit.threats.test_stored import ADDED, OVER, UID
from uphold import errors
from uphold.journal import entry
from uphold.threats import acceptance, stored
from uphold.threats.acceptance import LONGEST_MS
from uphold.threats.judge import State

DAY = 24 * 60 * 60 * 1000
WORDS = "The lodge is rebuilt in spring."


def test_an_open_threat_is_accepted(office: Office) -> None:
    owner = office.staff(cast.owner).staff
    office.run(lambda tx: stored.enter(tx, ADDED, 0))
    until = offices.now() + DAY
    index = office.run(lambda tx: acceptance.accept(tx, UID, owner, f" {WORDS} ", until))
    given = office.read(acceptance.newest)[UID]
    assert (given.staff, given.why, given.severity, given.until) == (owner, WORDS, 3, until)
    assert office.read(stored.findings)[UID].state is State.ACCEPTED
    change = office.read(stored.changes)[0]
    assert (change.kind, change.cause) == ("accepted", index)
    raw = office.read(lambda c: office.app.log.entry(c, index))
    assert dict(entry.decode(raw).codes) == {
        "finding": stored.digest(UID),
        "rule": "plain",
        "staff": owner,
        "until": until // 1000,
    }
    assert b"lodge" not in raw


def test_it_may_be_prolonged_and_the_newest_counts(sqlite_office: Office) -> None:
    office = sqlite_office
    office.run(lambda tx: stored.enter(tx, ADDED, 0))
    soon, until = offices.now() + DAY, offices.now() + 2 * DAY
    office.run(lambda tx: acceptance.accept(tx, UID, 0, WORDS, soon))
    office.run(lambda tx: acceptance.accept(tx, UID, 0, WORDS, until))
    assert office.read(acceptance.newest)[UID].until == until
    assert [one.kind for one in office.read(stored.changes)] == ["accepted", "added"]


def test_what_cannot_be_accepted(sqlite_office: Office) -> None:
    office, now = sqlite_office, offices.now()

    def accept(uid: str = UID, why: str = WORDS, until: int = now + DAY) -> int:
        return office.run(lambda tx: acceptance.accept(tx, uid, 0, why, until))

    with pytest.raises(errors.Missing, match="no finding"):
        accept()
    office.run(lambda tx: stored.enter(tx, ADDED, 0))
    for why in ("", "  ", "x" * 1001):
        with pytest.raises(errors.Invalid, match="not said why"):
            accept(why=why)
    for until in (now - 1, now + LONGEST_MS + DAY):
        with pytest.raises(errors.Invalid, match="until then"):
            accept(until=until)
    office.run(lambda tx: stored.enter(tx, OVER, 0))
    with pytest.raises(errors.Conflict, match="is resolved"):
        accept()


def test_it_covers_until_its_date_and_up_to_its_severity() -> None:
    given = {UID: acceptance.Acceptance(UID, 1, WORDS, 3, 10, 20, 5)}

    def state(severity: int, now: int, was: State = State.OPEN) -> State:
        (one,) = acceptance.applied(given, [finding(was, severity)], now)
        return one.state

    assert state(3, 19) is state(2, 19) is State.ACCEPTED
    assert state(3, 20) is state(4, 19) is State.OPEN
    assert state(3, 19, State.MITIGATED) is State.MITIGATED
    assert state(3, 19, State.UNKNOWN) is State.UNKNOWN
    other = finding(State.OPEN, 3, "form:b")
    assert acceptance.applied(given, [other], 19) == (other,)
