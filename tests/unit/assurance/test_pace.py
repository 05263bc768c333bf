# SPDX-License-Identifier: Apache-2.0
from uphold.assurance import pace
from uphold.assurance.pace import MINUTE, Pace
from uphold.config import Limits

LIMITS = Limits(fastest_seconds=2.0, aside_per_minute=2, refuse_per_minute=4)


class Clock:
    """A clock that stands still but for sleeping."""

    def __init__(self) -> None:
        self.now = 10 * MINUTE + 20_000
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += int(seconds * 1000)


def made(*sources: str) -> tuple[Pace, Clock]:
    clock = Clock()
    return Pace(LIMITS, sources or ("",), lambda: clock.now, clock.sleep), clock


def test_a_calm_post_waits_for_the_next_minute_where_there_is_one_source() -> None:
    one, clock = made()
    for _ in range(2):
        one.calm()
        one.told(one.source)
    assert clock.slept == []
    one.calm()
    assert clock.slept == [41.0]
    assert one.count(one.source) == 0


def test_a_calm_post_moves_on_to_another_source() -> None:
    one, clock = made("", "127.9.0.1")
    for expected in ("", "", "127.9.0.1", "127.9.0.1"):
        one.calm()
        assert one.source == expected
        one.told(one.source)
    assert clock.slept == []
    one.calm()
    assert clock.slept == [41.0]


def test_no_post_is_sent_that_would_be_refused_as_too_many() -> None:
    one, clock = made()
    for _ in range(4):
        one.told("")
    assert clock.slept == []
    one.told("")
    assert clock.slept == [41.0]
    assert one.count("") == 1


def test_a_form_is_not_sent_sooner_than_a_person_could() -> None:
    one, clock = made()
    one.old_enough(clock.now - 3_000)
    assert clock.slept == []
    one.old_enough(clock.now - 500)
    assert clock.slept == [1.55]


def test_only_a_site_of_this_machine_can_be_visited_from_several_addresses() -> None:
    local = pace.sources("127.0.0.1")
    assert local[0] == ""
    assert len(set(local)) == len(local) > 10
    assert pace.sources("localhost") == pace.sources("::1") == pace.sources("192.0.2.1") == ("",)
