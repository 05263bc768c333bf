# SPDX-License-Identifier: Apache-2.0
"""A client waits until the minute ends, an address until the hour does; others do not."""

import pytest

from uphold.submission.guard import MINUTE
from uphold.web import my_pace
from uphold.web.my_pace import CLIENT_PER_MINUTE, CONTACT_PER_HOUR, HOUR, Pace

NOW = 1_800_000_000_000 // HOUR * HOUR


def test_a_client_that_asks_too_often_waits_until_the_minute_ends() -> None:
    pace = Pace()
    tries = [pace.client("192.0.2.7", NOW + 1000) for _ in range(CLIENT_PER_MINUTE + 1)]
    assert tries == [0] * CLIENT_PER_MINUTE + [59]
    # Its neighbours of the same prefix are the same household.
    assert pace.client("192.0.2.8", NOW + 1000) == 59
    assert pace.client("198.51.100.1", NOW + 1000) == 0
    assert pace.client("192.0.2.7", NOW + MINUTE) == 0


def test_an_address_gets_so_many_letters_an_hour_whoever_asks() -> None:
    pace = Pace()
    tries = [pace.contact("anna@example.org", NOW) for _ in range(CONTACT_PER_HOUR + 1)]
    assert tries == [0] * CONTACT_PER_HOUR + [3600]
    assert pace.contact("boris@example.org", NOW) == 0
    assert pace.contact("anna@example.org", NOW + HOUR) == 0


def test_so_many_addresses_are_told_apart_and_any_other_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(my_pace, "MOST_CONTACTS", 2)
    pace = Pace()
    tries = [pace.contact(f"{one}@example.org", NOW) for one in "abcca"]
    assert tries == [0, 0, 3600, 3600, 0]
    assert len(pace._contacts) == 2
    assert pace.contact("c@example.org", NOW + HOUR) == 0
