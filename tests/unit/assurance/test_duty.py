# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from tests import cast
from tests.office import Office, office, quick_hashing
from uphold import errors
from uphold.assurance import duty
from uphold.assurance.verdict import Attested
from uphold.policy.document import Binding, Duty, Edition

__all__ = ["office", "quick_hashing"]

DAY = 24 * 60 * 60 * 1000
CLAUSE = "4.2.2"


def bound(office: Office, every: str = "P1Y", number: int = 1) -> Edition:
    said = Duty({"en": "Head"}, {"en": "Sign the act"}, every)
    edition = office.edition
    bindings = {**edition.policy.bindings, CLAUSE: Binding(CLAUSE, (), fact=False, duty=said)}
    return replace(edition, number=number, policy=replace(edition.policy, bindings=bindings))


def newest(office: Office, edition: Edition, *editions: Edition) -> dict[str, Attested]:
    return dict(office.read(lambda c: duty.newest(c, edition, editions or (edition,))))


def test_an_attestation_is_stored_journaled_and_counts_for_the_term(office: Office) -> None:
    owner, edition = office.staff(cast.owner), bound(office)
    until = office.run(lambda tx: duty.attest(tx, edition, CLAUSE, owner.staff))
    [found] = newest(office, edition).values()
    assert found.by == cast.owner.login
    assert found.until == until == duty.after(found.at, "P1Y")
    last = office.entries()[-1]
    assert last.kind == "duty.attested"
    assert last.codes == {"clause": CLAUSE, "staff": owner.staff, "until": until // 1000}


def test_the_newest_attestation_counts_and_may_be_for_less_than_the_term(office: Office) -> None:
    edition, now = bound(office), office.run(lambda tx: tx.now)
    office.run(lambda tx: duty.attest(tx, edition, CLAUSE, 1))
    office.run(lambda tx: duty.attest(tx, edition, CLAUSE, 1, now + DAY))
    assert newest(office, edition)[CLAUSE].until == now + DAY


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_nobody_can_attest_for_the_past_or_beyond_the_term(office: Office, days: int) -> None:
    edition, now = bound(office), office.run(lambda tx: tx.now)
    with pytest.raises(errors.Invalid, match="cannot count until then"):
        office.run(lambda tx: duty.attest(tx, edition, CLAUSE, 1, now + days * DAY))


def test_a_clause_without_a_duty_has_nothing_to_attest(office: Office) -> None:
    with pytest.raises(errors.Missing, match="no duty"):
        office.run(lambda tx: duty.attest(tx, bound(office), "1.2", 1))


def test_it_holds_for_a_later_edition_that_says_the_same_duty(office: Office) -> None:
    first, same, other = bound(office), bound(office, number=2), bound(office, "P2Y", number=2)
    office.run(lambda tx: duty.attest(tx, first, CLAUSE, 1))
    assert CLAUSE in newest(office, same, same, first)
    assert newest(office, other, other, first) == {}
    assert newest(office, same, same) == {}


def test_a_row_that_the_journal_does_not_bear_out_does_not_count(office: Office) -> None:
    edition = bound(office)
    until = office.run(lambda tx: duty.attest(tx, edition, CLAUSE, 1))
    forged = text(
        "INSERT INTO assurance_attestation (number, clause, edition, staff, at, until, entry)"
        " SELECT 9, clause, edition, staff, at, until + 1000, entry FROM assurance_attestation"
    )
    with office.app.database.connect() as connection:
        connection.execute(forged)
    assert newest(office, edition)[CLAUSE].until == until


@pytest.mark.parametrize(
    ("begun", "every", "expected"),
    [
        ("2026-11-22T10:00:00+00:00", "P3Y", "2029-11-22T10:00:00+00:00"),
        ("2024-02-29T00:00:00+00:00", "P1Y", "2025-02-28T00:00:00+00:00"),
        ("2026-08-31T00:00:00+00:00", "P6M", "2027-02-28T00:00:00+00:00"),
        ("2026-12-31T00:00:00+00:00", "P1Y2M3DT4H", "2028-03-03T04:00:00+00:00"),
        ("2026-01-01T00:00:00+00:00", "P2W", "2026-01-15T00:00:00+00:00"),
    ],
)
def test_a_term_is_added_by_the_calendar(begun: str, every: str, expected: str) -> None:
    at = int(datetime.fromisoformat(begun).timestamp() * 1000)
    found = datetime.fromtimestamp(duty.after(at, every) / 1000, UTC)
    assert found.isoformat() == expected
