# SPDX-License-Identifier: Apache-2.0
"""Words are sealed for one opening: elsewhere, or with another key ring, they open nothing."""

from tests import rings
from uphold.vault import words


def test_words_come_back_for_the_opening_they_were_sealed_for() -> None:
    ring = rings.ring()
    blob = words.seal(ring, 7, "Кто-то ранен: звонили из приёмной ")
    assert words.open(ring, 7, blob) == "Кто-то ранен: звонили из приёмной"
    assert words.open(ring, 8, blob) is None
    assert words.open(rings.ring(b"other"), 7, blob) is None
    assert words.open(ring, 7, blob[:-1] + bytes([blob[-1] ^ 1])) is None


def test_the_length_tells_little() -> None:
    ring = rings.ring()
    assert len({len(words.seal(ring, 1, "x" * length)) for length in (1, 80, words.STEP)}) == 1
