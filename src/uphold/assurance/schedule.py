# SPDX-License-Identifier: Apache-2.0
"""Which probes are due: before their evidence expires, and soon again where it says nothing good (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from uphold.assurance.evidence import Evidence, Stored
from uphold.assurance.probe import Probe, Status
from uphold.assurance.verdict import Present

# What is left of its life when evidence is made anew, so that a long run or a restart leaves no gap.
EARLY = 1 / 8
# A probe that did not find its promise kept is run again after so long: somebody may have mended it.
AGAIN_MS = 60 * 60 * 1000


def due(
    probes: Sequence[Probe[Any]], stored: Mapping[str, Stored], present: Present
) -> tuple[Probe[Any], ...]:
    """Return the probes to run now; who judges the evidence of others runs whenever any other does."""
    found = [probe for probe in probes if _is_due(stored.get(probe.id), present)]
    if not found:
        return ()
    return tuple(probe for probe in probes if probe in found or probe.is_last)


def _is_due(stored: Stored | None, present: Present) -> bool:
    if stored is None or stored.evidence is None:
        return True
    told = stored.evidence
    if (told.edition, told.configuration) != (present.edition, present.configuration):
        return True
    return present.at >= _next(told)


def _next(told: Evidence) -> int:
    life = told.expires - told.at
    planned = told.expires - int(life * EARLY)
    if told.status in (Status.KEPT, Status.NOT_APPLICABLE):
        return planned
    return min(planned, told.at + AGAIN_MS)
