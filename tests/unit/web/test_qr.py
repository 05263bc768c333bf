# SPDX-License-Identifier: Apache-2.0
"""A QR code is drawn as it is read, in a page's own lines."""

import re

import segno

from uphold.web import qr

LINK = "otpauth://totp/shop.example%3A<irina>?secret=GEZDGNBVGY3TQOJQ&issuer=shop.example"


def dark(svg: str) -> set[tuple[int, int]]:
    """The modules that the strokes of a drawing cover."""
    (path,) = re.findall(r'stroke="#000" d="([^"]+)"', svg)
    found: set[tuple[int, int]] = set()
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        if letter == "M":
            x, y = values
        elif letter == "m":
            x, y = x + values[0], y + values[1]
        else:
            found |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    return found


def test_what_is_drawn_is_the_code_of_the_text() -> None:
    matrix = segno.make(LINK, error="m", micro=False).matrix
    wanted = {(x + 4, y + 4) for y, row in enumerate(matrix) for x, bit in enumerate(row) if bit}
    assert dark(qr.drawn(LINK)) == wanted


def test_the_drawing_needs_nothing_and_says_nothing_else() -> None:
    svg = qr.drawn(LINK)
    assert svg.startswith("<svg ")
    assert not re.search(r"style=|<style|<script|href|xlink|irina|secret", svg)
    assert 'fill="#fff"' in svg
