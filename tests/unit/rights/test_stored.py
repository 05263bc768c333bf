# SPDX-License-Identifier: Apache-2.0
"""What is read back is what was stored; what is due is found by the columns that stand beside it."""

import pytest

from tests.office import Office, now
from uphold.rights import machine, request, stored
from uphold.rights.machine import Kind
from uphold.rights.stored import Channel, Identity, Intake, Representative

DAY = 24 * 3_600_000
PROFILES = ("ru-152fz", "eu-gdpr")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_read_back_as_it_came(sqlite_office: Office, kind: Kind) -> None:
    asked = Intake(
        kind,
        (3, 1),
        "AAAAAAAAAAAAAAAA",
        Channel.PHONE,
        Identity.CALLED_BACK,
        "en",
        staff=2,
        representative=Representative.GUARDIAN,
        purposes=("newsletter", "delivery"),
    )
    came = now() - DAY
    made = sqlite_office.run(
        lambda tx: request.receive(tx, sqlite_office.ring, "", PROFILES, asked, came)
    )
    found = sqlite_office.read(lambda c: stored.find(c, made.number))
    assert found == made
    assert found.records == (1, 3)
    assert found.request.clocks == machine.receive(kind, PROFILES, came).clocks


def test_the_columns_agree_with_the_machine(sqlite_office: Office) -> None:
    """At any moment the lists are those of `Request.late` and `Request.soon`."""
    ages = (0, 5, 12, 25, 45)
    for number, age in enumerate(ages, start=1):
        asked = Intake(Kind.ACCESS, (number,), f"PERSON{number}", Channel.MAIL, Identity.NONE, "ru")
        sqlite_office.run(
            lambda tx, asked=asked, age=age: request.receive(  # type: ignore[misc] # mypy infers no lambda with a default
                tx, sqlite_office.ring, "", PROFILES, asked, now() - age * DAY
            )
        )
    every = sqlite_office.read(stored.open_)
    for ahead in range(0, 60, 3):
        at = now() + ahead * DAY
        late = {one.number for one in sqlite_office.read(lambda c, at=at: stored.late(c, at))}  # type: ignore[misc] # mypy infers no lambda with a default
        soon = {one.number for one in sqlite_office.read(lambda c, at=at: stored.soon(c, at))}  # type: ignore[misc] # mypy infers no lambda with a default
        assert late == {one.number for one in every if one.request.late(at)}
        assert soon == {one.number for one in every if one.request.soon(at)}
