# SPDX-License-Identifier: Apache-2.0
"""What the handlers of proof decide by themselves; the pages are followed in `tests/flow/test_proof_desk.py`."""

import pytest

from uphold.errors import Missing
from uphold.web import proof_desk


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "٣", "1" * 10, "1 "])
def test_what_is_no_number_is_nothing_that_exists(text: str) -> None:
    with pytest.raises(Missing):
        proof_desk._number(text)


def test_a_number_is_read() -> None:
    assert proof_desk._number("12") == 12
