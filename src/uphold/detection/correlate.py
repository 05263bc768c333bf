# SPDX-License-Identifier: Apache-2.0
"""Sigma correlations over a stream, one event at a time: how many, how many kinds, how much, together, in order. Pure.

For each group there is a series of what happened lately. A window is as long as the timespan and ends with an event;
both ends belong to it. What is added at the end of a series costs the same however long the window is; what comes late
is put in its place, and the windows that it belongs to are looked at again. A series forgets what no window can reach.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from uphold.detection.event import Value

LATE_MS = 15_000
"""How late an event may come and still be put in its place: entries bear whole seconds, signals come in lots."""

MOST_ITEMS = 4096
"""In a series; beyond it the oldest goes. No condition may ask for more."""

MOST_GROUPS = 20_000
"""Of one correlation; beyond it the one that was silent longest goes."""

MOST_EVIDENCE = 256
"""Ids that a match names: of more, the latest."""


class Type(StrEnum):
    """What is asked about a window."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    VALUE_SUM = "value_sum"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"


VALUED = frozenset({Type.VALUE_COUNT, Type.VALUE_SUM})
TIMED = frozenset({Type.TEMPORAL, Type.TEMPORAL_ORDERED})


@dataclass(frozen=True, slots=True)
class Correlation:
    """What a correlation asks: of `rules` in windows of `span_ms`, at least `least`, of `counted` for values.

    `aliases` gives, for a name of `group_by` or `counted`, the field that it stands for in each of the rules.
    """

    type: Type
    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    span_ms: int
    least: int
    counted: str = ""
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    generate: bool = False

    def named(self, name: str, rule: str) -> str:
        """Return the field that `name` stands for in events of a rule."""
        return self.aliases.get(name, {}).get(rule, name)


Key = tuple[Value, ...]
_NOTHING: Mapping[str, Value] = {}


@dataclass(slots=True)
class Happened:
    """An event that a rule describes, or a correlation that held: `ids` are the events behind it, since `first_at`.

    `count` is of events; `key` is its group, normalised, and `metric` what was counted.
    """

    at: int
    id: str
    fields: Mapping[str, Value]
    ids: tuple[str, ...]
    first_at: int
    count: int = 1
    key: Key = ()
    metric: int = 1


@dataclass(slots=True)
class _Item:
    at: int
    happened: Happened
    slots: tuple[int, ...]
    value: Value | None


def normal(value: Value) -> Value:
    """Return a value as groups are told apart by: texts without regard to case."""
    return value.lower() if isinstance(value, str) else value


