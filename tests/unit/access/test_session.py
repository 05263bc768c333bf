# SPDX-License-Identifier: Apache-2.0
"""Signing in: who gets in, who waits, when a session ends, and that nothing tells logins apart."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests import cast, office as offices
from tests.office import KEY, SOURCE, Office
from uphold.access import attempt, password, session, staff, throttle
from uphold.access.permission import Role
from uphold.access.session import Attempt, Limits, Refusal, Session, Signed

WRONG = "not the right password"


def sign_in(
    office: Office,
    login: str = cast.clerk.login,
    plain: str = cast.clerk.password,
    source: bytes = SOURCE,
    now: int | None = None,
) -> Signed | Refusal:
    attempt = Attempt(login, plain, source)
    return session.sign_in(
        office.writer, attempt, key=KEY, now=offices.now() if now is None else now
    )


def signed(office: Office, now: int | None = None) -> Signed:
    found = sign_in(office, now=now)
    assert isinstance(found, Signed)
    return found


def resolve(office: Office, token: str, now: int | None = None) -> Session | None:
    at = offices.now() if now is None else now
    return office.read(lambda c: session.resolve(c, token, at))


def reasons(office: Office) -> list[str]:
    return [str(e.codes["reason"]) for e in office.entries() if e.kind == "staff.refused"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of many tries: the password check itself is not what they are about."""
    monkeypatch.setattr(password, "matches", lambda stored, plain: plain == cast.clerk.password)


