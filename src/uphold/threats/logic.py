# SPDX-License-Identifier: Apache-2.0
"""Yes, no and unknown, and what expressions are made of: each maker returns a function of a scope (pure).

An unknown fact is neither yes nor no. It makes an answer unknown only where the answer depends on it: no and
unknown is no, yes or unknown is yes (Kleene's logic). What was read is noted on the way, so that an answer can
tell what it rests on; where one fact decides, those that did not are left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Never

from uphold.threats.element import Element, Value

MOST_STEPS: Final = 100_000
"""As many elements one evaluation looks at."""
OWN: Final = ("id", "kind", "zone")
"""What every element says of itself besides its facts."""

Truth = bool | None
"""None is unknown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One fact that an answer rests on."""

    element: str
    fact: str
    value: Value

    def __str__(self) -> str:
        return f"{self.element}.{self.fact}={spell(self.value)}"


@dataclass(slots=True)
class Scope:
    """What an expression is evaluated on: elements by name (None if there is none), and lists of them by name.

    `bound`, `trail` and `steps` are of the evaluation under way.
    """

    elements: Mapping[str, Element | None]
    lists: Mapping[str, Sequence[Element]] = field(default_factory=dict)
    bound: dict[str, Any] = field(default_factory=dict)
    trail: list[Reading] = field(default_factory=list)
    steps: int = 0

    def begin(self) -> None:
        """Forget the evaluation before."""
        self.bound.clear()
        self.trail.clear()
        self.steps = 0


Run = Callable[[Scope], Any]
Wrong = Callable[[], Never]
"""Raises what is wrong with an expression, with its place."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a list: where its facts begin in the trail, whether it belongs (never no), what it says."""

    begin: int
    belongs: Truth
    value: Any


Members = Callable[[Scope], Iterator[Member]]


def spell(value: Value) -> str:
    """Write a fact's value: true, false, unknown, a number, a word, words with commas."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def constant(value: Value | tuple[str | int, ...]) -> Run:
    """Say always the same."""

    def run(_: Scope) -> Any:
        return value

    return run


def fact(name: str, kind: str, asked: str) -> Run:
    """Ask a fact of the element that bears a name, and note that it was asked."""

    def run(scope: Scope) -> Value:
        thing: Element | None = scope.bound.get(name) or scope.elements.get(name)
        value: Value = None
        if thing is not None:
            value = str(getattr(thing, asked)) if asked in OWN else thing.value(asked)
        scope.trail.append(Reading(kind if thing is None else thing.id, asked, value))
        return value

    return run


def truth(inner: Run, wrong: Wrong) -> Callable[[Scope], Truth]:
    """See to it that what comes is yes, no or unknown."""

    def run(scope: Scope) -> Truth:
        value = inner(scope)
        return value if value is None or isinstance(value, bool) else wrong()

    return run


def negation(inner: Callable[[Scope], Truth]) -> Run:
    """Turn yes and no round."""

    def run(scope: Scope) -> Truth:
        value = inner(scope)
        return None if value is None else not value

    return run


def junction(parts: Sequence[Callable[[Scope], Truth]], *, decides: bool) -> Run:
    """Join parts by `or`, which yes decides, or by `and`, which no decides."""

    def run(scope: Scope) -> Truth:
        start, is_unknown = len(scope.trail), False
        for part in parts:
            begin = len(scope.trail)
            value = part(scope)
            if value is decides:
                # What decides is why; what was read before it is not.
                del scope.trail[start:begin]
                return value
            is_unknown = is_unknown or value is None
        return None if is_unknown else not decides

    return run


def choice(test: Callable[[Scope], Truth], then: Run, other: Run) -> Run:
    """Take one of two; where the test is unknown, what both would say."""

    def run(scope: Scope) -> Any:
        value = test(scope)
        if value is not None:
            return then(scope) if value else other(scope)
        one, two = then(scope), other(scope)
        return one if type(one) is type(two) and one == two else None

    return run


def comparison(sides: Sequence[Run], tests: Sequence[Callable[[Any, Any], bool]]) -> Run:
    """Compare each side with the next one."""

    def run(scope: Scope) -> Truth:
        left, is_unknown = sides[0](scope), False
        for test, side in zip(tests, sides[1:], strict=True):
            right = side(scope)
            value = None if left is None or right is None else test(left, right)
            if value is False:
                return False
            is_unknown, left = is_unknown or value is None, right
        return None if is_unknown else True

    return run


def walk(name: str, source: Run, tests: Sequence[Run], value: Run, wrong: Wrong) -> Members:
    """Go through what a list holds under a name, and leave out what does not pass the tests."""

    def run(scope: Scope) -> Iterator[Member]:
        things = source(scope)
        if things is None:
            # An unknown list may hold anything: as one member of which nothing is known.
            yield Member(len(scope.trail), None, None)
            return
        for thing in things:
            scope.steps += 1
            if scope.steps > MOST_STEPS:
                wrong()
            begin = len(scope.trail)
            scope.bound[name] = thing
            belongs = _belongs(scope, tests)
            if belongs is not False:
                yield Member(begin, belongs, value(scope))

    return run


def _belongs(scope: Scope, tests: Sequence[Run]) -> Truth:
    is_unknown = False
    for test in tests:
        passed = test(scope)
        if passed is False:
            return False
        is_unknown = is_unknown or passed is None
    return None if is_unknown else True


def quantified(members: Members, wrong: Wrong, *, is_any: bool) -> Run:
    """Say whether one member says yes (`any`), or whether none says no (`all`)."""

    def run(scope: Scope) -> Truth:
        start, is_unknown = len(scope.trail), False
        for one in members(scope):
            if one.value is not None and not isinstance(one.value, bool):
                wrong()
            if one.belongs and one.value is is_any:
                del scope.trail[start : one.begin]
                return is_any
            is_unknown = is_unknown or one.value is None or one.value is is_any
        return None if is_unknown else not is_any

    return run


def counted(members: Members) -> Run:
    """Count members; unknown where it is unknown of one whether it belongs."""

    def run(scope: Scope) -> int | None:
        belonging = [one.belongs for one in members(scope)]
        return None if None in belonging else len(belonging)

    return run


def listed(name: str) -> Run:
    """Give a whole list."""

    def run(scope: Scope) -> Sequence[Element]:
        return scope.lists.get(name, ())

    return run


def of_words(inner: Run, wrong: Wrong) -> Run:
    """See to it that a fact is a list."""

    def run(scope: Scope) -> tuple[str, ...] | None:
        found = inner(scope)
        return found if found is None or isinstance(found, tuple) else wrong()

    return run


def length(inner: Run, wrong: Wrong) -> Run:
    """Measure a fact that is a list, or a word."""

    def run(scope: Scope) -> int | None:
        found = inner(scope)
        if found is None:
            return None
        return len(found) if isinstance(found, str | tuple) else wrong()

    return run


def extreme(
    values: Callable[[Scope], Sequence[Any]],
    pick: Callable[[Sequence[int]], int],
    wrong: Wrong,
) -> Run:
    """Take the least or the most; unknown of nothing, and where one of them is unknown."""

    def run(scope: Scope) -> int | None:
        found = values(scope)
        if any(one is not None and type(one) is not int for one in found):
            wrong()
        return pick(found) if found and None not in found else None

    return run
