# SPDX-License-Identifier: Apache-2.0
"""The process that serves is found by its port, and what it has open; what cannot be seen is no empty list."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from uphold.assurance import process
from uphold.assurance.process import Process, Unseen

HEAD = "  sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode\n"
# Listens on a port, connects to another, keeps a log and a deleted file open, and says so.
SERVER = """
import os, socket, sys
log = open(sys.argv[1], "w"); gone = open(sys.argv[1] + ".gone", "w"); os.unlink(gone.name)
listening = socket.create_server(("127.0.0.1", 0))
out = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
inward = socket.create_connection(listening.getsockname())
print(listening.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def server(tmp_path: Path, elsewhere: socket.socket) -> Iterator[tuple[int, int]]:
    """A process of its own: its number and the port it listens on."""
    with (tmp_path / "err").open("wb") as err:
        child = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(tmp_path / "log"), str(elsewhere.getsockname()[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=err,
        )
    assert child.stdout is not None
    yield child.pid, int(child.stdout.readline())
    child.communicate(b"")


def test_a_process_is_seen_from_outside(
    server: tuple[int, int], elsewhere: socket.socket, tmp_path: Path
) -> None:
    pid, port = server
    found = process.serving(port)
    assert found == Process(pid)
    assert isinstance(found, Process)
    reached = found.connections()
    assert not isinstance(reached, Unseen)
    # Neither the connection to itself nor that of its client.
    ends = [(one.protocol, one.remote, one.remote_port) for one in reached]
    assert ends == [("tcp", *elsewhere.getsockname())]
    files = found.files()
    assert not isinstance(files, Unseen)
    assert {Path(one.path).name: one.is_deleted for one in files} == {
        "err": False,
        "log": False,
        "log.gone": True,
    }
    # Standard output is a pipe, standard error a file.
    outputs = found.outputs()
    assert not isinstance(outputs, Unseen)
    assert [path.resolve() for path in outputs] == [tmp_path / "err"]


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert process.serving(port) == Unseen("nobody-listens")


def test_without_proc(tmp_path: Path) -> None:
    assert process.serving(80, tmp_path) == Unseen("no-proc")
    assert Process(1, tmp_path).connections() == Unseen("gone")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is hidden from root")
def test_another_users_process_is_not_an_empty_list() -> None:
    assert Process(1).sockets() == Unseen("other-user")


def test_who_listens_cannot_be_told(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    line = "0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0 4242 1\n"
    (tmp_path / "net" / "tcp").write_text(HEAD + line)
    assert process.serving(8080, tmp_path) == Unseen("other-user")


def test_lines_of_socket_tables(tmp_path: Path) -> None:
    lines = {
        "tcp": "0: 0100007F:1F90 0200A8C0:01BB 01 0:0 0:0 0 0 0 11 1\n"
        "1: 0100007F:1F91 0200A8C0:01BB 06 0:0 0:0 0 0 0 0 1\n1: short\n",
        "tcp6": "0: 0000000000000000FFFF00000100007F:0050 "
        "B80D0120000000000000000001000000:0035 01 0:0 0:0 0 0 0 12 1\n",
    }
    for name, text in lines.items():
        (tmp_path / name).write_text(HEAD + text)
    found = dict(process.sockets(tmp_path))
    assert set(found) == {"11", "12"}
    assert (found["11"].local, found["11"].local_port) == ("127.0.0.1", 8080)
    assert (found["11"].remote, found["11"].remote_port) == ("192.168.0.2", 443)
    assert (found["12"].local, found["12"].remote) == ("127.0.0.1", "2001:db8::1")
