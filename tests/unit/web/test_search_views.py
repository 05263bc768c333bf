# SPDX-License-Identifier: Apache-2.0
"""No page but the opened one has a place for a value of a person, and none for one in an address."""

import dataclasses

from uphold.web.search_views import Pick, Search, Several


def test_a_choice_is_a_name_and_a_row_without_values() -> None:
    assert {field.name for field in dataclasses.fields(Pick)} == {"name", "row"}


def test_what_was_typed_is_posted_to_one_address() -> None:
    assert Search((), 3, contact="anna@example.org").action_href == "/console/search"
    assert Several("new", (), (), (), "", 1, 1).action_href == "/console/several"
