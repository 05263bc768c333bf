# SPDX-License-Identifier: Apache-2.0
"""Words that changed and what is asked anew, as a page shows them; see test_views for what holds of every view."""

import re

import pytest

from tests.unit.web import samples
from uphold.web import pages


@pytest.mark.parametrize("language", ["en", "ru"])
def test_boxes_are_empty_and_no_is_as_near_as_yes(language: str) -> None:
    view, around = samples.public(language)["receipt-anew"]
    page = pages.render(view, around).decode()
    (page,) = re.findall(r'<section[^>]*id="anew".*?</section>', page, re.DOTALL)
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert len(boxes) == 2
    assert not any("checked" in box for box in boxes)
    values = re.findall(r'<button type="submit"[^>]*name="answer" value="(\w+)"', page)
    assert values == ["agree", "keep"]


def test_what_changed_is_marked_in_words_too() -> None:
    view, around = samples.public("en")["receipt-anew"]
    page = pages.render(view, around).decode()
    assert re.search(r"<del><span class=\"unseen\"> \[taken away: </span> 1 year<span", page)
    assert re.search(r"<ins><span class=\"unseen\"> \[added: </span> 3 years<span", page)
