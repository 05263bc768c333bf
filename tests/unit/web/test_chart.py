# SPDX-License-Identifier: Apache-2.0
"""Charts: the numbers of a scale, where a line stands and breaks, and that nothing of a name becomes markup."""

import re
from xml.etree import ElementTree as ET

import pytest

from uphold.web import chart
from uphold.web.chart import COLUMNS, LINE, Graph, Point


def drawn(graph: Graph) -> ET.Element:
    """The chart, which must be well-formed, and must hold no style that the content policy refuses."""
    html = str(chart.draw(graph, lambda number: f"{number:,}"))
    assert "style" not in html
    return ET.fromstring(html)


def graph(*values: int | None, kind: str = LINE, **wanted: bool) -> Graph:
    points = tuple(Point(value, f"day {at}", str(at)) for at, value in enumerate(values))
    return Graph(kind, "what it shows", points, **wanted)


@pytest.mark.parametrize(
    ("most", "found"),
    [
        (0, (0, 1)),
        (1, (0, 1)),
        (4, (0, 1, 2, 3, 4)),
        (7, (0, 2, 4, 6, 8)),
        (9, (0, 5, 10)),
        (100, (0, 50, 100)),
        (101, (0, 50, 100, 150)),
        (7_500_000, (0, 2_000_000, 4_000_000, 6_000_000, 8_000_000)),
    ],
)
def test_the_scale_is_round_and_reaches_over_the_highest(most: int, found: tuple[int, ...]) -> None:
    assert chart.scale(most) == found


def test_a_line_stands_where_its_values_are() -> None:
    made = drawn(graph(0, 5, 10))
    now = [one.get("d") for one in made.iter("path") if one.get("class") == "now"]
    assert now == ["M166.67 1000L500 500L833.33 0"]
    assert [one.text for one in made.findall("svg[@class='scale']/text")] == ["0", "5", "10"]


def test_a_line_breaks_where_a_number_is_hidden_and_a_ring_says_so() -> None:
    made = drawn(graph(4, None, 2, 4))
    now = [one.get("d") for one in made.iter("path") if one.get("class") == "now"]
    assert now == ["M125 0", "M625 500L875 0"]
    circles = [one.get("class") for one in made.iter("circle")]
    # A value that stands alone between gaps would be a line of no length.
    assert circles == ["dot alone", "hidden", "dot", "dot"]


def test_what_was_before_is_drawn_only_where_it_is_compared() -> None:
    points = (Point(3, "a", before=9), Point(4, "b", before=8))
    alone, both = (Graph(LINE, "", points, compares=compares) for compares in (False, True))
    assert "was" not in {one.get("class") for one in drawn(alone).iter("path")}
    assert "was" in {one.get("class") for one in drawn(both).iter("path")}
    # And only then the scale reaches as high.
    assert chart.draw(alone) != chart.draw(both)
    assert ">4</text>" in chart.draw(alone)
    assert ">10</text>" in chart.draw(both)


def test_columns_have_their_heights_their_error_and_no_column_for_a_hidden_one() -> None:
    points = (Point(10, "a", error=5), Point(None, "b"), Point(0, "c", before=10))
    made = drawn(Graph(COLUMNS, "", points, compares=True))
    (column,) = [one for one in made.iter("rect") if one.get("class") == "now"]
    # 15 is the highest, so the scale ends at 15 and two thirds of the height are 10.
    height = chart.BASE - chart.TOP
    assert float(column.get("height", "")) == pytest.approx(height * 2 / 3, abs=0.01)
    (error,) = [one for one in made.iter("line") if one.get("class") == "error"]
    assert float(error.get("y2", "")) == chart.TOP
    assert [one.get("class") for one in made.iter("circle")] == ["hidden"]


def test_names_are_text_and_never_markup() -> None:
    evil = '<script>"&'
    html = chart.draw(Graph(LINE, evil, (Point(1, evil, evil),)))
    assert "<script>" not in html
    assert html.count("&lt;script&gt;&#34;&amp;") == 3


def test_a_narrow_page_gets_few_names_beneath_the_axis() -> None:
    made = drawn(graph(*range(12)))
    ticks = [one.get("class") for one in made.iter("text") if "tick" in (one.get("class") or "")]
    assert ticks.count("tick") == 4
    assert ticks.count("tick fine") == 8


def test_names_at_the_edges_do_not_run_over_them() -> None:
    anchors = re.findall(r'text-anchor="(\w+)"', str(chart.draw(graph(*range(30)))))
    assert anchors[0] == "start"
    assert anchors[-1] == "end"
    assert set(anchors[3:-3]) == {"middle"}


def test_a_bar_is_the_share_of_the_longest() -> None:
    html = chart.bar(25, 50, before=40, error=50)
    assert 'class="now" width="50%"' in html
    assert 'class="was" x1="80%" x2="80%"' in html
    # What may be more than the longest ends at the edge, what may be less than nothing at nothing.
    assert 'class="error" x1="0%" x2="100%"' in html
    assert "rect" not in chart.bar(None, 50)
    assert "rect" not in chart.bar(0, 0)


def test_without_points_there_is_an_axis_and_nothing_on_it() -> None:
    made = drawn(Graph(LINE, "nothing", ()))
    assert not list(made.iter("path"))
    assert [one.text for one in made.findall("svg[@class='scale']/text")] == ["0", "1"]
