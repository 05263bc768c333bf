# SPDX-License-Identifier: Apache-2.0
"""Readers of what strangers hand in: whatever the bytes, only errors.Invalid comes out."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import example, given, strategies as st

from tests.vectors.journal import LEDGER
from uphold.errors import Invalid
from uphold.journal import checkpoint, entry, note, proof, tile

SIGNER = note.Signer("uphold.example", bytes(32))
LOG = SIGNER.verifier
ENTRY = bytes(entry.encode("staff.signed-in", 0, bytes(16), {"staff": 1}))
HEAD = LEDGER["checkpoint5_cosigned"].encode()
RECEIPT = proof.receipt(
    proof.parse(LEDGER["tlog_proof_index1"].encode()), ENTRY, ["WyJzYWx0IiwicmVjb3JkIiwxXQ"]
)

READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "entry": (entry.decode, ENTRY),
    "note": (lambda raw: note.verify(raw, [LOG]), HEAD),
    "note text": (note.parse, HEAD),
    "checkpoint": (checkpoint.parse, note.parse(HEAD).text),
    "signed checkpoint": (lambda raw: checkpoint.verify(raw, LOG), HEAD),
    "signed by us": (
        lambda raw: checkpoint.verify(SIGNER.sign(raw + b"\n"), LOG),
        note.parse(HEAD).text,
    ),
    "proof": (proof.parse, RECEIPT),
    "receipt": (lambda raw: proof.verify(raw, LOG), RECEIPT),
    "bundle": (tile.unbundle, tile.bundle([ENTRY, ENTRY])),
    "vkey": (lambda raw: note.parse_vkey(raw.decode("utf-8", "replace")), LOG.vkey.encode()),
    "tile path": (lambda raw: tile.parse(raw.decode("utf-8", "replace")), b"tile/0/x001/000.p/9"),
}
reader = pytest.mark.parametrize("name", READERS)


@reader
@given(raw=st.binary(max_size=4000))
@example(raw=b"\x00" * 70_000)
@example(raw=b"[" * 30_000)
@example(raw=b'{"act":' * 9000)
@example(raw=b"\n" * 2000)
def test_arbitrary_bytes(name: str, raw: bytes) -> None:
    read, _ = READERS[name]
    with contextlib.suppress(Invalid):
        read(raw)


@reader
@given(data=st.data())
def test_good_bytes_with_some_changed(name: str, data: st.DataObject) -> None:
    read, good = READERS[name]
    raw = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(at, min(len(raw), at + 9)))
        raw[at:end] = data.draw(
            st.binary(max_size=9) | st.sampled_from([b"\n", b'"', b"\\u0000", b"9" * 30])
        )
    with contextlib.suppress(Invalid):
        read(bytes(raw))


@given(text=st.text(max_size=300))
def test_arbitrary_text_in_an_entry(text: str) -> None:
    for kind, codes in (("staff.refused", {"reason": text}), (text, {}), ("mail.sent", {text: 1})):
        with contextlib.suppress(Invalid):
            assert entry.decode(entry.encode(kind, 0, bytes(16), codes)).kind == kind
