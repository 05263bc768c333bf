# SPDX-License-Identifier: Apache-2.0
"""The figures count what there is, and divide alerts by people and days."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import cast, site, visitor
from tests.office import quick_hashing
from uphold.app import App
from uphold.assurance import evaluated, headline
from uphold.threats.judge import Held, Measured

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")

NOW = 1_790_000_000_000


@pytest.fixture
def here(tmp_path: Path) -> Iterator[App]:
    """A whole site, closed in the end."""
    opened = site.build(tmp_path)
    yield opened
    opened.close()


def test_figures_are_those_of_the_site(here: App) -> None:
    visitor.employ(here, cast.owner)
    visitor.employ(here, cast.clerk)
    with here.database.read() as connection:
        looked = evaluated.look(connection, here.modelled(), here.log.verifier, NOW)
        states = {"a": Measured(Held.KEPT), "b": Measured(Held.STALE)}
        seen = replace(looked.seen, states=states, sabotages=(4, 5), rules=(6, 7))
        found = headline.of(connection, replace(looked, seen=seen), NOW)
    assert (found.fresh, found.measures) == (1, 2)
    assert (found.caught, found.sabotages, found.noticed, found.rules) == (4, 5, 6, 7)
    assert (found.people, found.alerts, found.lag) == (2, 0, -1)
    assert found.threats == looked.threats != ()
    assert replace(found, alerts=30).per_day == 0.5
    assert replace(found, alerts=3, people=0).per_day == 3
