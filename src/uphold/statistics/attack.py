# SPDX-License-Identifier: Apache-2.0
"""Attacks on what would be shown: whoever looks at it has nothing else and is taken to know the minimum (pure).

Each attack is told what can be seen, never what is true:

- `small`: a group of fewer people than the minimum stands there plainly;
- `hidden`: a hidden cell, or several together, follow from totals (`recover`);
- `elsewhere`: a cell that one table hides stands in another;
- `difference`: the figures of two periods or filters, taken one from the other, leave a small group
  (Denning and others, The tracker, ACM TODS 4, 1979);
- `relink`: the visitors of one day are found again on another, by their numbers or by what they looked at;
- `canaries`: something that belongs to one planted person stands in what is put out.

`report` runs them all. What it finds against is not to be shown. It shares no rule with `suppress`.
"""

import html
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from urllib.parse import unquote

from uphold.statistics import recover
from uphold.statistics.recover import REST, Known
from uphold.statistics.table import Cell, Key, Shown

_CHANCE = 1e-6
"""How often an attack that does no better than guessing may look as if it did."""

Profile = frozenset[str]
_Sum = tuple[int, int]  # acts, persons


@dataclass(frozen=True, slots=True)
class Finding:
    """An attack that succeeded. `code` names it; `where` are shown values, or `recover.REST`."""

    code: str
    table: str = ""
    where: Key = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Figures as one page or file shows them: `covers` names the days (and filters) that they are the sum of."""

    covers: frozenset[str]
    shown: Shown


@dataclass(frozen=True, slots=True)
class Days:
    """Two days as somebody has them who wants to know who came on both.

    What is known of each visitor, by number, and for the attack's own marking which number of the first day
    was which of the second; without it only the numbers are looked at.
    """

    first: Mapping[int, Profile]
    second: Mapping[int, Profile]
    same: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Linked:
    """How the attack did: numbers of both days, the share found again by behaviour, the share found by guessing."""

    common: int
    right: float
    chance: float
    people: int

    @property
    def better(self) -> bool:
        """Better than guessing, beyond what luck does (Hoeffding's bound at one in a million)."""
        if not self.people:
            return False
        luck = math.sqrt(math.log(1 / _CHANCE) / (2 * self.people))
        return self.right > self.chance + luck


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all attacks; `measured` has how much they were about, in whole numbers."""

    findings: tuple[Finding, ...]
    measured: Mapping[str, int]

    @property
    def passed(self) -> bool:
        return not self.findings


def report(
    shown: Sequence[Shown],
    minimum: int,
    *,
    pages: Sequence[Page] = (),
    days: Days | None = None,
    text: str = "",
    planted: Iterable[str] = (),
) -> Report:
    """Attack all that would be shown, with every attack that there is something for."""
    planted = tuple(planted)
    linked = relink(days) if days else Linked(0, 0.0, 0.0, 0)
    found: list[Finding] = []
    widths: list[int] = []
    for one in shown:
        found += small(one, minimum)
        found += hidden(one, minimum, widths)
    found += elsewhere(shown)
    found += difference(pages, minimum)
    if linked.common:
        found.append(Finding("number-again"))
    if linked.better:
        found.append(Finding("behaviour-again"))
    found += canaries(text, planted)
    every = [cell for one in shown for cell in one.cells.values()]
    return Report(
        tuple(found),
        {
            "tables": len(shown),
            "cells": len(every),
            "hidden": every.count(None),
            "narrowest": min(widths, default=0),
            "pages": len(pages),
            "people": linked.people,
            "linked-ppm": round(linked.right * 1_000_000),
            "chance-ppm": round(linked.chance * 1_000_000),
            "planted": len(planted),
        },
    )


def small(shown: Shown, minimum: int) -> list[Finding]:
    """Groups of fewer people than the minimum that stand there plainly."""
    seen: list[tuple[Key, Cell | None]] = [((), shown.total), *shown.cells.items()]
    for line in shown.margins.values():
        seen.extend(((value,), cell) for value, cell in line.items())
    return [
        Finding("small", shown.name, key)
        for key, cell in seen
        if cell is not None and cell.count and min(cell.floor, cell.persons) < minimum
    ]


def hidden(shown: Shown, minimum: int, widths: list[int] | None = None) -> list[Finding]:
    """What totals tell of hidden cells; the width of each interval of persons is added to `widths`."""
    try:
        around = recover.lines(shown)
        inside = recover.cells(shown)
    except recover.Contradiction:
        return [Finding("contradiction", shown.name)]
    known: dict[Key, Known] = dict(inside)
    for line in around.values():
        known |= {(value,): its for value, its in line.items()}
    found = []
    for key, its in known.items():
        if widths is not None and its.persons.high and REST not in key:
            widths.append(min(its.persons.width, minimum))
        if code := _tells(key, its, minimum):
            found.append(Finding(code, shown.name, key))
    if any(one.code == "narrow" and one.where in inside for one in found):
        # What margins say of a cell they say without the table, and it is never that there are few.
        without = recover.blindly(shown)
        found = [
            one
            for one in found
            if one.code != "narrow"
            or one.where not in inside
            or _narrowed(inside[one.where], without[one.where], minimum)
        ]
    found += _groups(shown, around, minimum)
    return found


def _tells(key: Key, known: Known, minimum: int) -> str:
    """What is disclosed of a hidden cell, "" for nothing."""
    some = max(known.count.low, known.persons.low) > 0
    # A rest is many cells: its own size may be known, and it may be nobody.
    rest = REST in key
    if 0 < known.persons.high < minimum and (some or not rest):
        return "few"
    if some and not rest and min(known.count.width, known.persons.width) < minimum - 1:
        return "narrow"
    return ""


def _narrowed(now: Known, before: Known, minimum: int) -> bool:
    """Whether an interval is narrow that was wider by the margins alone."""
    pairs = ((now.count, before.count), (now.persons, before.persons))
    return any(ours.width < min(minimum - 1, theirs.width) for ours, theirs in pairs)


def _groups(
    shown: Shown, around: Mapping[str, Mapping[str, Known]], minimum: int
) -> Iterator[Finding]:
    """Hidden cells of one line that together are few: some people, and fewer than the minimum."""
    for line in around.values():
        for value, known in line.items():
            if 0 < min(known.count.high, known.persons.high) < minimum:
                yield Finding("group", shown.name, (value,))
    if len(shown.dims) != 2 or all(cell is None for cell in shown.cells.values()):
        return
    for at, dim in enumerate(shown.dims):
        left = {
            value: (margin.count, margin.persons)
            for value, margin in shown.margins[dim].items()
            if margin is not None
        }
        for key, cell in shown.cells.items():
            if cell is not None and key[at] in left:
                count, persons = left[key[at]]
                left[key[at]] = (count - cell.count, persons - cell.persons)
        for value, (count, persons) in left.items():
            people = count if shown.dims[1 - at] in shown.overlap else min(count, persons)
            if 0 < people < minimum:
                yield Finding("group", shown.name, (value,))


def elsewhere(shown: Sequence[Shown]) -> list[Finding]:
    """Values that one table hides and another shows, where both are of the same people.

    A table of one dimension and a margin by the same dimension, or two margins, are taken for the same if
    they agree wherever both show people, at two values or more.
    """
    found = []
    every = [(one, dim, line) for one in shown for dim, line in recover.named(one).items()]
    for (one, dim, left), (other, its, right) in combinations(every, 2):
        if dim != its or len(one.dims) + len(other.dims) == 2 or not _agree(left, right):
            continue
        for value in left.keys() | right.keys():
            ours, theirs = left.get(value), right.get(value)
            if (ours is None) == (theirs is None):
                continue
            hiding = one if ours is None else other
            if not hiding.whole:
                found.append(Finding("elsewhere", hiding.name, (value,)))
    return sorted(found, key=lambda finding: (finding.table, finding.where))


def _agree(left: Mapping[str, Cell | None], right: Mapping[str, Cell | None]) -> bool:
    common = 0
    for value, ours in left.items():
        theirs = right.get(value)
        if ours is not None and theirs is not None:
            if (ours.persons, ours.floor) != (theirs.persons, theirs.floor):
                return False
            common += ours.count > 0
    return common > 1


def difference(pages: Sequence[Page], minimum: int) -> list[Finding]:
    """Small groups that are left when shown figures are taken from one another, over and over.

    The cells of pages whose `covers` have nothing in common are of different days or filters, and add up.
    """
    known: dict[tuple[str, Key], list[tuple[frozenset[str], _Sum]]] = {}
    for page in pages:
        for key, cell in _values(page.shown):
            if cell is not None:
                cells = known.setdefault((page.shown.name, key), [])
                cells.append((page.covers, (cell.count, cell.persons)))
    return [
        Finding("difference", table, key)
        for (table, key), cells in known.items()
        if any(count > 0 and 0 < min(count, persons) < minimum for count, persons in _pieces(cells))
    ]


def _values(shown: Shown) -> Iterator[tuple[Key, Cell | None]]:
    yield (), shown.total
    yield from shown.cells.items()
    for dim, line in shown.margins.items():
        yield from (((dim, "=", value), cell) for value, cell in line.items())


def _pieces(cells: Iterable[tuple[frozenset[str], _Sum]]) -> Iterator[_Sum]:
    """What figures come apart into when each is taken from all that hold it; any difference is a sum of these."""
    found: dict[frozenset[str], _Sum] = {}
    waiting = sorted(cells, key=lambda one: len(one[0]), reverse=True)
    while waiting:
        covers, value = waiting.pop()
        while within := next((one for one in found if one <= covers), None):
            covers, value = covers - within, _less(value, found[within])
        if not covers:
            yield value  # the same days, told once more: more than nothing if they are told differently
            continue
        for other in [one for one in found if covers < one]:
            waiting.append((other - covers, _less(found.pop(other), value)))
        found[covers] = value
    yield from found.values()


def _less(one: _Sum, other: _Sum) -> _Sum:
    return one[0] - other[0], one[1] - other[1]


def relink(days: Days) -> Linked:
    """Look for the visitors of the first day on the second.

    By behaviour: whoever's pages are most alike (Jaccard) is taken for the same; of several who are alike,
    one at random, so that `right` is the share to be expected. `chance` is that of taking anybody.
    """
    common = len((days.first.keys() & days.second.keys()) - {0})
    people = [(a, b) for a, b in days.same.items() if a in days.first and b in days.second]
    if not people:
        return Linked(common, 0.0, 0.0, 0)
    crowd = Counter(days.second.values())
    right = 0.0
    for a, b in people:
        likeness = {profile: _alike(days.first[a], profile) for profile in crowd}
        best = max(likeness.values())
        if likeness[days.second[b]] == best:
            right += 1 / sum(n for profile, n in crowd.items() if likeness[profile] == best)
    return Linked(common, right / len(people), 1 / len(days.second), len(people))


def _alike(one: Profile, other: Profile) -> float:
    either = len(one | other)
    return len(one & other) / either if either else 1.0


def canaries(text: str, planted: Iterable[str]) -> list[Finding]:
    """Marks of planted people in an output, also when written for a page or an address.

    A finding does not repeat the mark: its place among the planted is all it tells.
    """
    seen = "\n".join((text, unquote(text), html.unescape(text))).casefold()
    return [
        Finding("canary", where=(str(at),))
        for at, mark in enumerate(planted)
        if mark.casefold() in seen
    ]
