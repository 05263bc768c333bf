# SPDX-License-Identifier: Apache-2.0
"""Decide, journal, commit, and only then open."""

from dataclasses import replace

import pytest

from tests import cast, editions, office as offices
from tests.editions import FIELDS, PURPOSE
from tests.office import Office
from uphold import errors
from uphold.access import hold, reading
from uphold.access.gate import Hold, Reason
from uphold.access.hold import Reason as HoldReason
from uphold.access.reading import Denied, Opened
from uphold.database.transaction import Transaction
from uphold.journal import log
from uphold.mail import letter, outbox
from uphold.mail.letter import Letter
from uphold.retention import sweep
from uphold.vault import records

LETTER = Letter(cast.subject.email, "Re", "An answer.")


def test_what_was_sent_is_shown_and_journaled(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    found = reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert isinstance(found, Opened)
    assert found.values == cast.subject.values()
    assert found.answers == ()
    said = office.entries()[found.entry]
    assert said.kind == "record.opened"
    assert said.codes == {
        "staff": clerk.staff,
        "purpose": PURPOSE,
        "fields": "email+message+name+phone",
    }
    assert said.at_ms == found.at // 1000 * 1000
    assert cast.subject.mark not in repr(found)


def test_only_the_fields_asked_for_are_opened(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = replace(office.question(clerk, record), fields=frozenset({"email"}))
    found = reading.open_record(office.writer, office.ring, question)
    assert isinstance(found, Opened)
    assert found.values == {"email": cast.subject.email}
    assert office.entries()[found.entry].codes["fields"] == "email"


def test_a_denial_is_a_value_and_durable(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    technical = office.edition.policy.technical
    found = reading.open_record(
        office.writer, office.ring, office.question(clerk, record, technical)
    )
    assert isinstance(found, Denied)
    assert found.reason == Reason.ROLE_REFUSED
    said = office.entries()[found.entry]
    assert said.kind == "access.denied"
    assert said.codes == {"staff": clerk.staff, "purpose": technical, "reason": "role-refused"}


def test_the_owner_reads_the_technical_data_and_the_evidence(office: Office) -> None:
    owner, record = office.staff(cast.owner), office.submit()
    policy = office.edition.policy
    technical = reading.open_record(
        office.writer, office.ring, office.question(owner, record, policy.technical)
    )
    assert isinstance(technical, Opened)
    assert technical.values["ip"] == "192.0.2.7"
    evidence = reading.open_record(
        office.writer, office.ring, office.question(owner, record, policy.evidence)
    )
    assert isinstance(evidence, Opened)
    assert evidence.values["edition"] == 1
    assert "form-digest" in str(office.entries()[evidence.entry].codes["fields"])


def test_a_hold_is_obeyed_at_the_next_reading(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = office.question(clerk, record)
    until = offices.now() + 3_600_000
    number = office.run(
        lambda tx: hold.place(
            tx, office.ring, Hold(clerk.staff, None, None, until), HoldReason.SUSPICION
        )
    )
    found = reading.open_record(office.writer, office.ring, question)
    assert isinstance(found, Denied)
    assert found.reason == Reason.STAFF_HELD
    office.run(lambda tx: hold.lift(tx, number))
    assert isinstance(reading.open_record(office.writer, office.ring, question), Opened)


def test_a_narrower_edition_in_force_is_obeyed(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = office.question(clerk, record)
    less = replace(question, current=editions.make(without_field="phone"))
    found = reading.open_record(office.writer, office.ring, less)
    assert isinstance(found, Opened)
    assert set(found.values) == FIELDS - {"phone"}
    none = replace(question, current=editions.make(without_purpose=PURPOSE))
    denied = reading.open_record(office.writer, office.ring, none)
    assert isinstance(denied, Denied)
    assert denied.reason == Reason.PURPOSE_RETIRED


def test_what_was_destroyed_is_not_there_to_open(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    office.run(lambda tx: sweep.destroy(tx, office.ring, record, sweep.Reason.DISCARDED))
    found = reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert isinstance(found, Denied)
    assert found.reason == Reason.DESTROYED


def test_a_record_without_consent_stays_closed(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    found = reading.open_record(office.writer, office.ring, office.question(clerk, 999))
    assert isinstance(found, Denied)
    assert found.reason == Reason.CONSENT_MISSING


@pytest.mark.parametrize("purpose", ["no-such", "x" * 40])
def test_an_undeclared_purpose_is_denied(office: Office, purpose: str) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    found = reading.open_record(office.writer, office.ring, office.question(clerk, record, purpose))
    assert isinstance(found, Denied)
    assert found.reason == Reason.PURPOSE_UNDECLARED


@pytest.mark.parametrize(
    ("purpose", "reason"),
    [
        ("", Reason.PURPOSE_MISSING),
        *((junk, Reason.PURPOSE_UNDECLARED) for junk in ("Иван Петров", "x" * 41, "a b")),
    ],
)
def test_what_is_no_purpose_is_refused_and_its_words_stay_out_of_the_journal(
    sqlite_office: Office, purpose: str, reason: Reason
) -> None:
    office = sqlite_office
    clerk, record = office.staff(cast.clerk), office.submit()
    found = reading.open_record(office.writer, office.ring, office.question(clerk, record, purpose))
    assert isinstance(found, Denied)
    assert found.reason == reason
    assert office.entries()[found.entry].codes == {
        "staff": clerk.staff,
        "purpose": reading.NO_PURPOSE,
        "reason": str(reason),
    }
    (said,) = office.read(lambda c: reading.history(c, record))
    assert said.purpose == reading.NO_PURPOSE


def test_answers_come_apart_from_what_was_sent(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    for _ in range(2):
        office.run(
            lambda tx: outbox.put(
                tx, office.ring, record, PURPOSE, clerk.staff, LETTER, language="ru"
            )
        )
    found = reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert isinstance(found, Opened)
    assert found.values == cast.subject.values()
    assert found.answers == (LETTER, LETTER)
    assert letter.TEXT in str(office.entries()[found.entry].codes["fields"])


def test_history_tells_readings_and_denials(office: Office) -> None:
    clerk, record, other = office.staff(cast.clerk), office.submit(), office.submit(cast.stranger)
    reading.open_record(office.writer, office.ring, office.question(clerk, other))
    reading.open_record(office.writer, office.ring, office.question(clerk, record))
    reading.open_record(office.writer, office.ring, office.question(clerk, record, "security"))
    told = office.read(lambda c: reading.history(c, record))
    assert [(r.staff, r.purpose, r.denied) for r in told] == [
        (clerk.staff, PURPOSE, ""),
        (clerk.staff, "security", "role-refused"),
    ]
    assert [office.entries()[r.entry].kind for r in told] == ["record.opened", "access.denied"]


def test_nothing_is_opened_when_the_journal_cannot_be_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    opened: list[object] = []
    monkeypatch.setattr(records, "open_each", lambda *given: opened.append(given))

    def fails(appender: log._Appender, tx: Transaction) -> None:
        raise errors.Unavailable("The disk is full.")

    monkeypatch.setattr(log._Appender, "close", fails)
    with pytest.raises(errors.Unavailable):
        reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert opened == []
    assert office.read(lambda c: reading.history(c, record)) == ()


def test_it_is_durable_before_it_is_opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    seen: list[str] = []
    real = records.open_each

    def watched(*given: object) -> object:
        seen.append(office.kinds()[-1])
        return real(*given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(records, "open_each", watched)
    reading.open_record(office.writer, office.ring, office.question(clerk, record))
    assert seen == ["record.opened"]


def test_no_personal_data_reach_the_journal(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    reading.open_record(office.writer, office.ring, office.question(clerk, record))
    reading.open_record(office.writer, office.ring, office.question(clerk, record, "security"))
    assert cast.leaks(b"".join(office.raw())) == []
