# SPDX-License-Identifier: Apache-2.0
"""The page of growth says of each operation what it costs at each size, and whether that is flat."""

import itertools
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bench import growth_page, growth_picture


def row(operation: str, size: int, cpu: float, steps: int) -> dict[str, Any]:
    told = {"date": "2026-01-02", "load": 1.5, "rounds": 9}
    costs = {"cpu_ms": cpu, "wall_ms": 2 * cpu, "steps": steps}
    return {"operation": operation, "submissions": size, **costs, **told}


HELD = {
    "machine": {"processor": "2 x Test", "memory": "1 GiB", "Python": "3.11"},
    "operations": [
        row("a submission, durable", 1000, 1.0, 10),
        row("a submission, durable", 1_000_000, 1.5, 12),
        row("a receipt", 1000, 1.0, 10),
        row("a receipt", 1_000_000, 900.0, 9000),
        row("the form", 1000, 1.0, 0),
    ],
    "whole": [
        {"operation": "audit", "submissions": size, "cpu_s": cpu, "wall_s": cpu, "memory_mb": 90}
        for size, cpu in ((1000, 1.0), (1_000_000, 91.0))
    ],
}


def test_what_grows_with_the_site_is_told() -> None:
    shown = growth_page.page(HELD)
    assert "| a submission, durable | 1.00 (2.00) | 1.50 (3.00) | 1.50x | 1.18x | flat |" in shown
    assert "| a receipt | 1.00 (2.00) | 900 (1 800) | 900.00x | 818.27x | **grows** |" in shown
    # Measured at one size alone it says nothing of growth.
    assert "| the form" not in shown
    assert "1.00 (1.00), 90 | 91.0 (91.0), 90 | 90.1 |" in shown
    assert "2026-01-02 on 2 x Test, 1 GiB" in shown


def test_a_query_that_touches_as_many_rows_is_flat_whatever_the_clock_says() -> None:
    small, large = row("x", 1000, 1.0, 100), row("x", 1_000_000, 5.0, 100)
    assert growth_page.verdict([small, large]) == (5.0, 1.0, "flat")


def test_what_ends_at_a_bound_is_told_apart_from_what_grows() -> None:
    sites = [row("x", 1000, 1.0, 100), row("x", 100_000, 9.0, 900), row("x", 1_000_000, 10.0, 1000)]
    assert growth_page.verdict(sites)[2] == "bounded"
    assert growth_page.verdict([*sites, row("x", 5_000_000, 50.0, 5000)])[2] == "**grows**"
    assert growth_page.verdict(sites[:2])[2] == "**grows**"


def test_the_picture_is_one_that_can_be_read() -> None:
    drawn = ET.fromstring(growth_page.picture(HELD))
    names = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a receipt", "a submission, durable", "1 k", "1 M"} < set(names)
    lines = list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))
    assert len(lines) == 3
    places = [
        float(number) for one in lines for number in one.attrib["points"].replace(",", " ").split()
    ]
    assert all(0 <= place <= growth_picture.WIDTH for place in places)


@pytest.mark.parametrize("wanted", [[], [10.0], [10.0, 11.0, 12.0], [250.0] * 7])
def test_names_beside_the_lines_stand_apart(wanted: list[float]) -> None:
    placed = growth_picture._apart(wanted)
    assert all(b - a >= growth_picture.SPACE for a, b in itertools.pairwise(placed))
    assert all(place <= growth_picture.PANEL - growth_picture.BOTTOM for place in placed)
