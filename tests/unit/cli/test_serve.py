# SPDX-License-Identifier: Apache-2.0
"""What is refused before serving begins; serving itself is tested with a process of its own."""

import argparse
import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site, terminal
from uphold import errors
from uphold.cli import serve
from uphold.web import run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    opened = site.build(tmp_path)
    opened.close()
    return opened.settings.folder


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port() -> None:
    assert [serve.port(text) for text in ("1", "8000", "65535")] == [1, 8000, 65535]


@pytest.mark.parametrize("text", ["0", "65536", "-1", "", "http", "٣", "8000.0", " 80"])
def test_no_port(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="1 to 65535"):
        serve.port(text)


def test_a_port_that_is_taken(root: Path, taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "serve", root, "--port", str(taken))
    assert told.code == 2
    assert f"Cannot listen on 127.0.0.1:{taken}" in told.err
    assert "--port" in told.advice
    assert told.out == ""


def test_a_second_demo_leaves_the_first_ones_link_alone(
    tmp_path: Path, taken: int, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "demo", "--dir", tmp_path / "demo", "--port", str(taken))
    assert told.code == 2
    assert not (tmp_path / "demo").exists()


def test_a_port_that_is_free(taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    serve.require_free("127.0.0.1", free)
    # Nothing was left listening there.
    serve.require_free("127.0.0.1", free)


def test_a_name_that_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(errors.Invalid, match="no such address"):
        serve.require_free("no.such.host.example", 8000)


def test_the_open_network_needs_tls(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "serve", root, "--host", "0.0.0.0")
    assert told.code == 2
    assert "in the clear" in told.err
    assert "tls_certificate" in told.advice


def test_a_demo_can_be_made_without_serving(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "demo", "--dir", tmp_path / "demo", "--no-serve")
    assert told.code == 0
    assert (tmp_path / "demo" / "uphold.toml").exists()
    # The last line is for those who wait for it, people or programs.
    assert "Ctrl-C" in told.out.splitlines()[-1]


def test_where_the_program_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [".venv/bin/uphold", "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert serve._where() == ["Where the tour says uphold, type .venv/bin/uphold"]
    monkeypatch.setattr("sys.argv", ["/src/uphold/__main__.py", "demo"])
    assert serve._where() == []


def test_what_is_served_speaks_to_declared_hosts_only(
    root: Path, taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused: list[int | None] = []

    def leave(_site: object, _listening: object) -> None:
        try:
            socket.create_connection(("127.0.0.1", taken)).close()
        except PermissionError as error:
            refused.append(error.errno)

    monkeypatch.setattr(run, "serve", leave)
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = str(server.getsockname()[1])
    assert terminal.run(capsys, "serve", root, "--port", free).code == 0
    assert refused == [errno.EACCES]
