# SPDX-License-Identifier: Apache-2.0
"""By when what was destroyed is gone from backups too (pure).

A backup holds a part's key wrapped under the epoch key of its time, and never an epoch key. When every epoch
that there was at the destruction is burned, no backup made before it can be opened:

    destroyed ... next rotation (everything that lives moves on) ... burn_after_days ... the old epoch is burned

The days that backups themselves are kept (`[backup] keep_days`) change nothing: one that lies longer opens as
little. Copies of the key ring that Uphold was not told of are the operator's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.config import Keys
from uphold.vault.unlock import KeyRing

DAY_MS = 86_400_000
# What a rotation, and the look that begins it and the burning, may take beside the days that are configured.
SLACK_MS = DAY_MS


@dataclass(frozen=True, slots=True)
class Terms:
    """How keys are kept: `made` is when each epoch of the key ring was (unix ms).

    `rotate_days` is the configured time between two rotations, 0 where nothing rotates by itself.
    """

    made: Sequence[int]
    rotate_days: int
    burn_days: int


def terms(keys: Keys, ring: KeyRing) -> Terms:
    """Return how a site keeps its keys, as the ring is now."""
    made = tuple(one.created_at for one in ring.epochs)
    return Terms(made, keys.rotate_every_days, keys.burn_after_days)


def on(destroyed_at: int, terms: Terms) -> int | None:
    """By when something destroyed at a moment cannot be opened from any backup; both unix ms.

    The moment itself where no epoch is left that it could be under; None where nothing rotates by itself and
    nobody has rotated since.
    """
    if terms.made and min(terms.made) > destroyed_at:
        return destroyed_at
    since = [at for at in terms.made if at > destroyed_at]
    rotated = min(since) if since else next_rotation(terms, destroyed_at)
    if rotated is None:
        return None
    return rotated + terms.burn_days * DAY_MS + SLACK_MS


def next_rotation(terms: Terms, now: int) -> int | None:
    """When the site rotates by itself next, `now` where it is due; None where it does not."""
    if not terms.rotate_days or not terms.made:
        return None
    return max(max(terms.made) + terms.rotate_days * DAY_MS, now)
