# SPDX-License-Identifier: Apache-2.0
"""A number for a person that stays the same and names nobody: for acts of destruction, which outlive the data.

    number = base32 of the first 10 bytes of
             HMAC-SHA256(key, lp("uphold/subject-number/v1", kind || version, inner))      16 characters

`inner` is the keyed digest of an address (see `vault.subject`); the key is derived from the site's own secret.
Without the key ring nobody can compute it. With the key ring a guessed address can be compared with the act,
which is what the act is for: the operator can tell the person, and the regulator, whether theirs was destroyed
(Order 179, p. 3 c: "other information relating to the specific person"). The act goes after three years.

A record in which no address is indexed has a number made of its own.
"""

import base64

from sqlalchemy import Connection, select

from uphold.database.transaction import Transaction
from uphold.vault import seal, subject, tables
from uphold.vault.contact import Contact
from uphold.vault.keys import KeyRing
from uphold.vault.tables import vault_key

BYTES = 10
_USE = b"uphold/subject-number/v1"
_RECORD = b"record"


def of_contact(ring: KeyRing, named: Contact) -> str | None:
    """Return the number of whoever has this address; None for what is no address."""
    indexed = subject.index(ring, (named,))
    return (
        _number(ring, *_what(indexed[0].kind, indexed[0].version, indexed[0].inner))
        if indexed
        else None
    )


def of_record(reader: Connection | Transaction, ring: KeyRing, record: int) -> str:
    """Return the number of the person a record is about: by its e-mail address, else telephone, else its own.

    Opens no part: the keyed digests of addresses stand beside the parts' keys. Raises `errors.Broken` when
    they were tampered with.
    """
    first, last = tables.parts_of(record)
    columns = vault_key.c
    query = select(columns.number, columns.epoch, columns.contacts).where(
        columns.number.between(first, last), columns.contacts.is_not(None)
    )
    found = [
        member
        for row in reader.execute(query.order_by(columns.number))
        for member in subject.unwrap(ring, row.number, row.epoch, row.contacts)
    ]
    if not found:
        return of_number(ring, record)
    # The lowest kind is e-mail; of several addresses the first part's first.
    kind, version, inner = min(found, key=lambda member: member[0])
    return _number(ring, *_what(kind, version, inner))


def of_number(ring: KeyRing, record: int) -> str:
    """Return the number of whoever a record without an address is about: the record's own."""
    return _number(ring, _RECORD, record.to_bytes(8, "big"))


def _what(kind: int, version: int, inner: bytes) -> tuple[bytes, bytes]:
    return bytes((kind, version)), inner


def _number(ring: KeyRing, what: bytes, of: bytes) -> str:
    key = seal.subkey(ring.token_key, _USE)
    mac = seal.mac_under(seal.keyed(key), seal.lp(_USE, what, of))
    return base64.b32encode(mac[:BYTES]).decode("ascii")
