# SPDX-License-Identifier: Apache-2.0
"""Windows: both ends belong to them, what is late is put in its place, and what is over is forgotten."""

import random
import weakref

import pytest

from uphold.detection import correlate
from uphold.detection.correlate import Correlation, Correlator, Happened, Type, Window
from uphold.detection.event import Value

SPAN = 100_000


def asked(
    type_: Type = Type.EVENT_COUNT, least: int = 3, rules: tuple[str, ...] = ("a",)
) -> Correlation:
    counted = "n" if type_ in correlate.VALUED else ""
    return Correlation(type_, rules, ("who",), SPAN, least, counted)


def happened(at: int, who: Value | None = "x", **fields: Value) -> Happened:
    known = {**fields, **({} if who is None else {"who": who})}
    return Happened(at, f"e{at}-{fields}", known, (f"e{at}",), at)


def fed(correlator: Correlator, *times: int) -> list[list[int]]:
    """The times of windows that hold after each event."""
    return [
        [window.at for _, window in correlator.take([(0, happened(at))], exercise=False)]
        for at in times
    ]


def test_both_ends_belong_to_a_window() -> None:
    assert fed(Correlator("c", asked()), 0, 1, SPAN) == [[], [], [SPAN]]
    assert fed(Correlator("c", asked()), 0, 1, SPAN + 1) == [[], [], []]


def test_it_holds_as_long_as_there_are_enough() -> None:
    assert fed(Correlator("c", asked()), 0, 1, 2, 3, SPAN + 3) == [[], [], [2], [3], []]


def test_an_event_that_comes_late_is_put_in_its_place() -> None:
    # The two windows that it belongs to hold now, and did not before.
    assert fed(Correlator("c", asked()), 0, 10, 5) == [[], [], [10]]
    assert fed(Correlator("c", asked()), 0, 10, 20, 5) == [[], [], [20], [10, 20]]


def test_groups_are_told_apart_without_regard_to_case_and_exercises_kept_apart() -> None:
    correlator = Correlator("c", asked(least=2))
    assert correlator.take([(0, happened(0, "x"))], exercise=False) == []
    assert correlator.take([(0, happened(1, "y"))], exercise=False) == []
    assert correlator.take([(0, happened(2, None))], exercise=False) == []
    assert correlator.take([(0, happened(3, "X"))], exercise=True) == []
    [(key, window)] = correlator.take([(0, happened(4, "X"))], exercise=False)
    held = correlator.held(key, window)
    assert (key, held.ids, held.first_at, held.at) == (("x",), ("e0", "e4"), 0, 4)


def test_what_happened_is_kept_without_the_event_itself() -> None:
    class Told(dict[str, Value]):
        """An event whose end can be seen."""

    correlator = Correlator("c", asked(least=2))
    told = Told(who="x", path="/" + "x" * 1000)
    ended = weakref.ref(told)
    first = Happened(0, "e0", told, ("e0",), 0)
    assert correlator.take([(0, first)], exercise=False) == []
    del told, first
    assert ended() is None
    [(key, window)] = correlator.take([(0, happened(1))], exercise=False)
    assert correlator.held(key, window).ids == ("e0", "e1")


def test_values_are_counted_once_and_sums_are_of_numbers() -> None:
    kinds = Correlator("c", asked(Type.VALUE_COUNT, 2))
    for at, value in enumerate(("a", "A", "a")):
        assert kinds.take([(0, happened(at, n=value))], exercise=False) == []
    assert kinds.take([(0, happened(5))], exercise=False) == []
    assert kinds.take([(0, happened(6, n="b"))], exercise=False)
    sums = Correlator("c", asked(Type.VALUE_SUM, 10))
    numbers: tuple[Value, ...] = (4, "50", True, 5)
    for at, number in enumerate(numbers):
        assert sums.take([(0, happened(at, n=number))], exercise=False) == []
    [(_, window)] = sums.take([(0, happened(9, n=1))], exercise=False)
    assert [item.at for item in window.items] == [0, 3, 9]


def test_together_and_in_order() -> None:
    together = Correlator("c", asked(Type.TEMPORAL, 2, ("a", "b")))
    assert together.take([(1, happened(0))], exercise=False) == []
    assert together.take([(0, happened(5))], exercise=False)
    order = Correlator("c", asked(Type.TEMPORAL_ORDERED, 2, ("a", "b")))
    assert order.take([(1, happened(0))], exercise=False) == []
    assert order.take([(0, happened(5))], exercise=False) == []
    # At the same moment there is no order.
    assert order.take([(1, happened(5, other=1))], exercise=False) == []
    [(_, window)] = order.take([(1, happened(6))], exercise=False)
    assert [item.at for item in window.items] == [5, 6]


def test_one_event_of_two_rules_is_one_event() -> None:
    correlator = Correlator("c", asked(least=2, rules=("a", "b")))
    one = happened(0)
    assert correlator.take([(0, one), (1, one)], exercise=False) == []


def test_what_comes_in_any_order_holds_in_the_end_where_a_look_at_all_of_it_says() -> None:
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    for kind in Type:
        for _ in range(40):
            check(seed, draw, kind)


def check(seed: int, draw: random.Random, kind: Type) -> None:
    rules = ("a", "b") if kind in correlate.TIMED else ("a",)
    least = 2 if kind in correlate.TIMED else 3
    correlator = Correlator("c", asked(kind, least, rules))
    times = draw.sample(range(0, correlate.LATE_MS, 500), 12)
    events = [(draw.randrange(len(rules)), happened(at, n=at // 3000)) for at in times]
    held: set[int] = set()
    for slot, one in events:
        found: list[tuple[correlate.Key, Window]] = correlator.take([(slot, one)], exercise=False)
        held |= {window.at for _, window in found}
    in_order = Correlator("c", asked(kind, least, rules))
    expected = set()
    for slot, one in sorted(events, key=lambda pair: pair[1].at):
        expected |= {window.at for _, window in in_order.take([(slot, one)], exercise=False)}
    assert held == expected, (seed, kind, events)


def test_memory_is_bounded_in_a_group_and_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlate, "MOST_ITEMS", 50)
    monkeypatch.setattr(correlate, "MOST_GROUPS", 10)
    correlator = Correlator("c", asked(Type.VALUE_COUNT, 50))
    for at in range(500):
        found = correlator.take([(0, happened(at, n=at))], exercise=False)
    # As many as there is room for, and the one that came.
    assert [len(window.items) for _, window in found] == [51]
    for at in range(30):
        correlator.take([(0, happened(at, f"who{at}"))], exercise=False)
    assert correlator.dropped == 21
    correlator.forget(SPAN * 3)
    assert fed(correlator, SPAN * 3) == [[]]


def test_what_no_window_reaches_is_forgotten() -> None:
    correlator = Correlator("c", asked(least=1))
    for at in range(0, 100 * SPAN, SPAN // 2):
        [(_, window)] = correlator.take([(0, happened(at))], exercise=False)
    assert len(window.items) == 3
    [series] = correlator._series.values()
    assert len(series._items) < 80
