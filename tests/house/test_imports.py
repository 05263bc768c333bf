# SPDX-License-Identifier: Apache-2.0
"""The import graph: one order, no cycle, one way out. The contracts stand in `.importlinter`."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp
import pytest

from tests.house import source

CONTRACTS = source.ROOT / ".importlinter"

# Only this module opens a connection to another host. import-linter knows packages only; these are
# modules and functions of the standard library that it cannot tell from their harmless neighbours.
WAY_OUT = "egress.py"
# Speaks HTTP over a socket that the above has opened; holds uvloop's own ways out to the list of the above.
SPEAKS = {
    "assurance/visitor.py": {"http.client"},
    "web/loop.py": {"create_connection", "create_datagram_endpoint", "getaddrinfo", "sock_connect"},
}
CLIENTS = {"http.client", "urllib.request", "xmlrpc.client", "asyncio.streams", "websockets"}
CALLS = {"open_connection", "open_unix_connection", "create_connection", "create_datagram_endpoint"}
CALLS |= {"getaddrinfo", "gethostbyname", "urlopen", "sock_connect"}


def ways_out(tree: Iterable[source.File]) -> Iterator[str]:
    """Imports and calls that could reach another host, outside the one module that may."""
    for file in tree:
        if file.name == WAY_OUT:
            continue
        for node in ast.walk(file.tree):
            match node:
                case ast.Import(names=names):
                    found = CLIENTS & {alias.name for alias in names}
                case ast.ImportFrom(module=str(module), names=names):
                    found = CLIENTS & {module, *(f"{module}.{alias.name}" for alias in names)}
                case ast.Attribute(attr=attribute):
                    found = CALLS & {attribute}
                case _:
                    continue
            if found := found - SPEAKS.get(file.name, set()):
                yield file.at(node, f"a way out: {', '.join(sorted(found))}")


def cycles(graph: grimp.ImportGraph) -> list[str]:
    """Modules that need each other to load, found by asking each import for a way back."""
    return [
        f"{module} imports {imported}, which leads back"
        for module in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if graph.chain_exists(importer=imported, imported=module)
    ]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "", "LANG": "C.UTF-8", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_are_kept() -> None:
    done = lint(source.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_needs_itself() -> None:
    assert cycles(grimp.build_graph("uphold", cache_dir=None)) == []


def test_only_egress_leaves_the_machine() -> None:
    assert list(ways_out(source.files())) == []


def test_a_way_out_is_found(tmp_path: Path) -> None:
    tree = source.plant(
        tmp_path,
        {
            "web/a.py": "import http.client\n",
            "web/b.py": "from urllib import request\n",
            "web/c.py": "import asyncio\nasync def f():\n    await asyncio.open_connection('h', 1)\n",
            "web/d.py": "from http import HTTPStatus\nfrom urllib.parse import quote\n",
            "mail/send.py": "import asyncio\nf = asyncio.open_connection\n",
            "egress.py": "import socket\nf = socket.create_connection\n",
            "assurance/visitor.py": "import http.client\n",
        },
    )
    assert [fault.partition(":")[0] for fault in ways_out(tree)] == [
        "mail/send.py",
        "web/a.py",
        "web/b.py",
        "web/c.py",
    ]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source and its contracts, to plant wrong imports in."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(source.PACKAGE, folder / "src" / "uphold")
    shutil.copy(CONTRACTS, folder)
    return folder


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("journal/entry.py", "import uphold.vault", "Rooms stand in one order"),
        (
            "web/__init__.py",
            "import uphold.vault.records",
            "Only these modules reach stored personal data",
        ),
        (
            "consent/__init__.py",
            "import uphold.vault.seal",
            "Keys and ciphers never leave the vault",
        ),
        ("journal/tree.py", "import sqlalchemy", "Decisions are pure"),
        ("policy/__init__.py", "import pysqlite3", "Only the database room speaks to a driver"),
        ("web/__init__.py", "import smtplib", "Only egress opens a connection"),
        ("assurance/__init__.py", "import socket", "Only egress opens a connection"),
    ],
)
def test_a_wrong_import_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / "src" / "uphold" / module
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        done = lint(copy)
    finally:
        path.write_text(before)
    broken = done.stdout.partition("Broken contracts")[2]
    assert done.returncode == 1, done.stdout
    assert contract in broken


def test_a_room_without_a_place_is_caught(copy: Path) -> None:
    stray = copy / "src" / "uphold" / "helpers"
    stray.mkdir()
    (stray / "__init__.py").touch()
    try:
        done = lint(copy)
    finally:
        shutil.rmtree(stray)
    assert done.returncode == 1
    assert "helpers" in done.stdout
