# SPDX-License-Identifier: Apache-2.0
"""kill -9 while visits come: what was flushed is there, only the newest may be missing, and the journal says so."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from tests import site_process, visiting
from tests.site_process import PATIENCE, Site
from uphold import config
from uphold.app import open_site
from uphold.assurance import audit
from uphold.vault import records
from uphold.vault.permit import Permit
from uphold.visits import batch, running

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
FEW, MANY = 50, 400


def look(site: Site, numbers: Iterator[int], pages: int) -> list[str]:
    """Look at so many pages, each of another name; returns those that were acknowledged."""
    seen = []
    headers = {"user-agent": BROWSER, "origin": site.settings.site.address}
    with closing(http.client.HTTPConnection("127.0.0.1", site.port)) as connection:
        for _ in range(pages):
            page = f"/page-{next(numbers)}"
            connection.request("POST", "/visit", json.dumps({"page": page}), headers)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (202, b"")
            seen.append(page)
    return seen


def stored(folder: Path) -> list[str]:
    """The pages of every raw visit, in the order in which they were sealed."""
    found: list[str] = []
    with closing(open_site(config.load(folder))) as app, app.database.read() as connection:
        for one in reversed(batch.newest(connection, 10_000)):
            permit = Permit(0, "security", one.number, frozenset({"page"}), 1, "test")
            found += records.open(app.ring, permit, records.fetch(connection, permit))["page"]
    return found


def wait_for(folder: Path, pages: int) -> None:
    """Wait until so many visits are on disk; far longer than it takes."""
    until = time.monotonic() + PATIENCE
    while len(stored(folder)) < pages:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_kill_loses_at_most_what_was_not_flushed_and_the_next_start_says_so(
    tmp_path: Path,
) -> None:
    site = site_process.build(tmp_path)
    file = site.folder / config.FILE
    file.write_text(f"{file.read_text()}[visits]\nrecord = true\n")
    with site_process.ending(site):
        site.start()
        numbers = count()
        first = look(site, numbers, FEW)
        wait_for(site.folder, FEW)
        second = look(site, numbers, MANY)
        site.kill()
        assert site.wait() == -9
        found = stored(site.folder)
        assert found[:FEW] == first
        # What is missing is the newest, and nothing else.
        assert found == (first + second)[: len(found)]
        lines = [p.read_text() for p in (site.folder / "statistics").glob("open/*/*.csv")]
        assert FEW <= "".join(lines).count("\n") <= len(found)
        assert list(audit.run(site.settings)) == []
        site.start()
        third = look(site, numbers, FEW)
        assert site.stop() == 0
        assert stored(site.folder) == found + third
    with closing(open_site(config.load(site.folder))) as app:
        [said] = visiting.entries(app, "visits.interrupted")
        assert int(said.codes["since"]) <= int(said.codes["until"])
        # A good end loses nothing, and says nothing.
        assert list((app.keeper.store.folder / running.FOLDER).iterdir()) == []
