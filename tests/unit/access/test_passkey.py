# SPDX-License-Identifier: Apache-2.0
"""Passkeys are kept by account, a challenge is answered once, and a counter that stands still blocks its key."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests import office as offices, site
from tests.office import Office
from uphold.access import passkey, webauthn
from uphold.access.passkey import Holder
from uphold.assurance.authenticator import Authenticator

SITE = webauthn.Site("uphold.example", "https://uphold.example", "uphold.example")
MINE = Holder(7, 1, "clerk", b"somebody")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all: each test has a member of staff of its own."""
    app = site.build(tmp_path_factory.mktemp("passkeys"))
    yield Office(app)
    app.close()


@pytest.fixture
def mine(request: pytest.FixtureRequest, office: Office) -> Holder:
    number = 1 + request.session.items.index(request.node)
    return replace(MINE, staff=number, session=number)


def device() -> Authenticator:
    return Authenticator(SITE.origin, SITE.host)


def asked(office: Office, holder: Holder) -> Any:
    return office.run(lambda tx: passkey.ask(tx, SITE, holder))


def add(office: Office, holder: Holder, one: Authenticator, name: str = "Stick") -> int | None:
    options = office.run(lambda tx: passkey.begin(tx, SITE, holder))
    assert options is not None
    answer = one.make(options)
    return office.run(lambda tx: passkey.register(tx, SITE, holder, answer, name))


def accept(office: Office, holder: Holder, answer: str) -> bool:
    return office.run(lambda tx: passkey.accept(tx, SITE, holder, answer))


def test_several_are_kept_by_name_and_taken_away_one_by_one(office: Office, mine: Holder) -> None:
    first = add(office, mine, device(), "  My\n stick ")
    second = add(office, mine, device(), "")
    listed = office.read(lambda c: passkey.listed(c, mine.staff))
    assert [(one.number, one.name) for one in listed] == [(first, "My stick"), (second, "Passkey")]
    assert first is not None
    other = replace(mine, staff=mine.staff + 1000)
    assert not office.run(lambda tx: passkey.remove(tx, other.staff, first, other.staff))
    assert office.run(lambda tx: passkey.remove(tx, mine.staff, first, mine.staff))
    assert [one.number for one in office.read(lambda c: passkey.listed(c, mine.staff))] == [second]
    office.run(lambda tx: passkey.drop(tx, mine.staff, 0))
    assert not office.read(lambda c: passkey.has(c, mine.staff))
    assert office.kinds()[-4:] == ["staff.passkey-added"] * 2 + ["staff.passkey-removed"] * 2


def test_a_challenge_is_answered_once_right_or_wrong(office: Office, mine: Holder) -> None:
    one = device()
    add(office, mine, one)
    answer = one.show(asked(office, mine))
    assert accept(office, mine, answer)
    assert not accept(office, mine, answer), "played again"
    question = asked(office, mine)
    assert not accept(office, mine, device().show(question))
    assert not accept(office, mine, one.show(question)), "it was used up by the wrong answer"
    used = office.read(lambda c: passkey.listed(c, mine.staff))[0].used_at
    assert used is not None


def test_a_challenge_belongs_to_its_session_its_act_and_its_time(
    office: Office, mine: Holder
) -> None:
    one = device()
    add(office, mine, one)
    answer = one.show(asked(office, mine))
    elsewhere = replace(mine, session=mine.session + 1000)
    assert not accept(office, elsewhere, answer), "it waits in another session"
    assert accept(office, mine, answer)
    # Asked for to make another one, not to show this one.
    office.run(lambda tx: passkey.begin(tx, SITE, mine))
    assert not accept(office, mine, answer)
    answer = one.show(asked(office, mine))
    grown = passkey.access_challenge.update().values(made_at=offices.now() - passkey.LIFE_MS)
    office.run(lambda tx: tx.execute(grown))
    assert not accept(office, mine, answer)


def test_of_a_copied_key_neither_is_taken_any_more(office: Office, mine: Holder) -> None:
    one = device()
    add(office, mine, one)
    copy = replace(one)
    for _ in range(2):
        assert accept(office, mine, one.show(asked(office, mine)))
    assert not accept(office, mine, copy.show(asked(office, mine)))
    assert office.kinds()[-1] == "staff.passkey-blocked"
    assert asked(office, mine) is None, "nothing is left to be asked for"
    listed = office.read(lambda c: passkey.listed(c, mine.staff))
    assert [one.blocked_at is not None for one in listed] == [True]
    assert office.read(lambda c: passkey.has(c, mine.staff)), "it counts as a factor all the same"
    assert not office.read(lambda c: passkey.is_usable(c, mine.staff))


def test_a_device_without_a_counter_is_no_copy(office: Office, mine: Holder) -> None:
    one = device()
    add(office, mine, one)
    one.counts = False
    for _ in range(2):
        assert accept(office, mine, one.show(asked(office, mine)))


def test_no_two_accounts_have_the_same_and_no_account_too_many(
    office: Office, mine: Holder
) -> None:
    one = device()
    assert add(office, mine, one) is not None
    assert add(office, replace(mine, staff=mine.staff + 1000), one) is None
    for _ in range(passkey.MOST - 1):
        assert add(office, mine, device()) is not None
    assert office.run(lambda tx: passkey.begin(tx, SITE, mine)) is None


def test_challenges_that_ended_are_cleared_away(office: Office, mine: Holder) -> None:
    office.run(lambda tx: passkey.begin(tx, SITE, mine))
    office.run(lambda tx: passkey.forget(tx, offices.now() + passkey.LIFE_MS))
    rows = office.read(lambda c: c.execute(passkey.access_challenge.select()).all())
    assert rows == []
