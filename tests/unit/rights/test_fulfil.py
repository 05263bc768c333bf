# SPDX-License-Identifier: Apache-2.0
"""A person's own data: opened for them and nobody else, corrected everywhere, erased as far as the law lets."""

from collections.abc import Mapping

import pytest

from tests import cast, site
from tests.editions import PURPOSE
from tests.office import Office
from tests.unit.rights.test_holdings import EMAIL, PHONE, ground, of
from uphold import errors
from uphold.access import reading
from uphold.access.reading import Denied, Opened
from uphold.journal.entry import Entry
from uphold.retention import act, orders
from uphold.retention.orders import Terms
from uphold.rights import correction, fulfil
from uphold.rights.fulfil import Corrected, Erased, Own
from uphold.submission.validate import Problem
from uphold.vault import contact, destroyed, remains
from uphold.vault.contact import Contact

NEW_EMAIL = "agnia.new@subject.example"
STRANGER = Contact(contact.EMAIL, cast.stranger.email)


def opened(office: Office, *records: int, named: Contact = EMAIL) -> tuple[Own, ...]:
    return fulfil.open_own(office.writer, named, records, ground(office))


def values(office: Office, record: int, named: Contact = EMAIL) -> Mapping[str, object]:
    (found,) = [one for one in opened(office, record, named=named) if one.purpose == PURPOSE]
    return found.values


def correct(office: Office, record: int, **changes: str) -> Corrected:
    made = office.run(lambda tx: fulfil.correct(tx, ground(office), record, changes, request=7))
    assert isinstance(made, Corrected)
    return made


def erase(office: Office, *records: int) -> Erased:
    done = office.run(lambda tx: fulfil.erase(tx, ground(office), records, request=7))
    assert office.app.sweep().finish() is not None
    return done


def told(office: Office, kind: str) -> list[Entry]:
    return [one for one in office.entries() if one.kind == kind]


