# SPDX-License-Identifier: Apache-2.0
"""What is due is destroyed, and nothing else; each act is requested before and done after."""

from functools import partial

import pytest
from sqlalchemy import Connection, select, update

from tests import cast, site
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.database import engine
from uphold.enquiry import desk
from uphold.enquiry.desk import State
from uphold.retention import act, due, orders, sweep
from uphold.retention.orders import Terms
from uphold.retention.sweep import Done, Reason
from uphold.retention.tables import retention_act
from uphold.vault import destroyed, records, remains
from uphold.vault.tables import vault_key, vault_part

DAY = 24 * 60 * 60 * 1000
EVIDENCE, TECHNICAL = "consent-evidence", "security"


def destroy(office: Office, record: int) -> list[int]:
    return office.run(lambda tx: sweep.destroy(tx, office.ring, record, Reason.DISCARDED))


def swept(office: Office, days: float) -> Done:
    """What the sweep of so many days from now does."""
    found = office.app.sweep().run(site.now() + int(days * DAY))
    assert found is not None
    return found


def purposes(office: Office, record: int) -> list[str]:
    return [purpose for _, purpose in office.read(lambda c: remains.live(c, record))]


def close(office: Office, record: int) -> None:
    office.run(lambda tx: desk.move(tx, office.ring, record, State.CLOSED, 1))


def told(office: Office, *kinds: str) -> list[tuple[str, object]]:
    return [(e.kind, e.codes.get("reason", "")) for e in office.entries() if e.kind in kinds]


def test_every_part_ends_and_is_journaled(office: Office) -> None:
    record, other = office.submit(), office.submit()
    parts = office.read(lambda c: remains.live(c, record))
    assert len(parts) == 3
    assert destroy(office, record) == [number for number, _ in parts]
    assert office.read(lambda c: remains.live(c, record)) == []
    assert len(office.read(lambda c: remains.live(c, other))) == 3
    ended = [e.codes for e in office.entries() if e.kind == "part.destroyed"]
    assert ended == [{"purpose": purpose, "reason": "discarded"} for _, purpose in parts]


def test_what_is_discarded_gets_its_acts_and_the_next_sweep_closes_them(office: Office) -> None:
    record = office.submit()
    destroy(office, record)
    assert len(office.read(act.under_way)) == 3
    done = swept(office, 0)
    assert len(done.acts) == 3
    found = office.read(act.every)
    assert {(one.kind.purpose, one.kind.reason, one.parts) for one in found} == {
        (purpose, "discarded", 1) for purpose in (PURPOSE, EVIDENCE, TECHNICAL)
    }
    assert office.kinds()[-3:] == ["destruction.done"] * 3
    subjects = {
        line.subject
        for one in found
        for line in office.read(lambda c, one=one: [*act.lines(c, one.number)])  # type: ignore[misc] # mypy infers no lambda with a default
    }
    assert len(subjects) == 1


def test_twice_destroys_nothing_twice(office: Office) -> None:
    record = office.submit()
    destroy(office, record)
    assert destroy(office, record) == []
    assert office.kinds().count("part.destroyed") == 3


def test_nothing_ends_before_its_time(office: Office) -> None:
    record = office.submit()
    before = office.raw()
    done = swept(office, 13.9)
    assert (done.records, done.parts, done.acts) == (0, {}, [])
    assert office.raw() == before
    assert len(purposes(office, record)) == 3


def test_each_purpose_ends_in_its_turn(office: Office) -> None:
    record = office.submit()
    done = swept(office, 14.1)
    assert {kind.purpose: count for kind, count in done.parts.items()} == {TECHNICAL: 1}
    assert purposes(office, record) == [EVIDENCE, PURPOSE]
    swept(office, 366)
    assert purposes(office, record) == [EVIDENCE]
    assert swept(office, 4 * 365).parts == {}
    swept(office, 4 * 366)
    assert purposes(office, record) == []
    assert office.read(lambda c: due.all_above(c, 0, 10)) == []


def test_closing_brings_the_end_nearer_and_reopening_takes_it_back(office: Office) -> None:
    closed, reopened = office.submit(), office.submit()
    for record in (closed, reopened):
        close(office, record)
    office.run(lambda tx: desk.move(tx, office.ring, reopened, State.IN_WORK, 1))
    swept(office, 29)
    assert PURPOSE in purposes(office, closed)
    swept(office, 31)
    assert purposes(office, closed) == [EVIDENCE]
    assert purposes(office, reopened) == [EVIDENCE, PURPOSE]


