# SPDX-License-Identifier: Apache-2.0
"""One template and one clean proof for all sabotages, and the table at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sabotage import sabotage, stage, table
from uphold.assurance.report import Report


@pytest.fixture(scope="module", autouse=True)
def quick_hashing() -> Iterator[None]:
    with stage.quick_hashing():
        yield


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage.make(tmp_path_factory.mktemp("template"))


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A copy of the template."""
    return stage.copy(template, tmp_path)


@pytest.fixture(scope="module")
def clean(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The proof of everything on a copy that nobody touched."""
    return sabotage.proved(stage.copy(template, tmp_path_factory.mktemp("clean")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what became of each sabotage. Tests run in several processes, so only their reports tell."""
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
