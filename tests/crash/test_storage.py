# SPDX-License-Identifier: Apache-2.0
"""The storage fails under a running site: full, locked, gone, cut off. Each time people get their form back
with everything they typed, the site says so at /readyz, goes on by itself, and has lost nothing acknowledged.
"""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pysqlite3.dbapi2 as sqlite
import pytest

from tests import cast, postgresql, site_process, whole
from tests.site_process import BOX, PATIENCE, Answer, Crowd, Site
from uphold.submission import form

HTML = {"accept": "text/html", "accept-language": "en"}


class Outage:
    """A site with something acknowledged, and a post of a person that comes while the storage fails."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.kept = [self.take(site.fields())]
        self.fields = site.fields(**cast.stranger.values())

    def take(self, fields: dict[str, str]) -> str:
        """Post what must be acknowledged; returns the receipt's address."""
        answer = self.site.post(fields)
        assert answer.status == 201, answer.text
        receipt: str = answer.json["receipt_url"]
        return receipt

    def is_refused_well(self) -> None:
        """What a person and a program get, and what a probe of the operator's sees, while nothing can be stored."""
        # At once, because each of them may wait as long as the storage is given to answer.
        with ThreadPoolExecutor() as people:
            page = people.submit(self.site.post, self.fields, HTML)
            told = people.submit(self.site.post, self.fields)
            ready = people.submit(self.site.get, "/readyz")
            assert self.site.get("/healthz").status == 200
        is_form_kept(page.result(), self.fields)
        answer = told.result()
        assert answer.status == 503
        assert answer.headers["retry-after"] == "5"
        assert [error["code"] for error in answer.json["errors"]] == ["unavailable"]
        assert answer.json["token"] == self.fields[form.TOKEN]
        assert ready.result().status == 503

    def is_ready(self) -> bool:
        try:
            return self.site.get("/readyz").status == 200
        except OSError:
            return False

    def is_over(self) -> None:
        """It goes on by itself: the same post is stored, once, and everything from before is there."""
        eventually(self.is_ready)
        receipt = self.take(self.fields)
        assert self.take(self.fields) == receipt
        self.kept.append(receipt)
        for address in self.kept:
            assert self.site.get(address).status == 200
            assert self.site.get(f"{address}.tlog-proof").status == 200
        assert whole.faults(self.site.settings) == []
        assert "Traceback" not in self.site.said()

    def is_verified(self) -> None:
        """After a clean end the whole store is as it should be."""
        assert self.site.stop() == 0
        assert whole.count(self.site.settings) == len(self.kept)
        verified = self.site.run("journal", "verify", str(self.site.folder))
        assert verified.returncode == 0, verified.stdout + verified.stderr


def is_form_kept(answer: Answer, fields: dict[str, str]) -> None:
    """A page with the form, every value in it, its token, and an empty box."""
    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    page = answer.text
    for value in (cast.stranger.name, cast.stranger.email, cast.stranger.phone):
        assert f'value="{value}"' in page
    assert "Qwyxleth would like to know" in page
    assert "100 % \\ &#34;quoted&#34; &#39;text&#39; %00 ${jndi:x}</textarea>" in page
    assert f'name="_token" value="{fields[form.TOKEN]}"' in page
    box = page[page.index(f'id="{BOX}"') :]
    assert "checked" not in box[: box.index(">")]


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for something that comes by itself; only a hang gets to the end."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of 16 MB at `folder`; a way of being full that is no pretence."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk; the test of a limited file covers the rest")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Write until nothing more fits."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


def post_until_refused(site: Site) -> list[str]:
    """Some posts may find room still; returns the receipts of those."""
    found = []
    for _ in range(500):
        answer = site.post(site.fields())
        if answer.status == 503:
            break
        assert answer.status == 201
        found.append(answer.json["receipt_url"])
    else:
        raise AssertionError("it was never full")
    # What little a probe writes finds room a while longer.
    eventually(lambda: site.get("/readyz").status == 503)
    return found


def test_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "site" / "data"), site_process.served(tmp_path) as site:
        outage = Outage(site)
        ballast = fill(site.folder / "data")
        outage.kept += post_until_refused(site)
        outage.is_refused_well()
        ballast.unlink()
        outage.is_over()
        outage.is_verified()


def test_limited_file(tmp_path: Path) -> None:
    """Writing fails for another reason than a full disk: no file of the process may grow any more."""
    with site_process.served(tmp_path) as site:
        outage = Outage(site)
        limit(site, 1)
        outage.kept += post_until_refused(site)
        outage.is_refused_well()
        limit(site, -1)
        outage.is_over()
        outage.is_verified()


