# SPDX-License-Identifier: Apache-2.0
"""Which of several representations a request prefers (RFC 9110, section 12.5.1). Pure."""

import re
from collections.abc import Sequence

# Tokens as in RFC 9110, section 5.6.2; parameters other than q change nothing here.
_RANGE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)/([!#$%&'*+.^_`|~0-9a-z-]+)\s*((?:;[^,]*)?)")
_WEIGHT = re.compile(r";\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)")


def best(header: str, offered: Sequence[str]) -> str:
    """Pick the offered media type that weighs most; the first of equals, and where none is acceptable.

    The most specific range that fits a type gives its weight; what cannot be read is passed over.
    """
    ranges = _ranges(header.lower())
    if not ranges:
        return offered[0]
    return max(offered, key=lambda media: _weight(media, ranges))


def _ranges(header: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in header.split(","):
        match = _RANGE.fullmatch(part)
        if match is None or (match[1] == "*" and match[2] != "*"):
            continue
        stated = "q=" in match[3].replace(" ", "")
        weight = _WEIGHT.search(match[3])
        if stated and weight is None:
            continue
        found[f"{match[1]}/{match[2]}"] = float(weight[1]) if weight else 1.0
    return found


def _weight(media: str, ranges: dict[str, float]) -> float:
    for name in (media, f"{media.partition('/')[0]}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
