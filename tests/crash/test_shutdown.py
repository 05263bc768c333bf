# SPDX-License-Identifier: Apache-2.0
"""A site that is told to stop finishes its batch: whoever was promised something has it, and the end is clean."""

import signal
from pathlib import Path

import pytest

from tests import site_process, whole
from tests.site_process import Crowd, Site
from uphold.journal import checkpoint, note

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def heads(site: Site) -> tuple[bytes, bytes]:
    """What the head file says, and what the database says, as signed."""
    told = site.run("journal", "head", str(site.folder))
    assert told.returncode == 0, told.stderr
    return (site.folder / "keys" / "head").read_bytes(), told.stdout.encode()


def size(head: bytes) -> int:
    return checkpoint.parse(note.parse(head).text).size


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_stop_under_load(tmp_path: Path, engine_url: str, number: signal.Signals) -> None:
    with site_process.served(tmp_path, engine_url) as site:
        crowd = Crowd(site)
        crowd.post(400, when=60, then=lambda: site.signal(number))
        assert site.wait() == 0
        # An acknowledgement or nothing: no post was told no, or left half done.
        answered = [sent for sent in crowd.sent if sent.answer is not None]
        assert answered == crowd.acknowledged
        assert len(crowd.acknowledged) >= 60
        assert whole.faults(site.settings) == []
        file, stored = heads(site)
        assert file == stored
        assert site.said() == ""
        site.start()
        for sent in crowd.acknowledged:
            assert site.get(sent.receipt).status == 200
        for sent in crowd.unanswered:
            sent.answer = site.post(sent.fields)
            assert sent.acknowledged
        assert len({sent.receipt for sent in crowd.sent}) == len(crowd.sent)
        assert whole.count(site.settings) == len(crowd.sent)
        assert site.stop() == 0
        assert size(heads(site)[0]) > size(file) or not crowd.unanswered
        verified = site.run("journal", "verify", str(site.folder))
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert site.said() == ""


def test_stop_with_nothing_to_do(tmp_path: Path) -> None:
    """Also with a connection open that nobody uses, and one whose request never ends."""
    with site_process.served(tmp_path) as site, site.connect() as idle, site.connect() as slow:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        slow.sendall(b"POST /f/feedback HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nname")
        assert site.stop() == 0
        assert "Traceback" not in site.said()


def test_second_start_on_the_same_port(tmp_path: Path) -> None:
    with site_process.served(tmp_path) as site:
        receipt = site.post(site.fields()).json["receipt_url"]
        second = site.run("serve", str(site.folder), "--port", str(site.port))
        assert second.returncode != 0
        assert f"uphold: Cannot listen on 127.0.0.1:{site.port}" in second.stderr
        assert "choose another --port" in second.stderr
        assert "Traceback" not in second.stderr
        # The first one goes on as if nothing had been.
        assert site.get(receipt).status == 200
        assert site.post(site.fields()).status == 201
        assert site.stop() == 0
        assert site.said() == ""
