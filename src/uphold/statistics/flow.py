# SPDX-License-Identifier: Apache-2.0
"""How far one arc of a network can vary when the flow is kept at every node (pure).

A table with totals is such a network: a cell is an arc from its row to its column (Gusfield, A graph theoretic
approach to statistical data security, SIAM J. Comput. 17, 1988). What totals tell of a cell is the interval
that its arc can vary in, found by two searches for a largest flow (Ford and Fulkerson), in whole numbers.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

UNBOUNDED = 1 << 60
"""An upper bound that bounds nothing."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that a number can be, both possible; `high` is UNBOUNDED where nothing bounds it."""

    low: int
    high: int

    @property
    def width(self) -> int:
        return self.high - self.low


class Network:
    """Arcs with bounds. Add all of them, `settle` once, then ask for `bounds`."""

    def __init__(self) -> None:
        self._nodes: dict[Hashable, int] = {}
        self._leaving: list[list[int]] = []
        # Arc number n forward is 2n, backward 2n + 1; `_room` is by how much each can still grow.
        self._to: list[int] = []
        self._room: list[int] = []
        self._low: list[int] = []

    def add(self, tail: Hashable, head: Hashable, low: int, high: int) -> int:
        """Add an arc that carries `low` to `high`, and return its number."""
        there, here = self._node(head), self._node(tail)
        return self._join(here, there, low, high)

    def settle(self) -> bool:
        """Find one flow within all bounds; False if there is none, and then the bounds contradict each other."""
        needs, arcs = [0] * len(self._leaving), len(self._low)
        for arc, low in enumerate(self._low):
            needs[self._to[2 * arc]] += low
            needs[self._to[2 * arc + 1]] -= low
        source, sink = self._node(_Source()), self._node(_Sink())
        wanted = 0
        for node, need in enumerate(needs):
            if need > 0:
                self._join(source, node, 0, need)
                wanted += need
            elif need < 0:
                self._join(node, sink, 0, -need)
        found = self._push(source, sink, wanted) == wanted
        # What cannot vary leads nowhere, and neither do the arcs that stood for lower bounds any more.
        self._leaving = [
            [edge for edge in edges if edge < 2 * arcs and self._room[edge] + self._room[edge ^ 1]]
            for edges in self._leaving
        ]
        return found

    def bounds(self, arc: int) -> Bounds:
        """The exact interval of an arc."""
        tail, head = self._to[2 * arc + 1], self._to[2 * arc]
        # What one unit more on the arc needs: a way back from its head to its tail that does not use it.
        self._turn(arc, self._push(head, tail, self._room[2 * arc], without=arc))
        high = self._flow(arc)
        self._turn(arc, -self._push(tail, head, self._room[2 * arc + 1], without=arc))
        return Bounds(self._flow(arc), UNBOUNDED if high >= UNBOUNDED // 2 else high)

    def _node(self, name: Hashable) -> int:
        if name not in self._nodes:
            self._nodes[name] = len(self._leaving)
            self._leaving.append([])
        return self._nodes[name]

    def _join(self, tail: int, head: int, low: int, high: int) -> int:
        arc = len(self._low)
        self._to += [head, tail]
        self._room += [high - low, 0]
        self._low.append(low)
        self._leaving[tail].append(2 * arc)
        self._leaving[head].append(2 * arc + 1)
        return arc

    def _flow(self, arc: int) -> int:
        return self._low[arc] + self._room[2 * arc + 1]

    def _turn(self, arc: int, by: int) -> None:
        self._room[2 * arc] -= by
        self._room[2 * arc + 1] += by

    def _push(self, source: int, sink: int, most: int, without: int = -1) -> int:
        """Send up to `most` from one node to another along shortest ways, and return how much went."""
        sent = 0
        while sent < most:
            came = self._search(source, sink, without)
            if came is None:
                break
            way, node = [], sink
            while node != source:
                way.append(came[node])
                node = self._to[came[node] ^ 1]
            step = min(most - sent, *(self._room[edge] for edge in way))
            for edge in way:
                self._room[edge] -= step
                self._room[edge ^ 1] += step
            sent += step
        return sent

    def _search(self, source: int, sink: int, without: int) -> dict[int, int] | None:
        """By which edge each node was reached, when the sink was."""
        came: dict[int, int] = {}
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            for edge in self._leaving[node]:
                head = self._to[edge]
                if (
                    self._room[edge]
                    and edge >> 1 != without
                    and head != source
                    and head not in came
                ):
                    came[head] = edge
                    if head == sink:
                        return came
                    waiting.append(head)
        return None


class _Source:
    """The node that gives what lower bounds ask for."""


class _Sink:
    """The node that takes it."""
