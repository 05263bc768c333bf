# SPDX-License-Identifier: Apache-2.0
"""What only people can do counts as done while somebody's word for it is fresh."""

import pytest

from tests import cast, office as offices
from tests.office import Office
from uphold import errors
from uphold.journal import entry
from uphold.threats import attestation
from uphold.threats.attestation import LONGEST_MS

DAY = 24 * 60 * 60 * 1000


def attest(office: Office, duty: str, staff: int, until: int | None = None) -> int:
    """Attest a duty."""
    return office.run(lambda tx: attestation.attest(tx, duty, staff, until))


def told_at(office: Office, index: int) -> bytes:
    """Read an entry of the journal."""
    return office.read(lambda c: office.app.log.entry(c, index))


def test_every_duty_of_a_measure_can_be_attested(office: Office) -> None:
    owner = office.staff(cast.owner).staff
    for duty in attestation.duties():
        until = attest(office, duty, owner)
        found = office.read(attestation.newest)[duty]
        assert (found.staff, found.until) == (owner, until)
        assert found.until - found.at == LONGEST_MS
        told = entry.decode(told_at(office, found.entry))
        said = {"duty": duty, "staff": owner, "until": until // 1000}
        assert (told.kind, dict(told.codes)) == ("measure.attested", said)


def test_the_newest_word_counts(sqlite_office: Office) -> None:
    office, duty = sqlite_office, attestation.duties()[0]
    office.run(lambda tx: attestation.attest(tx, duty, 0))
    soon = offices.now() + DAY
    office.run(lambda tx: attestation.attest(tx, duty, 0, soon))
    assert office.read(attestation.newest)[duty].until == soon


def test_what_cannot_be_attested(sqlite_office: Office) -> None:
    office, duty, now = sqlite_office, attestation.duties()[0], offices.now()
    with pytest.raises(errors.Missing, match="names a duty nothing"):
        office.run(lambda tx: attestation.attest(tx, "nothing", 0))
    for until in (now - 1, now + LONGEST_MS + DAY):
        with pytest.raises(errors.Invalid, match="until then"):
            attest(office, duty, 0, until)
    assert office.read(attestation.newest) == {}
