# SPDX-License-Identifier: Apache-2.0
"""Who gives way when there are too many; over real sockets in tests/flow/test_crowd.py."""

from uphold.web.crowd import Crowd, Share


class Someone:
    """A connection that does as it is told."""

    def __init__(self) -> None:
        self.gave_way = 0

    def give_way(self) -> None:
        self.gave_way += 1


def people(count: int) -> list[Someone]:
    return [Someone() for _ in range(count)]


def test_whoever_holds_longest_gives_way() -> None:
    share, (first, second, third) = Share(10), people(3)
    for one in (first, second, first):
        share.take(one, 3)
    assert share.held == 9
    share.take(third, 2)
    assert [one.gave_way for one in (first, second, third)] == [1, 0, 0]
    assert share.held == 5


def test_who_holds_too_much_alone_gives_way() -> None:
    share, [one] = Share(10), people(1)
    share.take(one, 11)
    assert (one.gave_way, share.held) == (1, 0)


def test_what_was_left_is_free() -> None:
    share, (first, second) = Share(10), people(2)
    share.take(first, 8)
    share.drop(first)
    share.drop(first)
    share.take(second, 8)
    assert (first.gave_way, second.gave_way, share.held) == (0, 0, 8)


def test_below_the_bound_everybody_comes_in() -> None:
    crowd, [one] = Crowd(2), people(1)
    crowd.wait_for(one)
    assert crowd.admits(1)
    assert one.gave_way == 0


def test_at_the_bound_the_slowest_makes_room() -> None:
    crowd, (first, second, third) = Crowd(3), people(3)
    for one in (first, second, third):
        crowd.wait_for(one)
    # The first was served meanwhile, and has only now begun to keep the server waiting.
    crowd.serve(first)
    crowd.wait_for(first)
    assert crowd.admits(3)
    assert [one.gave_way for one in (first, second, third)] == [0, 1, 0]


def test_who_waits_for_the_server_is_never_sent_away() -> None:
    crowd, (first, second) = Crowd(2), people(2)
    for one in (first, second):
        crowd.wait_for(one)
        crowd.serve(one)
    assert not crowd.admits(2)
    assert [one.gave_way for one in (first, second)] == [0, 0]


def test_who_is_gone_is_forgotten() -> None:
    crowd, [one] = Crowd(1), people(1)
    crowd.wait_for(one)
    crowd.begun.take(one, 5)
    crowd.unread.take(one, 5)
    crowd.leave(one)
    assert (crowd.begun.held, crowd.unread.held) == (0, 0)
    assert not crowd.admits(1)
    assert one.gave_way == 0
