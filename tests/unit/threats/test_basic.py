# SPDX-License-Identifier: Apache-2.0
"""Each measure of the basic set stands as the worst of what does it; what nothing does is said to be open."""

from uphold.law import basic as order
from uphold.threats import basic, measure
from uphold.threats.judge import Held, Measured
from uphold.threats.measure import Measure

TEXT = {"en": "x", "ru": "x"}


def does(name: str, *codes: str) -> Measure:
    return Measure(name, TEXT, TEXT, ("a.b.c",), ("access",), codes)


def test_a_measure_of_the_order_stands_as_the_worst_of_what_does_it() -> None:
    mine = [does("one", "УПД.2", "УПД.4"), does("two", "УПД.2"), does("three", "УПД.4")]
    states = {"one": Measured(Held.KEPT), "two": Measured(Held.STALE)}
    found = {line.demanded.id: line for line in basic.lines(4, mine, states)}
    assert found["УПД.2"].by == (("one", Held.KEPT), ("two", Held.STALE))
    assert found["УПД.2"].status is Held.STALE
    assert found["УПД.4"].status is Held.NOT_SHOWN
    assert found["ЗТС.3"].status is None


def test_every_measure_of_the_level_is_told_once_in_the_orders_order() -> None:
    for level in (1, 2, 3, 4):
        lines = basic.lines(level, measure.catalogue().values(), {})
        assert [line.demanded for line in lines] == list(order.of_level(level))


def test_the_worst_of_several_is_told() -> None:
    assert basic.worst([Held.NOT_APPLICABLE, Held.KEPT]) is Held.KEPT
    assert basic.worst([Held.KEPT, Held.BROKEN, Held.STALE]) is Held.BROKEN
    assert basic.worst([]) is None
    assert all(basic.worst([one]) is one for one in Held)
