# SPDX-License-Identifier: Apache-2.0
"""The page of the cookie of visits in each state."""

import pytest

from tests.unit.web import samples, visit_samples
from uphold.web import pages


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", visit_samples.NAMES)
def test_the_page_shows_its_state(name: str, language: str) -> None:
    view = visit_samples.views(language)[name]
    html = pages.render(view, samples.frame(language)).decode()
    assert " checked" not in html
    assert ('name="agree"' in html) == (view.state == "none")
    assert ('value="end"' in html) == (view.state == "agreed")
    assert ("problems" in html) == bool(view.problem)
