# SPDX-License-Identifier: Apache-2.0
"""Suspicion: counted by address prefix and minute, in memory, and never a reason to drop a post."""

import threading

import pytest

from uphold.config import Limits
from uphold.submission import guard
from uphold.submission.guard import Meter, Pace

NOON = 1_767_355_200_000
LIMITS = Limits()


def test_posts_of_one_address_are_counted() -> None:
    meter = Meter()
    assert [meter.count("192.0.2.7", NOON + n).count for n in range(3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("192.0.2.7", "192.0.2.250", True),
        ("192.0.2.7", "192.0.3.7", False),
        ("2001:db8:1:200::1", "2001:db8:1:2ff::9", True),
        ("2001:db8:1:200::1", "2001:db8:1:300::1", False),
        ("::ffff:192.0.2.7", "192.0.2.8", True),
        ("::ffff:192.0.2.7", "::ffff:198.51.100.7", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("not an address", "not an address", True),
        ("not an address", "nor this", False),
    ],
)
def test_a_prefix_counts_as_one(one: str, other: str, together: bool) -> None:
    meter = Meter()
    meter.count(one, NOON)
    assert meter.count(other, NOON).count == 1 + together


@pytest.mark.parametrize("start", ["2001:db8:1:200::", "2001:db8:1::", "2001:db8::200:0:"])
def test_one_host_with_many_addresses_takes_one_place(start: str) -> None:
    meter = Meter()
    counts = [meter.count(f"{start}{n:x}", NOON).count for n in range(1, 501)]
    assert counts == list(range(1, 501))
    assert (len(meter._counts), len(meter._prefixes)) == (1, 1)
    # Nobody else is of it, and what is no address of IPv6 alone stands for itself.
    mapped = ("::ffff:192.0.2.7", "::FFFF:198.51.100.7", "0:0:0:0:0:ffff:203.0.113.7")
    others = ("::1", *mapped, "fe80::1%eth0", ":\0", "a::\udc80")
    assert [meter.count(one, NOON).count for one in others] == [1] * len(others)


def test_without_an_address_nobody_is_suspected() -> None:
    meter = Meter()
    counts = [meter.count("", NOON).count for _ in range(500)]
    assert counts == [0] * 500
    assert not guard.refused(LIMITS, Pace(0, 1))


def test_each_minute_begins_anew() -> None:
    meter = Meter()
    assert [meter.count("192.0.2.7", NOON + at).count for at in (0, 59_999, 60_000)] == [1, 2, 1]
    assert meter._counts.keys() == {meter._hidden("192.0.2.7")}


@pytest.mark.parametrize(
    ("at", "seconds"), [(0, 60), (1, 60), (1000, 59), (59_000, 1), (59_001, 1), (59_999, 1)]
)
def test_one_may_come_again_when_the_minute_ends(at: int, seconds: int) -> None:
    assert Meter().count("192.0.2.7", NOON + at).retry_after == seconds


def test_addresses_are_not_kept_where_they_are_counted() -> None:
    meter = Meter()
    meter.count("192.0.2.7", NOON)
    assert b"\xc0\x00\x02" not in b"".join(meter._counts)
    # Another process hides the same address as something else.
    assert Meter()._hidden("192.0.2.7") != meter._hidden("192.0.2.7")


def test_threads_lose_no_count() -> None:
    meter = Meter()

    def post() -> None:
        for _ in range(2000):
            meter.count("192.0.2.7", NOON)

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meter.count("192.0.2.7", NOON).count == 8001


@pytest.mark.parametrize(
    ("pace", "honeypot", "age", "found"),
    [
        (1, "", 2000, ()),
        (20, "", 2000, ()),
        (21, "", 2000, ("too-many",)),
        (1, "x", 2000, ("honeypot",)),
        (1, "", 1999, ("too-fast",)),
        (1, "", -5000, ("too-fast",)),
        (1, "", 10**12, ()),
        (99, "x", 0, ("honeypot", "too-fast", "too-many")),
    ],
)
def test_what_speaks_against_a_post_is_named(
    pace: int, honeypot: str, age: int, found: tuple[str, ...]
) -> None:
    assert guard.suspicions(LIMITS, Pace(pace, 1), honeypot, age) == found


def test_only_beyond_the_hard_limit_a_post_is_refused() -> None:
    assert not guard.refused(LIMITS, Pace(LIMITS.refuse_per_minute, 1))
    assert guard.refused(LIMITS, Pace(LIMITS.refuse_per_minute + 1, 1))


def test_so_many_are_told_apart_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_PREFIXES", 2)
    meter = Meter()
    counts = [meter.count(f"192.0.{n}.7", NOON).count for n in (1, 2, 3, 3, 1)]
    assert counts == [1, 1, 0, 0, 2]
    assert (len(meter._counts), len(meter._prefixes)) == (2, 2)
    # The next minute begins anew.
    assert meter.count("192.0.3.7", NOON + guard.MINUTE).count == 1
