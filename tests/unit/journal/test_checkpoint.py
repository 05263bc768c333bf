# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: three lines, each in one spelling; the known answers are in tests/vectors."""

import base64

import pytest

from uphold.errors import Invalid
from uphold.journal import checkpoint, note

ROOT = bytes(range(32))
HEAD = checkpoint.Checkpoint("uphold.example/journal", 5, ROOT)
ENCODED = base64.b64encode(ROOT).decode()


def test_a_checkpoint_comes_back() -> None:
    for size in (0, 1, checkpoint.MAX_SIZE):
        head = checkpoint.Checkpoint("uphold.example", size, ROOT)
        assert checkpoint.parse(checkpoint.text(head)) == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        f"a\n5\n{ENCODED}",
        f"a\n5\n{ENCODED}\nextension\n",
        f"a\n5\n{ENCODED}\n\n",
        f"\n5\n{ENCODED}\n",
        f"a b\n5\n{ENCODED}\n",
        f"a+b\n5\n{ENCODED}\n",
        f"a\n05\n{ENCODED}\n",
        f"a\n-5\n{ENCODED}\n",
        f"a\n+5\n{ENCODED}\n",
        f"a\n5 \n{ENCODED}\n",
        f"a\n5_0\n{ENCODED}\n",
        f"a\n\u0665\n{ENCODED}\n",
        f"a\n{2**63}\n{ENCODED}\n",
        f"a\n{10**40}\n{ENCODED}\n",
        f"a\n\n{ENCODED}\n",
        f"a\n5\n{ENCODED[:-1]}\n",
        f"a\n5\n{ENCODED[:-2]}9=\n",
        f"a\n5\n{ENCODED.replace('/', '_').replace('+', '-')[:-4]}\n",
        f"a\n5\n{ENCODED[:40]}\n",
        "a\n5\n\n",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        checkpoint.parse(text.encode())


def test_what_is_not_utf8_is_refused() -> None:
    with pytest.raises(Invalid):
        checkpoint.parse(b"\xff" + checkpoint.text(HEAD))


def test_only_the_log_itself_speaks_for_the_log() -> None:
    log, witness = note.Signer(HEAD.origin, bytes(32)), note.Signer("witness", b"w" * 32)
    text = checkpoint.text(HEAD)
    assert checkpoint.verify(log.sign(text), log.verifier).checkpoint == HEAD
    with pytest.raises(Invalid, match="itself did not sign"):
        checkpoint.verify(witness.sign(text), log.verifier, [witness.verifier])
    # A plain signature of a witness states no time and is no cosignature.
    both = log.sign(text) + witness.sign(text).removeprefix(text + b"\n")
    assert checkpoint.verify(both, log.verifier, [witness.verifier]).witnesses == ()


def test_a_head_of_another_origin_is_refused_though_the_key_signed_it() -> None:
    log = note.Signer("another.example", bytes(32))
    with pytest.raises(Invalid, match="another journal"):
        checkpoint.verify(log.sign(checkpoint.text(HEAD)), log.verifier)
