# SPDX-License-Identifier: Apache-2.0
"""Several records in one act: each decided by itself, all journaled before any is opened, none past the limit."""

import pytest

from tests import cast, office as offices
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.access import hold, several
from uphold.access.gate import Hold, Reason
from uphold.access.permission import Actor
from uphold.access.reading import Denied, Opened
from uphold.access.several import Several
from uphold.access.volume import DAY, Limit, Refused
from uphold.database.transaction import Transaction
from uphold.journal import log
from uphold.vault import records

LIMIT = Limit(3, DAY, 5)


def open_(
    office: Office, actor: Actor, records: list[int], purpose: str = PURPOSE
) -> Several | Refused:
    questions = [office.question(actor, one, purpose) for one in records]
    return several.open_several(
        office.writer,
        office.ring,
        actor,
        purpose,
        questions,
        asked=len(questions),
        current=office.edition,
        limit=LIMIT,
    )


def test_each_is_opened_and_each_is_journaled(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    records = [office.submit(), office.submit(cast.stranger)]
    before = len(office.entries())
    found = open_(office, owner, records)
    assert isinstance(found, Several)
    values = [one.values for _, one in found.outcomes if isinstance(one, Opened)]
    assert values == [cast.subject.values(), cast.stranger.values()]
    said = office.entries()[before:]
    assert [one.kind for one in said] == ["record.opened", "record.opened", "copy.opened"]
    assert said[-1].codes == {
        "staff": owner.staff,
        "purpose": PURPOSE,
        "records": 2,
        "denied": 0,
    }


def test_one_that_is_held_stays_closed_among_others(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    records = [office.submit(), office.submit()]
    stop = Hold(None, records[0], None, offices.now() + 60_000)
    office.run(lambda tx: hold.place(tx, office.ring, stop, hold.Reason.DISPUTE))
    found = open_(office, owner, records)
    assert isinstance(found, Several)
    outcomes = dict(found.outcomes)
    denied = outcomes[records[0]]
    assert isinstance(denied, Denied)
    assert denied.reason == Reason.RECORD_HELD
    assert isinstance(outcomes[records[1]], Opened)
    assert office.entries()[found.entry].codes["denied"] == 1


def test_more_than_one_act_may_take_opens_none(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    records = [office.submit() for _ in range(4)]
    refused = open_(office, owner, records)
    assert isinstance(refused, Refused)
    assert refused.reason == "limit-reached"
    assert "record.opened" not in office.kinds()
    assert isinstance(open_(office, owner, records[:3]), Several)
    # Of five a day, two are left.
    assert isinstance(open_(office, owner, records[:3]), Refused)
    assert isinstance(open_(office, owner, records[:2]), Several)


def test_a_purpose_that_is_not_the_roles_opens_none(sqlite_office: Office) -> None:
    office = sqlite_office
    officer, record = office.staff(cast.officer), office.submit()
    refused = open_(office, officer, [record])
    assert isinstance(refused, Refused)
    assert refused.reason == Reason.ROLE_REFUSED
    assert office.entries()[refused.entry].kind == "copy.refused"


def test_nothing_is_shown_that_cannot_be_journaled(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sqlite_office
    owner, record = office.staff(cast.owner), office.submit()

    opened: list[object] = []
    monkeypatch.setattr(records, "open_each", lambda *given: opened.append(given))

    def fails(appender: log._Appender, tx: Transaction) -> None:
        raise errors.Unavailable("The disk is full.")

    monkeypatch.setattr(log._Appender, "close", fails)
    with pytest.raises(errors.Unavailable):
        open_(office, owner, [record])
    assert opened == []
