# SPDX-License-Identifier: Apache-2.0
"""A served site within which a library tries to report home: refused, journaled, alerted, and nothing arrives."""

import socket
import time
from pathlib import Path

import pytest

from tests import site_process
from uphold import app
from uphold.assurance import alert, refused
from uphold.journal import audit, entry
from uphold.journal.entry import Entry

ELSEWHERE = "127.0.0.77"
NAME = "what-was-written.home.example"
# Python imports this in every process that finds it; the rest of the program never does.
START = "import home_reporter"
REPORTER = """
import pathlib, socket, threading, time
def report():
    if not pathlib.Path({go!r}).exists():
        threading.Timer(0.1, report).start()
        return
    for act in (
        lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"what was written", ({host!r}, {port})),
        lambda: socket.create_connection(({host!r}, {port}), 5),
        lambda: socket.getaddrinfo({name!r}, 443),
    ):
        try:
            act()
        except PermissionError:
            pass
report()
"""


def told(folder: Path) -> list[Entry]:
    with app.reading(folder) as connection:
        found = [entry.decode(raw) for _, raw in audit.readable(connection)]
    return [one for one in found if one.kind == refused.KIND]


def test_an_undeclared_socket_is_refused_journaled_and_alerted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, library = tmp_path / "go", tmp_path / "library"
    library.mkdir()
    with socket.socket(type=socket.SOCK_DGRAM) as home:
        home.bind((ELSEWHERE, 0))
        port = home.getsockname()[1]
        reporter = REPORTER.format(go=str(go), host=ELSEWHERE, port=port, name=NAME)
        (library / "home_reporter.py").write_text(reporter)
        (library / "sitecustomize.py").write_text(START)
        monkeypatch.setenv("PYTHONPATH", str(library))
        with site_process.served(tmp_path / "of") as site:
            go.touch()
            deadline = time.monotonic() + site_process.PATIENCE
            while len(found := told(site.folder)) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert site.get("/readyz").status == 200
            assert site.stop() == 0
            said = site.said()
        home.setblocking(False)
        with pytest.raises(BlockingIOError):
            home.recv(100)
    found = told(site.folder)
    assert {(one.codes["net"], one.codes["by"]) for one in found} == {("hook", "home-reporter")}
    assert sum(int(one.codes["times"]) for one in found) == 3
    places = [(ELSEWHERE, port), (NAME, 0)]
    assert [any(refused.confirms(one, *place) for one in found) for place in places] == [True, True]
    with app.reading(site.folder) as connection:
        # A rule of detection may have noticed it by then as well.
        assert [one.probe for one in alert.standing(connection)].count(refused.ALERT) == 1
    assert "home-reporter" in said
    assert "written" not in said