def test_an_act_is_requested_before_and_done_after(office: Office) -> None:
    first, second = office.submit(), office.submit(cast.stranger)
    again = office.submit()
    swept(office, 15)
    kinds = ("destruction.requested", "part.destroyed", "destruction.done")
    assert told(office, *kinds) == [
        ("destruction.requested", "term-ended"),
        *[("part.destroyed", "term-ended")] * 3,
        ("destruction.done", ""),
    ]
    (found,) = office.read(act.every)
    assert (found.kind.purpose, found.parts) == (TECHNICAL, 3)
    lines = office.read(lambda c: list(act.lines(c, found.number)))
    assert {line.part >> 8 for line in lines} == {first, second, again}
    by_record = {line.part >> 8: line.subject for line in lines}
    # One person has one number, another person another.
    assert by_record[first] == by_record[again] != by_record[second]
    (done,) = [e.codes for e in office.entries() if e.kind == "destruction.done"]
    assert done == {"act": 1, "parts": 3, "lines": act.digest(lines)}
    assert office.ring.destroyed is not None
    assert {line.part for line in lines} <= destroyed.read(office.ring.destroyed)


def test_a_person_keeps_the_number_when_the_address_is_gone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(act, "KEPT", "P30Y")
    record = office.submit()
    swept(office, 15)
    swept(office, 4 * 366)
    acts = office.read(act.every)
    assert {one.kind.purpose for one in acts} == {TECHNICAL, PURPOSE, EVIDENCE}
    lines = office.read(lambda c: [line for one in acts for line in act.lines(c, one.number)])
    assert {line.part >> 8 for line in lines} == {record}
    assert len({line.subject for line in lines}) == 1


def test_an_order_keeps_what_is_due_until_it_ends(office: Office) -> None:
    kept, other = office.submit(), office.submit()
    until = site.now() + 100 * DAY
    terms = Terms(kept, None, "Criminal case 1", site.now(), until)
    office.run(lambda tx: orders.place(tx, terms, 1))
    swept(office, 15)
    assert TECHNICAL in purposes(office, kept)
    assert TECHNICAL not in purposes(office, other)
    swept(office, 99)
    assert TECHNICAL in purposes(office, kept)
    swept(office, 101)
    assert TECHNICAL not in purposes(office, kept)


def test_a_lifted_order_lets_the_next_sweep_destroy(office: Office) -> None:
    record = office.submit()
    for terms in (
        Terms(record, None, "A court", site.now(), None),
        Terms(None, TECHNICAL, "Another court", site.now(), None),
    ):
        number = office.run(partial(orders.place, terms=terms, staff=1))
        swept(office, 15)
        assert TECHNICAL in purposes(office, record)
        assert office.app.sweep().preview(site.now() + 15 * DAY).kept == 1
        office.run(partial(orders.lift, number=number, staff=2))
    swept(office, 15)
    assert TECHNICAL not in purposes(office, record)


def test_what_an_order_came_for_after_it_was_planned_stays(office: Office) -> None:
    record = office.submit()
    swept(office, 1)
    parts = office.read(lambda c: remains.live(c, record))
    (part,) = [number for number, purpose in parts if purpose == TECHNICAL]
    kind = act.Kind(TECHNICAL, 1, "term-ended")
    office.run(lambda tx: act.plan(tx, kind, {part: "SOMEBODY"}))
    office.run(lambda tx: orders.place(tx, Terms(record, None, "A court", 0, None), 1))
    swept(office, 15)
    assert TECHNICAL in purposes(office, record)
    (found,) = office.read(act.every)
    assert found.parts == 0


def test_what_a_killed_sweep_planned_is_destroyed_by_the_next(office: Office) -> None:
    record = office.submit()
    swept(office, 1)
    parts = office.read(lambda c: remains.live(c, record))
    (part,) = [number for number, purpose in parts if purpose == TECHNICAL]
    kind = act.Kind(TECHNICAL, 1, "term-ended")
    office.run(lambda tx: act.plan(tx, kind, {part: "SOMEBODY"}))
    swept(office, 15)
    (found,) = office.read(act.every)
    assert (found.number, found.parts) == (1, 1)
    assert office.kinds().count("destruction.requested") == 1


def test_one_process_sweeps_at_a_time(office: Office) -> None:
    office.submit()
    assert office.run(lambda tx: due.hold(tx, "another"))
    assert office.app.sweep().run(site.now() + 15 * DAY) is None
    office.run(lambda tx: due.release(tx, "another"))
    assert swept(office, 15).parts


def test_acts_are_kept_for_three_years(office: Office) -> None:
    office.submit()
    swept(office, 15)
    swept(office, 3 * 365)
    assert 1 in [one.number for one in office.read(act.every)]
    swept(office, 3 * 366)
    assert 1 not in [one.number for one in office.read(act.every)]
    # No number comes twice.
    swept(office, 4 * 366)
    assert 1 not in [one.number for one in office.read(act.every)]


def test_each_act_goes_in_a_transaction_of_its_own(sqlite_office: Office) -> None:
    """Whoever writes waits no longer than for one of them: each may have thousands of lines."""
    office = sqlite_office
    destroy(office, office.submit())
    assert len(swept(office, 0).acts) == 3
    with office.app.database.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER keeping BEFORE DELETE ON retention_act WHEN OLD.number = 3"
            " BEGIN SELECT RAISE(ABORT, 'it is kept'); END"
        )
    with pytest.raises(errors.Conflict):
        swept(office, 3 * 366)
    assert [one.number for one in office.read(act.every)] == [3]
    assert [*office.read(lambda c: [*act.lines(c, 1)])] == []


