# SPDX-License-Identifier: Apache-2.0
"""The second factor of staff: set by a code of it, proven by each code once, recovered, taken away."""

import pytest

from tests import cast, office as offices
from tests.office import Office
from uphold.access import factor, totp
from uphold.errors import Conflict


def code(secret: bytes, off: int = 0) -> str:
    return totp.code(secret, totp.step(offices.now()) + off)


@pytest.fixture
def clerk(office: Office) -> int:
    return office.staff(cast.clerk).staff


def set_up(office: Office, staff: int) -> tuple[bytes, tuple[str, ...]]:
    secret = office.run(lambda tx: factor.begin(tx, office.ring, staff))
    made = office.run(lambda tx: factor.confirm(tx, office.ring, staff, code(secret)))
    assert made is not None
    return secret, made


def accepted(office: Office, staff: int, given: str) -> bool:
    return office.run(lambda tx: factor.accept(tx, office.ring, staff, given))


def test_what_nobody_has_shown_to_work_is_not_in_force(office: Office, clerk: int) -> None:
    secret = office.run(lambda tx: factor.begin(tx, office.ring, clerk))
    assert not office.read(lambda c: factor.is_set(c, clerk))
    assert office.read(lambda c: factor.pending(c, office.ring, clerk)) == secret
    assert office.run(lambda tx: factor.confirm(tx, office.ring, clerk, "000 0000")) is None
    assert not accepted(office, clerk, code(secret))
    again = office.run(lambda tx: factor.begin(tx, office.ring, clerk))
    assert again != secret


def test_each_code_works_once(office: Office, clerk: int) -> None:
    secret, made = set_up(office, clerk)
    spent, good = code(secret), code(secret, 1)
    assert office.read(lambda c: factor.is_set(c, clerk))
    assert office.read(lambda c: factor.pending(c, office.ring, clerk)) is None
    assert accepted(office, clerk, good)
    assert not accepted(office, clerk, good)
    assert not accepted(office, clerk, spent), "it is older, and was used to confirm"
    assert len(set(made)) == factor.CODES
    assert office.kinds()[-1] == "staff.factor-set"
    with pytest.raises(Conflict):
        office.run(lambda tx: factor.begin(tx, office.ring, clerk))


def test_a_recovery_code_works_once_and_only_for_its_own(office: Office, clerk: int) -> None:
    _, made = set_up(office, clerk)
    owner = office.staff(cast.owner).staff
    set_up(office, owner)
    assert not accepted(office, owner, made[0])
    assert accepted(office, clerk, f" {made[0].upper()} ")
    assert not accepted(office, clerk, made[0])
    assert office.read(lambda c: factor.left(c, clerk)) == factor.CODES - 1
    assert office.entries()[-1].codes == {"staff": clerk}
    assert office.kinds()[-1] == "staff.recovered"


def test_taken_away_it_is_gone_and_journaled_once(office: Office, clerk: int) -> None:
    _, made = set_up(office, clerk)
    for _ in range(2):
        office.run(lambda tx: factor.drop(tx, clerk, 7))
    assert not accepted(office, clerk, made[1])
    assert office.kinds().count("staff.factor-removed") == 1
    assert office.entries()[-1].codes == {"staff": clerk, "by": 7}


def test_neither_secret_nor_codes_lie_in_the_store(sqlite_office: Office) -> None:
    clerk = sqlite_office.staff(cast.clerk).staff
    secret, made = set_up(sqlite_office, clerk)
    stored = sqlite_office.stored()
    assert secret not in stored
    assert totp.written(secret).replace(" ", "").encode() not in stored
    for one in made:
        assert one.encode() not in stored
        assert one.replace("-", "").encode() not in stored


def test_a_row_of_another_opens_nothing(office: Office, clerk: int) -> None:
    secret, _ = set_up(office, clerk)
    owner = office.staff(cast.owner).staff
    moved = factor.access_factor.update().values(staff=owner)
    office.run(lambda tx: tx.execute(moved))
    assert not accepted(office, owner, code(secret, 1))
