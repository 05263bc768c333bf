# SPDX-License-Identifier: Apache-2.0
"""What an alert does: each step of the ladder, what stands above it, and that an exercise's alert binds no person."""

import pytest

from tests import cast, office as offices
from tests.office import Office, quick_hashing, sqlite_office
from uphold.access import client, exercise, hold, reading, restraint, session, signal
from uphold.access.gate import Hold
from uphold.access.permission import Actor, Permission, Role
from uphold.access.reading import Opened
from uphold.access.restraint import What
from uphold.access.session import Attempt, Signed
from uphold.access.signal import Kind, Signal
from uphold.detection import respond
from uphold.detection.respond import Applied, Cause, Done, Ladder
from uphold.detection.rule import Response

__all__ = ["quick_hashing", "sqlite_office"]

HOUR = 60 * restraint.MINUTE
RULE = "record-sweep"


def sign_in(office: Office, person: cast.Staff) -> str:
    attempt = Attempt(person.login, person.password, offices.SOURCE)
    signed = session.sign_in(office.writer, attempt, key=offices.KEY, now=offices.now())
    assert isinstance(signed, Signed)
    return signed.token


def own(office: Office, actor: Actor) -> tuple[str, ...]:
    """Let somebody read a record, and return the event of it."""
    question = office.question(actor, office.submit())
    opened = reading.open_record(office.writer, office.ring, question)
    assert isinstance(opened, Opened)
    return (f"j{opened.entry}",)


def act(
    office: Office, cause: Cause, *steps: Response, ladder: Ladder | None = None
) -> list[tuple[Response, Done]]:
    wanted = ladder or Ladder(steps)
    found: tuple[Applied, ...] = office.run(
        lambda tx: respond.apply(tx, office.ring, cause, wanted)
    )
    return [(one.step, one.done) for one in found]


def in_force(office: Office) -> list[tuple[What, int, str]]:
    found = office.read(lambda c: restraint.in_force(c, offices.now()))
    return sorted((one.what, one.staff, one.source) for one in found)


@pytest.fixture
def clerk(sqlite_office: Office) -> Actor:
    made = sqlite_office.staff(cast.clerk)
    sign_in(sqlite_office, cast.clerk)
    return made


def test_the_whole_ladder_binds_who_did_it(sqlite_office: Office, clerk: Actor) -> None:
    office = sqlite_office
    cause = Cause(1, RULE, clerk.staff, "", own(office, clerk))
    found = act(office, cause, *Response)
    assert found == [(step, Done.APPLIED) for step in Response]
    who = clerk.staff
    assert in_force(office) == [
        (What.DELAY, who, ""),
        (What.EXPORT, who, ""),
        (What.LOCK, who, ""),
        (What.STEP_UP, who, ""),
    ]
    stop = Hold(None, None, None, office.read(lambda c: hold.active(c, offices.now()))[0].until_at)
    assert stop in office.read(lambda c: hold.active(c, offices.now()))
    assert stop.until_at <= offices.now() + restraint.LONGEST_MS
    assert "staff.signed-out" in office.kinds()


