# SPDX-License-Identifier: Apache-2.0
"""Selections of Sigma rules as predicates: which events a map, a list of maps or a list of words describes. Pure.

Every clause knows which kinds of event it can hold for, so that a rule is asked only about those.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.detection import pattern
from uphold.detection.event import Event, Value
from uphold.errors import Invalid

Holds = Callable[[Event], bool]
Fits = Callable[[Value], bool]

_SHAPES = frozenset({"contains", "startswith", "endswith", "re"})
_NUMBERS: Mapping[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}
_OWN = frozenset({"exists", "fieldref", *_NUMBERS})
MODIFIERS = frozenset({"all", "cased", "i", "m", "s", *_SHAPES, *_OWN})


@dataclass(frozen=True, slots=True)
class Clause:
    """What describes events: whether it holds, the kinds (None: any) that it can hold for, the fields it reads."""

    holds: Holds
    kinds: frozenset[str] | None
    fields: frozenset[str]


def both(clauses: Sequence[Clause]) -> Clause:
    """Hold when all of them do."""
    known = [one.kinds for one in clauses if one.kinds is not None]
    kinds = frozenset.intersection(*known) if known else None
    return Clause(_all([one.holds for one in clauses]), kinds, _fields(clauses))


def either(clauses: Sequence[Clause]) -> Clause:
    """Hold when one of them does."""
    known = [one.kinds for one in clauses if one.kinds is not None]
    kinds = frozenset().union(*known) if len(known) == len(clauses) else None
    return Clause(_any([one.holds for one in clauses]), kinds, _fields(clauses))


def never(clause: Clause) -> Clause:
    """Hold when it does not: for a field that is not there, too."""
    holds = clause.holds
    return Clause(lambda event: not holds(event), None, clause.fields)


def read(name: str, raw: Any) -> Clause:
    """Compile a selection. Raises Invalid, naming it and the key, for what is none."""
    if isinstance(raw, Mapping):
        return _map(name, raw)
    if isinstance(raw, list) and raw and all(isinstance(one, Mapping) for one in raw):
        return either([_map(name, one) for one in raw])
    if isinstance(raw, list) and raw and all(isinstance(one, str) for one in raw):
        return _words(raw)
    raise Invalid(f"{name}: a selection is a map, a list of maps or a list of words")


def _fields(clauses: Iterable[Clause]) -> frozenset[str]:
    return frozenset().union(*(one.fields for one in clauses))


def _all(parts: Sequence[Holds]) -> Holds:
    if len(parts) == 1:
        return parts[0]

    def holds(event: Event) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs as much as what it asks
            if not part(event):
                return False
        return True

    return holds


def _any(parts: Sequence[Holds]) -> Holds:
    if len(parts) == 1:
        return parts[0]

    def holds(event: Event) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs as much as what it asks
            if part(event):
                return True
        return False

    return holds


def _map(name: str, raw: Mapping[Any, Any]) -> Clause:
    if not raw:
        raise Invalid(f"{name}: a selection is not empty")
    return both([_item(f"{name}.{key}", str(key), value) for key, value in raw.items()])


def _words(words: Sequence[str]) -> Clause:
    fits = [_text(word, cased=False, before=True, after=True) for word in words]

    def holds(event: Event) -> bool:
        return any(fit(value) for fit in fits for value in event.values())

    return Clause(holds, None, frozenset())


def _item(where: str, key: str, raw: Any) -> Clause:
    """Compile one item: a field with modifiers, and what it is compared with."""
    field, *modifiers = key.split("|")
    unknown = sorted(set(modifiers) - MODIFIERS)
    if not field or unknown or len(set(modifiers)) < len(modifiers):
        raise Invalid(f"{where}: {', '.join(unknown) or 'this'} is no modifier that is known here")
    values = raw if isinstance(raw, list) else [raw]
    if not values:
        raise Invalid(f"{where}: a list of values is not empty")
    holds = [_value(where, field, frozenset(modifiers), value) for value in values]
    joined = _all(holds) if "all" in modifiers else _any(holds)
    fields = {field, *(str(value) for value in values if "fieldref" in modifiers)}
    return Clause(joined, _kinds(field, modifiers, values), frozenset(fields))


def _kinds(field: str, modifiers: Sequence[str], values: Sequence[Any]) -> frozenset[str] | None:
    """Which kinds an item of `kind` allows; None where it is another field or not plain."""
    if field != "kind" or modifiers or not all(isinstance(one, str) for one in values):
        return None
    if any(pattern.glob(one, cased=False) for one in values):
        return None
    return frozenset(pattern.literal(one).lower() for one in values)


def _value(where: str, field: str, modifiers: frozenset[str], value: Any) -> Holds:
    own = modifiers & _OWN
    if len(own | (modifiers & _SHAPES)) > 1 or (own and modifiers - own - {"all"}):
        raise Invalid(f"{where}: these modifiers do not go together")
    if modifiers & {"i", "m", "s"} and "re" not in modifiers:
        raise Invalid(f"{where}: i, m and s belong to re")
    if "exists" in modifiers:
        if not isinstance(value, bool):
            raise Invalid(f"{where}: exists is true or false")
        return lambda event: (field in event) is value
    if "fieldref" in modifiers:
        if not isinstance(value, str):
            raise Invalid(f"{where}: fieldref names a field")
        return _same(field, value)
    if value is None and not modifiers - {"all"}:
        return lambda event: field not in event
    fits = _fits(where, modifiers, value)

    def holds(event: Event) -> bool:
        found = event.get(field)
        return found is not None and fits(found)

    return holds


def _same(field: str, other: str) -> Holds:
    def holds(event: Event) -> bool:
        one, two = event.get(field), event.get(other)
        if isinstance(one, str) and isinstance(two, str):
            return one.lower() == two.lower()
        return one is not None and type(one) is type(two) and one == two

    return holds


def _fits(where: str, modifiers: frozenset[str], value: Any) -> Fits:
    """Compile what a field's value is compared with."""
    for name in sorted(modifiers & _NUMBERS.keys()):
        if type(value) is not int:
            raise Invalid(f"{where}: {name} takes a whole number")
        return _number(_NUMBERS[name], value)
    if "re" in modifiers:
        if not isinstance(value, str):
            raise Invalid(f"{where}: a regular expression is a text")
        return _regex(where, value, modifiers)
    if isinstance(value, str):
        before = bool(modifiers & {"contains", "endswith"})
        after = bool(modifiers & {"contains", "startswith"})
        return _text(value, cased="cased" in modifiers, before=before, after=after)
    if modifiers - {"all"}:
        raise Invalid(f"{where}: these modifiers are for texts")
    if isinstance(value, bool):
        spelled = str(value).lower()
        return lambda found: found is value or (isinstance(found, str) and found.lower() == spelled)
    if type(value) is int:
        return lambda found: type(found) is int and found == value
    raise Invalid(f"{where}: a value is a text, a whole number, true, false or null")


def _number(compare: Callable[[int, int], bool], bound: int) -> Fits:
    return lambda found: type(found) is int and compare(found, bound)


def _regex(where: str, text: str, modifiers: frozenset[str]) -> Fits:
    try:
        matches = pattern.regex(text, "".join(sorted(modifiers & {"i", "m", "s"})))
    except Invalid as error:
        raise Invalid(f"{where}: {error.message}") from error
    return lambda found: matches(spelled(found))


def _text(text: str, *, cased: bool, before: bool, after: bool) -> Fits:
    matches = pattern.glob(text, cased=cased, before=before, after=after)
    if matches is not None:
        return lambda found: matches(spelled(found))
    plain = pattern.literal(text)
    if cased:
        return lambda found: isinstance(found, str) and found == plain
    lower = plain.lower()
    return lambda found: isinstance(found, str) and found.lower() == lower


def spelled(value: Value) -> str:
    """Return a value as a text with wildcards is compared with it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
