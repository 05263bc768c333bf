# SPDX-License-Identifier: Apache-2.0
"""The committed table of sabotages is the list that there is, and every one of them is caught."""

from tests.sabotage import table
from tools import sabotage


def test_the_page_is_what_the_sabotages_make_it() -> None:
    """Whoever adds one runs `make sabotage`; who adds one that is not caught cannot hide it here."""
    caught = dict.fromkeys(table.by_id(), True)
    assert sabotage.PAGE.read_text(encoding="utf-8") == sabotage.page(caught)


def test_a_sabotage_that_is_not_caught_shows() -> None:
    first, *rest = table.by_id()
    page = sabotage.page({first: False, **dict.fromkeys(rest, True)})
    assert "| **no** |" in page
    assert f"{len(rest)} of {len(rest) + 1}" in page