def test_what_binds_already_is_not_placed_again_and_the_vault_once_a_day(
    sqlite_office: Office, clerk: Actor
) -> None:
    office = sqlite_office
    cause = Cause(1, RULE, clerk.staff, "", own(office, clerk))
    steps = (Response.LOCK, Response.FREEZE_VAULT)
    act(office, cause, *steps)
    shorter = Ladder(steps, for_ms=HOUR // 2)
    assert act(office, cause, ladder=shorter) == [(step, Done.STANDS) for step in steps]
    number = office.read(lambda c: hold.in_force(c, offices.now()))[0].number
    office.run(lambda tx: hold.lift(tx, number, by=9))
    assert act(office, cause, Response.FREEZE_VAULT) == [(Response.FREEZE_VAULT, Done.PERSON)]


def test_trying_a_rule_out_does_nothing(sqlite_office: Office, clerk: Actor) -> None:
    office = sqlite_office
    cause, before = Cause(1, RULE, clerk.staff, "", own(office, clerk)), len(office.kinds())
    dry = Ladder((Response.NOTIFY, Response.LOCK, Response.DELAY), acts=False)
    assert act(office, cause, ladder=dry) == [
        (Response.NOTIFY, Done.APPLIED),
        (Response.LOCK, Done.WOULD),
        (Response.DELAY, Done.WOULD),
    ]
    left = Ladder((Response.LOCK,), confirm=True)
    assert act(office, cause, ladder=left) == [(Response.LOCK, Done.PERSON)]
    assert in_force(office) == []
    assert len(office.kinds()) == before


def test_what_a_stranger_can_cause_slows_a_source_and_no_person(
    sqlite_office: Office, clerk: Actor
) -> None:
    office = sqlite_office
    ladder = Ladder((Response.DELAY, Response.LOCK, Response.REVOKE), spoofable=True)
    found = act(office, Cause(1, RULE, clerk.staff, "ab12", ()), ladder=ladder)
    assert found == [
        (Response.DELAY, Done.APPLIED),
        (Response.LOCK, Done.SPARED),
        (Response.REVOKE, Done.SPARED),
    ]
    assert act(office, Cause(1, RULE, clerk.staff, "", ()), ladder=ladder)[0][1] is Done.NOBODY
    assert in_force(office) == [(What.DELAY, 0, "ab12")]


def test_nobody_is_shut_out_for_what_a_colleague_did(sqlite_office: Office, clerk: Actor) -> None:
    office = sqlite_office
    other = office.staff(cast.officer)
    steps = (Response.LOCK, Response.REVOKE, Response.FREEZE_EXPORT, Response.FREEZE_VAULT)
    mixed = Cause(1, RULE, other.staff, "", own(office, clerk))
    assert act(office, mixed, *steps) == [(step, Done.SPARED) for step in steps]
    assert act(office, mixed, Response.STEP_UP) == [(Response.STEP_UP, Done.APPLIED)]
    unseen = Cause(2, RULE, other.staff, "", ())
    assert act(office, unseen, Response.LOCK) == [(Response.LOCK, Done.SPARED)]
    spared = [one for one in office.entries() if one.kind == "restraint.spared"]
    assert {str(one.codes["reason"]) for one in spared} == {"not-their-act"}


def test_a_try_in_somebodys_name_is_not_their_act(sqlite_office: Office, clerk: Actor) -> None:
    office = sqlite_office
    fields: dict[str, signal.Value] = {
        "outcome": "ok",
        "source": "ab" * 8,
        "network": "",
        "count": 1,
    }
    tried = Signal(Kind.TOKEN, fields, staff=clerk.staff)
    # Tried with a token of theirs that is wrong: somebody else may have.
    foreign = Signal(Kind.TOKEN, {**fields, "outcome": "expired"}, staff=clerk.staff)
    office.run(lambda tx: signal.note(tx, tried, foreign))
    last = office.read(signal.newest)
    mine = Cause(1, RULE, clerk.staff, "", (f"s{last - 1}",))
    both = Cause(1, RULE, clerk.staff, "", (f"s{last - 1}", f"s{last}"))
    assert act(office, both, Response.LOCK) == [(Response.LOCK, Done.SPARED)]
    assert act(office, mine, Response.LOCK) == [(Response.LOCK, Done.APPLIED)]


def test_two_who_provoke_rules_never_lock_each_other_out(sqlite_office: Office) -> None:
    office = sqlite_office
    owner, officer = office.staff(cast.owner), office.staff(cast.officer)
    for person in (cast.owner, cast.officer):
        sign_in(office, person)
    steps = (Response.STEP_UP, Response.REVOKE, Response.LOCK)
    last = [one for one in office.entries() if one.kind == "staff.signed-in"]
    assert {one.codes["staff"] for one in last} == {owner.staff, officer.staff}
    events = {
        one.codes["staff"]: (f"j{index}",)
        for index, one in enumerate(office.entries())
        if one.kind == "staff.signed-in"
    }
    first = act(office, Cause(1, RULE, owner.staff, "", events[owner.staff]), *steps)
    assert [done for _, done in first] == [Done.APPLIED] * 3
    second = act(office, Cause(2, RULE, officer.staff, "", events[officer.staff]), *steps)
    assert [done for _, done in second] == [Done.APPLIED, Done.SPARED, Done.SPARED]
    reasons = [str(e.codes["reason"]) for e in office.entries() if e.kind == "restraint.spared"]
    assert reasons == ["last-able", "last-able"]


def test_a_program_that_cannot_prove_itself_is_locked_and_its_token_ends(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    terms = client.Terms("crm", Role.CLERK, frozenset({Permission.ENQUIRY_LIST}), frozenset(), 9)
    made = office.run(lambda tx: client.make(tx, terms, office.edition, owner.staff))
    fields: dict[str, signal.Value] = {"outcome": "ok", "source": "", "network": "", "count": 1}
    office.run(lambda tx: signal.note(tx, Signal(Kind.TOKEN, fields, staff=made.number)))
    last = office.read(signal.newest)
    cause = Cause(1, RULE, made.number, "", (f"s{last}",))
    found = act(office, cause, Response.STEP_UP, Response.REVOKE)
    assert [done for _, done in found] == [Done.APPLIED, Done.APPLIED]
    assert in_force(office) == [(What.LOCK, made.number, "")]
    known = office.read(lambda c: client.resolve(c, made.token))
    assert known is not None
    assert known.ended(offices.now()) is client.Ended.REVOKED


def test_a_token_that_the_caught_account_made_of_late_ends_too(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    terms = client.Terms("door", Role.CLERK, frozenset({Permission.ENQUIRY_LIST}), frozenset(), 9)
    made = office.run(lambda tx: client.make(tx, terms, office.edition, owner.staff))
    index = len(office.kinds()) - 1
    cause = Cause(1, RULE, owner.staff, "", (f"j{index}",))
    assert act(office, cause, Response.REVOKE) == [(Response.REVOKE, Done.APPLIED)]
    known = office.read(lambda c: client.resolve(c, made.token))
    assert known is not None
    assert known.revoked_at


def test_exports_of_everybody_stop_where_nobody_is_named(sqlite_office: Office) -> None:
    found = act(sqlite_office, Cause(1, RULE, 0, "", ()), Response.FREEZE_EXPORT, Response.LOCK)
    assert found == [(Response.FREEZE_EXPORT, Done.APPLIED), (Response.LOCK, Done.NOBODY)]
    assert in_force(sqlite_office) == [(What.EXPORT, 0, "")]


def test_an_exercises_alert_binds_its_own_account_in_a_drill_alone(sqlite_office: Office) -> None:
    office = sqlite_office
    made = exercise.open_account(office.writer, 5, Role.CLERK)
    events = (f"j{len(office.kinds()) - 1}",)
    cause = Cause(1, RULE, made.number, "ab12", events, run=5)
    steps = (Response.DELAY, Response.LOCK, Response.FREEZE_EXPORT, Response.FREEZE_VAULT)
    assert act(office, cause, *steps) == [(step, Done.EXERCISE) for step in steps]
    assert in_force(office) == []
    office.run(lambda tx: restraint.begin_drill(tx, made.number, 5))
    assert act(office, cause, *steps) == [(step, Done.APPLIED) for step in steps]
    assert {who for _, who, _ in in_force(office)} == {made.number}
    stops = [
        one for one in office.read(lambda c: hold.active(c, offices.now())) if one.staff is None
    ]
    assert stops == []
