# SPDX-License-Identifier: Apache-2.0
"""Numbers that a database could have are read, and no others."""

import argparse

import pytest

from uphold.cli import numbers


@pytest.mark.parametrize("text", ["0", "12", str(2**63 - 1)])
def test_a_number_is_read(text: str) -> None:
    assert numbers.stored(text) == int(text)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "twelve", str(2**63), "9" * 5000])
def test_what_no_database_has_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no number"):
        numbers.stored(text)
