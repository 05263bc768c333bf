# SPDX-License-Identifier: Apache-2.0
"""What a signed-in session must still do before it may act: prove itself anew, or set a second factor up. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from uphold.access.session import Session


class Standing(StrEnum):
    """How a session stands. `locked`: whoever sits there now may be another, as it did nothing for too long or an alert
    asks for a new proof.
    """

    READY = "ready"
    LOCKED = "locked"
    FACTOR_NEEDED = "factor-needed"


@dataclass(frozen=True, slots=True)
class Demands:
    """What a site asks of sessions: the ms without an act that lock one, and whether a second factor is a must."""

    lock_ms: int
    second_factor: bool


def of(known: Session, demands: Demands, now: int) -> Standing:
    """Say how a session stands at `now` (unix ms)."""
    if known.asks_both or now - known.seen_at >= demands.lock_ms:
        return Standing.LOCKED
    if demands.second_factor and not known.has_factor and not _is_spared(known):
        return Standing.FACTOR_NEEDED
    return Standing.READY


def _is_spared(known: Session) -> bool:
    """Spare an exercise's account, which lasts for minutes and opens nothing of people's, until it begins one.

    So probes see the demand at work: the account that they begin to set a factor up for meets it like anybody's.
    """
    return known.actor.exercise and not known.began_factor
