# SPDX-License-Identifier: Apache-2.0
"""One template and one clean proof for all sabotages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sabotage import sabotage, stage
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
