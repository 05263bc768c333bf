# SPDX-License-Identifier: Apache-2.0
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests import site
from tests.site import Story
from uphold import config
from uphold.app import App, open_site
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


@contextmanager
def copied(pattern: Path, story: Story, tmp_path: Path) -> Iterator[Site]:
    """A copy of a site that lived in `pattern`, so that every test need not live it through again."""
    folder = shutil.copytree(pattern, tmp_path / "site")
    with closing(open_site(config.load(folder))) as app:
        pass
    database = Database(app.settings.database_url)
    yield Site(app, story, database)
    database.dispose()


@pytest.fixture(scope="session")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Story]:
    """A site after some life, for copies."""
    with closing(site.build(tmp_path_factory.mktemp("life"))) as app:
        return app.settings.folder, site.live(app)


@pytest.fixture
def lived(life: tuple[Path, Story], tmp_path: Path) -> Iterator[Site]:
    with copied(*life, tmp_path) as found:
        yield found
