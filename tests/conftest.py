# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests: both database engines, the browser, the loop, and a closed network.

A server or a browser that is missing fails the tests that need it and names what to install: a skip
is not a pass.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import memory, network, pair as pairs, postgresql
from tests.sabotage import table

network.forbid()
memory.take()

# No timed assertion anywhere: a slow machine is no failure.
settings.register_profile(
    "uphold", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("uphold")

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LONGEST = {"test_pages_look.py", "test_pages_look_ru.py"}
ENGINES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last: Playwright keeps a loop running in the thread that no other test bears."""
    # The longest of these first, so that no process is alone with it in the end.
    items.sort(key=lambda item: ("browser" in item.path.parts, item.path.name not in LONGEST))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """With `-n auto`, three processes for two processors: a third of the time a test waits for others."""
    found = len(os.sched_getaffinity(0))
    return found + (found + 1) // 2


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what became of each sabotage.

    Here, because tests run in several processes, and the one that prints loads no other conftest.
    """
    found = {
        str(value): outcome == "passed"
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == "sabotage"
    }
    if found:
        terminalreporter.section("sabotage")
        for one in table.SABOTAGES:
            if one.id in found:
                said = "caught" if found[one.id] else "NOT CAUGHT"
                terminalreporter.line(f"{one.promise:32} {said:11} {one.title}")
        terminalreporter.line(table.score(found))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """`async def` tests run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server of this run's own; `start`, `stop` and `url(database)` are its verbs."""
    try:
        server = postgresql.launch()
    except postgresql.Absent as absent:
        pytest.fail(str(absent), pytrace=False)
    yield server
    postgresql.remove(server)


@pytest.fixture
def postgresql_url(postgresql_server: postgresql.Server) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own, dropped afterwards."""
    name = postgresql_server.create()
    yield postgresql_server.url(name)
    postgresql_server.drop(name)


@pytest.fixture(scope="session")
def replicated() -> Iterator[pairs.Pair]:
    """A primary with a replica that it waits for, of this run's own; a test leaves both as it found them."""
    try:
        made = pairs.launch()
    except postgresql.Absent as absent:
        pytest.fail(str(absent), pytrace=False)
    yield made
    made.remove()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file of the test's own, which does not exist yet, in a folder of its own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700, exist_ok=True)
    return f"sqlite:///{folder / 'uphold.sqlite'}"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine's name; a test that asks for it runs once on each."""
    name: str = request.param
    return name


@pytest.fixture
def engine_url(engine: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; a test that asks for it runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{engine}_url")
    return url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium."""
    found = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if found is None:
        pytest.fail("Chromium is missing. On Debian: apt-get install chromium", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium: str
) -> dict[str, Any]:
    """pytest-playwright's launch options: the system's browser, and nothing of its own on the network."""
    return {**browser_type_launch_args, "executable_path": chromium, "args": list(CHROMIUM_FLAGS)}
