# SPDX-License-Identifier: Apache-2.0
"""The vault's stored formats are frozen: fixed keys and nonces give these bytes, and these bytes open.

`vault.json` was made once. If a test here fails, data that people have stored no longer open: the change is
a new version of the format beside the old one, never a new file of vectors.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests import rings
from uphold.vault import commitment, contact, keys, partkey, records, subject
from uphold.vault.contact import Contact
from uphold.vault.part import Fetched, Plain, Sealed

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vault.json").read_text())
RING = keys.parse(json.dumps(VECTORS["ring"]).encode())
SALT = bytes.fromhex(VECTORS["entry_salt"])


def given() -> list[Plain]:
    return [
        Plain(
            member["purpose"],
            member["version"],
            member["payload"].encode(),
            tuple(Contact(kind, text) for kind, text in member["contacts"]),
        )
        for member in VECTORS["parts"]
    ]


def drawn(pool: bytes) -> Callable[[int], bytes]:
    """Randomness that is the vector's, and all of it."""

    def take(length: int) -> bytes:
        assert length == len(pool)
        return pool

    return take


def sealed() -> Sealed:
    body = VECTORS["body"].encode()
    pool = bytes.fromhex(VECTORS["random"])
    return records.prepare(RING, VECTORS["record"], given(), body, drawn(pool))


def written(made: Sealed) -> dict[str, Any]:
    """A sealed record as the vectors write it."""
    places = RING.places
    return {
        "identifier": made.identifier,
        "tag": made.tag.hex(),
        "commitments": commitment.stored(made, SALT),
        "parts": [
            {
                "number": part.number,
                "purpose": part.purpose,
                "version": part.version,
                "place": places.part(made.record, part.purpose, part.version).hex(),
                "sealed": part.sealed.hex(),
                "epoch": part.epoch,
                "wrapped": part.wrapped.hex(),
                "contacts": part.contacts and part.contacts.hex(),
                "index": [[m.kind, m.version, m.inner.hex(), m.value.hex()] for m in part.indexed],
            }
            for part in made.parts
        ],
    }


def test_sealing_gives_the_frozen_bytes() -> None:
    assert written(sealed()) == VECTORS["sealed"]


@pytest.mark.parametrize("at", range(3))
def test_the_frozen_bytes_open(at: int) -> None:
    row = VECTORS["sealed"]["parts"][at]
    fetched = Fetched(
        row["number"],
        row["purpose"],
        row["version"],
        bytes.fromhex(row["sealed"]),
        row["epoch"],
        bytes.fromhex(row["wrapped"]),
    )
    fields = json.loads(VECTORS["parts"][at]["payload"])
    permit = rings.permit(VECTORS["record"], row["purpose"], frozenset(fields))
    assert records.open(RING, permit, [fetched]) == fields
    key = partkey.unwrap(RING, fetched.number, fetched.epoch, fetched.wrapped)
    assert key.hex() == VECTORS["random"][at * 136 : at * 136 + 64]


def test_the_document_alone_suffices_to_open_them() -> None:
    """By docs/design/vault.md and a cipher, without a line of the vault's code."""

    def joined(*names: bytes) -> bytes:
        return b"".join(len(name).to_bytes(4, "big") + name for name in names)

    def opened(key: bytes, blob: bytes, place: bytes) -> bytes:
        assert blob[:1] == b"\x01"
        return AESGCM(key).decrypt(blob[1:13], blob[13:], place)

    site = bytes.fromhex(VECTORS["ring"]["site"])
    epoch_key = bytes.fromhex(VECTORS["ring"]["epochs"][1]["key"])
    for at, row in enumerate(VECTORS["sealed"]["parts"]):
        number = VECTORS["record"] << 8 | at
        epoch = (2).to_bytes(4, "big")
        place = joined(b"uphold/key/v1", site, number.to_bytes(8, "big"), epoch)
        key = opened(epoch_key, bytes.fromhex(row["wrapped"]), place)
        record, version = VECTORS["record"].to_bytes(8, "big"), row["version"].to_bytes(8, "big")
        names = (b"A256GCM", site, record, row["purpose"].encode(), version)
        payload = opened(key, bytes.fromhex(row["sealed"]), joined(b"uphold/part/v1", *names))
        assert payload.decode() == VECTORS["parts"][at]["payload"]


def test_the_frozen_contacts_give_both_epochs_index() -> None:
    row = VECTORS["sealed"]["parts"][1]
    unwrapped = subject.unwrap(RING, row["number"], row["epoch"], bytes.fromhex(row["contacts"]))
    assert [[kind, version, inner.hex()] for kind, version, inner in unwrapped] == [
        member[:3] for member in row["index"]
    ]
    for epoch in RING.epochs:
        values = [subject.derive(RING, epoch, kind, v, inner).hex() for kind, v, inner in unwrapped]
        assert values == VECTORS["index_by_epoch"][str(epoch.number)]


@pytest.mark.parametrize("member", VECTORS["identifiers"], ids=lambda member: member[2])
def test_frozen_identifiers(member: tuple[int, int, str]) -> None:
    kind, number, text = member
    assert RING.identifiers.encode(kind, number) == text
    assert RING.identifiers.decode(kind, text) == number


@pytest.mark.parametrize("member", VECTORS["normalised"], ids=lambda member: repr(member[1]))
def test_frozen_normalisation(member: tuple[int, str, str | None]) -> None:
    kind, text, expected = member
    assert contact.normalise(Contact(kind, text)) == expected
