# SPDX-License-Identifier: Apache-2.0
"""An export is a choice: its data are read through the gate when it is taken, by who made it, until it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tests import cast, office as offices
from tests.editions import FORM, PURPOSE
from tests.office import Office
from uphold.access import decoy, export, gate, hold
from uphold.access.export import Export, Format, Reason, Taken, Wanted
from uphold.access.gate import Hold
from uphold.access.permission import Actor
from uphold.access.reading import Question
from uphold.access.volume import DAY, HOUR, Limit, Refused
from uphold.database.transaction import Transaction
from uphold.enquiry import question
from uphold.mail import letter
from uphold.policy.document import Edition
from uphold.vault import records

LIMIT = Limit(3, DAY, 5)
WANTED = Wanted(PURPOSE, FORM, Format.CSV, Reason.INSPECTION, HOUR)


def asked(
    office: Office, reader: question.Reader, actor: Actor, numbers: Sequence[int]
) -> Mapping[int, Question]:
    def fields(given: Edition, form: str) -> frozenset[str]:
        return gate.fields(given, office.edition, form, PURPOSE) - letter.FIELDS

    return question.questions(
        reader,
        numbers,
        actor=actor,
        purpose=PURPOSE,
        current=office.edition,
        edition=office.app.shelf.edition,
        fields=fields,
    )


def order(
    office: Office, actor: Actor, numbers: Sequence[int], wanted: Wanted = WANTED
) -> Export | Refused:
    def work(tx: Transaction) -> Export | Refused:
        questions = list(asked(office, tx, actor, numbers).values())
        return export.order(tx, actor, wanted, questions, current=office.edition, limit=LIMIT)

    return office.run(work)


def made(office: Office, actor: Actor, *numbers: int) -> Export:
    found = order(office, actor, numbers)
    assert isinstance(found, Export)
    return found


def take(office: Office, actor: Actor, number: int) -> Taken | Refused | None:
    return export.take(
        office.writer,
        office.ring,
        actor,
        number,
        questions=lambda tx, numbers: asked(office, tx, actor, numbers),
    )


def test_it_is_made_without_opening_anything_and_taken_through_the_gate(office: Office) -> None:
    owner = office.staff(cast.owner)
    one, two = office.submit(), office.submit(cast.stranger)
    found = made(office, owner, one, two)
    assert "record.opened" not in office.kinds()
    said = office.entries()[found.entry]
    assert said.kind == "export.made"
    assert said.codes == {
        "export": found.number,
        "staff": owner.staff,
        "purpose": PURPOSE,
        "reason": "inspection",
        "records": 2,
        "ends": found.ends_at // 1000,
    }
    before = len(office.entries())
    taken = take(office, owner, found.number)
    assert isinstance(taken, Taken)
    assert taken.rows == ((one, cast.subject.values()), (two, cast.stranger.values()))
    kinds = [one.kind for one in office.entries()[before:]]
    assert kinds == ["export.taken", "record.opened", "record.opened"]
    when = office.read(export.listed)[0].taken_at
    taking = office.read(lambda c: export.taking(c, [one, two, two + 1]))
    assert taking == {(owner.staff, one): when, (owner.staff, two): when}
    assert office.read(lambda c: export.find(c, found.number)) == replace(
        found, taken=1, taken_at=office.read(export.listed)[0].taken_at
    )


def test_nothing_of_a_record_rests_with_the_export(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    found = made(office, owner, office.submit())
    take(office, owner, found.number)
    assert cast.leaks(office.stored()) == []


def test_what_is_erased_or_held_after_the_choice_is_not_taken(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    gone, held, left = office.submit(), office.submit(), office.submit(cast.stranger)
    found = made(office, owner, gone, held, left)
    office.run(lambda tx: records.destroy(tx, office.ring, gone, {PURPOSE}, "withdrawn"))
    stop = Hold(None, held, None, offices.now() + 60_000)
    office.run(lambda tx: hold.place(tx, office.ring, stop, hold.Reason.DISPUTE))
    taken = take(office, owner, found.number)
    assert isinstance(taken, Taken)
    assert [number for number, _ in taken.rows] == [left]
    assert taken.denied == 2


def test_nobody_else_takes_it_and_the_attempt_is_journaled(sqlite_office: Office) -> None:
    office = sqlite_office
    owner, officer = office.staff(cast.owner), office.staff(cast.officer)
    found = made(office, owner, office.submit())
    refused = take(office, officer, found.number)
    assert isinstance(refused, Refused)
    assert refused.reason == export.NOT_YOURS
    assert office.entries()[refused.entry].codes["staff"] == officer.staff
    assert "record.opened" not in office.kinds()
    assert take(office, owner, found.number + 1) is None


@pytest.mark.parametrize("how", ["time", "hand"])
def test_it_ends(sqlite_office: Office, how: str) -> None:
    office = sqlite_office
    owner, officer = office.staff(cast.owner), office.staff(cast.officer)
    life = 1 if how == "time" else HOUR
    found = order(office, owner, [office.submit()], replace(WANTED, life_ms=life))
    assert isinstance(found, Export)
    if how == "hand":
        assert not office.run(lambda tx: export.end(tx, officer, found.number))
        assert office.run(lambda tx: export.end(tx, owner, found.number))
        assert office.entries()[-1].kind == "export.ended"
    while offices.now() <= found.made_at + life and how == "time":
        pass
    refused = take(office, owner, found.number)
    assert isinstance(refused, Refused)
    assert refused.reason == export.OVER
    assert not office.run(lambda tx: export.end(tx, owner, found.number))
    office.run(lambda tx: export.forget(tx, tx.now))
    picked = office.read(
        lambda c: c.execute(export.access_export_pick.select()).all(),
    )
    assert picked == []


def test_the_limits_of_one_act_and_of_a_day(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    numbers = [office.submit() for _ in range(4)]
    for some, allowed in ((numbers, False), (numbers[:3], True), (numbers[:3], False)):
        found = order(office, owner, some)
        assert isinstance(found, Export) is allowed
        if isinstance(found, Refused):
            assert found.reason == "limit-reached"


def test_no_export_of_nothing_or_for_a_purpose_of_others(sqlite_office: Office) -> None:
    office = sqlite_office
    owner, officer = office.staff(cast.owner), office.staff(cast.officer)
    record = office.submit()
    empty = order(office, owner, [])
    assert isinstance(empty, Refused)
    assert empty.reason == export.NOTHING
    refused = order(office, officer, [record])
    assert isinstance(refused, Refused)
    assert refused.reason == "role-refused"
    assert office.read(export.listed) == ()


def test_a_record_that_nobody_sent_is_handed_on_to_nobody(sqlite_office: Office) -> None:
    office, owner = sqlite_office, sqlite_office.staff(cast.owner)
    mine, nobodys = office.submit(), office.submit(cast.stranger)
    office.run(lambda tx: decoy.mark(tx, decoy.What.RECORD, nobodys))
    assert made(office, owner, mine, nobodys).records == 1
