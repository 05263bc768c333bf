# SPDX-License-Identifier: Apache-2.0
"""A mailed link opens a session once; a session ends by leaving, by idleness and by age; nothing says whose."""

from functools import partial

import pytest

from tests import cast
from tests.office import Office, office, quick_hashing, sqlite_office
from tests.rings import NOW
from uphold import errors
from uphold.rights import identity
from uphold.rights.identity import AGE_MS, IDLE_MS, LINK_MS, MINUTE, Claim
from uphold.vault import contact
from uphold.vault.contact import Contact

__all__ = ["office", "quick_hashing", "sqlite_office"]

ANNA = Contact(contact.EMAIL, cast.subject.email)


def ask(office: Office, who: Contact = ANNA, now: int = NOW) -> str:
    """Ask for a link and take its secret out of the mail."""
    number = office.run(lambda tx: identity.ask_link(tx, office.ring, who, "ru", now))
    found = office.read(lambda c: identity.link(c, office.ring, number, now))
    assert found is not None
    assert (found.contact, found.language, found.expires_at) == (who, "ru", now + LINK_MS)
    return found.secret


def enter(office: Office, token: str, now: int = NOW) -> str:
    return office.run(lambda tx: identity.enter(tx, office.ring, token, now))


def claimed(office: Office, cookie: str, now: int = NOW) -> Claim | None:
    return office.read(lambda c: identity.claim(c, office.ring, cookie, now))


def test_a_link_proves_an_address_once(office: Office) -> None:
    token = ask(office)
    assert office.read(lambda c: identity.is_good(c, token, NOW))
    assert office.read(lambda c: identity.is_good(c, token, NOW))
    proved = claimed(office, enter(office, token))
    assert proved is not None
    assert (proved.contact, proved.seen_at) == (ANNA, NOW)
    assert office.entries()[-1].kind == "subject.entered"
    assert office.entries()[-1].codes == {"session": proved.session}
    assert not office.read(lambda c: identity.is_good(c, token, NOW))
    with pytest.raises(errors.Missing):
        enter(office, token)


def test_a_link_that_is_over_or_never_was_looks_like_a_used_one(sqlite_office: Office) -> None:
    over, used = ask(sqlite_office), ask(sqlite_office)
    enter(sqlite_office, used)
    said = []
    for token, now in (
        (over, NOW + LINK_MS),
        (used, NOW),
        ("x" * 43, NOW),
        ("", NOW),
        ("\ud800", NOW),
    ):
        assert not sqlite_office.read(lambda c, t=token, n=now: identity.is_good(c, t, n))  # type: ignore[misc] # mypy infers no lambda with a default
        with pytest.raises(errors.Missing) as raised:
            enter(sqlite_office, token, now)
        said.append(str(raised.value))
    assert len(set(said)) == 1


def test_a_used_link_cannot_be_mailed_again(sqlite_office: Office) -> None:
    number = sqlite_office.run(
        lambda tx: identity.ask_link(tx, sqlite_office.ring, ANNA, "en", NOW)
    )
    found = sqlite_office.read(lambda c: identity.link(c, sqlite_office.ring, number, NOW))
    assert found is not None
    assert cast.subject.mark not in repr(found)
    assert found.secret not in repr(found)
    enter(sqlite_office, found.secret)
    for one in (number, number + 1):
        gone = partial(identity.link, ring=sqlite_office.ring, number=one, now=NOW)
        assert sqlite_office.read(gone) is None


def test_a_session_ends_by_idleness_and_by_age(sqlite_office: Office) -> None:
    cookie = enter(sqlite_office, ask(sqlite_office))
    assert claimed(sqlite_office, cookie, NOW + IDLE_MS - 1) is not None
    assert claimed(sqlite_office, cookie, NOW + IDLE_MS) is None
    for at in range(NOW, NOW + AGE_MS, IDLE_MS - 1):
        proved = claimed(sqlite_office, cookie, at)
        assert proved is not None
        assert not identity.stale(proved, proved.seen_at + MINUTE - 1)
        sqlite_office.run(lambda tx, p=proved, n=at: identity.touch(tx, p, n))  # type: ignore[misc] # mypy infers no lambda with a default
    assert claimed(sqlite_office, cookie, NOW + AGE_MS) is None


def test_who_leaves_is_gone(office: Office) -> None:
    mine, other = enter(office, ask(office)), enter(office, ask(office))
    office.run(lambda tx: identity.leave(tx, mine))
    assert claimed(office, mine) is None
    assert claimed(office, other) is not None
    assert claimed(office, "") is None


def test_nothing_at_rest_says_whose_it_is(sqlite_office: Office) -> None:
    token = ask(sqlite_office)
    cookie = enter(sqlite_office, ask(sqlite_office))
    proved = claimed(sqlite_office, cookie)
    stored = sqlite_office.stored()
    for secret in (
        token,
        cookie,
        cast.subject.email,
        cast.subject.email.lower(),
        cast.subject.mark,
    ):
        assert secret.encode() not in stored
        assert secret not in repr(proved)


def test_what_is_over_is_deleted_when_somebody_comes(sqlite_office: Office) -> None:
    enter(sqlite_office, ask(sqlite_office))
    ask(sqlite_office)
    later = NOW + AGE_MS
    ask(sqlite_office, now=later)
    with sqlite_office.app.database.read() as connection:
        links = connection.execute(identity.rights_link.select()).all()
        sessions = connection.execute(identity.rights_session.select()).all()
    assert [row.asked_at for row in links] == [later]
    assert sessions == []


def test_the_newest_link_has_the_highest_number(sqlite_office: Office) -> None:
    assert sqlite_office.read(identity.newest) == 0
    ask(sqlite_office)
    first = sqlite_office.read(identity.newest)
    ask(sqlite_office)
    assert 0 < first < sqlite_office.read(identity.newest)
