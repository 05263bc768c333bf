# SPDX-License-Identifier: Apache-2.0
"""Tries that failed: counted by their hash, and forgotten when they are old."""

from tests.office import Office, now
from uphold.access import throttle
from uphold.access.attempt import by_key, count

RULE = throttle.LOGIN
KEY, OTHER = b"one", b"other"


def tried(office: Office, key: bytes, at: int) -> int:
    office.run(lambda tx: count(tx, RULE, key, tx.execute(by_key(key)).first(), at))
    return office.read(lambda c: int(c.execute(by_key(key)).one().failures))


def test_each_key_has_a_count_of_its_own(office: Office) -> None:
    at = now()
    assert [tried(office, KEY, at) for _ in range(3)] == [1, 2, 3]
    assert tried(office, OTHER, at) == 1


def test_what_is_old_counts_no_more_and_is_cleared_away(office: Office) -> None:
    at = now()
    tried(office, KEY, at)
    assert tried(office, KEY, at + RULE.quiet_ms) == 1
    tried(office, OTHER, at + 3 * RULE.quiet_ms)
    assert office.read(lambda c: c.execute(by_key(KEY)).first()) is None
