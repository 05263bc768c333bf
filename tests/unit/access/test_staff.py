# SPDX-License-Identifier: Apache-2.0
"""Accounts and links: made once, used once, journaled, and never kept in the clear."""

from dataclasses import replace
from functools import partial

import pytest

from tests import cast, office as offices
from tests.office import Office
from uphold import errors
from uphold.access import exercise, password, staff
from uphold.access.permission import Actor, Role
from uphold.access.staff import COMMAND_LINE, Account, Invitation, LinkFault, State
from uphold.journal.entry import Entry

DAY = 24 * 3_600_000


def invite(office: Office, login: str = cast.clerk.login, role: Role = Role.CLERK) -> Invitation:
    return office.run(lambda tx: staff.invite(tx, login, role, COMMAND_LINE))


def last(office: Office) -> Entry:
    return office.entries()[-1]


def test_an_invitation_makes_an_account_that_waits(office: Office) -> None:
    made = invite(office)
    (account,) = office.read(staff.accounts)
    assert (account.number, account.login, account.role) == (made.staff, made.login, Role.CLERK)
    assert account.state == State.INVITED
    assert account.signed_in_at == 0
    assert made.expires_at == account.created_at + DAY
    assert last(office).kind == "staff.invited"
    assert last(office).codes == {"staff": made.staff, "role": "clerk", "by": 0}


def test_the_link_is_kept_only_as_a_hash(sqlite_office: Office) -> None:
    made = invite(sqlite_office)
    assert made.token not in repr(made)
    stored = sqlite_office.stored()
    assert made.login.encode() in stored
    assert made.token.encode() not in stored


def test_a_link_sets_the_password_once(office: Office) -> None:
    made = invite(office)
    seen = office.read(lambda c: staff.look(c, made.token, offices.now()))
    assert isinstance(seen, Account)
    assert seen.login == cast.clerk.login
    found = staff.redeem(office.writer, made.token, cast.clerk.password, now=offices.now())
    assert isinstance(found, Account)
    assert found.state == State.ACTIVE
    assert office.read(staff.accounts) == (found,)
    assert last(office).kind == "staff.password-set"
    again = staff.redeem(office.writer, made.token, "another password", now=offices.now())
    assert again is LinkFault.SPENT
    assert last(office).kind == "staff.refused"
    assert last(office).codes == {"reason": "link-spent"}
    assert office.read(lambda c: staff.look(c, made.token, offices.now())) is LinkFault.SPENT


def test_a_link_expires(office: Office) -> None:
    made = invite(office)
    at = made.expires_at
    assert isinstance(office.read(lambda c: staff.look(c, made.token, at - 1)), Account)
    assert office.read(lambda c: staff.look(c, made.token, at)) is LinkFault.EXPIRED
    assert staff.redeem(office.writer, made.token, cast.clerk.password, now=at) is LinkFault.EXPIRED


@pytest.mark.parametrize("token", ["", "made-up", "ключ"])
def test_a_made_up_link_is_refused_and_journaled(office: Office, token: str) -> None:
    found = staff.redeem(office.writer, token, cast.clerk.password, now=offices.now())
    assert found is LinkFault.UNKNOWN
    assert last(office).codes == {"reason": "link-unknown"}


def test_a_weak_password_spends_nothing(office: Office) -> None:
    made = invite(office)
    before = len(office.entries())
    found = staff.redeem(office.writer, made.token, "short", now=offices.now())
    assert found is password.Weakness.TOO_SHORT
    found = staff.redeem(office.writer, made.token, f"my {made.login} password", now=offices.now())
    assert found is password.Weakness.HAS_LOGIN
    assert len(office.entries()) == before
    done = staff.redeem(office.writer, made.token, cast.clerk.password, now=offices.now())
    assert isinstance(done, Account)


def test_inviting_again_replaces_link_and_role_of_who_never_came(office: Office) -> None:
    first = invite(office)
    second = invite(office, role=Role.OWNER)
    assert second.staff == first.staff
    (account,) = office.read(staff.accounts)
    assert account.role == Role.OWNER
    assert office.read(lambda c: staff.look(c, first.token, offices.now())) is LinkFault.SPENT


