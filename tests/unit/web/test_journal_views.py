# SPDX-License-Identifier: Apache-2.0
"""No line of the journal's pages has a place for a value of a person."""

import dataclasses

from uphold.web.journal_views import Entry, Reader


def test_a_line_holds_words_of_ours_numbers_and_times() -> None:
    assert {field.name for field in dataclasses.fields(Entry)} == {
        *("index", "at", "text", "person"),
        *("short", "href"),
    }
    assert {field.name for field in dataclasses.fields(Reader)} == {"login", "role", "href"}
