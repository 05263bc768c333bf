# SPDX-License-Identifier: Apache-2.0
"""A session waits for its second factor; tries at it are counted; sessions are listed and ended one by one."""

from tests import cast, office as offices
from tests.office import KEY, SOURCE, Office
from uphold.access import factor, second, session, totp
from uphold.access.second import Trial
from uphold.access.session import Attempt, Refusal, Session, Signed


def signed(office: Office) -> Signed:
    attempt = Attempt(cast.clerk.login, cast.clerk.password, SOURCE)
    found = session.sign_in(office.writer, attempt, key=KEY, now=offices.now())
    assert isinstance(found, Signed)
    return found


def known(office: Office, token: str) -> Session | None:
    return office.read(lambda c: session.resolve(c, token, offices.now()))


def waits(office: Office, token: str) -> Session | None:
    return office.read(lambda c: session.waiting(c, token, offices.now()))


def set_up(office: Office, staff: int) -> tuple[str, ...]:
    secret = office.run(lambda tx: factor.begin(tx, office.ring, staff))
    good = totp.code(secret, totp.step(offices.now()))
    made = office.run(lambda tx: factor.confirm(tx, office.ring, staff, good))
    assert made is not None
    return made


def show(office: Office, who: Session, given: str, now: int = 0) -> Refusal | None:
    at = now or offices.now()
    return second.show(office.writer, office.ring, who, given, Trial(KEY, at))


def test_a_session_is_nobodys_until_the_factor_is_shown(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    before = signed(office).token
    made = set_up(office, clerk.staff)
    assert known(office, before) is None, "sessions from before wait as well"
    token = signed(office).token
    who = waits(office, token)
    assert who is not None
    assert show(office, who, "nothing") == Refusal(throttled=False)
    assert known(office, token) is None
    assert show(office, who, made[0]) is None
    assert known(office, token) is not None
    assert waits(office, token) is None
    assert waits(office, before) is not None


def test_tries_are_counted_across_sessions_and_forgiven(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    made = set_up(office, clerk.staff)
    first, who = (waits(office, signed(office).token) for _ in range(2))
    assert first is not None
    assert who is not None
    refused = [show(office, one, "nothing") for one in (first, who) for _ in range(3)]
    assert refused == [Refusal(throttled=False)] * 6
    waits_for = show(office, who, made[0])
    assert waits_for is not None
    assert waits_for.throttled
    later = waits_for.retry_at
    assert show(office, who, made[0], later) is None
    assert show(office, who, "nothing", later) == Refusal(throttled=False), "it begins anew"


def test_a_proof_grows_old(office: Office) -> None:
    office.staff(cast.clerk)
    who = known(office, signed(office).token)
    assert who is not None
    assert second.is_fresh(who, who.proven_at + second.FRESH_MS - 1)
    later = who.proven_at + second.FRESH_MS
    assert not second.is_fresh(who, later)
    refused = second.again(office.writer, who, "not the password", Trial(KEY, later))
    assert refused == Refusal(throttled=False)
    assert second.again(office.writer, who, cast.clerk.password, Trial(KEY, later)) is None
    proven = office.read(lambda c: second.sessions(c, who.actor.staff, offices.now()))
    assert [one.number for one in proven] == [who.number]


def test_sessions_are_listed_and_ended_by_their_owner_alone(office: Office) -> None:
    clerk, owner = office.staff(cast.clerk), office.staff(cast.owner)
    first, last = signed(office), signed(office)
    listed = office.read(lambda c: second.sessions(c, clerk.staff, offices.now()))
    assert len(listed) == 2
    assert office.read(lambda c: second.sessions(c, owner.staff, offices.now())) == ()
    older = listed[1].number
    assert not office.run(lambda tx: second.end(tx, owner.staff, older))
    assert office.run(lambda tx: second.end(tx, clerk.staff, older))
    assert not office.run(lambda tx: second.end(tx, clerk.staff, older))
    assert known(office, first.token) is None
    assert known(office, last.token) is not None
    assert office.kinds().count("staff.signed-out") == 1
