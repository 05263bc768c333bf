# SPDX-License-Identifier: Apache-2.0
"""Flows: the interval of an arc by hand, and against a linear program."""

import numpy as np
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from uphold.statistics.flow import UNBOUNDED, Bounds, Network

Arc = tuple[int, int, int, int]


def circulation(*arcs: Arc) -> tuple[Network, list[int]]:
    network = Network()
    return network, [network.add(*arc) for arc in arcs]


def test_an_arc_varies_as_far_as_its_way_back() -> None:
    network, arcs = circulation((0, 1, 0, 9), (1, 0, 2, 4))
    assert network.settle()
    assert [network.bounds(arc) for arc in arcs] == [Bounds(2, 4), Bounds(2, 4)]


def test_two_ways_share_what_comes_back() -> None:
    network, arcs = circulation((0, 1, 0, 9), (0, 1, 0, 9), (1, 0, 6, 6))
    assert network.settle()
    assert [network.bounds(arc) for arc in arcs] == [Bounds(0, 6), Bounds(0, 6), Bounds(6, 6)]


def test_nothing_bounds_a_loop_without_bounds() -> None:
    network, arcs = circulation((0, 1, 3, UNBOUNDED), (1, 0, 0, UNBOUNDED))
    assert network.settle()
    assert network.bounds(arcs[1]) == Bounds(3, UNBOUNDED)


def test_bounds_that_contradict_each_other_have_no_flow() -> None:
    network, _ = circulation((0, 1, 5, 9), (1, 0, 0, 4))
    assert not network.settle()


@st.composite
def any_arcs(draw: st.DrawFn) -> list[Arc]:
    """Arcs among four nodes around a flow, so that there is one."""
    arcs = []
    balance = [0] * 4
    pairs = st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda pair: pair[0] != pair[1])
    for tail, head in draw(st.lists(pairs, min_size=2, max_size=9)):
        flow, less, more = (draw(st.integers(0, 6)) for _ in range(3))
        arcs.append((tail, head, max(0, flow - less), flow + more))
        balance[tail] -= flow
        balance[head] += flow
    for node in range(1, 4):
        if balance[node] > 0:
            arcs.append((node, 0, 0, balance[node] + 3))
        elif balance[node] < 0:
            arcs.append((0, node, 0, 3 - balance[node]))
    return arcs


@settings(max_examples=40, deadline=None)
@given(any_arcs())
def test_intervals_are_those_of_a_linear_program(arcs: list[Arc]) -> None:
    network, numbers = circulation(*arcs)
    assert network.settle()
    kept = np.zeros((4, len(arcs)))
    for at, (tail, head, _, _) in enumerate(arcs):
        kept[tail, at] -= 1
        kept[head, at] += 1
    limits = [(low, high) for _, _, low, high in arcs]
    for at, number in enumerate(numbers):
        cost = np.zeros(len(arcs))
        cost[at] = 1
        least = linprog(cost, A_eq=kept, b_eq=np.zeros(4), bounds=limits)
        most = linprog(-cost, A_eq=kept, b_eq=np.zeros(4), bounds=limits)
        assert network.bounds(number) == Bounds(round(least.fun), round(-most.fun))