def test_a_sweep_ends_more_parts_than_go_into_one_transaction(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "PAGE", 2)
    records_ = [office.submit() for _ in range(5)]
    parts = [number for one in records_ for number, _ in office.read(partial(_live, record=one))]
    kind = act.Kind(TECHNICAL, 1, "term-ended")
    # As a sweep leaves them that was killed.
    office.run(lambda tx: act.plan(tx, kind, dict.fromkeys(parts[2::3], "SOMEBODY")))
    done = swept(office, 4 * 366)
    assert sum(done.parts.values()) == len(parts) == 15
    assert [one for record in records_ for one in purposes(office, record)] == []
    assert office.read(act.pending) == []
    assert office.read(act.under_way) == []


def _live(connection: Connection, record: int) -> list[tuple[int, str]]:
    return remains.live(connection, record)


def test_a_dry_run_says_the_same_and_touches_nothing(office: Office) -> None:
    record = office.submit()
    close(office, record)
    before = office.raw()
    at = site.now() + 31 * DAY
    planned = office.app.sweep().preview(at)
    assert office.raw() == before
    done = office.app.sweep().run(at)
    assert done is not None
    assert planned.parts == done.parts != {}


def test_a_part_that_will_not_go_does_not_keep_the_sweep_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.submit()
    monkeypatch.setattr(records, "destroy_each", lambda *_: {})
    done = swept(office, 15)
    assert done.parts.get(act.Kind(TECHNICAL, 1, "term-ended"), 0) == 0


def test_no_byte_of_a_destroyed_key_is_left_in_any_file(sqlite_office: Office) -> None:
    record = sqlite_office.submit()
    sqlite_office.submit(cast.stranger)
    parts = sqlite_office.read(lambda c: remains.live(c, record))
    (part,) = [number for number, purpose in parts if purpose == TECHNICAL]
    key, content = sqlite_office.read(
        lambda c: (
            c.execute(select(vault_key.c.wrapped).where(vault_key.c.number == part)).scalar_one(),
            c.execute(select(vault_part.c.sealed).where(vault_part.c.number == part)).scalar_one(),
        )
    )
    assert key in sqlite_office.stored()
    swept(sqlite_office, 15)
    assert key not in sqlite_office.stored()
    assert content not in sqlite_office.stored()


def test_an_act_is_not_closed_while_a_reader_keeps_the_old_state(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is still in the file then: the sweep is done all the same, and the next one closes the act."""
    monkeypatch.setattr(engine, "WIPE_SECONDS", 0.2)
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    sqlite_office.submit()
    with sqlite_office.app.database.read() as connection:
        remains.live(connection, 1)
        before = sqlite_office.read(due.state).ended_at
        assert swept(sqlite_office, 15).acts == []
        assert sqlite_office.read(due.state).ended_at > before
        # Whoever waits for an erasure is not told that it is done.
        with pytest.raises(errors.Unavailable):
            sqlite_office.app.sweep().finish()
        opened = retention_act.c.opened_at
        sqlite_office.run(
            lambda tx: tx.execute(update(retention_act).values(opened_at=opened - act.OPEN_MS))
        )
        with pytest.raises(errors.Unavailable):
            swept(sqlite_office, 15)
    assert sqlite_office.kinds().count("destruction.done") == 0
    swept(sqlite_office, 15)
    assert sqlite_office.kinds().count("destruction.done") == 1
    (found,) = sqlite_office.read(act.every)
    assert found.parts == 1


def test_what_is_destroyed_while_it_overwrites_waits_for_the_next(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sqlite_office
    first, second = office.submit(), office.submit()
    destroy(office, first)
    wipe = office.app.database.wipe

    def beside() -> None:
        wipe()
        destroy(office, second)

    monkeypatch.setattr(office.app.database, "wipe", beside)
    assert swept(office, 0).acts == []
    assert len(office.read(act.under_way)) == 3
    monkeypatch.setattr(office.app.database, "wipe", wipe)
    assert len(swept(office, 0).acts) == 3
    assert {one.parts for one in office.read(act.every)} == {2}


def test_finishing_closes_what_is_planned_and_looks_for_nothing_else(sqlite_office: Office) -> None:
    office = sqlite_office
    discarded, other = office.submit(), office.submit()
    destroy(office, discarded)
    later = site.now() + 800 * DAY
    done = office.app.sweep().finish(later)
    assert done is not None
    assert len(done.acts) == 3
    assert office.read(act.under_way) == []
    assert len(office.read(lambda c: remains.live(c, other))) == 3
    office.run(lambda tx: due.hold(tx, "another"))
    assert office.app.sweep().finish() is None


def test_whoever_was_told_already_is_not_troubled_by_what_cannot_be_closed_now(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    destroy(office, office.submit())
    found = office.app.sweep()
    office.app.close()
    with pytest.raises(errors.Unavailable):
        found.finish()
    found.finish_if_possible()
