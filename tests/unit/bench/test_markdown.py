# SPDX-License-Identifier: Apache-2.0
"""Figures that can be read."""

from bench import markdown
from bench.medians import Spread


def test_figures_have_three_digits() -> None:
    shown = [markdown.number(value) for value in (12345.6, 123.4, 12.34, 1.234)]
    assert shown == ["12 346", "123", "12.3", "1.23"]
    assert markdown.times(Spread(31.25, 28, 135.1)) == "31.2 [28.0-135]"
    assert markdown.whole(1_000_000) == "1 000 000"


def test_table() -> None:
    assert markdown.table(["a", "b"], [("x", "1")]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"
