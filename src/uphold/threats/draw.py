# SPDX-License-Identifier: Apache-2.0
"""A data-flow diagram as inline SVG, without a script (pure): columns for a wide page, rows for a narrow one.

Each zone is a column, left to right from the people to the recipients; a way leaves its box at a port of its own, goes
up or down in the gap between two columns, and where it passes a whole column, along a lane beneath all boxes. On a
narrow page zones stand one above the other and every way goes along the right edge. Ways bear the numbers of the
table beside the drawing, which says the same in words. Colours are classes of `threats.css`, because the content
policy allows no style in a page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from uphold.threats.diagram import Box, Diagram, Way
from uphold.threats.element import ZONES

# In units of the drawing, which are CSS pixels where it is not made narrower than it is.
_BOX: Final = 150
_GAP: Final = 86
_PORT: Final = 20
_LEAST: Final = 48
_BETWEEN: Final = 22
_TOP: Final = 44
_LANE: Final = 14
_EDGE: Final = 10
_LETTERS: Final = 19
_LINE: Final = 16
_ROUND: Final = 8

_NARROW: Final = 340
_NARROW_BOX: Final = 190
_NARROW_LETTERS: Final = 24

COLUMNS: Final = (("internet",), ("app",), ("vault", "keys"), ("operator",), ("recipient",))


@dataclass(frozen=True, slots=True)
class Words:
    """What is written into a drawing: names of boxes by id, of zones by code, and what it shows, in a sentence."""

    boxes: Mapping[str, str]
    zones: Mapping[str, str]
    title: str
    told: str


@dataclass(slots=True)
class _Placed:
    """A box with its place, and the ports that are taken at its left and right."""

    box: Box
    x: float
    y: float
    width: float
    column: int
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)

    @property
    def height(self) -> float:
        return max(_LEAST, _PORT * max(len(self.left), len(self.right)) + 8)

    def port(self, number: int, *, right: bool) -> tuple[float, float]:
        """Where the way of a number leaves or comes in."""
        ports = self.right if right else self.left
        y = self.y + self.height * (ports.index(number) + 1) / (len(ports) + 1)
        return (self.x + self.width if right else self.x), y


def draw(diagram: Diagram, words: Words) -> Markup:
    """Draw a diagram twice, for a wide page and for a narrow one; the style shows one of them."""
    return Markup('<div class="flows">{}{}</div>').format(
        _wide(diagram, words), _narrow(diagram, words)
    )


def _wide(diagram: Diagram, words: Words) -> Markup:
    placed = _columns(diagram)
    _take_ports(diagram.ways, placed)
    lowest = _stack(placed)
    long = [way for way in diagram.ways if _span(way, placed) > 1]
    lanes = {way.number: lowest + _BETWEEN + _LANE * at for at, way in enumerate(long)}
    height = lowest + _BETWEEN + _LANE * len(lanes) + _EDGE
    tracks = _tracks(diagram.ways, placed)
    width = _left(len(COLUMNS) - 1) + _BOX + _EDGE
    drawn = _zones(diagram, placed, words, lowest + _EDGE)
    for way in diagram.ways:
        drawn += _route(way, placed, tracks, lanes)
    for one in placed.values():
        drawn += _box(one, words, _LETTERS)
    for way in diagram.ways:
        drawn += _number(way, *_ends(way, placed)[0], right=_is_right(way, placed))
    return _svg("wide", width, height, words, drawn)


def _columns(diagram: Diagram) -> dict[str, _Placed]:
    return {
        box.id: _Placed(box, _left(at), 0, _BOX, at)
        for at, zones in enumerate(COLUMNS)
        for zone in zones
        for box in diagram.in_zone(zone)
    }


def _left(column: int) -> float:
    return _EDGE + column * (_BOX + _GAP)


def _take_ports(ways: Sequence[Way], placed: Mapping[str, _Placed]) -> None:
    for way in ways:
        from_, to = placed[way.from_id], placed[way.to_id]
        (from_.right if to.column >= from_.column else from_.left).append(way.number)
        (to.left if to.column > from_.column else to.right).append(way.number)


def _stack(placed: Mapping[str, _Placed]) -> float:
    """Give the boxes of each column their heights from the top; returns where the lowest of all ends."""
    lowest = 0.0
    for column in range(len(COLUMNS)):
        y, zone = float(_TOP), ""
        for one in placed.values():
            if one.column != column:
                continue
            # Keys stand beneath the data they open, with their own heading.
            y += _TOP if zone and one.box.zone != zone else 0
            one.y, zone = y, one.box.zone
            y += one.height + _BETWEEN
        lowest = max(lowest, y - _BETWEEN)
    return lowest


def _span(way: Way, placed: Mapping[str, _Placed]) -> int:
    return abs(placed[way.to_id].column - placed[way.from_id].column)


def _is_right(way: Way, placed: Mapping[str, _Placed]) -> bool:
    return placed[way.to_id].column >= placed[way.from_id].column


def _ends(
    way: Way, placed: Mapping[str, _Placed]
) -> tuple[tuple[float, float], tuple[float, float]]:
    from_, to = placed[way.from_id], placed[way.to_id]
    return (
        from_.port(way.number, right=to.column >= from_.column),
        to.port(way.number, right=to.column <= from_.column),
    )


def _tracks(ways: Sequence[Way], placed: Mapping[str, _Placed]) -> dict[tuple[int, int], float]:
    """Give each way a line of its own in the gaps it goes up or down in: by (way, gap), the gap right of a column."""
    gaps: dict[int, list[int]] = {}
    for way in ways:
        from_, to = placed[way.from_id].column, placed[way.to_id].column
        out, into = (from_, to - 1) if to > from_ else (from_ - 1, to)
        if to == from_:
            out = into = from_
        for gap in dict.fromkeys((out, into)):
            gaps.setdefault(gap, []).append(way.number)
    return {
        (number, gap): _left(gap) + _BOX + 24 + (_GAP - 34) * (at + 0.5) / len(numbers)
        for gap, numbers in gaps.items()
        for at, number in enumerate(numbers)
    }


def _route(
    way: Way,
    placed: Mapping[str, _Placed],
    tracks: Mapping[tuple[int, int], float],
    lanes: Mapping[int, float],
) -> Markup:
    (x, y), (to_x, to_y) = _ends(way, placed)
    mine = [tracks[key] for key in tracks if key[0] == way.number]
    out, into = (min(mine), max(mine)) if to_x >= x else (max(mine), min(mine))
    path = f"M{_n(x)} {_n(y)}H{_n(out)}"
    if way.number in lanes:
        path += f"V{_n(lanes[way.number])}H{_n(into)}"
    path += f"V{_n(to_y)}H{_n(to_x)}"
    points_left = to_x < into or (to_x == x)
    return _line(way, path, to_x, to_y, left=points_left)


def _zones(diagram: Diagram, placed: Mapping[str, _Placed], words: Words, bottom: float) -> Markup:
    drawn = Markup("")
    for at, zones in enumerate(COLUMNS):
        there = [zone for zone in zones if diagram.in_zone(zone)]
        starts = [min(one.y for one in placed.values() if one.box.zone == zone) for zone in there]
        ends = [*starts[1:], bottom + _TOP][: len(starts)]
        for zone, y, end in zip(there, starts, ends, strict=True):
            top = y - _TOP + 6
            drawn += Markup(
                '<rect class="zone" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
            ).format(_n(_left(at) - 6), _n(top), _BOX + 12, _n(end - _TOP - top))
            drawn += Markup('<text class="name" x="{}" y="{}">{}</text>').format(
                _n(_left(at)), _n(top + 23), words.zones[zone]
            )
    return drawn


def _narrow(diagram: Diagram, words: Words) -> Markup:
    placed: dict[str, _Placed] = {}
    ends = [(way.from_id, way.to_id) for way in diagram.ways]
    y, drawn = 0.0, Markup("")
    for zone in ZONES:
        boxes = diagram.in_zone(zone)
        if not boxes:
            continue
        top, y = y, y + 34
        for box in boxes:
            one = _Placed(box, _EDGE, y, _NARROW_BOX, 0)
            one.right += [n for n, pair in enumerate(ends, 1) if box.id in pair]
            placed[box.id] = one
            y += one.height + 10
        drawn += Markup('<rect class="zone" x="0" y="{}" width="{}" height="{}" rx="4"/>').format(
            _n(top + 4), _NARROW_BOX + 2 * _EDGE, _n(y - top - 4)
        )
        drawn += Markup('<text class="name" x="{}" y="{}">{}</text>').format(
            _EDGE, _n(top + 25), words.zones[zone]
        )
    first = _NARROW_BOX + _EDGE + 30
    step = (_NARROW - first - 6) / max(1, len(diagram.ways))
    for at, way in enumerate(diagram.ways):
        x, from_y = placed[way.from_id].port(way.number, right=True)
        _, to_y = placed[way.to_id].port(way.number, right=True)
        path = f"M{_n(x)} {_n(from_y)}H{_n(first + step * at)}V{_n(to_y)}H{_n(x)}"
        drawn += _line(way, path, x, to_y, left=True)
    for one in placed.values():
        drawn += _box(one, words, _NARROW_LETTERS)
    for way in diagram.ways:
        x, from_y = placed[way.from_id].port(way.number, right=True)
        drawn += _number(way, x, from_y, right=True)
    return _svg("narrow", _NARROW, y + _EDGE, words, drawn)


def _svg(name: str, width: float, height: float, words: Words, drawn: Markup) -> Markup:
    return Markup(
        '<svg class="{0}" viewBox="0 0 {1} {2}" role="img" focusable="false" '
        'aria-labelledby="flows-{0}-title flows-{0}-told">'
        '<title id="flows-{0}-title">{3}</title><desc id="flows-{0}-told">{4}</desc>{5}</svg>'
    ).format(name, _n(width), _n(height), words.title, words.told, drawn)


def _box(one: _Placed, words: Words, letters: int) -> Markup:
    name = words.boxes[one.box.id]
    lines = wrap(name, letters)
    middle = one.y + one.height / 2 - _LINE * (len(lines) - 1) / 2 + 4.5
    text = Markup("").join(
        Markup('<tspan x="{}" y="{}">{}</tspan>').format(
            _n(one.x + one.width / 2), _n(middle + _LINE * at), line
        )
        for at, line in enumerate(lines)
    )
    shape = Markup('<rect class="box {}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
        one.box.kind,
        _n(one.x),
        _n(one.y),
        _n(one.width),
        _n(one.height),
        20 if one.box.kind == "actor" else 3,
    )
    return Markup("<g><title>{}</title>{}<text>{}</text></g>").format(name, shape, text)


def _line(way: Way, path: str, x: float, y: float, *, left: bool) -> Markup:
    back = 7 if left else -7
    return Markup(
        '<g class="way {0}"><path class="line" d="{1}"/><path class="head" d="M{2} {3}l{4} -4v8z"/></g>'
    ).format(_class(way), path, _n(x), _n(y), back)


def _number(way: Way, x: float, y: float, *, right: bool) -> Markup:
    at = x + (_ROUND + 5) * (1 if right else -1)
    return Markup(
        '<g class="number {}"><circle cx="{}" cy="{}" r="{}"/><text x="{}" y="{}">{}</text></g>'
    ).format(_class(way), _n(at), _n(y), _ROUND, _n(at), _n(y + 3.8), way.number)


def _class(way: Way) -> str:
    if way.bare:
        return "bare"
    return "personal" if way.personal else "plain"


def wrap(text: str, letters: int) -> list[str]:
    """Break a name into two lines at most, the second one cut where it does not fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= letters or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], " ".join(lines[1:])]
    return [line if len(line) <= letters else f"{line[: letters - 1]}…" for line in lines]


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
