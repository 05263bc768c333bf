# SPDX-License-Identifier: Apache-2.0
"""What the desk of retention decides by itself; its pages are followed in `tests/flow/test_retention_desk.py`."""

import pytest

from uphold.errors import Missing
from uphold.retention.act import Kind
from uphold.retention.sweep import Done
from uphold.web import retention_desk


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "٣", "1" * 10, "1 "])
def test_what_is_no_number_is_nothing_that_exists(text: str) -> None:
    with pytest.raises(Missing):
        retention_desk._number(text)


def test_an_order_ends_with_its_day() -> None:
    assert retention_desk._last("1970-01-01") == retention_desk.DAY_MS
    assert retention_desk._last("") is None
    assert [retention_desk._last(text) for text in ("soon", "2026-02-30", "1.2.2026")] == [0, 0, 0]


def test_what_a_sweep_did_is_told() -> None:
    assert retention_desk._outcome(None) == "busy"
    assert retention_desk._outcome(Done()) == "idle"
    assert retention_desk._outcome(Done(parts={Kind("security", 1, "term-ended"): 2})) == "done"
    assert retention_desk._outcome(Done(acts=[1])) == "done"
