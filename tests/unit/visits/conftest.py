# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import visiting
from uphold.app import App


@pytest.fixture
def recording(tmp_path: Path, engine_url: str) -> Iterator[App]:
    """A site on each engine that records visits, closed whatever happens."""
    opened = visiting.build(tmp_path, engine_url)
    yield opened
    opened.close()
