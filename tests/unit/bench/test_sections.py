# SPDX-License-Identifier: Apache-2.0
"""Every section has its word and its heading, and can show what is kept of it."""

import re

from bench import kept
from bench.sections import NAMED, SECTIONS


def test_each_has_a_word_of_its_own() -> None:
    assert len(NAMED) == len(SECTIONS)
    for section in SECTIONS:
        assert re.fullmatch(r"[a-z][a-z-]*", section.NAME)
        assert section.TITLE


def test_what_is_kept_can_be_shown() -> None:
    for name, record in kept.newest().items():
        shown = NAMED[name].page(record["rows"])
        assert "| ---" in shown, name
        assert not shown.startswith("#"), name
