# SPDX-License-Identifier: Apache-2.0
"""The public page names its label and shows an error with each number."""

import re

import pytest

from tests.unit.web import published_samples
from uphold.web import pages

NAMES = ("published", "published-one")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", NAMES)
def test_each_number_has_its_error(name: str, language: str) -> None:
    view, around = published_samples.every(language)[name]
    html = pages.render(view, around).decode()
    cells = re.findall(r"<td>(.*?)</td>", html, re.DOTALL)
    assert len(cells) == len(view.months) + sum(len(one.lines) for one in view.breakdowns)
    assert all("±" in cell for cell in cells)
    assert view.label == "noisy"
    # A thin line for each bar, and one for each column of the chart.
    assert html.count('class="error"') >= len(cells)
