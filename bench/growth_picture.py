# SPDX-License-Identifier: Apache-2.0
"""Lines of cost against size as SVG, both axes logarithmic, readable on light and on dark ground (pure)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, PANEL, LEFT, RIGHT, TOP, BOTTOM = 900, 300, 60, 290, 34, 36
SPACE = 15
# Told apart by people who see colours differently, on both grounds (Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999")
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 14px; font-weight: 600 }
.axis { stroke: #888; stroke-width: 1 }
.grid { stroke: #888; stroke-width: 0.4; stroke-dasharray: 2 4 }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } }
"""

Lines = Sequence[tuple[str, Sequence[tuple[int, float]]]]
"""A name, and its points: submissions, milliseconds."""


def draw(panels: Sequence[tuple[str, Lines]]) -> str:
    """Draw panels one below the other, each with its title and lines."""
    height = PANEL * len(panels)
    body = "".join(
        f'<g transform="translate(0 {PANEL * at})">{_panel(title, lines)}</g>'
        for at, (title, lines) in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>What operations cost as a site grows</title><style>{STYLE}</style>{body}</svg>\n"
    )


def lines(
    rows: Iterable[Mapping[str, Any]], names: Iterable[str], most: int
) -> list[tuple[str, list[tuple[int, float]]]]:
    """The operations that cost most on the largest site, each with its points."""
    wanted = set(names)
    found: dict[str, list[tuple[int, float]]] = {}
    for one in sorted(rows, key=lambda row: row["submissions"]):
        if one["operation"] in wanted:
            point = (one["submissions"], max(one["cpu_ms"], 0.01))
            found.setdefault(one["operation"], []).append(point)
    return sorted(found.items(), key=lambda pair: -pair[1][-1][1])[:most]


def _panel(title: str, lines_: Lines) -> str:
    points = [point for _, members in lines_ for point in members]
    if not points:
        return f'<text x="{LEFT}" y="20" class="title">{escape(title)}</text>'
    across = _scale([size for size, _ in points], LEFT, WIDTH - RIGHT)
    up = _scale([cost for _, cost in points], PANEL - BOTTOM, TOP)
    parts = [f'<text x="{LEFT}" y="20" class="title">{escape(title)}, ms of CPU</text>']
    for cost in _decades([cost for _, cost in points]):
        y = up(cost)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
        )
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{cost:g}</text>')
    for size in sorted({size for size, _ in points}):
        x, named = across(size), _short(size)
        parts.append(f'<text x="{x:.1f}" y="{PANEL - 14}" text-anchor="middle">{named}</text>')
    base = PANEL - BOTTOM
    parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}" class="axis"/>')
    places = _apart([up(members[-1][1]) for _, members in lines_])
    for at, ((name, members), place) in enumerate(zip(lines_, places, strict=True)):
        colour = COLOURS[at % len(COLOURS)]
        path = " ".join(f"{across(size):.1f},{up(cost):.1f}" for size, cost in members)
        parts.append(f'<polyline class="line" stroke="{colour}" points="{path}"/>')
        x, y = across(members[-1][0]), up(members[-1][1])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        parts.append(
            f'<rect x="{WIDTH - RIGHT + 14}" y="{place - 4:.1f}" width="10" height="3" fill="{colour}"/>'
        )
        parts.append(f'<text x="{WIDTH - RIGHT + 30}" y="{place + 4:.1f}">{escape(name)}</text>')
    return "".join(parts)


def _scale(values: Sequence[float], low: float, high: float) -> "_Log":
    least, most = min(values), max(values)
    return _Log(math.log(least), math.log(max(most, least * 1.01)), low, high)


class _Log:
    def __init__(self, least: float, most: float, low: float, high: float) -> None:
        self._least, self._span, self._low, self._high = least, most - least, low, high

    def __call__(self, value: float) -> float:
        share = (math.log(value) - self._least) / self._span
        return self._low + share * (self._high - self._low)


def _decades(values: Sequence[float]) -> list[float]:
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**at for at in range(first, last + 1) if min(values) <= 10.0**at <= max(values)]


def _apart(wanted: Sequence[float]) -> list[float]:
    """Move places down until each is readable; they come highest on the page first."""
    placed: list[float] = []
    for place in wanted:
        placed.append(max(place, placed[-1] + SPACE) if placed else place)
    over = max(0.0, placed[-1] - (PANEL - BOTTOM)) if placed else 0.0
    return [place - over for place in placed]


def _short(size: int) -> str:
    return f"{size // 1_000_000} M" if size >= 1_000_000 else f"{size // 1000} k"
