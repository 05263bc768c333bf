# SPDX-License-Identifier: Apache-2.0
"""Machine clients: less than their role, for a while, and ended at once."""

from dataclasses import replace

import pytest

from tests import cast
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.access import client, exercise, hold, permission, reading, session, staff
from uphold.access.client import DAY_MS, Ended, Made, Terms
from uphold.access.gate import Hold, Reason
from uphold.access.permission import Actor, Permission, Role
from uphold.access.reading import Denied, Opened
from uphold.access.session import Attempt

TERMS = Terms(
    "Importer",
    Role.CLERK,
    frozenset({Permission.ENQUIRY_LIST, Permission.RECORD_OPEN}),
    frozenset({PURPOSE}),
    30,
)


def make(office: Office, terms: Terms = TERMS, by: int = 0) -> Made:
    return office.run(lambda tx: client.make(tx, terms, office.edition, by))


def found(office: Office, made: Made) -> client.Client:
    known = office.read(lambda c: client.resolve(c, made.token))
    assert known is not None
    return known


def test_a_token_leads_to_its_client(office: Office) -> None:
    made = make(office, by=7)
    known = found(office, made)
    assert (known.name, known.made_by, known.seen_at) == ("importer", 7, 0)
    assert known.actor.role == Role.CLERK
    assert known.actor.scopes == frozenset({*TERMS.scopes, Permission.ACCOUNT_OWN})
    assert known.actor.purposes == TERMS.purposes
    assert known.expires_at == known.made_at + 30 * DAY_MS
    assert office.read(lambda c: client.resolve(c, made.token + "x")) is None


def test_making_is_journaled_without_the_token(sqlite_office: Office) -> None:
    made = make(sqlite_office)
    told = sqlite_office.entries()[-1]
    assert told.kind == "client.made"
    assert told.codes == {
        "staff": made.number,
        "role": "clerk",
        "scopes": "access-record-open+enquiry-item-list",
        "purposes": PURPOSE,
        "until": made.expires_at // 1000,
        "by": 0,
    }
    assert made.token not in repr(made)
    assert made.token.encode() not in sqlite_office.stored()


def test_one_without_scopes_and_purposes(sqlite_office: Office) -> None:
    made = make(sqlite_office, replace(TERMS, scopes=frozenset(), purposes=frozenset()))
    told = sqlite_office.entries()[-1].codes
    assert (told["scopes"], told["purposes"]) == ("none", "none")
    assert found(sqlite_office, made).actor.scopes == frozenset({Permission.ACCOUNT_OWN})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "a b"}, "A login"),
        ({"role": Role.OWNER}, "owner"),
        ({"role": Role.AUDITOR}, "cannot be given access:record:open"),
        ({"scopes": frozenset({Permission.STAFF_INVITE})}, "cannot be given access:staff:invite"),
        ({"purposes": frozenset({"nothing-such"})}, "no purpose nothing-such"),
        ({"purposes": frozenset({"consent-evidence"})}, "gives clerk no purpose"),
        ({"life_days": 0}, "1 to 366 days"),
        ({"life_days": 367}, "1 to 366 days"),
    ],
    ids=["name", "owner", "auditor", "scope", "purpose", "role", "short", "long"],
)
def test_terms_that_no_client_can_have(
    sqlite_office: Office, changed: dict[str, object], said: str
) -> None:
    before = sqlite_office.kinds()
    with pytest.raises(errors.Invalid, match=said) as refused:
        make(sqlite_office, replace(TERMS, **changed))  # type: ignore[arg-type] # one field of the terms each
    assert refused.value.advice
    assert sqlite_office.kinds() == before


def test_a_name_is_taken_while_its_token_lives(sqlite_office: Office) -> None:
    office = sqlite_office
    office.staff(cast.clerk)
    made = make(office)
    for name in (cast.clerk.login, "importer"):
        with pytest.raises(errors.Conflict):
            make(office, replace(TERMS, name=name))
    office.run(lambda tx: client.revoke(tx, made.number, 0))
    officer = replace(TERMS, role=Role.OFFICER, scopes=frozenset(), purposes=frozenset())
    again = make(office, officer)
    assert again.number == made.number
    assert found(office, again).actor.role == Role.OFFICER
    assert office.read(lambda c: client.resolve(c, made.token)) is None


def test_it_ends_by_its_day_or_by_a_word(office: Office) -> None:
    made = make(office)
    known = found(office, made)
    assert known.ended(made.expires_at - 1) is None
    assert known.ended(made.expires_at) == Ended.EXPIRED
    office.run(lambda tx: client.revoke(tx, made.number, 9))
    assert found(office, made).ended(0) == Ended.REVOKED
    assert office.entries()[-1].codes == {"staff": made.number, "by": 9}
    with pytest.raises(errors.Missing):
        office.run(lambda tx: client.revoke(tx, made.number, 9))
    with pytest.raises(errors.Missing):
        office.run(lambda tx: client.revoke(tx, made.number + 1, 9))


def test_a_token_that_has_ended_is_journaled_once(sqlite_office: Office) -> None:
    made = make(sqlite_office)
    known = found(sqlite_office, made)
    for _ in range(3):
        sqlite_office.run(lambda tx: client.refuse(tx, known, Ended.EXPIRED))
    told = [one for one in sqlite_office.entries() if one.kind == "client.refused"]
    assert [one.codes for one in told] == [{"staff": made.number, "reason": "token-expired"}]


