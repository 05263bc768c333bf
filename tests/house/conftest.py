# SPDX-License-Identifier: Apache-2.0
"""The source is read once for all rules of a module, and let go: what was parsed is large."""

from collections.abc import Iterator

import pytest

from tests.house import source


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    yield
    source.forget()
