# SPDX-License-Identifier: Apache-2.0
"""A search finds what may be opened for its purpose, is in the journal first, and keeps the address to itself."""

from collections.abc import Mapping, Sequence

import pytest

from tests import cast, office as offices
from tests.editions import PURPOSE
from tests.office import Office
from uphold.access import hold, reading, search
from uphold.access.gate import Asked, Denial, Hold
from uphold.access.permission import Actor
from uphold.access.reading import Question
from uphold.access.search import Found
from uphold.access.volume import HOUR, Limit, Refused
from uphold.database.transaction import Transaction
from uphold.enquiry import question
from uphold.policy.document import Edition
from uphold.vault import records
from uphold.vault.contact import EMAIL, PHONE, Contact
from uphold.vault.permit import Permit

LIMIT = Limit(1, HOUR, 5)
SUBJECT = (Contact(EMAIL, cast.subject.email),)


def look(
    office: Office,
    actor: Actor,
    contacts: Sequence[Contact] = SUBJECT,
    purpose: str = PURPOSE,
    limit: Limit = LIMIT,
) -> Found | Refused:
    def questions(tx: Transaction, numbers: Sequence[int]) -> Mapping[int, Question]:
        return question.questions(
            tx,
            numbers,
            actor=actor,
            purpose=purpose,
            current=office.edition,
            edition=office.app.shelf.edition,
        )

    return search.search(
        office.writer,
        office.ring,
        actor,
        purpose,
        contacts,
        current=office.edition,
        questions=questions,
        limit=limit,
    )


def test_an_address_finds_its_records_latest_first_and_no_others(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    first = office.submit()
    office.submit(cast.stranger)
    second = office.submit()
    found = look(office, clerk)
    assert isinstance(found, Found)
    assert found.records == (second, first)
    said = office.entries()[found.entry]
    assert said.kind == "search.made"
    assert said.codes == {"staff": clerk.staff, "purpose": PURPOSE, "hits": 2}
    assert len(said.commitments) == 2


def test_another_spelling_and_the_telephone_find_it_too(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, record = office.staff(cast.clerk), office.submit()
    for one in (
        Contact(EMAIL, f" {cast.subject.email.upper()} "),
        Contact(PHONE, cast.subject.phone),
    ):
        found = look(office, clerk, [one])
        assert isinstance(found, Found)
        assert found.records == (record,)


def test_nobody_found_looks_like_somebody_in_the_journal(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    found = look(office, clerk)
    assert isinstance(found, Found)
    assert found.records == ()
    said = office.entries()[found.entry]
    assert said.codes["hits"] == 0
    assert len(said.commitments) == 1


def test_the_address_is_kept_nowhere(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    look(office, clerk, [Contact(EMAIL, cast.stranger.email)])
    assert cast.stranger.email.encode() not in office.stored()
    assert not any(cast.stranger.email.encode() in raw for raw in office.raw())


def test_a_purpose_that_is_not_the_roles_is_refused_and_journaled(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    office.submit()
    for purpose, reason in (
        (office.edition.policy.technical, "role-refused"),
        ("never-declared", "purpose-undeclared"),
    ):
        refused = look(office, clerk, purpose=purpose)
        assert isinstance(refused, Refused)
        assert refused.reason == reason
        said = office.entries()[refused.entry]
        assert said.kind == "copy.refused"
        codes = {"staff": clerk.staff, "what": "search", "purpose": purpose, "reason": reason}
        assert said.codes == codes


@pytest.mark.parametrize("what", ["staff", "purpose", "all"])
def test_a_hold_stops_searching(sqlite_office: Office, what: str) -> None:
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    held = Hold(
        clerk.staff if what == "staff" else None,
        None,
        PURPOSE if what == "purpose" else None,
        offices.now() + 60_000,
    )
    office.run(lambda tx: hold.place(tx, office.ring, held, hold.Reason.SUSPICION))
    refused = look(office, clerk)
    assert isinstance(refused, Refused)
    assert refused.reason == f"{what}-held"


def test_no_more_is_judged_than_is_shown(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write lock is held meanwhile, however much somebody has sent."""
    monkeypatch.setattr(search, "MOST", 2)
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    first, second, gone, last = (office.submit() for _ in range(4))
    office.run(lambda tx: records.destroy(tx, office.ring, gone, {PURPOSE}, "purpose-ended"))
    judged: list[int] = []
    judge = reading.judge

    def watched(tx: Transaction, asked: Asked, *editions: Edition) -> Permit | Denial:
        judged.append(asked.record)
        return judge(tx, asked, *editions)

    monkeypatch.setattr(reading, "judge", watched)
    found = look(office, clerk)
    assert isinstance(found, Found)
    assert found.records == (last, second)
    assert first not in judged


def test_what_the_gate_would_not_open_is_not_found(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    held, gone, left = office.submit(), office.submit(), office.submit()
    stop = Hold(None, held, None, offices.now() + 60_000)
    office.run(lambda tx: hold.place(tx, office.ring, stop, hold.Reason.DISPUTE))
    office.run(lambda tx: records.destroy(tx, office.ring, gone, {PURPOSE}, "purpose-ended"))
    found = look(office, clerk)
    assert isinstance(found, Found)
    assert found.records == (left,)


def test_guessing_ends_refused_searches_count_too(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, other = office.staff(cast.clerk), office.staff(cast.owner)
    rule = Limit(1, HOUR, 2)
    assert isinstance(look(office, clerk, purpose="never-declared", limit=rule), Refused)
    assert isinstance(look(office, clerk, limit=rule), Found)
    refused = look(office, clerk, limit=rule)
    assert isinstance(refused, Refused)
    assert refused.reason == "limit-reached"
    assert office.entries()[refused.entry].codes["reason"] == "limit-reached"
    assert isinstance(look(office, other, limit=rule), Found)
