# SPDX-License-Identifier: Apache-2.0
"""What goes into the vault and what comes of it: plain parts, sealed parts, fetched ciphertext (data only).

The first part of a record, ordinal 0, is its anchor: the one that lives longest (the evidence of consent),
from whose key the record's own digests in the journal are salted.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.hmac import HMAC

from uphold.vault import tables
from uphold.vault.contact import Contact
from uphold.vault.keys import KeyRing

# gc=False: none of these can be part of a cycle, and the hot path makes a dozen of them.


class Plain(msgspec.Struct, frozen=True, gc=False):
    """The fields that serve one purpose, before sealing.

    `payload` is a JSON object of field to value, `version` the number of the content's shape (0 to 2^63 - 1),
    `contacts` the addresses in it by which the part is to be found.
    """

    purpose: str
    version: int
    payload: bytes
    contacts: tuple[Contact, ...] = ()

    def __repr__(self) -> str:
        return f"<Plain {self.purpose}>"


class Indexed(msgspec.Struct, frozen=True, gc=False):
    """A contact after normalisation: its keyed digest `inner` (32 bytes) and its index `value` (16 bytes)."""

    kind: int
    version: int
    inner: bytes
    value: bytes

    def __repr__(self) -> str:
        return f"<Indexed {self.kind}>"


class SealedPart(msgspec.Struct, frozen=True, gc=False):
    """A part ready to be stored."""

    number: int
    purpose: str
    version: int
    sealed: bytes
    epoch: int
    wrapped: bytes
    contacts: bytes | None
    indexed: tuple[Indexed, ...]

    def __repr__(self) -> str:
        return f"<SealedPart {self.number} {self.purpose}>"


class Sealed(msgspec.Struct, frozen=True, gc=False):
    """A record ready to be stored. `identifier` is its public id, `tag` the keyed tag of the body it came in.

    `anchor` is HMAC begun under the anchor's key, which salts what the journal says of the record. `ring` is
    the one that it was sealed under.
    """

    record: int
    identifier: str
    parts: tuple[SealedPart, ...]
    tag: bytes
    anchor: HMAC
    ring: KeyRing

    def __repr__(self) -> str:
        return f"<Sealed {self.record}>"


class Fetched(msgspec.Struct, frozen=True, gc=False):
    """One part's rows as they are stored: ciphertext and wrapped key."""

    number: int
    purpose: str
    version: int
    sealed: bytes
    epoch: int
    wrapped: bytes

    @property
    def record(self) -> int:
        """The number of the record that the part belongs to."""
        return tables.record_of(self.number)


class Destroyed(msgspec.Struct, frozen=True, gc=False):
    """What is left of a part: its number, its purpose, and when it ended (unix ms)."""

    number: int
    purpose: str
    destroyed_at: int


def plain(
    purpose: str, version: int, fields: Mapping[str, Any], contacts: tuple[Contact, ...] = ()
) -> Plain:
    """Make a part of `fields`, whose values are anything that JSON holds."""
    return Plain(purpose, version, msgspec.json.encode(fields), contacts)
