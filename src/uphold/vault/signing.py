# SPDX-License-Identifier: Apache-2.0
"""The keys that sign for a site: the journal's, and those of the journals that it goes on from after restores.

The first journal of a site is signed under the key ring's own seed, each that a restore opens under one derived
from that seed and its origin: a new key, for which no key ring has to be written anew.
"""

from collections.abc import Sequence

from uphold.config import Settings
from uphold.journal import note
from uphold.vault import seal
from uphold.vault.keys import KeyRing

_CONTINUED = b"uphold/journal/continued/v1\0"


def signer(settings: Settings, ring: KeyRing) -> note.Signer:
    """Return the key of the site's journal."""
    return of(ring, settings.origin, settings.site.continues)


def earlier(settings: Settings, ring: KeyRing) -> tuple[note.Signer, ...]:
    """Return the keys of the journals that this one goes on from, the latest first."""
    origins = settings.site.continues
    return tuple(of(ring, one, origins[:place]) for place, one in enumerate(origins))[::-1]


def of(ring: KeyRing, origin: str, continues: Sequence[str]) -> note.Signer:
    """Return the key of the journal of this origin that goes on from those, none for a site's first."""
    if not continues:
        return note.Signer(origin, ring.signing_seed)
    return note.Signer(origin, seal.subkey(ring.signing_seed, _CONTINUED + origin.encode()))