class Correlator:
    """One correlation at work. `dropped` counts groups and events that there was no room for."""

    def __init__(self, name: str, asked: Correlation) -> None:
        """Begin without any series."""
        self._name = name
        self._asked = asked
        self._series: dict[tuple[bool, Key], _Series] = {}
        self.dropped = 0

    def take(
        self, found: Sequence[tuple[int, Happened]], *, exercise: bool
    ) -> "list[tuple[Key, Window]]":
        """Take what happened just now, with its place among the rules; return each time that the condition holds.

        What exercises do is kept apart from what people do.
        """
        touched: dict[Key, list[_Item]] = {}
        for slot, happened in found:
            self._sort(touched, slot, happened)
        return [
            (key, window)
            for key, items in touched.items()
            for window in self._at(exercise, key).add(items)
        ]

    def _sort(self, touched: dict[Key, list[_Item]], slot: int, happened: Happened) -> None:
        """Find the group of what happened; the same event with the same value counts once."""
        asked, fields = self._asked, happened.fields
        rule = asked.rules[slot]
        key = []
        for name in asked.group_by:
            value = fields.get(asked.named(name, rule))
            if value is None:
                return
            key.append(normal(value))
        counted = fields.get(asked.named(asked.counted, rule)) if asked.counted else None
        if asked.type is Type.VALUE_SUM and type(counted) is not int:
            counted = None
        value = None if counted is None else normal(counted)
        items = touched.setdefault(tuple(key), [])
        for item in items:
            if item.happened.id == happened.id and item.value == value:
                item.slots = (*item.slots, slot)
                return
        # Without its fields: series are many and long, and what was asked of the event is the group and the value.
        told = Happened(happened.at, happened.id, _NOTHING, happened.ids, happened.first_at)
        items.append(_Item(happened.at, told, (slot,), value))

    def _at(self, exercise: bool, key: Key) -> "_Series":  # noqa: FBT001 - part of the key, not a choice
        place = (exercise, key)
        series = self._series.pop(place, None)
        if series is None:
            series = _Series(self._asked)
            if len(self._series) >= MOST_GROUPS:
                self._series.pop(next(iter(self._series)))
                self.dropped += 1
        # Behind all others: the first is the one that was silent longest.
        self._series[place] = series
        return series

    def forget(self, now: int) -> None:
        """Let go of every series that no window reaches any more at `now` (unix ms)."""
        horizon = now - self._asked.span_ms - LATE_MS
        for place in [place for place, one in self._series.items() if one.newest < horizon]:
            del self._series[place]

    def held(self, key: Key, window: "Window") -> Happened:
        """Say what a window is to whoever asks: the events behind it, and its group."""
        ids = dict.fromkeys(one for item in window.items for one in item.happened.ids)
        fields = dict(zip(self._asked.group_by, key, strict=True))
        return Happened(
            at=window.at,
            id=f"{self._name}@{window.at}@{key!r}",
            fields=fields,
            ids=tuple(ids)[-MOST_EVIDENCE:],
            first_at=min(item.happened.first_at for item in window.items),
            count=len(ids),
            key=key,
            metric=window.metric,
        )


@dataclass(slots=True)
class Window:
    """A window in which the condition holds: it ends at `at`; `items` are what made it hold."""

    at: int
    items: Sequence[_Item]
    metric: int


