# SPDX-License-Identifier: Apache-2.0
"""Starting is measured to the first 201, and a server that never answers is an error."""

import sys
from pathlib import Path
from typing import Any

import pytest

from bench import process, start

_ANSWERS = """
import http.server, sys
class Door(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(int(sys.argv[2])); self.send_header("Content-Length", "0"); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Door).serve_forever()
"""


def starter(folder: Path, status: int) -> start.Starter:
    command = [sys.executable, "-c", _ANSWERS]
    return lambda port: process.Server([*command, str(port), str(status)], folder / "log")


def test_ready_is_the_first_201(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "IDLE_SECONDS", 0)
    row = start._ready(starter(tmp_path, 201), str, "/f/feedback")
    assert row["seconds"] > 0
    assert row["pss_mb"] > 1


def test_any_other_answer_fails(tmp_path: Path) -> None:
    with pytest.raises(process.Failed, match="answered 503"):
        start._ready(starter(tmp_path, 503), str, "/f/feedback")


def test_a_server_that_ends_fails(tmp_path: Path) -> None:
    with pytest.raises(process.Failed, match="no such site"):
        start._ready(
            lambda _: process.Server(
                [sys.executable, "-c", "raise SystemExit('no such site')"], tmp_path / "log"
            ),
            str,
            "/",
        )


def test_the_page_has_a_line_for_each() -> None:
    def row(what: str, pss: float | None) -> dict[str, Any]:
        return {"round": 1, "what": what, "seconds": 0.25, "cpu_s": 0.2, "pss_mb": pss}

    shown = start.page([row("uphold", 25.0), row("pass", None)])
    assert "| Uphold, SQLite | 250 [250-250] | 200 [200-200] | 25.0 [25.0-25.0] |" in shown
    assert "| `python -c pass` | 250 [250-250] | 200 [200-200] | - |" in shown
