# SPDX-License-Identifier: Apache-2.0
"""The page of promises says what the catalogue says."""

from tools import promises


def test_the_reference_of_promises_is_the_catalogue() -> None:
    assert promises.PAGE.read_text(encoding="utf-8") == promises.page(), "run: make promises"
