# SPDX-License-Identifier: Apache-2.0
"""Keys are changed under a site that serves: nobody notices, nothing is lost, and all of it moves on."""

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

from tests import site_process, whole
from tests.site_process import Crowd, Site
from uphold.config import FILE
from uphold.database.engine import Database
from uphold.vault import epoch


def used(url: str) -> set[int]:
    database = Database(url)
    try:
        with database.read() as connection:
            return set(epoch.used(connection))
    finally:
        database.dispose()


def _change(site: Site, acts: Sequence[str]) -> list[CompletedProcess[str]]:
    return [site.run("keys", act, str(site.folder), "--json") for act in acts]


def test_keys_change_while_people_post(tmp_path: Path, engine_url: str) -> None:
    (tmp_path / "second").mkdir(mode=0o700)
    with site_process.served(tmp_path, engine_url) as site:
        file = site.folder / FILE
        lines = f'\n[keys]\ncopy = "{tmp_path}/second/ring.json"\nburn_after_days = 0\n'
        file.write_text(file.read_text() + lines)
        crowd = Crowd(site)
        with ThreadPoolExecutor() as beside:
            acts = ("rotate", "rotate", "burn")
            said: list[Future[list[CompletedProcess[str]]]] = []
            change = partial(_change, site, acts)
            crowd.post(200, when=40, then=lambda: said.append(beside.submit(change)))
            # Gently from here on: the changing is what this is about, and it shares the machine.
            while wait(said, timeout=0.1).not_done:
                crowd.post(16)
            ran = said[0].result()
        assert all(sent.acknowledged for sent in crowd.sent)
        assert [one.returncode for one in ran[:2]] == [0, 0], ran
        # What was queued under an old epoch keeps it; then another rotation moves it.
        for one in _change(site, ("rotate", "burn")):
            assert one.returncode == 0, one.stderr
        held = json.loads((tmp_path / "second" / "ring.json").read_text())["epochs"]
        after = site.post(site.fields())
        assert after.status == 201
        assert used(site.settings.database_url) == {held[0]["number"]} == {4}
        for sent in crowd.sent:
            assert site.get(sent.receipt).status == 200
        assert whole.faults(site.settings) == []
        assert site.said() == ""
        assert site.stop() == 0
        verified = site.run("journal", "verify", str(site.folder))
        assert verified.returncode == 0, verified.stdout + verified.stderr
