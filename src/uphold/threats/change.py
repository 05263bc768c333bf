# SPDX-License-Identifier: Apache-2.0
"""What changed between what is on record of threats and what was judged now (pure).

    changes = change.diff(known, findings, elements)

Nothing that was ever found is forgotten: a finding whose rule says no any more is resolved, one whose element or
rule is gone is retired. Unchanged, there is no change.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from uphold.threats.element import Element, Model
from uphold.threats.judge import Against, Finding, Held, State

NONE: Final = "none"
"""The state of what was not there before."""


class Kind(StrEnum):
    """What happened to a finding."""

    ADDED = "added"
    """It is there for the first time."""
    RESOLVED = "resolved"
    """Measures hold it, or it is there no more."""
    REOPENED = "reopened"
    """It is there again, or nothing holds it any more."""
    RATED = "rated"
    """It is as bad as it was not before."""
    UNKNOWN = "unknown"
    """A fact that it depends on cannot be found out any more."""
    ACCEPTED = "accepted"
    """Somebody answers for its being open."""


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as it stands on record."""

    uid: str
    rule: str
    element: str
    state: State
    severity: int


@dataclass(frozen=True, slots=True)
class Change:
    """One finding that stands otherwise than before. `before` is a state or `NONE`; severities are 0 where unknown.

    `because` are the facts of the finding now, `evidence` the entries of the evidence that opens or holds it;
    `is_outdated` tells that some evidence is fresh and says nothing of this configuration.
    """

    uid: str
    rule: str
    element: str
    kind: Kind
    before: str
    after: State
    severity_before: int
    severity: int
    because: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()
    is_outdated: bool = False


def diff(
    known: Mapping[str, Known],
    found: Iterable[Finding],
    elements: Collection[str],
    rules: Collection[str],
) -> tuple[Change, ...]:
    """Return what changed, sorted by uid. `elements` and `rules` are those that are there now, by id."""
    now = {one.uid: one for one in found}
    changes = [_met(known.get(uid), one) for uid, one in now.items()]
    changes += [_gone(one, elements, rules) for uid, one in known.items() if uid not in now]
    return tuple(sorted((one for one in changes if one is not None), key=lambda one: one.uid))


def changed(before: Model | None, after: Model) -> Mapping[str, tuple[str, ...]]:
    """Return, by element, where facts were seen that differ between two models; all of a new or a lost element's."""
    then = {one.id: one for one in before.elements} if before is not None else {}
    now = {one.id: one for one in after.elements}
    told: dict[str, tuple[str, ...]] = {}
    for id_ in sorted({*then, *now}):
        sources = _sources(then.get(id_), now.get(id_))
        if sources:
            told[id_] = sources
    return told


def _sources(before: Element | None, after: Element | None) -> tuple[str, ...]:
    one = {} if before is None else before.facts
    two = {} if after is None else after.facts
    names = sorted(name for name in {*one, *two} if one.get(name) != two.get(name))
    seen = dict.fromkeys(side[name].source for name in names for side in (one, two) if name in side)
    return tuple(seen)


def _met(before: Known | None, now: Finding) -> Change | None:
    if before is None:
        return _change(now, Kind.ADDED, NONE, 0)
    if before.state is now.state:
        same = before.severity == now.severity
        return None if same else _change(now, Kind.RATED, before.state, before.severity)
    return _change(now, _kind(before.state, now.state), before.state, before.severity)


def _kind(before: State, after: State) -> Kind:
    if after is State.ACCEPTED:
        return Kind.ACCEPTED
    if after is State.UNKNOWN:
        return Kind.UNKNOWN
    if after is State.OPEN or before in (State.RESOLVED, State.RETIRED):
        return Kind.REOPENED
    return Kind.RESOLVED


def _gone(before: Known, elements: Collection[str], rules: Collection[str]) -> Change | None:
    if before.state in (State.RESOLVED, State.RETIRED):
        return None
    is_there = before.element in elements and before.rule in rules
    after = State.RESOLVED if is_there else State.RETIRED
    return Change(
        *(before.uid, before.rule, before.element, Kind.RESOLVED, before.state, after),
        *(before.severity, before.severity),
    )


def _tells(one: Against, state: State) -> bool:
    """Whether what is known of a measure is why a finding stands so: what fails opens it, what is kept holds it."""
    is_kept = one.status in (Held.KEPT, Held.NOT_APPLICABLE)
    return is_kept is (state is not State.OPEN)


def _change(now: Finding, kind: Kind, before: str, severity_before: int) -> Change:
    return Change(
        *(now.uid, now.rule, now.element, kind, str(before), now.state, severity_before),
        *(now.severity, now.because),
        evidence=tuple(
            one.entry for one in now.measures if one.entry >= 0 and _tells(one, now.state)
        ),
        is_outdated=any(one.status is Held.OUTDATED for one in now.measures),
    )
