# SPDX-License-Identifier: Apache-2.0
"""Signed notes: who may sign, what is ignored, what condemns; the known answers are in tests/vectors."""

import base64

import pytest

from uphold.errors import Invalid
from uphold.journal import note

TEXT = b"uphold.example\n5\nroot\n"
ONE, TWO, STRANGER = (
    note.Signer(name, bytes([at]) * 32) for at, name in enumerate(["one", "two", "x"])
)


def line(signer: note.Signer, text: bytes = TEXT) -> bytes:
    return signer.sign(text).removeprefix(text + b"\n")


def note_of(*lines: bytes) -> bytes:
    return TEXT + b"\n" + b"".join(lines)


def test_a_note_is_text_blank_line_and_signature() -> None:
    signed = ONE.sign(TEXT)
    found = note.parse(signed)
    assert found.text == TEXT
    assert [(s.name, s.id, len(s.value)) for s in found.signatures] == [
        ("one", ONE.verifier.id, 64)
    ]
    assert note.verify(signed, [ONE.verifier]) == note.Signed(TEXT, ((ONE.verifier, None),))
    assert "seed" not in repr(ONE)


def test_unknown_keys_are_ignored() -> None:
    signed = note_of(line(STRANGER), line(ONE), line(TWO))
    found = note.verify(signed, [TWO.verifier, ONE.verifier])
    assert [verifier.name for verifier, _ in found.by] == ["one", "two"]


def test_a_key_of_a_known_name_and_another_id_is_unknown() -> None:
    other = note.Signer("one", bytes(31) + b"!")
    assert note.verify(note_of(line(other), line(ONE)), [ONE.verifier]).text == TEXT
    with pytest.raises(Invalid, match="No known key"):
        note.verify(note_of(line(other)), [ONE.verifier])


def test_a_known_key_that_does_not_verify_condemns_the_note() -> None:
    bad = line(TWO, b"another text\n")
    with pytest.raises(Invalid, match="does not verify"):
        note.verify(note_of(line(ONE), bad), [ONE.verifier, TWO.verifier])
    # Whoever does not know the second key cannot tell.
    assert note.verify(note_of(line(ONE), bad), [ONE.verifier]).text == TEXT


def test_no_known_signature_is_no_signature() -> None:
    with pytest.raises(Invalid, match="No known key"):
        note.verify(note_of(line(STRANGER)), [ONE.verifier])
    with pytest.raises(Invalid, match="No known key"):
        note.verify(note_of(line(STRANGER)), [])


def test_text_may_hold_blank_lines() -> None:
    text = b"one\n\ntwo\n\n\nthree\n"
    assert note.verify(ONE.sign(text), [ONE.verifier]).text == text


def test_sixteen_signatures_are_accepted_and_a_hundred_and_one_are_not() -> None:
    assert note.verify(note_of(*[line(STRANGER)] * 99, line(ONE)), [ONE.verifier]).text == TEXT
    with pytest.raises(Invalid, match="too many"):
        note.verify(note_of(*[line(STRANGER)] * 100, line(ONE)), [ONE.verifier])


def test_a_note_has_a_greatest_length() -> None:
    with pytest.raises(Invalid, match="too long"):
        note.parse(ONE.sign(b"x" * note.MAX_BYTES + b"\n"))


GOOD = ONE.sign(TEXT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\n\n",
        TEXT,
        TEXT + b"\n",
        GOOD[:-1],
        GOOD + b"\n",
        GOOD + b" \n",
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"5", b"5\t"),
        GOOD.replace(b"5", b"\x00"),
        GOOD.replace(b"5", b"\xff"),
        GOOD.replace("\u2014".encode(), b"-"),
        GOOD.replace("\u2014 ".encode(), "\u2014".encode()),
        GOOD.replace(b" one ", b" one\xc2\xa0"),
        GOOD.replace(b" one ", b"  "),
        GOOD.replace(b" one ", b" o+e "),
        GOOD.replace(b" one ", b" one  "),
        GOOD[:-2] + b"\n",
        GOOD[:-1] + b"=\n",
        GOOD[:-1] + b" more\n",
        note_of("\u2014 one AAAA\n".encode()),
        note_of("\u2014 one \n".encode()),
        note_of("\u2014 one\n".encode()),
    ],
)
def test_malformed_notes(raw: bytes) -> None:
    with pytest.raises(Invalid):
        note.verify(raw, [ONE.verifier])


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_condemns(length: int) -> None:
    value = base64.b64encode(ONE.verifier.id + bytes(length) + b"!")
    with pytest.raises(Invalid):
        note.verify(note_of("\u2014 one ".encode() + value + b"\n"), [ONE.verifier])


@pytest.mark.parametrize("length", [8, 71, 73])
def test_a_cosignature_of_another_length_condemns(length: int) -> None:
    witness = note.Verifier("w", note.COSIGNATURE, ONE.verifier.key)
    for filler in (b"\x00", b"\xff"):
        with pytest.raises(Invalid):
            witness.check(TEXT, filler * length)
    with pytest.raises(Invalid, match="malformed"):
        witness.check(TEXT, b"\xff" * 72)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00"])
def test_key_names(name: str) -> None:
    with pytest.raises(Invalid):
        note.Signer(name, bytes(32))


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(Invalid):
        note.Signer("one", bytes(31))


def test_a_vkey_comes_back() -> None:
    assert note.parse_vkey(ONE.vkey) == ONE.verifier
    assert note.parse_vkey(ONE.vkey + "\n") == ONE.verifier


KEY = base64.b64encode(b"\x01" + ONE.verifier.key).decode()

OTHER_TYPE = base64.b64encode(b"\x02" + ONE.verifier.key).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one",
        "one+",
        "++",
        f"+{ONE.verifier.id.hex()}+{KEY}",
        f"two+{ONE.verifier.id.hex()}+{KEY}",
        f"one+{ONE.verifier.id.hex().upper()}+{KEY}".replace("+one", "+"),
        f"one+00000000+{KEY}",
        f"one+{ONE.verifier.id.hex()}+{KEY[:-4]}",
        f"one+{ONE.verifier.id.hex()}+{KEY}=",
        f"one+{ONE.verifier.id.hex()}+{OTHER_TYPE}",
        f"one +{ONE.verifier.id.hex()}+{KEY}",
    ],
)
def test_malformed_vkeys(text: str) -> None:
    with pytest.raises(Invalid):
        note.parse_vkey(text)