def test_a_person_reads_their_own_and_the_journal_knows(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    found = opened(office, record)
    policy = office.edition.policy
    assert [one.purpose for one in found] == [policy.evidence, PURPOSE, policy.technical]
    assert found[1].values == cast.subject.values()
    assert found[2].values["ip"] == "192.0.2.7"
    assert cast.subject.mark not in repr(found)
    said = told(office, "subject.opened")
    assert [one.codes["purpose"] for one in said] == [one.purpose for one in found]
    assert said[1].codes["fields"] == "email+message+name+phone"
    (held,) = of(office).records
    assert {one.staff for one in held.readings} == {fulfil.SUBJECT}


def test_answers_are_shown_apart(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    site.answer(office.app, record)
    own = opened(office, record)[1]
    assert own.values == cast.subject.values()
    assert [answer.text for answer in own.answers] == ["We deliver on Monday."]


def test_nobody_opens_what_does_not_name_their_address(sqlite_office: Office) -> None:
    office = sqlite_office
    mine, theirs = office.submit(), office.submit(cast.stranger)
    with pytest.raises(errors.Missing):
        opened(office, mine, theirs)
    with pytest.raises(errors.Missing):
        opened(office, mine, named=STRANGER)
    assert told(office, "subject.opened") == []


def test_a_correction_stands_for_everybody(office: Office) -> None:
    record = office.submit()
    made = correct(office, record, name="Agnia N.", message="Another one.")
    assert made.fields == ("name", "message")
    assert made.before != made.after
    expected = {**cast.subject.values(), "name": "Agnia N.", "message": "Another one."}
    assert values(office, record) == expected
    clerk = office.staff(cast.clerk)
    shown = reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert isinstance(shown, Opened)
    assert shown.values == expected
    assert office.entries()[shown.entry].codes["fields"] == "email+message+name+phone"
    (said,) = told(office, "record.corrected")
    assert said.codes == {
        "purpose": PURPOSE,
        "fields": "message+name",
        "request": 7,
        "staff": 0,
        "before": made.before.hex(),
        "after": made.after.hex(),
    }
    (noted,) = office.read(lambda c: correction.of_record(c, record))
    assert (noted.fields, noted.part, noted.entry > 0) == (made.fields, made.parts[0], True)


def test_correcting_twice_is_correcting_once(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    correct(office, record, name="Agnia N.")
    again = correct(office, record, name="Agnia N.")
    assert (again.parts, again.fields, again.before) == ((), (), again.after)
    assert len(told(office, "record.corrected")) == 1


def test_what_the_form_would_refuse_is_refused(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    wrong = {"email": "none", "message": "", "name": "x" * 101, "undeclared": "1"}
    found = office.run(lambda tx: fulfil.correct(tx, ground(office), record, wrong))
    assert found == [
        Problem("name", "too-long", 100),
        Problem("email", "not-email"),
        Problem("message", "required"),
        Problem("undeclared", "undeclared"),
    ]
    assert values(office, record) == cast.subject.values()


def test_an_optional_field_can_be_emptied(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    correct(office, record, phone="")
    assert values(office, record)["phone"] == ""
    assert of(office, PHONE).records == ()


def test_a_corrected_address_is_the_one_that_finds(office: Office) -> None:
    record = office.submit()
    correct(office, record, email=NEW_EMAIL)
    assert of(office, EMAIL).records == ()
    new = Contact(contact.EMAIL, NEW_EMAIL)
    assert of(office, new).numbers == of(office, PHONE).numbers == (record,)
    assert values(office, record, new)["email"] == NEW_EMAIL
    correct(office, record, email=cast.subject.email)
    assert of(office, new).records == ()
    assert of(office, EMAIL).numbers == (record,)


def test_an_address_that_was_not_given_is_added(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit(email=cast.subject.email, message=cast.subject.message)
    assert of(office, PHONE).records == ()
    correct(office, record, phone=cast.subject.phone)
    assert of(office, PHONE).numbers == (record,)


def test_erasing_leaves_nothing(office: Office) -> None:
    record, other = office.submit(), office.submit(cast.stranger)
    correct(office, record, name="Agnia N.")
    site.answer(office.app, record)
    live = office.read(lambda c: remains.live(c, record))
    done = erase(office, record)
    assert set(done.parts) == {number for number, _ in live}
    assert done.kept == ()
    assert set(office.read(lambda c: remains.rows_of(c, record)).values()) == {0}
    assert of(office).records == ()
    assert set(destroyed.read(office.app.settings.path("keys/destroyed"))) == set(done.parts)
    (said,) = told(office, "record.erased")
    assert said.codes == {"request": 7, "staff": 0, "purposes": 3, "kept": 0}
    clerk = office.staff(cast.clerk)
    shown = reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert isinstance(shown, Denied)
    assert opened(office, other, named=STRANGER)[1].values["name"] == cast.stranger.name


def test_an_erasure_is_told_by_closed_acts(sqlite_office: Office) -> None:
    office = sqlite_office
    first, second = office.submit(), office.submit()
    done = erase(office, first, second)
    acts = [office.read(lambda c, n=number: act.find(c, n)) for number in done.acts]  # type: ignore[misc] # mypy infers no lambda with a default
    assert {one.kind.reason for one in acts} == {"erased-on-request"}
    assert sum(one.parts or 0 for one in acts) == len(done.parts) == 6
    assert all(one.done_at for one in acts)
    assert len(acts) == 3


def test_an_order_is_obeyed_and_told(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    terms = Terms(record, PURPOSE, "A claim in court.", 0, None)
    number = office.run(lambda tx: orders.place(tx, terms, 1))
    done = erase(office, record)
    ((kept,)) = done.kept
    assert (kept.purpose, [one.number for one in kept.orders]) == (PURPOSE, [number])
    assert [p for _, p in office.read(lambda c: remains.live(c, record))] == [PURPOSE]
    assert done.before != done.after
    office.run(lambda tx: orders.lift(tx, number, 1))
    assert erase(office, record).kept == ()
    assert office.read(lambda c: remains.live(c, record)) == []


def test_erasing_twice_destroys_nothing_twice(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    first, second = erase(office, record), erase(office, record)
    assert second.parts == second.acts == ()
    assert first.after == second.before == second.after


def test_what_there_is_not(sqlite_office: Office) -> None:
    office = sqlite_office
    for work in (
        lambda tx: fulfil.correct(tx, ground(office), 999, {}),
        lambda tx: fulfil.erase(tx, ground(office), [999]),
    ):
        with pytest.raises(errors.Missing):
            office.run(work)
    record = office.submit()
    erase(office, record)
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: fulfil.correct(tx, ground(office), record, {"name": "N."}))
