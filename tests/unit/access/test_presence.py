# SPDX-License-Identifier: Apache-2.0
"""Who could act at a moment: while a session lasted, and while a token was good."""

from tests import cast, office as offices
from tests.editions import PURPOSE
from tests.office import Office, quick_hashing, sqlite_office
from uphold.access import client, exercise, presence, session
from uphold.access.client import Terms
from uphold.access.permission import Permission, Role
from uphold.access.session import LIMITS, Attempt, Limits, Signed

__all__ = ["quick_hashing", "sqlite_office"]


def test_a_session_lasts_from_its_sign_in_to_its_end(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, officer = office.staff(cast.clerk), office.staff(cast.officer)
    began = offices.now()
    attempt = Attempt(cast.clerk.login, cast.clerk.password, offices.SOURCE)
    session.sign_in(office.writer, attempt, key=offices.KEY, now=began)
    found = office.read(lambda c: presence.of(c, {clerk.staff, officer.staff}))
    assert found.could(clerk.staff, began)
    assert not found.could(clerk.staff, began - 60_000)
    assert not found.could(clerk.staff, began + LIMITS.idle_ms + 60_000)
    assert not found.could(officer.staff, began)
    office.run(lambda tx: session.end_all(tx, clerk.staff))
    ended = office.read(lambda c: presence.of(c, {clerk.staff}))
    assert not ended.could(clerk.staff, offices.now() + 60_000)


def test_a_session_lasts_as_long_as_it_is_used_whatever_a_site_allows(
    sqlite_office: Office,
) -> None:
    office, clerk = sqlite_office, sqlite_office.staff(cast.clerk)
    began = offices.now()
    attempt = Attempt(cast.clerk.login, cast.clerk.password, offices.SOURCE)
    signed = session.sign_in(office.writer, attempt, key=offices.KEY, now=began)
    assert isinstance(signed, Signed)
    # A site may let sessions live for longer than most do.
    late, long = began + LIMITS.age_ms + 60_000, Limits(LIMITS.age_ms * 2, LIMITS.age_ms * 2)
    live = office.read(lambda c: session.resolve(c, signed.token, late, long))
    assert live is not None
    office.run(lambda tx: session.touch(tx, live, late))
    found = office.read(lambda c: presence.of(c, {clerk.staff}))
    assert found.could(clerk.staff, late)


def test_accounts_of_runs_are_known_by_their_run(sqlite_office: Office) -> None:
    sqlite_office.staff(cast.clerk)
    drilled = exercise.open_account(sqlite_office.writer, 7, Role.CLERK)
    assert sqlite_office.read(presence.runs) == {drilled.number: 7}


def test_programs_are_told_from_people(sqlite_office: Office) -> None:
    office = sqlite_office
    office.staff(cast.clerk)
    scopes = frozenset({Permission.RECORD_OPEN})
    terms = Terms("Importer", Role.CLERK, scopes, frozenset({PURPOSE}), 30)
    made = office.run(lambda tx: client.make(tx, terms, office.edition, 0))
    assert office.read(presence.programs) == {made.number}