class _Series:
    """What happened lately in one group, in order of time; `_low` is where the window of the last event begins."""

    __slots__ = ("_asked", "_at_newest", "_items", "_low", "_sum", "_tally")

    def __init__(self, asked: Correlation) -> None:
        self._asked = asked
        self._begin()

    def _begin(self) -> None:
        self._items: list[_Item] = []
        # What happened at the time of the last event, to be found at once: an export opens thousands in one second.
        self._at_newest: dict[tuple[str, Value | None], _Item] = {}
        self._low = 0
        self._tally: dict[Value, int] = {}
        self._sum = 0

    @property
    def newest(self) -> int:
        return self._items[-1].at if self._items else 0

    def add(self, items: Iterable[_Item]) -> list[Window]:
        """Add what happened at one time; return the windows in which the condition holds now."""
        late: int | None = None
        for item in items:
            if item.at < self.newest - self._asked.span_ms - LATE_MS:
                # The clock was ahead: no window holds both what was told then and what comes now.
                self._begin()
            if self._is_same(item):
                continue
            if self._items and item.at < self._items[-1].at:
                place = bisect_right(self._items, item.at, key=_at)
                self._items.insert(place, item)
                late = item.at
            else:
                self._append(item)
        if late is None:
            found = [self._last()]
        else:
            found = [self._anew(at) for at in self._anchors(late)]
            self._rebuild()
        self._trim()
        return [window for window in found if window is not None]

    def _is_same(self, item: _Item) -> bool:
        """Whether it is here: a correlation that holds again at the same time is the same, with more behind it."""
        if item.at >= self.newest:
            found = self._at_newest.get((item.happened.id, item.value))
            same = [] if found is None or found.at < item.at else [found]
        else:
            low = bisect_left(self._items, item.at, key=_at)
            same = [
                one
                for one in self._items[low : bisect_right(self._items, item.at, key=_at)]
                if one.happened.id == item.happened.id and one.value == item.value
            ]
        for known in same:
            known.happened = item.happened
        return bool(same)

    def _append(self, item: _Item) -> None:
        if item.at > self.newest or len(self._at_newest) >= MOST_ITEMS:
            self._at_newest = {}
        self._at_newest[item.happened.id, item.value] = item
        self._items.append(item)
        self._count(item, 1)
        start = item.at - self._asked.span_ms
        while self._items[self._low].at < start:
            self._count(self._items[self._low], -1)
            self._low += 1

    def _count(self, item: _Item, step: int) -> None:
        if self._asked.type in TIMED:
            for slot in item.slots:
                self._note(slot, step)
        elif item.value is None:
            return
        elif self._asked.type is Type.VALUE_COUNT:
            self._note(item.value, step)
        elif self._asked.type is Type.VALUE_SUM:
            self._sum += step * int(item.value)

    def _note(self, value: Value, step: int) -> None:
        count = self._tally.get(value, 0) + step
        if count:
            self._tally[value] = count
        else:
            del self._tally[value]

    def _last(self) -> Window | None:
        """The window that ends with the last event, if the condition holds in it."""
        asked = self._asked
        if asked.type is Type.EVENT_COUNT:
            metric = len(self._items) - self._low
        elif asked.type is Type.VALUE_SUM:
            metric = self._sum
        else:
            metric = len(self._tally)
        if metric < asked.least:
            return None
        return self._judge(self._items[self._low :], metric)

    def _anchors(self, since: int) -> list[int]:
        """The times at which windows end that an event at `since` belongs to."""
        low = bisect_left(self._items, since, key=_at)
        high = bisect_right(self._items, since + self._asked.span_ms, key=_at)
        return sorted({item.at for item in self._items[low:high]})

    def _anew(self, at: int) -> Window | None:
        """Look at the window that ends at a time, from nothing."""
        low = bisect_left(self._items, at - self._asked.span_ms, key=_at)
        window = self._items[low : bisect_right(self._items, at, key=_at)]
        asked = self._asked
        if asked.type is Type.EVENT_COUNT:
            metric = len(window)
        elif asked.type is Type.VALUE_COUNT:
            metric = len({item.value for item in window if item.value is not None})
        elif asked.type is Type.VALUE_SUM:
            metric = sum(int(item.value) for item in window if item.value is not None)
        else:
            metric = len({slot for item in window for slot in item.slots})
        return self._judge(window, metric) if metric >= asked.least else None

    def _judge(self, window: Sequence[_Item], metric: int) -> Window | None:
        at = window[-1].at
        if self._asked.type is Type.VALUE_SUM:
            return Window(at, [one for one in window if one.value is not None], metric)
        if self._asked.type is Type.TEMPORAL_ORDERED:
            chain = _chain(window, len(self._asked.rules))
            return Window(at, chain, metric) if chain else None
        return Window(at, window, metric)

    def _rebuild(self) -> None:
        """Reckon the window of the last event from nothing."""
        self._tally, self._sum = {}, 0
        self._low = bisect_left(self._items, self.newest - self._asked.span_ms, key=_at)
        for item in self._items[self._low :]:
            self._count(item, 1)

    def _trim(self) -> None:
        """Forget what no window reaches any more, even that of an event that comes late."""
        horizon = self.newest - self._asked.span_ms - LATE_MS
        gone = bisect_left(self._items, horizon, 0, self._low, key=_at)
        over = len(self._items) - MOST_ITEMS
        if over > 0:
            for item in self._items[self._low : max(self._low, over)]:
                self._count(item, -1)
            gone = max(gone, over)
        # Moving a list is dear, and cheaper by the lot.
        if gone > 64 or over > 0:
            del self._items[:gone]
            self._low = max(0, self._low - gone)


def _at(item: _Item) -> int:
    return item.at


def _chain(window: Sequence[_Item], rules: int) -> list[_Item]:
    """The earliest events of a window that the rules describe one after another; empty if there are none such.

    One after another by time: what happened at the same moment has no order.
    """
    chain: list[_Item] = []
    for item in window:
        if len(chain) in item.slots and (not chain or item.at > chain[-1].at):
            chain.append(item)
            if len(chain) == rules:
                return chain
    return []