def test_a_taken_login_cannot_be_invited_into_another_role(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    with pytest.raises(errors.Conflict):
        invite(office, cast.clerk.login.upper(), Role.OWNER)
    assert office.read(lambda c: staff.actor(c, clerk.staff)) == clerk


def test_a_renewed_link_sets_a_new_password(office: Office) -> None:
    clerk, owner = office.staff(cast.clerk), office.staff(cast.owner).staff
    made = office.run(lambda tx: staff.renew(tx, clerk.staff, owner, life_ms=1000))
    assert last(office).codes == {"staff": clerk.staff, "role": "clerk", "by": owner}
    found = staff.redeem(office.writer, made.token, "magpies on the meadow", now=offices.now())
    assert isinstance(found, Account)
    with pytest.raises(errors.Missing):
        office.run(lambda tx: staff.renew(tx, 999, owner))


@pytest.mark.parametrize("login", ["", "a", "-dash", "two words", "a" * 65, "имя", "a\nb", "a/b"])
def test_a_login_has_a_shape(office: Office, login: str) -> None:
    with pytest.raises(errors.Invalid):
        invite(office, login)


def test_logins_are_one_whatever_their_case(office: Office) -> None:
    assert invite(office, "  Clerk@Example.org ").login == "clerk@example.org"
    invite(office, "CLERK@example.org")
    assert office.read(staff.names) == {1: "clerk@example.org"}


def test_only_an_active_account_acts(office: Office) -> None:
    waiting = invite(office, "waiting")
    active = office.staff(cast.owner)
    assert office.read(lambda c: staff.actor(c, waiting.staff)) is None
    assert office.read(lambda c: staff.actor(c, active.staff)) == Actor(active.staff, Role.OWNER)
    assert office.read(lambda c: staff.actor(c, 999)) is None


def test_two_who_redeem_at_once_set_one_password(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = invite(office)
    slow = password.hash_

    def overtaken(plain: str) -> str:
        """Hash, while another request redeems the same link."""
        monkeypatch.setattr(password, "hash_", slow)
        staff.redeem(office.writer, made.token, cast.clerk.password, now=offices.now())
        return slow(plain)

    monkeypatch.setattr(password, "hash_", overtaken)
    found = staff.redeem(office.writer, made.token, "the intruder's own", now=offices.now())
    assert found is LinkFault.SPENT
    assert office.kinds().count("staff.password-set") == 1


def test_an_account_is_closed_for_good(office: Office) -> None:
    clerk, owner = office.staff(cast.clerk), office.staff(cast.owner)
    link = office.run(lambda tx: staff.renew(tx, clerk.staff, owner.staff))
    office.run(lambda tx: staff.close(tx, clerk.staff, owner.staff))
    assert office.read(lambda c: staff.actor(c, clerk.staff)) is None
    assert office.entries()[-1].codes == {"staff": clerk.staff, "by": owner.staff}
    spent = office.read(lambda c: staff.look(c, link.token, offices.now()))
    assert spent is staff.LinkFault.SPENT
    for number in (clerk.staff, 99):
        with pytest.raises(errors.Missing):
            office.run(partial(staff.close, number=number, by=owner.staff))


def test_neither_ones_own_nor_the_last_owners_or_officers_is_closed(office: Office) -> None:
    owner, officer = office.staff(cast.owner), office.staff(cast.officer)
    for number, by in ((owner.staff, owner.staff), (owner.staff, 99), (officer.staff, 99)):
        with pytest.raises(errors.Conflict):
            office.run(partial(staff.close, number=number, by=by))
    # Who was invited and never came is no owner yet.
    office.run(lambda tx: staff.invite(tx, "another", Role.OWNER, owner.staff))
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: staff.close(tx, owner.staff, 99))
    second = office.staff(cast.Staff("second-owner", "owner", cast.owner.password))
    office.run(lambda tx: staff.close(tx, owner.staff, second.staff))
    assert office.kinds()[-1] == "staff.closed"


def test_power_is_given_only_by_who_has_it_at_that_moment(sqlite_office: Office) -> None:
    office, refused = sqlite_office, []
    owner, clerk = office.staff(cast.owner).staff, office.staff(cast.clerk).staff
    officer, auditor = office.staff(cast.officer).staff, office.staff(cast.auditor).staff
    borrowed = exercise.open_account(office.writer, 3, Role.OWNER).number
    second = office.staff(replace(cast.owner, login="second-owner")).staff
    office.run(lambda tx: staff.close(tx, owner, second))
    before = office.read(staff.accounts)
    # The closed one's door may have been passed just before; the others' never opens. 999 is nobody.
    for by in (owner, clerk, officer, auditor, borrowed, 999):
        for give in (
            lambda tx, by=by: staff.invite(tx, "an-owner", Role.OWNER, by),
            lambda tx, by=by: staff.invite(tx, cast.clerk.login, Role.OWNER, by),
            lambda tx, by=by: staff.renew(tx, clerk, by),
            lambda tx, by=by: staff.renew(tx, by, by),
        ):
            with pytest.raises(errors.Conflict):
                office.run(give)
            refused.append(by)
    assert len(refused) == 24
    assert office.read(staff.accounts) == before


def test_the_link_of_a_closed_account_opens_nothing(sqlite_office: Office) -> None:
    office = sqlite_office
    made = office.run(lambda tx: exercise.invite(tx, 3, Role.CLERK))
    office.run(lambda tx: exercise.close(tx, 3))
    found = staff.redeem(office.writer, made.token, "magpies on the meadow", now=offices.now())
    assert found is LinkFault.SPENT
    assert office.read(lambda c: staff.actor(c, made.staff)) is None
