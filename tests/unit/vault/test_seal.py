# SPDX-License-Identifier: Apache-2.0
"""Sealing: the format, the places, and everything that must not open."""

import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from uphold import errors
from uphold.vault import seal

KEY = bytes(range(32))
NONCE = bytes(range(12))
SITE = bytes(range(16))


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def test_parts_carry_their_lengths() -> None:
    assert seal.lp() == b""
    assert seal.lp(b"ab", b"") == b"\0\0\0\x02ab\0\0\0\0"
    assert seal.lp(b"ab", b"c") != seal.lp(b"a", b"bc")


def test_a_blob_is_format_nonce_ciphertext_and_tag() -> None:
    blob = seal.seal(AESGCM(KEY), NONCE, b"plain", b"place")
    assert blob[:13] == b"\x01" + NONCE
    assert blob[13:] == AESGCM(KEY).encrypt(NONCE, b"plain", b"place")
    assert seal.unseal(AESGCM(KEY), blob, b"place") == b"plain"


def test_nothing_opens_elsewhere() -> None:
    blob = seal.seal(AESGCM(KEY), NONCE, b"plain", b"place")
    for key, changed, place in (
        (KEY[::-1], blob, b"place"),
        (KEY, blob, b"elsewhere"),
        (KEY, b"\x02" + blob[1:], b"place"),
        (KEY, blob[:-1], b"place"),
        (KEY, blob + b"\0", b"place"),
        (KEY, b"", b"place"),
        (KEY, b"\x01", b"place"),
    ):
        with pytest.raises(errors.Broken) as caught:
            seal.unseal(AESGCM(key), changed, place)
        assert caught.value.advice


@pytest.mark.parametrize("bit", range(0, 8 * 34, 5))
def test_no_bit_can_be_changed(bit: int) -> None:
    blob = bytearray(seal.seal(AESGCM(KEY), NONCE, b"plain", b"place"))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(errors.Broken):
        seal.unseal(AESGCM(KEY), bytes(blob), b"place")


def test_a_subkey_is_one_block_of_hkdf_expand() -> None:
    for use in (b"salt/v1", b"body/v1", seal.lp(b"uphold/index/v1", SITE, b"\x01\x01")):
        assert seal.subkey(KEY, use) == HKDFExpand(SHA256(), 32, use).derive(KEY)
        assert seal.subkey(KEY, use) == hmac.digest(KEY, use + b"\x01", "sha256")


def test_both_ways_to_a_mac_are_hmac_sha256() -> None:
    begun = seal.keyed(KEY)
    for message in (b"", b"a", b"b" * 1000):
        expected = hmac.digest(KEY, message, "sha256")
        assert seal.mac(KEY, message) == seal.mac_under(begun, message) == expected


def test_places_are_the_joined_names() -> None:
    places = seal.Places(SITE)
    for number in (0, 1, 255, 2**40, 2**64 - 1):
        purpose = "feedback"
        assert places.part(number, purpose, 3) == seal.lp(
            b"uphold/part/v1", b"A256GCM", SITE, u64(number), purpose.encode(), u64(3)
        )
        assert places.key(number, 9) == seal.lp(b"uphold/key/v1", SITE, u64(number), b"\0\0\0\x09")
        assert places.contacts(number, 9) == seal.lp(
            b"uphold/contacts/v1", SITE, u64(number), b"\0\0\0\x09"
        )
