# SPDX-License-Identifier: Apache-2.0
"""Sites and the people at their pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site, visitor
from tests.office import quick_hashing
from tests.site import app
from tests.visitor import Visitor
from uphold.app import App

__all__ = ["anna", "app", "quick_hashing", "stranger"]


@pytest.fixture
def anna(app: App) -> Iterator[Visitor]:
    """Somebody who reads English, at a site on each engine."""
    with visitor.visiting(app) as found:
        yield found


@pytest.fixture
def one_app(tmp_path: Path) -> Iterator[App]:
    """A site in files, for what has nothing to do with the engine."""
    opened = site.build(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def one(one_app: App) -> Iterator[Visitor]:
    """Somebody at a site in files."""
    with visitor.visiting(one_app) as found:
        yield found


@pytest.fixture
def stranger(one_app: App) -> Iterator[Visitor]:
    """Somebody else at the same site."""
    with visitor.visiting(one_app, address="198.51.100.9") as found:
        yield found
