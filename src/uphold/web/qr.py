# SPDX-License-Identifier: Apache-2.0
"""A QR code (ISO/IEC 18004) as SVG within the page: no image to fetch, no style of its own, drawn by segno."""

import segno
from markupsafe import Markup

# Light modules around, which a reader needs (ISO/IEC 18004, section 6.3.8).
_QUIET = 4


def drawn(text: str) -> Markup:
    """Draw a text, with correction of 15 % of what a screen or a lens may spoil.

    Dark on light whatever the colours of the page are: some readers know no other way.
    """
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(
        border=_QUIET, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    # Of modules alone: nothing of the text stands in it.
    return Markup(svg)  # noqa: S704 - see above
