# SPDX-License-Identifier: Apache-2.0
"""What is to be destroyed now, what an order keeps, when to look again."""

from uphold.retention import due, ripe
from uphold.retention.act import Kind, Planned
from uphold.retention.ends import Part
from uphold.retention.orders import Order, Terms
from uphold.retention.schedule import NEVER, End, Why

NOW = 1000
PAST = Part(256, "a", 1, End(NOW, Why.TERM))
WITHDRAWN = Part(257, "b", 2, End(900, Why.WITHDRAWAL))
LATER = Part(258, "c", 1, End(NOW + 1, Why.LIMIT))
OPEN = Part(259, "d", 1, None)
PARTS = [PAST, WITHDRAWN, LATER, OPEN]


def order(purpose: str | None, until: int | None) -> Order:
    return Order(1, Terms(1, purpose, "x", 0, until), 1, 0, 0, 0, 0)


def test_what_is_due_is_sorted_by_its_act() -> None:
    doomed, kept = ripe.sort(1, PARTS, [], NOW)
    assert doomed == {Kind("a", 1, "term-ended"): [PAST], Kind("b", 2, "withdrawn"): [WITHDRAWN]}
    assert kept == []


def test_an_order_keeps_what_it_names() -> None:
    doomed, kept = ripe.sort(1, PARTS, [order("a", None)], NOW)
    assert (list(doomed), kept) == ([Kind("b", 2, "withdrawn")], [PAST])
    assert ripe.sort(2, PARTS, [order(None, None)], NOW)[1] == []


def test_a_plan_holds_only_while_its_reason_does() -> None:
    planned = [
        Planned(256, 1, Kind("a", 1, "term-ended")),
        Planned(258, 1, Kind("c", 1, "term-ended")),
        Planned(259, 2, Kind("d", 1, "another-reason")),
    ]
    assert ripe.still_due(1, planned, PARTS, [], NOW) == [planned[0], planned[2]]
    assert ripe.still_due(1, planned, PARTS, [order(None, None)], NOW) == []


def test_the_next_look_is_at_the_first_end() -> None:
    assert ripe.next_look(1, [], [], NOW) is None
    assert ripe.next_look(1, [LATER, OPEN], [], NOW) == NOW + 1
    assert ripe.next_look(1, [OPEN], [], NOW) == NEVER
    assert ripe.next_look(1, PARTS, [], NOW) == NOW


def test_what_an_order_keeps_is_looked_at_when_it_ends() -> None:
    assert ripe.next_look(1, [PAST], [order(None, 5000)], NOW) == 5000
    assert ripe.next_look(1, [PAST], [order(None, None)], NOW) == NOW + due.KEPT_MS
