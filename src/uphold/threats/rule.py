# SPDX-License-Identifier: Apache-2.0
"""The rules of threats, read from `rules/*.toml` (pure, read once): when a threat is there, and what is against it.

    [export-plain]                       an id for ever; a finding is called export-plain@flow:export/bank
    applies_to = "flow"                  the kind of the elements it is judged on, one by one
    when = "flow.what == 'export' and not flow.sealed"        see `expression`
    severity = "5 if flow.special else 3"
    measures = ["export-sealed"]         all of them have to hold
    measures_any = ["..."]               and one of these, if there are any

A rule brings its own tests: facts that are given, and what must come of them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from uphold import errors
from uphold.policy.document import Text
from uphold.threats import expression, vocabulary
from uphold.threats.element import SITE, Element, Value
from uphold.threats.expression import Expression
from uphold.threats.logic import OWN, spell

FOLDER: Final = Path(__file__).parent / "rules"
LANGUAGES: Final = {"en", "ru"}
LONGEST_ID: Final = 40
WORST: Final = 5
"""Severities are 1 to this."""
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_GAP: Final = re.compile(r"\{([a-z_]+)\}")
_ADVICE = "See what rules of threats may say in docs/how-to/add-a-threat.md."

Expected = Literal["open", "na", "unknown"]
Given = Mapping[str, Mapping[str, Value] | tuple[Mapping[str, Value], ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """A test of a rule: facts by the name of an element or, several times, of a list; and what comes of them.

    `severity` is 0 where the case says nothing of it.
    """

    given: Given
    expect: Expected
    severity: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A threat and when it is there. Foreign ids are numbers of CWE, CAPEC and FSTEC's bank, ids of ATT&CK and ASVS."""

    id: str
    title: Text
    why: Text
    """What may happen and to whom; `{id}` and `{fact}` stand for the element's own."""
    applies_to: str
    when: Expression
    severity: Expression
    measures: tuple[str, ...]
    measures_any: tuple[str, ...]
    privacy: bool
    stride: str
    linddun: tuple[str, ...]
    consequence: str
    violators: tuple[str, ...]
    objects: Text
    ways: Text
    tactics: tuple[str, ...]
    cwe: tuple[int, ...]
    capec: tuple[int, ...]
    attack: tuple[str, ...]
    ubi: tuple[int, ...]
    asvs: tuple[str, ...]
    tests: tuple[Case, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every measure that it names."""
        return tuple(dict.fromkeys((*self.measures, *self.measures_any)))


class _Case(msgspec.Struct, forbid_unknown_fields=True):
    given: dict[str, dict[str, Any] | list[dict[str, Any]]]
    expect: Expected
    severity: int = 0


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    title: dict[str, str]
    why: dict[str, str]
    applies_to: str
    when: str
    severity: int | str
    consequence: str
    violators: list[str]
    objects: dict[str, str]
    ways: dict[str, str]
    measures: list[str] = []
    measures_any: list[str] = []
    privacy: bool = False
    stride: str = ""
    linddun: list[str] = []
    tactics: list[str] = []
    cwe: list[int] = []
    capec: list[int] = []
    attack: list[str] = []
    ubi: list[int] = []
    asvs: list[str] = []
    tests: list[_Case] = []


@cache
def catalogue() -> Mapping[str, Rule]:
    """Every rule by id, files in the order of their names and rules as their file has them; raises as `read`."""
    found: dict[str, Rule] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for one in read(path.read_text(encoding="utf-8"), path.name):
            if one.id in found:
                raise errors.Invalid(f"{path.name}: there are two rules {one.id}.", _ADVICE)
            found[one.id] = one
    return MappingProxyType(found)


def read(text: str, name: str) -> tuple[Rule, ...]:
    """Read the rules of a file; raises `errors.Invalid` with the rule and the place for whatever it should not say."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise errors.Invalid(f"{name} cannot be read: {error}", _ADVICE) from error
    return tuple(_rule(id_, table) for id_, table in tables.items())


def say(text: str, element: Element) -> str:
    """Fill the gaps of a rule's `why` with what is so of an element."""

    def fill(gap: re.Match[str]) -> str:
        name = gap[1]
        return element.id if name == "id" else spell(element.value(name)).replace(",", ", ")

    return _GAP.sub(fill, text)


def _rule(id_: str, table: Any) -> Rule:
    at = f"rule {id_}"
    # No longer than a code of the journal, which tells of its findings.
    if not _ID.match(id_) or len(id_) > LONGEST_ID:
        raise errors.Invalid(f"{at}: an id is of small letters, digits and hyphens.", _ADVICE)
    try:
        row = msgspec.convert(table, _Row)
    except msgspec.ValidationError as error:
        raise errors.Invalid(f"{at}: {error}", _ADVICE) from error
    fault = _fault(row)
    if fault:
        raise errors.Invalid(f"{at}: {fault}.", _ADVICE)
    names = {row.applies_to, SITE}
    said = {field: getattr(row, field) for field in row.__struct_fields__}
    lists = {field: tuple(value) for field, value in said.items() if isinstance(value, list)}
    read = {
        "when": expression.parse(row.when, f"{at}, when", names),
        "severity": expression.parse(str(row.severity), f"{at}, severity", names),
        "tests": tuple(_case(one, f"{at}, test {n}", names) for n, one in enumerate(row.tests, 1)),
    }
    return Rule(id=id_, **{**said, **lists, **read})


def _fault(row: _Row) -> str:
    """What is wrong with a rule besides its expressions; "" if nothing is."""
    if row.applies_to not in vocabulary.kinds():
        return f"applies_to: there is no kind {row.applies_to}"
    for name in ("title", "why", "objects", "ways"):
        text = getattr(row, name)
        if set(text) != LANGUAGES or not all(text.values()):
            return f"{name} is in {' and '.join(sorted(LANGUAGES))}"
    gaps = {gap for text in row.why.values() for gap in _GAP.findall(text)}
    unknown = gaps - {"id", *vocabulary.kinds()[row.applies_to].facts}
    if unknown:
        return f"why: {min(unknown)} is no fact of {row.applies_to}"
    if not row.measures and not row.measures_any:
        return "it names no measure"
    if not row.violators or not row.consequence:
        return "it names no violator or no consequence"
    if set(row.stride) - set("STRIDE"):
        return "stride: some of the letters STRIDE"
    return ""


def _case(one: _Case, at: str, names: Iterable[str]) -> Case:
    given: dict[str, Mapping[str, Value] | tuple[Mapping[str, Value], ...]] = {}
    for name, told in one.given.items():
        if isinstance(told, list):
            kind = expression.lists().get(name, "")
            given[name] = tuple(_facts(kind, facts, f"{at}, {name}") for facts in told)
        else:
            given[name] = _facts(name if name in names else "", told, f"{at}, {name}")
    return Case(given, one.expect, one.severity)


def _facts(kind: str, told: Mapping[str, Any], at: str) -> Mapping[str, Value]:
    """Look at facts that a test gives: each is of the vocabulary and of its type."""
    if not kind:
        raise errors.Invalid(f"{at}: the rule knows no element or list of this name.", _ADVICE)
    types = {**dict.fromkeys(OWN, "str"), **vocabulary.kinds()[kind].facts}
    found: dict[str, Value] = {}
    for name, value in told.items():
        plain = tuple(value) if isinstance(value, list) else value
        if name not in types or _type(plain) != types[name]:
            wanted = types.get(name, "no fact")
            raise errors.Invalid(f"{at}: {name} is {wanted} of {kind}.", _ADVICE)
        found[name] = plain
    return found


def _type(value: Any) -> str:
    if isinstance(value, tuple):
        return "list" if all(isinstance(one, str) for one in value) else ""
    return type(value).__name__
