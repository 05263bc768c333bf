# SPDX-License-Identifier: Apache-2.0
"""Figures on each engine, and on SQLite alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.figures import Figures


@pytest.fixture
def figures(engine_url: str, tmp_path: Path) -> Iterator[Figures]:
    """A store on each engine."""
    made = Figures(engine_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def figures_file(sqlite_url: str, tmp_path: Path) -> Iterator[Figures]:
    """A store on SQLite."""
    made = Figures(sqlite_url, tmp_path)
    yield made
    made.close()