def test_it_is_no_person(sqlite_office: Office) -> None:
    """It cannot sign in, get a link, be listed or closed as staff; and nobody is the last of anything by it."""
    office = sqlite_office
    officer = office.staff(cast.officer)
    made = make(office, replace(TERMS, role=Role.OFFICER, purposes=frozenset()))
    assert [one.number for one in office.read(staff.accounts)] == [officer.staff]
    assert office.read(lambda c: staff.actor(c, made.number)) is None
    tried = Attempt("importer", made.token, b"source")
    refused = session.sign_in(office.writer, tried, key=b"key", now=known_now(office, made))
    assert isinstance(refused, session.Refusal)
    with pytest.raises(errors.Missing):
        office.run(lambda tx: staff.renew(tx, made.number, 0))
    with pytest.raises(errors.Missing):
        office.run(lambda tx: staff.close(tx, made.number, 0))
    with pytest.raises(errors.Conflict, match="last officer"):
        office.run(lambda tx: staff.close(tx, officer.staff, 0))
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: staff.invite(tx, "importer", Role.CLERK, 0))
    # Whoever looks at a history sees who it was.
    assert office.read(staff.names)[made.number] == "importer"


def known_now(office: Office, made: Made) -> int:
    return found(office, made).made_at


def test_scopes_narrow_the_role() -> None:
    clerk = Actor(1, Role.CLERK)
    narrow = replace(clerk, scopes=frozenset({Permission.ENQUIRY_LIST, Permission.PROOF_READ}))
    assert permission.may(clerk, Permission.ENQUIRY_MOVE)
    assert permission.may(narrow, Permission.ENQUIRY_LIST)
    assert not permission.may(narrow, Permission.ENQUIRY_MOVE)
    # A scope that its role does not hold (any more) is worth nothing.
    assert not permission.may(narrow, Permission.PROOF_READ)


def test_the_gate_opens_to_it_what_it_was_given(office: Office) -> None:
    record = office.submit()
    actor = found(office, make(office)).actor
    opened = reading.open_record(office.writer, office.ring, office.question(actor, record))
    assert isinstance(opened, Opened)
    entry = office.entries()[-1]
    assert (entry.kind, entry.codes["staff"]) == ("record.opened", actor.staff)


@pytest.mark.parametrize(
    ("narrowed", "reason"),
    [
        ({"purposes": frozenset()}, Reason.PURPOSE_NOT_GIVEN),
        ({"scopes": frozenset({Permission.ENQUIRY_LIST})}, Reason.NOT_PERMITTED),
    ],
    ids=["purpose", "scope"],
)
def test_what_it_was_not_given_is_denied_and_journaled(
    sqlite_office: Office, narrowed: dict[str, object], reason: Reason
) -> None:
    office = sqlite_office
    record = office.submit()
    actor = replace(found(office, make(office)).actor, **narrowed)  # type: ignore[arg-type] # one field each
    denied = reading.open_record(office.writer, office.ring, office.question(actor, record))
    assert isinstance(denied, Denied)
    assert denied.reason == reason
    assert office.entries()[-1].codes["reason"] == str(reason)


def test_a_hold_on_it_is_obeyed(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    actor = found(office, make(office)).actor
    until = Hold(actor.staff, None, None, hold.UNTIL_LIFTED)
    office.run(lambda tx: hold.place(tx, office.ring, until, hold.Reason.SUSPICION))
    denied = reading.open_record(office.writer, office.ring, office.question(actor, record))
    assert isinstance(denied, Denied)
    assert denied.reason == Reason.STAFF_HELD


def test_openings_are_counted_by_the_day(sqlite_office: Office) -> None:
    office = sqlite_office
    made = make(office)
    assert [office.run(lambda tx: client.take(tx, made.number, 2)) for _ in range(4)] == [
        *(True, True, False, False)
    ]
    yesterday = client.access_client.update().values(day=client.access_client.c.day - 1)
    office.run(lambda tx: tx.execute(yesterday))
    assert office.run(lambda tx: client.take(tx, made.number, 1))


def test_it_is_seen_at_most_once_a_minute(sqlite_office: Office) -> None:
    office = sqlite_office
    made = make(office)
    known = found(office, made)
    now = known.made_at
    assert client.stale(known, now)
    office.run(lambda tx: client.touch(tx, known, now))
    seen = found(office, made)
    assert (seen.seen_at, client.stale(seen, now + 59_999)) == (now, False)
    assert client.stale(seen, now + 60_000)


def test_one_of_an_exercise_ends_with_it(sqlite_office: Office) -> None:
    office = sqlite_office
    made = make(office, replace(TERMS, name="exercise-3-client", exercise=3))
    assert found(office, made).actor.exercise
    assert office.read(client.clients) == ()
    assert office.read(exercise.accounts) == ()
    office.run(lambda tx: exercise.close(tx, 3))
    assert office.read(lambda c: client.resolve(c, made.token)) is None


def test_every_scope_is_some_role_s(sqlite_office: Office) -> None:
    assert {scope for role in client.ROLES for scope in client.offered(role)} == set(client.SCOPES)
    made = [make(sqlite_office, replace(TERMS, name=name)) for name in ("one", "two")]
    assert [one.name for one in sqlite_office.read(client.clients)] == ["one", "two"]
    assert len({one.token for one in made}) == 2
    assert all(one.token.startswith(client.PREFIX) for one in made)
