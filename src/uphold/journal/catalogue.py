# SPDX-License-Identifier: Apache-2.0
"""The closed catalogue of what the journal may say, joined from the topics in `journal.kinds`.

Reading those files is the privacy review of the journal: no code is free text, every one has a shape of
`journal.kind`. Of the commitments, `record` is salted from a part's key and dies with it; `sealed` is the plain
digest of a part's ciphertext, which nobody can guess, as its key and nonce are random: with the ciphertext gone
it is noise.
"""

from collections.abc import Mapping
from types import MappingProxyType

from uphold.journal.kind import PATTERNS, SHAPES, Kind
from uphold.journal.kinds import (
    budget,
    cookies,
    copies,
    detection,
    disclosures,
    incidents,
    people,
    proof,
    records,
    restraints,
    site,
    staff,
    statistics,
    threats,
    visits,
)

__all__ = ["CATALOGUE", "PATTERNS", "SHAPES", "Kind"]

# A new topic is a new file of `journal.kinds`, named here.
_TOPICS = (
    *(site.KINDS, records.KINDS, people.KINDS, staff.KINDS, copies.KINDS),
    *(disclosures.KINDS, proof.KINDS, visits.KINDS, statistics.KINDS, cookies.KINDS),
    budget.KINDS,
    restraints.KINDS,
    incidents.KINDS,
    threats.KINDS,
    detection.KINDS,
)

CATALOGUE: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for topic in _TOPICS for kind in topic}
)
