# SPDX-License-Identifier: Apache-2.0
"""Charts as inline SVG, without a script (pure). What is drawn stands in a table too: a chart is never the only way.

Places along the axis are shares of the width, so a chart is as wide as its page while its words keep their size; only
the lines are stretched, in a drawing of their own. Colours are classes of `chart.css`, because the content policy
allows no style in a page. A value of None is one that may not be shown: the line breaks there, and a small ring on
the axis says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

LINE, COLUMNS = "line", "columns"
# In CSS pixels: the drawing, and in it the highest value and the axis.
HEIGHT, TOP, BASE = 216, 14, 182
# At most so many names stand beneath the axis of a narrow page.
_NARROW_TICKS = 4
_STEPS = 4
# How much of its place a column takes: a few of them would else be blocks.
_WIDE, _SLIM, _FEW = 0.7, 0.35, 8
_LETTER, _MARGIN = 8.5, 10
# The stretched drawing of the lines is so many units wide and high.
_UNITS = 1000
# Beyond these shares of the width a name would run over the edge if it stood in the middle of its place.
_LEFT, _RIGHT = 7.0, 93.0


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the axis: its value, and the one it is compared with; None for what may not be shown.

    `said` is what the pointer is told there. `tick` is the name beneath the axis, empty where none stands. `before`
    is drawn only in a graph that compares. `error` is how far the value lies from the true one at most, to each side.
    """

    value: int | None
    said: str
    tick: str = ""
    before: int | None = None
    error: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """A chart: `kind` is LINE or COLUMNS; `said` tells in a sentence what it shows to who cannot see it."""

    kind: str
    said: str
    points: tuple[Point, ...]
    compares: bool = False


Number = Callable[[int], str]


def draw(graph: Graph, number: Number = str) -> Markup:
    """Draw a graph; `number` writes the numbers of its scale. A graph without points is an empty drawing."""
    steps = scale(_highest(graph))
    marks = _columns if graph.kind == COLUMNS else _lines
    width = round(max(len(number(step)) for step in steps) * _LETTER + _MARGIN)
    left = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(
            width - _MARGIN, _fixed(_y(step, steps) + 4), number(step)
        )
        for step in steps
    )
    rules = Markup("").join(
        Markup('<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>').format(
            "rule" if step else "axis", _fixed(_y(step, steps)), _fixed(_y(step, steps))
        )
        for step in steps
    )
    return Markup(
        '<div class="chart" role="img" aria-label="{}">'
        '<svg class="scale" width="{}" height="{}" aria-hidden="true" focusable="false">{}</svg>'
        '<svg class="plot" width="100%" height="{}" aria-hidden="true" focusable="false">{}{}{}</svg>'
        "</div>"
    ).format(
        graph.said, width, HEIGHT, left, HEIGHT, rules, marks(graph, steps), _ticks(graph.points)
    )


def bar(value: int | None, most: int, before: int | None = None, error: int = 0) -> Markup:
    """Draw one bar for a row of a table, its length the share of `most`; a thin line stands where it was before.

    With an `error` a thin line lies over the end of the bar, from the lowest to the highest that it may be.
    """
    found = Markup("")
    if value:
        found += Markup('<rect class="now" width="{}%" height="8" rx="2"/>').format(
            _share(value, most)
        )
    if error and value is not None:
        low, high = _share(max(0, value - error), most), _share(value + error, most)
        found += Markup('<line class="error" x1="{}%" x2="{}%" y1="4" y2="4"/>').format(low, high)
    if before:
        at = _share(before, most)
        found += Markup('<line class="was" x1="{}%" x2="{}%" y1="0" y2="8"/>').format(at, at)
    return Markup(
        '<svg class="bar" width="100%" height="8" aria-hidden="true" focusable="false">{}</svg>'
    ).format(found)