def limit(site: Site, size: int) -> None:
    """Limit how large the files that the process writes may be; -1 for no limit."""
    hard = resource.prlimit(site.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(site.pid, resource.RLIMIT_FSIZE, (size, hard))


def test_locked_database(tmp_path: Path) -> None:
    with site_process.served(tmp_path) as site:
        outage = Outage(site)
        with closing(sqlite.connect(site.folder / "data" / "uphold.sqlite")) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            outage.is_refused_well()
            # Reading goes on.
            assert site.get(outage.kept[0]).status == 200
            other.execute("ROLLBACK")
        outage.is_over()
        outage.is_verified()


@pytest.mark.parametrize("what", ["data", "data/uphold.sqlite"])
def test_vanished_database(tmp_path: Path, what: str) -> None:
    with site_process.served(tmp_path) as site:
        outage = Outage(site)
        away = (site.folder / what).rename(tmp_path / "away")
        outage.is_refused_well()
        assert site.get(outage.kept[0]).status == 503
        assert not (site.folder / "data" / "uphold.sqlite").exists()
        away.rename(site.folder / what)
        outage.is_over()
        outage.is_verified()


def test_vanished_before_the_first_request(tmp_path: Path) -> None:
    with site_process.served(tmp_path) as site:
        fields = site.fields(**cast.stranger.values())
        away = (site.folder / "data").rename(tmp_path / "away")
        is_form_kept(site.post(fields, HTML), fields)
        away.rename(site.folder / "data")
        assert site.post(fields).status == 201


def test_database_put_back_as_a_copy(tmp_path: Path) -> None:
    """A file with the same content is another file: it is recognised, checked, and gone on with."""
    with site_process.served(tmp_path) as site:
        outage = Outage(site)
        data = site.folder / "data"
        away = data.rename(tmp_path / "away")
        outage.is_refused_well()
        shutil.copytree(away, data)
        outage.is_over()
        outage.is_verified()


def test_stopped_server(tmp_path: Path, postgresql_server: postgresql.Server) -> None:
    name = postgresql_server.create()
    with site_process.served(tmp_path, postgresql_server.url(name)) as site:
        outage = Outage(site)
        for mode in ("fast", "immediate"):
            postgresql_server.stop(mode)
            try:
                outage.is_refused_well()
                assert site.get(outage.kept[0]).status == 503
            finally:
                postgresql_server.start()
            outage.is_over()
            outage.fields = site.fields(**cast.stranger.values())
        outage.is_verified()
    postgresql_server.drop(name)


def test_terminated_backends(
    tmp_path: Path, postgresql_server: postgresql.Server, postgresql_url: str
) -> None:
    """Connections are cut under load: each post is stored and acknowledged, or neither, or may be sent again."""
    name = postgresql_url.rpartition("/")[2]
    with site_process.served(tmp_path, postgresql_url) as site:
        crowd = Crowd(site)
        for _ in range(5):
            crowd.post(60, when=20, then=lambda: terminate(postgresql_server, name))
        assert crowd.unanswered == []
        receipts = [sent.receipt for sent in crowd.acknowledged]
        for sent in crowd.sent:
            assert sent.answer is not None
            assert sent.answer.status in {201, 503}
            if not sent.acknowledged:
                sent.answer = site.post(sent.fields)
                receipts.append(sent.receipt)
        assert len(receipts) == len(set(receipts)) == len(crowd.sent)
        assert whole.count(site.settings) == len(receipts)
        assert whole.faults(site.settings) == []
        assert "Traceback" not in site.said()
        assert site.stop() == 0


def terminate(server: postgresql.Server, name: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def test_older_database_under_a_running_site(tmp_path: Path) -> None:
    """It is not signed on: two journals would grow from one."""
    with site_process.served(tmp_path) as site:
        outage = Outage(site)
        assert site.stop() == 0
        data = site.folder / "data"
        older = shutil.copytree(data, tmp_path / "older")
        site.start()
        outage.kept.append(outage.take(site.fields()))
        # The head file follows by itself, though nothing comes after.
        eventually(lambda: noted(site) == stored(site))
        newer = data.rename(tmp_path / "newer")
        shutil.copytree(older, data)
        outage.is_refused_well()
        assert "An older copy of the database was put in place." in site.get("/readyz").text
        shutil.rmtree(data)
        newer.rename(data)
        outage.is_over()
        outage.is_verified()


def noted(site: Site) -> int:
    """How long the journal is by the head file."""
    return int((site.folder / "keys" / "head").read_text().splitlines()[1])


def stored(site: Site) -> int:
    """How long it is by the database."""
    return int(site.get("/journal/checkpoint").text.splitlines()[1])


def test_older_database_at_start(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    """`uphold serve` refuses it, with advice."""
    server: postgresql.Server | None = None
    if engine == "postgresql":
        server = request.getfixturevalue("postgresql_server")
    name = server.create() if server else ""
    with site_process.served(tmp_path, server.url(name) if server else "") as site:
        site.stop()
        data = site.folder / "data"
        older = server.create(template=name) if server else ""
        if not server:
            shutil.copytree(data, tmp_path / "older")
        site.start()
        Outage(site)
        assert site.stop() == 0
        if server:
            site_process.configure(site, name, older)
        else:
            shutil.rmtree(data)
            shutil.copytree(tmp_path / "older", data)
        refused = site.run("serve", str(site.folder), "--port", str(site.port))
    assert refused.returncode == 1
    assert "the head file knows" in refused.stderr
    assert (
        "An older copy of the database was put in place. Put the newer one back" in refused.stderr
    )
    assert "Traceback" not in refused.stderr
    if server:
        server.drop(name)
        server.drop(older)


def test_no_more_descriptors(tmp_path: Path) -> None:
    """Idle connections take every file that the process may open; when they are gone, all is as before."""
    with site_process.served(tmp_path) as site:
        outage = Outage(site)
        hard = resource.prlimit(site.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(site.pid, resource.RLIMIT_NOFILE, (60, hard))
        idle = [site.connect() for _ in range(120)]
        for connection in idle:
            connection.close()
        outage.is_over()
        resource.prlimit(site.pid, resource.RLIMIT_NOFILE, (hard, hard))
        outage.is_verified()
