# SPDX-License-Identifier: Apache-2.0
"""Key rings and sealed records of the tests: fixed randomness, two epochs, a submission of three parts."""

import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import msgspec

from tests import cast
from uphold.vault import contact, keys, part
from uphold.vault.contact import Contact
from uphold.vault.keys import KeyRing
from uphold.vault.part import Plain
from uphold.vault.permit import Permit

NOW = 1_767_323_045_000
FIELDS = frozenset({"name", "email", "phone", "message"})


def stream(seed: bytes) -> Callable[[int], bytes]:
    """Bytes that look random and are the same every time: SHA-256 over the seed and a counter."""
    counter = itertools.count()

    def take(length: int) -> bytes:
        out = b""
        while len(out) < length:
            out += hashlib.sha256(seed + next(counter).to_bytes(8, "big")).digest()
        return out[:length]

    return take


def file(seed: bytes = b"ring", epochs: int = 1, burned: int = 0) -> bytes:
    """The content of a ring with the epochs 1 to `epochs`, the first `burned` of them taken out.

    Rings of one seed share all secrets that they both have.
    """
    content: dict[str, Any] = msgspec.json.decode(keys.generate(NOW, stream(seed)))
    more = stream(seed + b" epochs")
    for number in range(2, epochs + 1):
        secrets = {"key": more(32).hex(), "index_root": more(32).hex()}
        content["epochs"].append({"number": number, "created_at": NOW + number, **secrets})
    content["epochs"] = content["epochs"][burned:]
    return msgspec.json.encode(content)


def ring(seed: bytes = b"ring", epochs: int = 1, burned: int = 0) -> KeyRing:
    return keys.parse(file(seed, epochs, burned))


def submission(person: cast.Person = cast.subject) -> list[Plain]:
    """What a feedback form stores: the evidence of consent, the message, the technical data."""
    addresses = (Contact(contact.EMAIL, person.email), Contact(contact.PHONE, person.phone))
    return [
        part.plain("consent-evidence", 1, {"edition": 1, "language": "ru", "name": person.name}),
        part.plain("feedback", 1, person.values(), addresses),
        part.plain("technical", 1, {"ip": "192.0.2.7", "browser": f"{person.mark}/1.0"}),
    ]


def permit(record: int, purpose: str = "feedback", fields: frozenset[str] = FIELDS) -> Permit:
    return Permit(
        actor=7, purpose=purpose, record=record, fields=fields, edition=1, ground="consent"
    )
