# SPDX-License-Identifier: Apache-2.0
"""What an alert puts upon an account: it binds at once and in every process, it ends, and somebody always can work."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import cast, office as offices
from tests.office import Office
from uphold import errors
from uphold.access import exercise, hold, reading, restraint, session
from uphold.access.gate import Hold, Reason
from uphold.access.permission import Actor, Role
from uphold.access.reading import Denied, Opened
from uphold.access.restraint import Bonds, Spared, Wanted, What
from uphold.access.session import Attempt, Signed

HOUR = 60 * restraint.MINUTE
RULE = "record-sweep"


def place(office: Office, what: What, staff: int = 0, source: str = "", ms: int = HOUR) -> int:
    wanted = Wanted(what, staff, source, offices.now() + ms, 7, RULE)
    return office.run(lambda tx: restraint.place(tx, wanted))


def bonds(office: Office, staff: int, at: int = 0) -> Bonds:
    return office.read(lambda c: restraint.bonds(c, staff, at or offices.now()))


def sign_in(office: Office, person: cast.Staff) -> None:
    attempt = Attempt(person.login, person.password, offices.SOURCE)
    signed = session.sign_in(office.writer, attempt, key=offices.KEY, now=offices.now())
    assert isinstance(signed, Signed)


@pytest.mark.parametrize(
    ("what", "able", "own", "why"),
    [
        (What.LOCK, {1, 2}, True, None),
        (What.LOCK, {1}, True, Spared.LAST_ABLE),
        (What.EXPORT, {1}, True, Spared.LAST_ABLE),
        (None, {1}, True, Spared.LAST_ABLE),
        (What.STEP_UP, {1}, True, None),
        (What.DELAY, {1}, False, None),
        (What.LOCK, {2}, True, None),
        (What.LOCK, set(), True, None),
        (What.LOCK, {1, 2}, False, Spared.NOT_THEIR_ACT),
        (None, {1, 2}, False, Spared.NOT_THEIR_ACT),
        (What.STEP_UP, {1, 2}, False, None),
    ],
)
def test_the_last_who_could_help_and_who_did_nothing_are_spared(
    what: What | None, able: set[int], own: bool, why: Spared | None
) -> None:
    assert restraint.spare(what, 1, able, is_own_act=own) is why


def test_a_lock_binds_one_account_until_its_end_and_is_journaled(office: Office) -> None:
    number = place(office, What.LOCK, 3)
    found = bonds(office, 3)
    assert found.is_locked
    assert not bonds(office, 4).is_locked
    assert not bonds(office, 3, found.locked_until).is_locked
    placed = office.entries()[-1]
    assert (placed.kind, placed.codes) == (
        "restraint.placed",
        {
            "restraint": number,
            "what": "lock",
            "staff": 3,
            "alert": 7,
            "until": found.locked_until // 1000,
        },
    )


def test_nothing_lasts_longer_than_a_day(office: Office) -> None:
    place(office, What.LOCK, 3, ms=30 * 24 * HOUR)
    assert bonds(office, 3).locked_until <= offices.now() + restraint.LONGEST_MS


def test_a_restraint_is_lifted_by_another_once(office: Office) -> None:
    number = place(office, What.LOCK, 3)
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: restraint.lift(tx, number, 3))
    assert office.run(lambda tx: restraint.lift(tx, number, 4))
    assert not office.run(lambda tx: restraint.lift(tx, number, 4))
    assert bonds(office, 3) == restraint.Bonds()
    assert office.kinds().count("restraint.lifted") == 1
    found = office.read(lambda c: restraint.over(c, offices.now(), 9))
    assert [(one.number, one.lifted_by) for one in found] == [(number, 4)]


def test_there_is_nothing_to_lift_where_nothing_was_placed(office: Office) -> None:
    with pytest.raises(errors.Missing):
        office.run(lambda tx: restraint.lift(tx, 9, 1))


@pytest.mark.parametrize("what", [What.LOCK, What.STEP_UP])
def test_nobody_in_particular_is_not_locked(office: Office, what: What) -> None:
    with pytest.raises(errors.Invalid):
        place(office, what)


def test_a_stop_of_exports_is_one_persons_or_everybodys(office: Office) -> None:
    place(office, What.EXPORT, 3)
    assert (bonds(office, 3).is_export_frozen, bonds(office, 4).is_export_frozen) == (True, False)
    place(office, What.EXPORT)
    assert bonds(office, 4).is_export_frozen


def test_the_gate_obeys_a_lock_in_the_transaction_of_the_reading(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = office.question(clerk, record)
    assert isinstance(reading.open_record(office.writer, office.ring, question), Opened)
    place(office, What.LOCK, clerk.staff)
    denied = reading.open_record(office.writer, office.ring, question)
    assert isinstance(denied, Denied)
    assert denied.reason == Reason.STAFF_HELD


def test_the_gate_asks_for_a_new_proof_of_sessions_that_were_proven_before(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    before = offices.now() - 1
    place(office, What.STEP_UP, clerk.staff)
    since = bonds(office, clerk.staff).proof_since
    stale = Actor(clerk.staff, Role.CLERK, proven_at=before)
    fresh = Actor(clerk.staff, Role.CLERK, proven_at=since + 1)
    denied = reading.open_record(office.writer, office.ring, office.question(stale, record))
    assert isinstance(denied, Denied)
    assert denied.reason == Reason.PROOF_NEEDED
    opened = reading.open_record(office.writer, office.ring, office.question(fresh, record))
    assert isinstance(opened, Opened)


def test_holds_and_locks_bind_side_by_side(office: Office) -> None:
    until = offices.now() + HOUR
    stop = Hold(None, None, None, until)
    office.run(lambda tx: hold.place(tx, office.ring, stop, hold.Reason.SUSPICION))
    place(office, What.LOCK, 5)
    found = office.read(lambda c: hold.active(c, offices.now()))
    assert [one.staff for one in found] == [None, 5]


def test_requests_under_a_delay_stand_in_one_line_and_later_ones_come_again(office: Office) -> None:
    place(office, What.DELAY, 3)
    at = offices.now()

    def ask(_: int) -> int:
        found = office.run(lambda tx: restraint.turn(tx, 3, "", at))
        assert found is not None
        return found.wait_ms

    with ThreadPoolExecutor(8) as pool:
        waits = sorted(pool.map(ask, range(8)))
    allowed = [wait for wait in waits if wait <= restraint.PATIENCE_MS]
    assert allowed == [restraint.PACE_MS * turn for turn in range(5)]
    assert set(waits[5:]) == {restraint.PACE_MS * 5}
    later = office.run(lambda tx: restraint.turn(tx, 3, "", at + restraint.PACE_MS))
    assert later is not None
    assert not later.is_refused


def test_a_delay_of_a_source_binds_that_source(office: Office) -> None:
    place(office, What.DELAY, source="abc")
    at = offices.now()
    with office.app.database.read() as connection:
        asked = [(0, "abc"), (0, "def"), (0, ""), (3, "")]
        found = [restraint.is_delayed(connection, who, place, at) for who, place in asked]
    assert found == [True, False, False, False]
    assert office.run(lambda tx: restraint.turn(tx, 3, "def", at)) is None


def test_who_could_help_has_signed_in_of_late_and_is_not_locked(office: Office) -> None:
    owner, officer = office.staff(cast.owner), office.staff(cast.officer)
    office.staff(cast.clerk)
    at = offices.now
    assert office.read(lambda c: restraint.able(c, at())) == frozenset()
    for person in (cast.owner, cast.officer, cast.clerk):
        sign_in(office, person)
    assert office.read(lambda c: restraint.able(c, at())) == {owner.staff, officer.staff}
    place(office, What.LOCK, officer.staff)
    assert office.read(lambda c: restraint.able(c, at())) == {owner.staff}
    assert (
        office.read(lambda c: restraint.able(c, at() + restraint.ABLE_MS + 60_000)) == frozenset()
    )


def test_a_drill_is_of_an_exercises_own_account_and_ends_with_all_it_did(office: Office) -> None:
    person = office.staff(cast.clerk)
    made = exercise.open_account(office.writer, 5, Role.CLERK)
    with pytest.raises(errors.Invalid):
        office.run(lambda tx: restraint.begin_drill(tx, person.staff, 5))
    office.run(lambda tx: restraint.begin_drill(tx, made.number, 5))
    assert office.read(lambda c: restraint.is_drilled(c, made.number))
    place(office, What.LOCK, made.number)
    place(office, What.LOCK, person.staff)
    office.run(lambda tx: restraint.end_drill(tx, 5))
    assert bonds(office, made.number) == restraint.Bonds()
    assert bonds(office, person.staff).is_locked
    assert not office.read(lambda c: restraint.is_drilled(c, made.number))
