# SPDX-License-Identifier: Apache-2.0
"""The drawing: whole SVG without style or script, every box and way in it twice, names safe and cut to size."""

import re
from xml.etree import ElementTree as ET

import msgspec
import pytest

from tests import modelled
from tests.office import Office
from uphold.config import Mail, Visits
from uphold.threats import diagram, draw, words
from uphold.threats.diagram import Box, Diagram, Way
from uphold.threats.element import ZONES


def said(found: Diagram, **names: str) -> draw.Words:
    boxes = {one.id: names.get(one.kind, one.id) for one in found.boxes}
    zones = {zone: words.say("zone", zone, "ru") for zone in ZONES}
    return draw.Words(boxes, zones, "Потоки", "Что куда идёт")


def test_a_site_is_drawn_for_a_wide_and_for_a_narrow_page(sqlite_office: Office) -> None:
    settings = msgspec.structs.replace(
        sqlite_office.app.settings,
        mail=Mail(host="relay.example", sender="a@relay.example", security="none"),
        visits=Visits(record=True, public=True),
    )
    found = diagram.of(modelled.derive(sqlite_office.app, settings=settings))
    drawn = str(draw.draw(found, said(found)))
    whole = ET.fromstring(drawn)
    assert [one.get("class") for one in whole] == ["wide", "narrow"]
    for svg in whole:
        texts = ["".join(one.itertext()) for one in svg.iter("text")]
        numbers = [text for text in texts if text.isdigit()]
        assert numbers == [str(way.number) for way in found.ways]
        assert len(svg.findall(".//path[@class='line']")) == len(found.ways)
        width, height = (float(one) for one in str(svg.get("viewBox")).split()[2:])
        for x, y in re.findall(r"M([\d.]+) ([\d.]+)", ET.tostring(svg, "unicode")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height
        for line in svg.findall(".//path[@class='line']"):
            across = [float(one) for one in re.findall(r"H([\d.]+)", str(line.get("d")))]
            down = [float(one) for one in re.findall(r"V([\d.]+)", str(line.get("d")))]
            assert max(across) <= width, line.get("d")
            assert max(down) <= height, line.get("d")
    ids = re.findall(r' id="([^"]+)"', drawn)
    assert len(ids) == len(set(ids))
    assert 'class="way bare"' in drawn, "mail without TLS"
    assert not re.search(r"style=|<script|url\(", drawn)


def test_no_two_ways_lie_on_each_other_where_they_go_up_or_down(sqlite_office: Office) -> None:
    found = diagram.of(modelled.derive(sqlite_office.app))
    for svg in ET.fromstring(str(draw.draw(found, said(found)))):
        down: list[tuple[float, float, float]] = []
        for line in svg.findall(".//path[@class='line']"):
            at_x, at_y = 0.0, 0.0
            for turn, one, two in re.findall(r"([MHV])([\d.]+)(?: ([\d.]+))?", str(line.get("d"))):
                before = at_y
                if turn == "M":
                    at_x, at_y = float(one), float(two)
                elif turn == "H":
                    at_x = float(one)
                else:
                    at_y = float(one)
                    down.append((at_x, min(before, at_y), max(before, at_y)))
        for n, (x, low, high) in enumerate(down):
            for other, from_, to in down[n + 1 :]:
                assert other != x or to <= low or from_ >= high, (svg.get("class"), x)


def test_a_name_cannot_break_out_of_the_drawing() -> None:
    found = Diagram(
        (Box("actor:subject", "actor", "internet"), Box("form:a", "form", "app")),
        (Way(1, "actor:subject", "form:a", (), personal=True, bare=False),),
    )
    drawn = str(draw.draw(found, said(found, form='</text><script>alert("x")</script>')))
    assert "<script" not in drawn
    ET.fromstring(drawn)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Staff", ["Staff"]),
        ("Courts and authorities", ["Courts and", "authorities"]),
        ("one two three four five six", ["one two", "three four…"]),
        ("Непроизносимословоспереносом", ["Непроизносимо…"]),
        ("", [""]),
    ],
)
def test_a_name_is_broken_into_two_lines_and_cut(text: str, lines: list[str]) -> None:
    found = draw.wrap(text, 11 if "one" in text else 14)
    assert found == lines
