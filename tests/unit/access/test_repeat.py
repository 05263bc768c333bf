# SPDX-License-Identifier: Apache-2.0
"""An act under a key is done once, whoever sends it how often."""

import pytest

from tests.office import Office
from uphold import errors
from uphold.access import repeat
from uphold.database.transaction import Transaction


class Counted:
    """An act that counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, _: Transaction) -> bytes:
        self.times += 1
        return b'{"time":%d}' % self.times


def test_the_first_answer_is_every_answer(office: Office) -> None:
    act = Counted()
    for _ in range(3):
        answer = office.run(lambda tx: repeat.once(tx, 1, "key", b"request", act))
        assert answer == b'{"time":1}'
    assert act.times == 1


def test_keys_are_each_client_s_own(sqlite_office: Office) -> None:
    act = Counted()
    for client, key in ((1, "key"), (2, "key"), (1, "other")):
        sqlite_office.run(lambda tx, c=client, k=key: repeat.once(tx, c, k, b"request", act))  # type: ignore[misc] # bound at once
    assert act.times == 3


def test_a_key_is_for_one_request(sqlite_office: Office) -> None:
    act = Counted()
    sqlite_office.run(lambda tx: repeat.once(tx, 1, "key", b"one", act))
    with pytest.raises(repeat.Reused):
        sqlite_office.run(lambda tx: repeat.once(tx, 1, "key", b"two", act))
    assert act.times == 1


def test_what_fails_is_not_kept(sqlite_office: Office) -> None:
    def fail(_: Transaction) -> bytes:
        raise errors.Conflict("It has moved on.", "Look.")

    with pytest.raises(errors.Conflict):
        sqlite_office.run(lambda tx: repeat.once(tx, 1, "key", b"one", fail))
    act = Counted()
    sqlite_office.run(lambda tx: repeat.once(tx, 1, "key", b"two", act))
    assert act.times == 1


def test_a_key_is_forgotten_after_its_time(sqlite_office: Office) -> None:
    act = Counted()
    for _ in range(2):
        sqlite_office.run(lambda tx: repeat.once(tx, 1, "key", b"one", act))
        sqlite_office.run(lambda tx: repeat.forget(tx, tx.now + repeat.KEPT_MS - 60_000))
    assert act.times == 1
    sqlite_office.run(lambda tx: repeat.forget(tx, tx.now + repeat.KEPT_MS + 60_000))
    sqlite_office.run(lambda tx: repeat.once(tx, 1, "key", b"one", act))
    assert act.times == 2


def test_neither_key_nor_request_is_stored(sqlite_office: Office) -> None:
    sqlite_office.run(lambda tx: repeat.once(tx, 1, "a key of mine", b"a request", Counted()))
    stored = sqlite_office.stored()
    assert b"a key of mine" not in stored
    assert b"a request" not in stored
