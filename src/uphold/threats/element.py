# SPDX-License-Identifier: Apache-2.0
"""The model of a site that threats are judged on: elements with facts, and flows between them (pure).

A fact is what is so about the running system, with where that was seen. What could not be seen is None, which is
neither yes nor no: nothing is guessed. There is no clock in a model and nothing that goes on counting, so the same
configuration gives the same bytes; numbers of people or records stand in it as buckets. Nobody is named in it: of
staff it knows the numbers of their accounts.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

Value = bool | int | str | tuple[str, ...] | None

FORMAT = 1
"""The number of the canonical form's shape, which stands in it."""
FLOW = "flow"
SITE = "site"
"""The kind of the one element that stands for the whole, and its id."""

ZONES = ("internet", "app", "vault", "keys", "operator", "recipient")
"""Where an element lies, by who rules there; what crosses from one to another crosses a border of trust."""

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Fact:
    """What is so. `value` is None for what could not be found out.

    `source` says where it was looked for: `config:` and a setting, `policy:` and a place in the edition in force,
    `db:` and a table, `os:` and what of the system, `keys:`, `program:` for what the program does always,
    `detection:` for its rules.
    """

    value: Value
    source: str


@dataclass(frozen=True, slots=True)
class Element:
    """One thing of a site: `id` is its kind and a name, `form:contact`; `facts` are by name (`vocabulary`)."""

    id: str
    kind: str
    zone: str
    facts: Mapping[str, Fact]

    def value(self, name: str) -> Value:
        """Return what a fact says; None where it is unknown, and where there is no such fact."""
        found = self.facts.get(name)
        return None if found is None else found.value


@dataclass(frozen=True, slots=True)
class Model:
    """A site as it runs. `elements` are sorted by id; make one with `model`."""

    elements: tuple[Element, ...]

    def canonical(self) -> bytes:
        """Return the model as JSON, the same bytes for the same facts, with a newline at its end."""
        told = [
            {
                "id": one.id,
                "kind": one.kind,
                "zone": one.zone,
                "facts": {name: [fact.value, fact.source] for name, fact in one.facts.items()},
            }
            for one in self.elements
        ]
        return bytes(_encode({"format": FORMAT, "elements": told})) + b"\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, 64 hex digits."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def of(self, kind: str) -> tuple[Element, ...]:
        """Return the elements of a kind."""
        return tuple(one for one in self.elements if one.kind == kind)

    def element(self, id_: str) -> Element | None:
        """Return the element with this id, if there is one."""
        return next((one for one in self.elements if one.id == id_), None)

    def unknown(self) -> Iterator[tuple[Element, str]]:
        """Go through the facts that could not be found out: the element and the fact's name."""
        for one in self.elements:
            for name in sorted(one.facts):
                if one.facts[name].value is None:
                    yield one, name


def model(elements: Iterable[Element]) -> Model:
    """Make a model of elements, in the order of their ids; `ValueError` where two have the same."""
    found = tuple(sorted(elements, key=lambda one: one.id))
    if len({one.id for one in found}) != len(found):
        raise ValueError("two elements have the same id")
    return Model(found)


def facts(source: str, **values: Value) -> dict[str, Fact]:
    """Make facts that were all seen in the same place."""
    return {name: Fact(value, source) for name, value in values.items()}


def read(raw: bytes) -> Model:
    """Read a model back from its canonical bytes, as they were stored; `ValueError` for other bytes."""
    told = msgspec.json.decode(raw, type=_Told)
    if told.format != FORMAT:
        raise ValueError(f"format {told.format}")
    return Model(
        tuple(
            Element(
                one.id,
                one.kind,
                one.zone,
                {name: Fact(_value(value), source) for name, (value, source) in one.facts.items()},
            )
            for one in told.elements
        )
    )


_ToldValue = bool | int | str | list[str] | None


class _ToldElement(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    kind: str
    zone: str
    facts: dict[str, tuple[_ToldValue, str]]


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    elements: list[_ToldElement]


def _value(told: _ToldValue) -> Value:
    return tuple(told) if isinstance(told, list) else told