def test_the_right_password_begins_a_session(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    found = signed(office)
    assert found.actor == clerk
    seen = resolve(office, found.token)
    assert seen is not None
    assert (seen.actor, seen.login) == (clerk, cast.clerk.login)
    assert office.kinds()[-1] == "staff.signed-in"
    assert office.entries()[-1].codes == {"staff": clerk.staff}
    (account,) = office.read(staff.accounts)
    assert account.signed_in_at == seen.seen_at


def test_a_login_is_found_whatever_its_case(office: Office) -> None:
    office.staff(cast.clerk)
    assert isinstance(sign_in(office, f" {cast.clerk.login.upper()} "), Signed)


def test_wrong_password_unknown_login_and_no_password_look_alike(office: Office) -> None:
    office.staff(cast.clerk)
    office.run(lambda tx: staff.invite(tx, "waiting", Role.OWNER, 0))
    tries = [(cast.clerk.login, WRONG), (cast.intruder.login, WRONG), ("waiting", WRONG)]
    assert [sign_in(office, *one) for one in tries] == [Refusal(throttled=False)] * 3
    assert reasons(office) == ["password-wrong", "login-unknown", "login-unknown"]


@pytest.mark.parametrize("login", [cast.clerk.login, cast.intruder.login, "", "имя\x00", "\ud800"])
def test_every_login_costs_one_hashing(
    office: Office, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.staff(cast.clerk)
    calls: list[str | None] = []
    real = password.matches

    def counted(stored: str | None, plain: str) -> bool:
        calls.append(stored)
        return real(stored, plain)

    monkeypatch.setattr(password, "matches", counted)
    sign_in(office, login, WRONG)
    assert len(calls) == 1


def test_the_store_does_not_hold_what_was_typed(sqlite_office: Office) -> None:
    sqlite_office.staff(cast.clerk)
    found = signed(sqlite_office)
    sign_in(sqlite_office, "typed-here-by-mistake-4711", WRONG)
    stored = sqlite_office.stored()
    assert cast.clerk.login.encode() in stored
    assert found.token.encode() not in stored
    assert found.token not in repr(found)
    assert cast.clerk.password.encode() not in stored
    assert b"typed-here-by-mistake-4711" not in stored


def test_a_session_ends_by_idleness_and_by_age(office: Office) -> None:
    office.staff(cast.clerk)
    begun = offices.now()
    token = signed(office, begun).token
    limits = Limits(idle_ms=1000, age_ms=5000)

    def alive(now: int) -> Session | None:
        return office.read(lambda c: session.resolve(c, token, now, limits))

    assert alive(begun + 999) is not None
    assert alive(begun + 1000) is None
    for later in (999, 1998, 2997, 3996, 4995):
        seen = alive(begun + later)
        assert seen is not None
        office.run(partial(session.touch, session=seen, now=begun + later))
    assert alive(begun + 4999) is not None
    assert alive(begun + 5000) is None


def test_touching_is_due_once_a_minute_and_never_goes_back(office: Office) -> None:
    office.staff(cast.clerk)
    begun = offices.now()
    token = signed(office, begun).token
    first = resolve(office, token, begun)
    assert first is not None
    assert not session.stale(first, begun + session.TOUCH_MS - 1)
    assert session.stale(first, begun + session.TOUCH_MS)
    office.run(lambda tx: session.touch(tx, first, begun + 5))
    office.run(lambda tx: session.touch(tx, first, begun + 3))
    later = resolve(office, token, begun + 5)
    assert later is not None
    assert later.seen_at == begun + 5


def test_signing_out_ends_it_and_is_journaled_once(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    token, other = signed(office).token, signed(office).token
    seen = resolve(office, token)
    assert seen is not None
    for _ in range(2):
        office.run(lambda tx: session.end(tx, seen, offices.now()))
    assert resolve(office, token) is None
    assert resolve(office, other) is not None
    ended = [e.codes for e in office.entries() if e.kind == "staff.signed-out"]
    assert ended == [{"staff": clerk.staff}]


@pytest.mark.parametrize("token", ["", "made-up", "ключ", "\x00", "\ud800"])
def test_a_made_up_token_is_nobody(office: Office, token: str) -> None:
    assert resolve(office, token) is None


def test_a_new_password_ends_every_session(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    token = signed(office).token
    link = office.run(lambda tx: staff.renew(tx, clerk.staff, 0)).token
    assert resolve(office, token) is not None
    staff.redeem(office.writer, link, "magpies on the meadow", now=offices.now())
    assert resolve(office, token) is None
    assert isinstance(sign_in(office), Refusal)
    assert isinstance(sign_in(office, plain="magpies on the meadow"), Signed)


def test_a_password_changed_while_it_is_checked_does_not_let_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = office.staff(cast.clerk)
    link = office.run(lambda tx: staff.renew(tx, clerk.staff, 0)).token
    real = password.matches

    def overtaken(stored: str | None, plain: str) -> bool:
        staff.redeem(office.writer, link, "magpies on the meadow", now=offices.now())
        return real(stored, plain)

    monkeypatch.setattr(password, "matches", overtaken)
    assert sign_in(office) == Refusal(throttled=False)


def test_an_outdated_hash_is_renewed_at_sign_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.staff(cast.clerk)
    monkeypatch.setattr(password, "outdated", lambda stored: True)
    token = signed(office).token
    assert resolve(office, token) is not None
    assert isinstance(sign_in(office), Signed)


@pytest.mark.usefixtures("quick")
def test_a_login_must_wait_longer_and_longer(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    for _ in range(throttle.LOGIN.free + 1):
        assert sign_in(office, plain=WRONG, now=now) == Refusal(throttled=False)
    found = sign_in(office, now=now)
    assert found == Refusal(throttled=True, retry_at=now + 2000)
    assert sign_in(office, plain=WRONG, now=now + 2000) == Refusal(throttled=False)
    assert sign_in(office, now=now + 2000) == Refusal(throttled=True, retry_at=now + 6000)
    assert isinstance(sign_in(office, now=now + 6000), Signed)
    # The right password clears the count.
    assert sign_in(office, plain=WRONG, now=now + 6000) == Refusal(throttled=False)
    assert isinstance(sign_in(office, now=now + 6000), Signed)


@pytest.mark.usefixtures("quick")
def test_unknown_logins_are_throttled_like_known_ones(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    outcomes = [
        [sign_in(office, login, WRONG, source=login.encode(), now=now) for _ in range(8)]
        for login in (cast.clerk.login, cast.intruder.login)
    ]
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][-1] == Refusal(throttled=True, retry_at=now + 2000)


@pytest.mark.usefixtures("quick")
def test_a_source_is_throttled_over_all_logins(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    for number in range(throttle.SOURCE.free + 1):
        assert sign_in(office, f"guess-{number}", WRONG, now=now) == Refusal(throttled=False)
    assert sign_in(office, now=now) == Refusal(throttled=True, retry_at=now + 2000)
    assert isinstance(sign_in(office, source=b"elsewhere", now=now), Signed)


@pytest.mark.usefixtures("quick")
def test_whoever_owns_one_account_cannot_clear_the_count_of_their_source(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    for number in range(throttle.SOURCE.free + 1):
        found = sign_in(office, f"guess-{number}", WRONG, now=now)
        assert found == Refusal(throttled=False)
        if number < throttle.SOURCE.free:
            assert isinstance(sign_in(office, now=now), Signed)
    assert isinstance(sign_in(office, now=now), Refusal)


@pytest.mark.usefixtures("quick")
def test_one_entry_for_each_wait_however_often_it_is_tried(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    for _ in range(throttle.LOGIN.free + 1):
        sign_in(office, plain=WRONG, now=now)
    for _ in range(20):
        sign_in(office, plain=WRONG, now=now)
    assert reasons(office).count("throttled") == 1
    sign_in(office, plain=WRONG, now=now + 2000)
    sign_in(office, plain=WRONG, now=now + 2000)
    assert reasons(office).count("throttled") == 2


@pytest.mark.usefixtures("quick")
def test_tries_at_once_are_all_counted(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: sign_in(office, plain=WRONG, now=now), range(40)))
    checked = [one for one in found if isinstance(one, Refusal) and not one.throttled]
    assert len(checked) == throttle.LOGIN.free + 1


@pytest.mark.usefixtures("quick")
def test_counts_are_forgotten_after_quiet(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    for number in range(30):
        sign_in(office, f"guess-{number}", WRONG, source=str(number).encode(), now=now)
    later = now + throttle.SOURCE.quiet_ms
    sign_in(office, "one more", WRONG, source=b"one more", now=later)
    kept = office.read(lambda c: c.execute(attempt.access_attempt.select()).all())
    assert len(kept) == 2


def test_old_sessions_are_cleared_away(office: Office) -> None:
    office.staff(cast.clerk)
    now = offices.now()
    signed(office, now)
    signed(office, now + session.KEPT_MS)
    kept = office.read(lambda c: c.execute(session.access_session.select()).all())
    assert len(kept) == 1


def test_a_csrf_token_belongs_to_its_session() -> None:
    one, other = session.csrf("token"), session.csrf("another")
    assert one != other
    assert session.check_csrf("token", one)
    assert not session.check_csrf("another", one)
    for forged in ("", "token", one[:-1], one + "A", "ключ", "\ud800"):
        assert not session.check_csrf("token", forged)


def test_a_session_grown_old_has_ended_and_none_grows_younger(office: Office) -> None:
    office.staff(cast.clerk)
    token, other = signed(office).token, signed(office).token
    office.run(lambda tx: session.grow_old(tx, token, -session.LIMITS.idle_ms))
    now = offices.now()
    assert resolve(office, token, now + session.LIMITS.idle_ms) is None
    assert resolve(office, token, now) is not None
    office.run(lambda tx: session.grow_old(tx, token, session.LIMITS.idle_ms))
    assert resolve(office, token, now) is None
    assert resolve(office, other, now) is not None
