# SPDX-License-Identifier: Apache-2.0
"""A site is moved while people write to it: nobody's message is lost, and the process that serves goes on."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import site_process, whole
from tests.site_process import JSON, Answer, Site
from uphold import config

PEOPLE = 2
PAUSE = 0.05


class Person(threading.Thread):
    """Writes one message after another, each again with the same token until it is taken."""

    def __init__(self, site: Site, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._site, self._stop_it = site, stop
        self.taken: list[Answer] = []
        self.refused: list[tuple[dict[str, str], Answer]] = []
        self.start()

    def run(self) -> None:
        while not self._stop_it.is_set():
            fields = self._site.fields()
            while True:
                # As a browser, every other time: what comes back then is the form.
                answer = self._site.post(fields, JSON if len(self.taken) % 2 else {})
                if answer.status in (201, 303):
                    self.taken.append(answer)
                    time.sleep(PAUSE)
                    break
                self.refused.append((fields, answer))
                time.sleep(PAUSE)


@contextmanager
def people(site: Site) -> Iterator[list[Person]]:
    stop = threading.Event()
    found = [Person(site, stop) for _ in range(PEOPLE)]
    try:
        yield found
    finally:
        stop.set()
        for one in found:
            one.join(site_process.PATIENCE)


def test_people_write_while_the_site_moves(tmp_path: Path, postgresql_url: str) -> None:
    with site_process.served(tmp_path) as site:
        pid = site.pid
        with people(site) as found:
            while sum(len(one.taken) for one in found) < 10:
                time.sleep(PAUSE)
            told = site.run("move", str(site.folder), "--to", postgresql_url)
            assert told.returncode == 0, told.stderr
            assert "Writes waited" in told.stdout
            before = [len(one.taken) for one in found]
            while any(len(one.taken) < at + 3 for one, at in zip(found, before, strict=True)):
                time.sleep(PAUSE)
        # The same process, on the same port; nobody was turned away without an answer, or lost a word.
        assert site.pid == pid
        for one in found:
            assert not one.is_alive()
            for fields, answer in one.refused:
                assert answer.status == 503
                assert "retry-after" in answer.headers
                assert answer.text.startswith("{") or fields["message"] in answer.text
        taken = [answer for one in found for answer in one.taken]
        for answer in taken[-20:]:
            assert site.get(answer.headers["location"]).status == 200
        settings = config.load(site.folder)
        assert settings.database.url == postgresql_url
        assert site.stop() == 0
        assert whole.count(settings) == len(taken)
        assert whole.faults(settings) == []
        assert "Traceback" not in site.said()
