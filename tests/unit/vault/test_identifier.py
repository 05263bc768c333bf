# SPDX-License-Identifier: Apache-2.0
"""Public ids: there and back, one text each, nothing forged."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from uphold.vault import identifier
from uphold.vault.identifier import Identifiers

KEY = bytes(range(32))
EDGES = (0, 1, 255, 256, 2**32, 2**63 - 1, 2**64 - 1)


@pytest.fixture
def ids() -> Identifiers:
    return Identifiers(KEY)


@pytest.mark.parametrize("number", EDGES)
def test_an_id_comes_back(ids: Identifiers, number: int) -> None:
    text = ids.encode(identifier.RECORD, number)
    assert len(text) == 26
    assert text.isalnum()
    assert text == text.lower()
    assert ids.decode(identifier.RECORD, text) == number


def test_an_id_is_one_block_in_base32(ids: Identifiers) -> None:
    block = b"\x02" + (77).to_bytes(8, "big") + bytes(7)
    sealed = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor().update(block)
    expected = base64.b32encode(sealed).decode().rstrip("=").lower()
    assert ids.encode(identifier.RECEIPT, 77) == expected


def test_kinds_are_apart(ids: Identifiers) -> None:
    kinds = (identifier.RECORD, identifier.RECEIPT, identifier.ENQUIRY, identifier.STAFF)
    texts = {kind: ids.encode(kind, 5) for kind in kinds}
    assert len(set(texts.values())) == len(kinds)
    for kind, text in texts.items():
        assert [other for other in kinds if ids.decode(other, text) is not None] == [kind]


def test_another_sites_id_is_none(ids: Identifiers) -> None:
    assert (
        ids.decode(identifier.RECORD, Identifiers(KEY[::-1]).encode(identifier.RECORD, 5)) is None
    )


def test_a_forged_id_is_none(ids: Identifiers) -> None:
    text = ids.encode(identifier.RECORD, 5)
    symbols = "abcdefghijklmnopqrstuvwxyz234567"
    for at in range(26):
        for symbol in symbols:
            forged = text[:at] + symbol + text[at + 1 :]
            if forged != text:
                assert ids.decode(identifier.RECORD, forged) is None


@pytest.mark.parametrize(
    "spoil",
    [
        str.upper,
        lambda t: t + "\n",
        lambda t: " " + t,
        lambda t: t[:-1],
        lambda t: t + "a",
        lambda t: "_" + t[1:],
        lambda t: "1" + t[1:],
        lambda t: "\N{FULLWIDTH LATIN SMALL LETTER A}" + t[1:],
        lambda t: "",
    ],
)
def test_an_id_has_one_spelling(ids: Identifiers, spoil: object) -> None:
    assert callable(spoil)
    assert ids.decode(identifier.RECORD, spoil(ids.encode(identifier.RECORD, 5))) is None


def test_threads_share_it(ids: Identifiers) -> None:
    def there_and_back(start: int) -> bool:
        numbers = range(start, start + 2000)
        return all(
            ids.decode(identifier.RECORD, ids.encode(identifier.RECORD, n)) == n for n in numbers
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(there_and_back, range(0, 80_000, 10_000)))
