# SPDX-License-Identifier: Apache-2.0
"""Whoever received data hears when they were corrected or erased, and what they answer is kept."""

from dataclasses import replace

import pytest

from tests import releases
from tests.editions import PURPOSE
from tests.releases import Releases
from tests.unit.rights import packages
from tests.unit.rights.test_holdings import EMAIL, ground
from uphold import errors
from uphold.access import disclosure, procedure
from uphold.access.procedure import Outcome as Ended
from uphold.rights import fulfil, holdings, package, printed, telling
from uphold.rights.telling import Cause, Channel, Outcome, State, Telling

desk = releases.desk


def left(desk: Releases) -> int:
    """A disclosure of name and address that was handed out."""
    number = desk.prepare().number
    desk.approve(number)
    desk.sent(number)
    return number


def correct(desk: Releases, **changes: str) -> None:
    office = desk.office
    office.run(lambda tx: fulfil.correct(tx, ground(office), desk.record, changes, request=7))


def erase(desk: Releases) -> None:
    office = desk.office
    office.run(lambda tx: fulfil.erase(tx, ground(office), (desk.record,), request=8))


def due(desk: Releases) -> tuple[Telling, ...]:
    return desk.office.read(lambda c: telling.open_(c, exercise=False))


def test_a_correction_is_told_to_who_received_the_field(desk: Releases) -> None:
    number = left(desk)
    correct(desk, message="What was not disclosed.")
    assert due(desk) == ()
    correct(desk, name="Agnia N.", message="And this.")
    (one,) = due(desk)
    assert (one.disclosure, one.record, one.cause) == (number, desk.record, Cause.CORRECTED)
    assert (one.fields, one.request, one.state) == (("name",), 7, State.DUE)


def test_an_erasure_is_told_to_who_received_anything(desk: Releases) -> None:
    number = left(desk)
    erase(desk)
    (one,) = due(desk)
    assert (one.disclosure, one.cause, one.request) == (number, Cause.ERASED, 8)
    assert one.fields == ("email", "name")
    # Asking twice destroys nothing twice, and nobody is told twice.
    erase(desk)
    assert due(desk) == (one,)


def test_who_received_nothing_is_told_nothing(desk: Releases) -> None:
    refused = desk.prepare().number
    lost = left(desk)
    office, actor = desk.office, desk.owner
    office.run(lambda tx: disclosure.refuse(tx, refused, actor, procedure.Reason.MISTAKE))
    office.run(lambda tx: disclosure.confirm(tx, lost, actor, Ended.UNDELIVERED))
    correct(desk, name="Agnia N.")
    erase(desk)
    assert due(desk) == ()


def test_each_step_is_kept_and_journaled_without_a_name(desk: Releases) -> None:
    left(desk)
    correct(desk, name="Agnia N.")
    office, staff = desk.office, desk.owner.staff
    (one,) = due(desk)
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: telling.answer(tx, one.number, staff, Outcome.DONE))
    told = office.run(lambda tx: telling.tell(tx, one.number, staff, Channel.LETTER))
    assert (told.state, told.told_by, told.channel) == (State.TOLD, staff, "letter")
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: telling.tell(tx, one.number, staff, Channel.EMAIL))
    silent = office.run(lambda tx: telling.answer(tx, one.number, staff, Outcome.NO_ANSWER))
    assert silent.state == State.ANSWERED
    late = office.run(lambda tx: telling.answer(tx, one.number, staff, Outcome.DONE))
    assert (late.outcome, late.answered_by) == ("done", staff)
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: telling.answer(tx, one.number, staff, Outcome.REFUSED))
    said = [one for one in office.entries() if one.kind.startswith("recipient.")]
    assert [one.kind for one in said] == ["recipient.told", *["recipient.answered"] * 2]
    assert said[0].codes == {
        "notice": one.number, "disclosure": one.disclosure, "cause": "corrected", "staff": staff,
        "channel": "letter",
    }  # fmt: skip
    assert due(desk) == ()
    assert office.read(lambda c: telling.of_record(c, desk.record)) == (late,)
    assert office.read(lambda c: telling.of_disclosure(c, one.disclosure)) == (late,)


def test_there_is_no_other(desk: Releases) -> None:
    with pytest.raises(errors.Missing):
        desk.office.read(lambda c: telling.find(c, 99))


def test_another_purpose_is_none_of_theirs(desk: Releases) -> None:
    left(desk)
    office = desk.office
    assert office.run(lambda tx: telling.corrected(tx, desk.record, "security", {"name"}, 0)) == ()
    assert office.run(lambda tx: telling.erased(tx, desk.record, ["security"], 0)) == ()
    assert office.run(lambda tx: telling.erased(tx, desk.record, [PURPOSE], 0)) == (1,)


def test_the_person_sees_who_received_what_and_what_they_were_told(desk: Releases) -> None:
    number = left(desk)
    correct(desk, name="Agnia N.")
    office, staff = desk.office, desk.owner.staff
    made = packages.of(office)
    (shown,) = made.disclosures
    who = office.edition.policy.recipients["authorities"].name["en"]
    assert (shown.recipient, shown.law, shown.purpose) == (who, "152-fz:6.1.3", PURPOSE)
    assert sorted(shown.fields) == ["Email", "Name"]
    assert shown.submission == made.submissions[0].id
    assert shown.told == []
    office.run(lambda tx: telling.tell(tx, 1, staff, Channel.LETTER))
    office.run(lambda tx: telling.answer(tx, 1, staff, Outcome.DONE))
    ((told,),) = [one.told for one in packages.of(office).disclosures]
    assert (told.cause, told.outcome) == ("corrected", "done")
    assert desk.find(number).sent_at == int(shown.at.timestamp() * 1000)
    assert who in printed.page(printed.of(packages.of(office, language="en"))).decode()


def test_a_silence_covers_the_notices_too_until_its_end(desk: Releases) -> None:
    until = releases.LATER
    order = replace(desk.order(), ground="criminal-case", silence_until=until)
    number = desk.prepare(order).number
    desk.approve(number)
    desk.sent(number)
    correct(desk, name="Agnia N.")
    office = desk.office
    made = packages.of(office)
    assert made.disclosures == []
    assert "criminal" not in package.json(made).decode()
    for at, seen in ((until - 1, False), (until, True)):
        held = office.read(lambda c, at=at: holdings.of(c, ground(office), EMAIL, at))  # type: ignore[misc] # mypy infers no lambda with a default
        assert [one.number for one in held.records[0].disclosed] == [number] * seen
        assert len(held.records[0].told) == seen
