# SPDX-License-Identifier: Apache-2.0
"""An edition published for later comes into force by itself while the site serves, once, for everybody."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site as sites, site_process, wider
from tests.site_process import PATIENCE, Site
from uphold import app as wiring
from uphold.app import App
from uphold.journal import entry
from uphold.policy import folder, force, publish


@pytest.fixture
def served(tmp_path: Path, engine_url: str) -> Iterator[Site]:
    with site_process.served(tmp_path, engine_url) as found:
        yield found


def entered(opened: App) -> list[int]:
    with opened.database.read() as connection:
        said = [entry.decode(raw) for _, raw in opened.log.entries(connection)]
    return [int(one.codes["edition"]) for one in said if one.kind == "policy.in-force"]


def test_its_time_comes_by_itself(served: Site) -> None:
    wider.write(served.folder)
    archive = publish.prepare(folder.read(served.folder))
    with wiring.opened(served.folder) as other:
        effective = sites.now() + 1_500
        edition = other.writer.run(lambda tx: publish.publish(tx, archive, effective))
        assert entered(other) == [1]
        coming = served.get("/policy/editions", {"accept-language": "en"}).text
        assert "not yet in force" in coming or sites.now() >= effective
        deadline = time.monotonic() + PATIENCE
        while entered(other) == [1]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert entered(other) == [1, 2]
        with other.database.read() as connection:
            since = force.since(connection)[2]
        assert since >= edition.effective_at
        shown = served.get("/policy/editions", {"accept-language": "en"}).text
        assert "superseded" in shown
        assert "/policy/compare/1/2" in shown
        compared = served.get("/policy/compare/1/2", {"accept-language": "ru"})
        assert compared.status == 200
        assert "<ins>" in compared.text
        for nowhere in ("/policy/compare/1/3", "/policy/compare/x/2", "/policy/compare/1"):
            assert served.get(nowhere).status == 404
        # Another process looks at the same moment and finds nothing left to do.
        assert other.writer.run(lambda tx: force.enter(tx, 2)) is False
    assert served.said() == ""
