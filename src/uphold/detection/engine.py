# SPDX-License-Identifier: Apache-2.0
"""Rules at work over a stream of events, one at a time. Pure: the same events give the same matches.

    engine = Engine(rules)
    for event in events: for match in engine.feed(event): ...

Events come in the order of their times, nearly: `correlate.LATE_MS` late is soon enough. Memory is bounded: for each
rule by groups and events in them, which windows forget.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from uphold.detection.correlate import LATE_MS, Correlator, Happened, Key, normal
from uphold.detection.event import Event, Value
from uphold.detection.rule import Rule, Rules
from uphold.detection.selection import Holds

Group = tuple[tuple[str, Value], ...]

_FORGET_EVERY = 5000


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule found: `group` tells its matches apart, `events` are ids (the latest 256) of `count` events.

    Times are unix ms. `event` is the one that completed it.
    """

    rule: str
    group: Group
    events: tuple[str, ...]
    first_at: int
    last_at: int
    count: int
    event: Event = field(compare=False)

    @property
    def exercise(self) -> bool:
        """Whether it is about what an exercise did."""
        return self.event.get("exercise") is True

    @property
    def identity(self) -> str:
        """What no two alerts share: a digest of the rule, the group and the event that completed it."""
        told = [self.rule, *(f"{name}={value!r}" for name, value in self.group), self.event["id"]]
        return hashlib.sha256("\n".join(map(str, told)).encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True)
class _Base:
    """A rule that describes events, ready to be asked."""

    rule: Rule
    holds: Holds


class Engine:
    """The state of all rules. Not safe for several threads at once."""

    def __init__(self, rules: Rules) -> None:
        """Begin without having seen anything."""
        self.rules = rules
        self._bases = [
            _Base(rule, rule.clause.holds) for rule in rules.every if rule.clause is not None
        ]
        self._correlated = [
            (rule, Correlator(rule.name, rule.correlation))
            for rule in rules.every
            if rule.correlation is not None
        ]
        self._parents = {name for rule in rules.every for name in rule.names}
        self._of_kind: dict[str, list[_Base]] = {}
        self._quiet: dict[tuple[str, bool, Key], int] = {}
        self._fed = 0

    @property
    def dropped(self) -> int:
        """How many groups there was no room for."""
        return sum(correlator.dropped for _, correlator in self._correlated)

    def feed(self, event: Event) -> tuple[Match, ...]:
        """Take the next event; return what it completed."""
        self._fed += 1
        if self._fed % _FORGET_EVERY == 0:
            self._forget(int(event["at"]))
        happened = self._describe(event)
        if not happened:
            return ()
        matches: list[Match] = []
        found: dict[str, list[Happened]] = {}
        for rule, one in happened:
            found[rule.name] = [one]
            if rule.alerts:
                self._alert(matches, rule, one, event)
        self._correlate(found, matches, event)
        return tuple(matches)

    def fired(self, rule: str, exercise: bool, group: Group, at: int | None) -> None:  # noqa: FBT001 - a place
        """Learn when a rule told of a group last (unix ms; None: never), so that it is quiet as long as it should."""
        key = tuple(normal(value) for _, value in group)
        if at is None:
            self._quiet.pop((rule, exercise, key), None)
        else:
            self._quiet[rule, exercise, key] = at

    def _describe(self, event: Event) -> list[tuple[Rule, Happened]]:
        """Ask the rules that describe events of this kind."""
        kind = str(event["kind"]).lower()
        bases = self._of_kind.get(kind)
        if bases is None:
            bases = [one for one in self._bases if _can(one.rule, kind)]
            # What outsiders call kinds has no end.
            if len(self._of_kind) < _FORGET_EVERY:
                self._of_kind[kind] = bases
        happened = []
        for one in bases:
            if one.holds(event):
                at, name = int(event["at"]), str(event["id"])
                happened.append((one.rule, Happened(at, name, event, (name,), at)))
        return happened

    def _correlate(
        self, found: dict[str, list[Happened]], matches: list[Match], event: Event
    ) -> None:
        """Hand what happened on to the correlations that name it, and those to theirs."""
        exercise = event.get("exercise") is True
        for rule, correlator in self._correlated:
            taken = [
                (slot, one)
                for slot, name in enumerate(rule.names)
                if name in found
                for one in found[name]
            ]
            if not taken:
                continue
            is_parent = rule.name in self._parents
            for key, window in correlator.take(taken, exercise=exercise):
                muted = not rule.alerts or self._is_quiet(rule, key, window.at, exercise=exercise)
                if muted and not is_parent:
                    continue
                held = correlator.held(key, window)
                if is_parent:
                    found.setdefault(rule.name, []).append(held)
                if not muted:
                    self._alert(matches, rule, held, event)

    def _is_quiet(self, rule: Rule, key: Key, at: int, *, exercise: bool) -> bool:
        last = self._quiet.get((rule.name, exercise, key))
        # A correlation holds once at a time, whatever else happens then.
        least = 1 if rule.correlation is not None else 0
        return last is not None and abs(at - last) < max(rule.quiet_ms, least)

    def _alert(self, matches: list[Match], rule: Rule, one: Happened, event: Event) -> None:
        """Note a match, unless its group is to be quiet."""
        exercise = event.get("exercise") is True
        group = tuple((name, one.fields[name]) for name in rule.group if name in one.fields)
        key = tuple(normal(value) for _, value in group)
        if self._is_quiet(rule, key, one.at, exercise=exercise):
            return
        self._quiet[rule.name, exercise, key] = one.at
        matches.append(Match(rule.name, group, one.ids, one.first_at, one.at, one.count, event))

    def _forget(self, now: int) -> None:
        """Let go of what is over at `now` (unix ms), the time of this event: the latest of all may have been wrong."""
        for _, correlator in self._correlated:
            correlator.forget(now)
        quiet = {rule.name: rule.quiet_ms + LATE_MS for rule in self.rules.every}
        self._quiet = {
            place: at
            for place, at in self._quiet.items()
            if abs(now - at) <= quiet.get(place[0], 0)
        }


def _can(rule: Rule, kind: str) -> bool:
    return rule.clause is not None and (rule.clause.kinds is None or kind in rule.clause.kinds)


def matches_of(rules: Rules, events: Sequence[Mapping[str, Value]]) -> list[Match]:
    """Run rules over events, put in the order of their times."""
    engine = Engine(rules)
    ordered = sorted(events, key=lambda event: int(event["at"]))
    return [match for event in ordered for match in engine.feed(event)]
