# SPDX-License-Identifier: Apache-2.0
"""Asked by mail is who is concerned, may be written to and was not asked; each reading and letter is journaled."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests import cast, wider
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.access import decoy, hold, staff
from uphold.access.gate import Hold
from uphold.access.hold import Reason as HoldReason
from uphold.access.permission import Actor
from uphold.consent import ledger
from uphold.enquiry import ask, desk
from uphold.enquiry.ask import Ask, Tally
from uphold.enquiry.desk import State
from uphold.mail import outbox
from uphold.policy import folder, publish
from uphold.retention import sweep
from uphold.retention.sweep import Reason

HOUR = 3_600_000


def asking(office: Office, purpose: str = "") -> Ask:
    return Ask(
        writer=office.writer,
        database=office.app.database,
        ring=office.ring,
        editions=office.app.shelf.edition,
        current=office.edition,
        address=office.app.settings.site.address,
        purpose=purpose,
    )


def widen(office: Office) -> None:
    wider.write(office.app.settings.folder)
    archive = publish.prepare(folder.read(office.app.settings.folder))
    office.run(lambda tx: publish.publish(tx, archive))
    office.app.shelf.look()


def letters(office: Office, numbers: Sequence[int]) -> list[int]:
    return [len(office.read(lambda c, n=n: outbox.of_record(c, n))) for n in numbers]  # type: ignore[misc] # a default is no other signature


def withdraw(office: Office, record: int) -> None:
    number = record << ledger.ACTS_BITS | 9
    row = (number, PURPOSE, ledger.WITHDRAWN, "a" * 64, "b" * 64, 1, "ru", 9, 4)
    office.run(lambda tx: tx.insert(ledger.consent_event, row))


@pytest.fixture
def owner(office: Office) -> Actor:
    return office.staff(cast.owner)


def test_everybody_concerned_is_asked_once(office: Office, owner: Actor) -> None:
    asked = [office.submit() for _ in range(3)]
    aside, gone, without = office.submit(aside=True), office.submit(), office.submit()
    withdraw(office, gone)
    office.run(lambda tx: sweep.destroy(tx, office.ring, without, Reason.DISCARDED))
    widen(office)
    later = office.submit()
    assert asking(office).count() == Tally(asked=3)
    assert asking(office).run(owner) == Tally(asked=3)
    assert letters(office, [*asked, aside, gone, without, later]) == [1, 1, 1, 0, 0, 0, 0]
    assert asking(office).run(owner) == Tally(before=3) == asking(office).count()
    kinds = office.kinds()
    assert kinds.count("consent.asked") == kinds.count("answer.sealed") == 3
    assert kinds.count("record.opened") == 3


def test_what_nobody_sent_is_not_opened_to_ask_nobody(office: Office, owner: Actor) -> None:
    asked, laid_out = office.submit(), office.submit()
    office.run(lambda tx: decoy.mark(tx, decoy.What.RECORD, laid_out))
    widen(office)
    assert asking(office).count() == asking(office).run(owner) == Tally(asked=1)
    assert letters(office, [asked, laid_out]) == [1, 0]
    # To open it would lock whoever asks: no work leads to it.
    assert office.kinds().count("record.opened") == 1


def test_an_enquiry_does_not_move_because_its_sender_is_asked(office: Office, owner: Actor) -> None:
    record = office.submit()
    widen(office)
    asking(office).run(owner)
    assert office.read(lambda c: desk.find(c, record)).state == State.NEW


def test_nobody_is_asked_where_nothing_is_wider(office: Office, owner: Actor) -> None:
    office.submit()
    assert asking(office).run(owner) == Tally()
    assert "consent.asked" not in office.kinds()


def test_nobody_is_looked_at_where_nothing_is_wider(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a site of millions the page says at once that nobody is to be asked."""
    office.submit()
    walked: list[str] = []

    def tagged(_connection: object, purpose: str) -> Iterator[tuple[int, str]]:
        walked.append(purpose)
        return iter(())

    monkeypatch.setattr(ask, "_tagged", tagged)
    assert asking(office).count() == Tally()
    assert walked == []
    widen(office)
    asking(office).count()
    assert walked == [PURPOSE]


def test_what_is_held_is_refused_journaled_and_asked_another_time(
    office: Office, owner: Actor
) -> None:
    record, other = office.submit(), office.submit()
    widen(office)
    stop = Hold(None, record, None, office.app.shelf.since(2) + HOUR)
    office.run(lambda tx: hold.place(tx, office.ring, stop, HoldReason.SUSPICION))
    assert asking(office).run(owner) == Tally(asked=1, refused=1)
    assert letters(office, [record, other]) == [0, 1]
    denied = [one for one in office.entries() if one.kind == "access.denied"]
    assert [one.codes["reason"] for one in denied] == ["record-held"]


def test_a_clerk_may_not_ask(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    office.submit()
    for login in ("", cast.clerk.login, "nobody"):
        with pytest.raises(errors.Invalid, match="one owner"):
            ask.actor(office.app.database, login)
    who = office.staff(cast.owner)
    assert who != clerk
    assert ask.actor(office.app.database, "") == who
    assert ask.actor(office.app.database, cast.owner.login) == who
    second = replace(cast.owner, login="owner-osprey")
    office.staff(second)
    with pytest.raises(errors.Invalid):
        ask.actor(office.app.database, "")
    assert ask.actor(office.app.database, second.login).staff == who.staff + 1
    assert staff.COMMAND_LINE not in (who.staff, clerk.staff)


def test_letters_need_a_purpose_and_a_way_back(office: Office) -> None:
    one = asking(office)
    assert one.channel() == PURPOSE
    assert asking(office, "security").channel() == "security"
    plain = replace(office.edition.policy.purposes[PURPOSE], dpv="")
    policy = office.edition.policy
    unmarked = replace(policy, purposes={**policy.purposes, PURPOSE: plain})
    assert replace(one, current=replace(office.edition, policy=unmarked)).channel() == PURPOSE
    nothing = replace(policy, purposes={"security": policy.purposes["security"]})
    for lacking in (
        asking(office, "news"),
        replace(one, current=replace(office.edition, policy=nothing)),
        replace(one, address=""),
    ):
        with pytest.raises(errors.Invalid):
            lacking.require(1)
    with pytest.raises(errors.Invalid, match="not in force"):
        one.require(2)
    one.require(1)


def test_who_cannot_be_written_to_is_counted(office: Office, owner: Actor) -> None:
    """Their answer purpose is destroyed or was never consented to: the receipt's page is left."""
    office.submit()
    widen(office)
    # A purpose that nobody consented to be written to for.
    assert asking(office, "security").count() == Tally(unreachable=1)
    assert asking(office, "security").run(owner) == Tally(unreachable=1)
    assert "record.opened" not in office.kinds()


def test_the_letter_is_sealed_in_the_language_of_the_record(office: Office, owner: Actor) -> None:
    record = office.submit()
    widen(office)
    asking(office).run(owner)
    (item,) = office.read(lambda c: outbox.of_record(c, record))
    assert (item.purpose, item.staff, item.language) == (PURPOSE, owner.staff, "ru")
