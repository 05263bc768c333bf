# SPDX-License-Identifier: Apache-2.0
"""An evaluation of the measures: what evidence says of each, and what that comes to (pure).

    told = evaluation.told(about, Seen(...))       what a statement of it says; people sign it

Nothing in it is typed by hand: each measure stands as its newest evidence says, with the digest of that evidence, so
that whoever signs can be asked to show it. What nothing here does is left open for the operator to write beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from uphold.threats.basic import Line
from uphold.threats.judge import Finding, Held, Measured, State

VERSION: Final = 1
GRAVE: Final = 4
"""From this severity on an open threat is a remark."""
_STANDING: Final = (State.OPEN, State.ACCEPTED)
GOOD: Final = frozenset({Held.KEPT, Held.NOT_APPLICABLE})


class Outcome(StrEnum):
    """What an evaluation comes to."""

    EFFECTIVE = "effective"
    REMARKS = "remarks"
    NOT_EFFECTIVE = "not-effective"


@dataclass(frozen=True, slots=True)
class About:
    """What was evaluated: the journal's origin, the edition in force, the digest of the configuration, the version."""

    origin: str
    edition: int
    edition_digest: str
    configuration: str
    journal: int
    uphold: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was to see. `level` is the level of protection, 0 where no data are declared."""

    level: int
    threat_type: int
    states: Mapping[str, Measured]
    order21: Sequence[Line]
    findings: Sequence[Finding]
    sabotages: tuple[int, int]
    """How many sabotages of this version of the program were caught, and made."""
    rules: tuple[int, int]
    """How many rules of detection noticed the attack that is played to each, and how many there are."""


def outcome(states: Mapping[str, Measured], findings: Sequence[Finding]) -> Outcome:
    """Say what it comes to: whether a measure is broken, else whether one is not shown or a grave threat is open."""
    statuses = {one.status for one in states.values()}
    if Held.BROKEN in statuses:
        return Outcome.NOT_EFFECTIVE
    grave = any(one.state is State.OPEN and one.severity >= GRAVE for one in findings)
    return Outcome.REMARKS if grave or statuses - GOOD else Outcome.EFFECTIVE


def told(about: About, seen: Seen, *, every: bool = False) -> dict[str, Any]:
    """Say what a statement says: the same for the same evidence. With `every` threat, else those that stand open."""
    standing = [one for one in seen.findings if every or one.state in _STANDING]
    return {
        "v": VERSION,
        "origin": about.origin,
        "edition": about.edition,
        "edition_digest": about.edition_digest,
        "configuration": about.configuration,
        "journal": about.journal,
        "uphold": about.uphold,
        "level": seen.level,
        "threat_type": seen.threat_type,
        "outcome": str(outcome(seen.states, seen.findings)),
        "measures": [
            {
                "id": name,
                "status": str(one.status),
                "expires": one.expires,
                "evidence": one.evidence,
            }
            for name, one in sorted(seen.states.items())
        ],
        "order21": [
            {
                "id": line.demanded.id,
                "status": str(line.status or ""),
                "by": [name for name, _ in line.by],
            }
            for line in seen.order21
        ],
        "threats": [
            {"uid": one.uid, "state": str(one.state), "severity": one.severity} for one in standing
        ],
        "sabotages": list(seen.sabotages),
        "rules": list(seen.rules),
    }