def scale(most: int) -> tuple[int, ...]:
    """Return the whole round numbers that stand beside a chart whose highest value is `most`, from 0 upward."""
    power = 1
    while 5 * power * _STEPS < most:
        power *= 10
    best = next(step * power for step in (1, 2, 5) if step * power * _STEPS >= most)
    count = max(1, -(-most // best))
    return tuple(best * at for at in range(count + 1))


def _highest(graph: Graph) -> int:
    values = [p.value + p.error for p in graph.points if p.value is not None]
    if graph.compares:
        values += [p.before for p in graph.points if p.before is not None]
    return max(values, default=0)


def _lines(graph: Graph, steps: Sequence[int]) -> Markup:
    """Draw the line over its area, the earlier one dashed, and what the pointer finds at each place."""
    now = [point.value for point in graph.points]
    was = [point.before if graph.compares else None for point in graph.points]
    drawn = Markup(
        '<svg class="lines" y="{}" width="100%" height="{}" viewBox="0 0 {} {}" '
        'preserveAspectRatio="none">'
    ).format(TOP, BASE - TOP, _UNITS, _UNITS)
    for run in _runs(now):
        first, last = _unit(run[0][0], len(now)), _unit(run[-1][0], len(now))
        area = f"{_path(run, len(now), steps[-1])}L{last} {_UNITS}L{first} {_UNITS}Z"
        drawn += Markup('<path class="area" d="{}"/>').format(area)
    # Over the areas, or they would hide what was before.
    for values, name in ((was, "was"), (now, "now")):
        for run in _runs(values):
            path = _path(run, len(values), steps[-1])
            drawn += Markup('<path class="{}" d="{}"/>').format(name, path)
    drawn += Markup("</svg>")
    alone = {run[0][0] for run in _runs(now) if len(run) == 1}
    return drawn + Markup("").join(
        _place(point, at, len(graph.points), steps, is_alone=at in alone)
        for at, point in enumerate(graph.points)
    )


def _columns(graph: Graph, steps: Sequence[int]) -> Markup:
    count = len(graph.points)
    wide = _WIDE if count > _FEW else _SLIM
    found = Markup("")
    for at, point in enumerate(graph.points):
        left, middle = _fixed((at + (1 - wide) / 2) * 100 / count), _middle(at, count)
        inner = Markup("")
        if point.value:
            y = _y(point.value, steps)
            inner += Markup(
                '<rect class="now" x="{}%" y="{}" width="{}%" height="{}" rx="1.5"/>'
            ).format(left, _fixed(y), _fixed(wide * 100 / count), _fixed(BASE - y))
        if point.error and point.value is not None:
            low, high = max(0, point.value - point.error), point.value + point.error
            inner += Markup('<line class="error" x1="{}%" x2="{}%" y1="{}" y2="{}"/>').format(
                middle, middle, _fixed(_y(low, steps)), _fixed(_y(high, steps))
            )
        if graph.compares and point.before is not None:
            y = _y(point.before, steps)
            inner += Markup('<line class="was" x1="{}%" x2="{}%" y1="{}" y2="{}"/>').format(
                left, _fixed((at + (1 + wide) / 2) * 100 / count), _fixed(y), _fixed(y)
            )
        if point.value is None:
            inner += _ring(middle)
        found += _pointed(at, count, inner, point.said)
    return found


def _place(point: Point, at: int, count: int, steps: Sequence[int], *, is_alone: bool) -> Markup:
    middle = _middle(at, count)
    if point.value is None:
        return _pointed(at, count, _ring(middle), point.said)
    inner = Markup('<circle class="{}" cx="{}%" cy="{}" r="4"/>').format(
        "dot alone" if is_alone else "dot", middle, _fixed(_y(point.value, steps))
    )
    return _pointed(at, count, inner, point.said)


def _pointed(at: int, count: int, inner: Markup, said: str) -> Markup:
    """Wrap what stands at one place, so that the pointer finds it over the whole height."""
    return Markup(
        '<g class="at"><rect class="reach" x="{}%" y="0" width="{}%" height="{}"/>{}'
        "<title>{}</title></g>"
    ).format(_fixed(at * 100 / count), _fixed(100 / count), BASE, inner, said)


def _ring(middle: str) -> Markup:
    return Markup('<circle class="hidden" cx="{}%" cy="{}" r="3"/>').format(middle, BASE)


def _ticks(points: Sequence[Point]) -> Markup:
    named = [at for at, point in enumerate(points) if point.tick]
    every = max(1, -(-len(named) // _NARROW_TICKS))
    found = Markup("")
    for order, at in enumerate(named):
        share = (at + 0.5) * 100 / len(points)
        anchor = "start" if share < _LEFT else "end" if share > _RIGHT else "middle"
        found += Markup('<text class="tick{}" x="{}%" y="{}" text-anchor="{}">{}</text>').format(
            " fine" if order % every else "", _fixed(share), BASE + 22, anchor, points[at].tick
        )
    return found


def _runs(values: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """Cut a row of values where one is missing: (place, value) of each stretch without a gap."""
    pairs = enumerate(values)
    cut = groupby(pairs, key=lambda pair: pair[1] is None)
    return [[(at, v) for at, v in run if v is not None] for missing, run in cut if not missing]


def _path(run: Sequence[tuple[int, int]], count: int, top: int) -> str:
    places = (f"{_unit(at, count)} {_fixed(_UNITS - v * _UNITS / top)}" for at, v in run)
    return "M" + "L".join(places)


def _unit(at: int, count: int) -> str:
    return _fixed((at + 0.5) * _UNITS / count)


def _middle(at: int, count: int) -> str:
    return _fixed((at + 0.5) * 100 / count)


def _y(value: int, steps: Sequence[int]) -> float:
    return BASE - value * (BASE - TOP) / steps[-1]


def _share(value: int, most: int) -> str:
    return _fixed(min(100.0, value * 100 / most)) if most > 0 else "0"


def _fixed(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
