# SPDX-License-Identifier: Apache-2.0
"""What is known of each measure against threats: by the newest evidence of its probes, and by people's word (pure).

    measures.states(catalogue, stored, attested, present)         by the measure's id

A measure is worth its worst probe. Evidence says something while it is fresh, signed, and about this edition and
configuration; where only people can tell, the newest attestation counts until its date.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from uphold.assurance import evidence, verdict
from uphold.assurance.evidence import Stored
from uphold.assurance.probe import Status
from uphold.assurance.report import Why
from uphold.assurance.verdict import Present
from uphold.threats.attestation import Attested
from uphold.threats.judge import NOTHING, Held, Measured
from uphold.threats.measure import Measure

_STATUSES: Final[Mapping[Status, Held]] = {
    Status.KEPT: Held.KEPT,
    Status.BROKEN: Held.BROKEN,
    Status.NOT_SHOWN: Held.NOT_SHOWN,
    Status.NOT_APPLICABLE: Held.NOT_APPLICABLE,
}
_WHYS: Final[Mapping[Why, Held]] = {Why.STALE: Held.STALE, Why.OUTDATED: Held.OUTDATED}
# From bad to good: a measure is as good as its worst part; what does not apply says nothing against the others.
_ORDER: Final = (
    Held.BROKEN,
    Held.NOT_SHOWN,
    Held.STALE,
    Held.OUTDATED,
    Held.KEPT,
    Held.NOT_APPLICABLE,
)


def states(
    catalogue: Iterable[Measure],
    stored: Mapping[str, Stored],
    attested: Mapping[str, Attested],
    present: Present,
) -> Mapping[str, Measured]:
    """Judge every measure. `stored` is the newest evidence by probe, `attested` what people said by duty."""
    return {one.id: of(one, stored, attested, present) for one in catalogue}


def of(
    one: Measure,
    stored: Mapping[str, Stored],
    attested: Mapping[str, Attested],
    present: Present,
) -> Measured:
    """Judge one measure."""
    parts = [_shown(stored.get(name), present) for name in one.probes]
    if one.duty:
        parts.append(_attested(attested.get(one.duty), present.at))
    # Of several that are as good, the one whose evidence ends first: then it is not known any more.
    return min(parts, key=lambda part: (_ORDER.index(part.status), part.expires))


def _shown(one: Stored | None, present: Present) -> Measured:
    if one is None or one.evidence is None:
        return NOTHING
    told = one.evidence
    status = _WHYS.get(verdict.reason(told, present), _STATUSES[told.status])
    return Measured(status, told.expires, evidence.digest(told), one.entry)


def _attested(one: Attested | None, now: int) -> Measured:
    if one is None:
        return NOTHING
    said = hashlib.sha256(f"{one.duty} {one.staff} {one.until}".encode()).hexdigest()
    status = Held.KEPT if now < one.until else Held.STALE
    return Measured(status, one.until, said, one.entry)
