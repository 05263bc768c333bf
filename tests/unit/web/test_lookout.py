# SPDX-License-Identifier: Apache-2.0
"""A served site looks at what threatens it: not at once, then by itself, and without a trace where nothing changed."""

import asyncio
from pathlib import Path

from tests import site
from uphold.app import App
from uphold.threats import stored
from uphold.web.lookout import Lookout


def changes(app: App) -> int:
    """How many changes of threats are on record."""
    with app.database.read() as connection:
        return len(stored.changes(connection))


def test_it_waits_then_looks_and_writes_once(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    asyncio.run(Lookout(app).look())
    assert changes(app) == 0
    soon = Lookout(app, first=0)
    asyncio.run(soon.look())
    found = changes(app)
    assert found > 0
    asyncio.run(soon.look())
    assert changes(app) == found
    app.close()
