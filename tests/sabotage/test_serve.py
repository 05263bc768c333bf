# SPDX-License-Identifier: Apache-2.0
"""`make break`: a broken site for people to look at, and to watch being found."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import postgresql
from tests.house import source
from tests.sabotage import serve, table

COMMAND = [sys.executable, "-m", "tests.sabotage.serve"]
# Far beyond what a start takes: only a hang gets there.
PATIENCE = 120.0


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where a site with a ticked box is served."""
    port, log = postgresql.free_port(), tmp_path / "log"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with log.open("wb") as out:
        served = subprocess.Popen(
            [*COMMAND, "consent.box-empty", "--port", str(port)],
            cwd=source.ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(port, served, log)
        yield port
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(PATIENCE)
    told = log.read_text()
    assert "BROKEN ON PURPOSE: consent.box-empty: The box comes ticked" in told
    assert "--promise consent.box-empty" in told
    assert list(tmp_path.glob("uphold-broken-*")) == [], "the broken site is left behind"


def wait_for(port: int, served: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert served.poll() is None, log.read_text()
        with suppress(OSError):
            get(port, "/healthz")
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_the_box_is_ticked_for_whoever_looks(port: int) -> None:
    assert 'value="yes" autocomplete="off" checked' in get(port, "/f/feedback")


def test_what_shows_only_from_within_is_proved_there(tmp_path: Path) -> None:
    assert serve.INSIDE.issubset(table.by_id())
    told = serve.prove_broken(table.by_id()["policy.names-operator/domain"], tmp_path)
    assert any(line.split() == ["clause", "preamble.1", "broken"] for line in told)
    assert any("the site answers at uphold.example" in line for line in told)


def test_without_a_promise_every_sabotage_is_listed() -> None:
    done = subprocess.run(
        [*COMMAND, ""], cwd=source.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert all(name in done.stderr for name in table.by_id())
