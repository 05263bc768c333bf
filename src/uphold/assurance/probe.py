# SPDX-License-Identifier: Apache-2.0
"""What a probe is: an executable check that a promise holds on the running site (pure; no storage, no network).

    warm_up -> act -> oracle -> revert

`act` touches the site through the doors that an outsider or insider has, and says what came back; `oracle`
judges that and nothing else, so that it is tested with hand-made traces. The laws of a good probe: attack
in parallel; look for the denial's entry too; ask for exactly what should be there, so that more fails as
well; a skip is no pass; watch what the probe itself writes down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from uphold.assurance.scene import Scene

T = TypeVar("T")


class Status(StrEnum):
    """What a probe says of its promise."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_SHOWN = "not-shown"
    NOT_APPLICABLE = "not-applicable"


class Kind(StrEnum):
    """Whether a probe only looks, or tries what must not succeed."""

    EXAMINE = "examine"
    ATTACK = "attack"


class Cost(StrEnum):
    """`HEAVY` probes take time with the size of the site; they run last and show how far they are."""

    LIGHT = "light"
    HEAVY = "heavy"


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a text for translation where it stands, and leave it as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of evidence: a msgid marked with N_ with %(name)s in it, and the values for the names.

    Values are codes, numbers, paths and digests, never personal data: evidence is kept and shown.
    """

    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an oracle says. For `BROKEN` every fault is one sentence of its own."""

    status: Status
    saw: tuple[Said, ...] = ()


def said(text: str, /, **values: str | int) -> Said:
    """Make a sentence of evidence with its values; `text` is marked with N_ where it stands."""
    plain = {name: one if type(one) is int else str(one) for name, one in values.items()}
    return Said(text, plain)


def kept(*saw: Said) -> Outcome:
    """Say that the promise holds, and by what that was seen."""
    return Outcome(Status.KEPT, saw)


def broken(*faults: Said) -> Outcome:
    """Say that the promise does not hold, one sentence for each fault."""
    return Outcome(Status.BROKEN, faults)


def not_shown(*why: Said) -> Outcome:
    """Say that nothing could be found out, and why. It counts as badly as it sounds."""
    return Outcome(Status.NOT_SHOWN, why)


def not_applicable(*why: Said) -> Outcome:
    """Say that the promise has nothing to hold about on this site, and why."""
    return Outcome(Status.NOT_APPLICABLE, why)


def judged(faults: Iterable[Said], *otherwise: Said) -> Outcome:
    """Say broken with the faults there are, else kept with what was seen."""
    found = tuple(faults)
    return Outcome(Status.BROKEN, found) if found else Outcome(Status.KEPT, otherwise)


def nothing(scene: Scene) -> None:
    """Do nothing: the warm-up and the revert of a probe that needs none."""


@dataclass(frozen=True, slots=True)
class Probe(Generic[T]):
    """One check of one promise.

    `id` is the promise's id, a dot and the aspect: `consent.box-empty.page`. `does` says in one sentence,
    marked with N_, what the probe does. `oracle` is pure. `revert` runs after `act` whatever happened, and
    undoes what the end of the exercise does not (records and accounts of the exercise go by themselves).
    `ttl_hours` is how long the evidence stays fresh. `is_last`: it judges the evidence of the others.
    """

    id: str
    promise: str
    kind: Kind
    does: str
    act: Callable[[Scene], T]
    oracle: Callable[[T], Outcome]
    warm_up: Callable[[Scene], None] = field(default=nothing)
    revert: Callable[[Scene], None] = field(default=nothing)
    ttl_hours: int = 24
    cost: Cost = Cost.LIGHT
    is_last: bool = False
