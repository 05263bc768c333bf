# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests import site
from tests.site import Story
from uphold.app import App
from uphold.assurance.audit import Audit
from uphold.assurance.finding import Finding
from uphold.database.engine import Database


@dataclass
class Site:
    """A site after some life, on SQLite, closed. Whoever can write to its file can do what `harm` does."""

    app: App
    story: Story
    database: Database

    def harm(self, statement: str, **values: Any) -> None:
        with self.database.connect() as connection:
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.execute(text(query)).scalars().all():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
            assert connection.execute(text(statement), values).rowcount > 0

    def audit(self, key: str | None = None) -> list[Finding]:
        return list(Audit(self.app.settings, key).run())


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[Site]:
    app = site.build(tmp_path)
    story = site.live(app)
    app.close()
    database = Database(app.settings.database_url)
    yield Site(app, story, database)
    database.dispose()
