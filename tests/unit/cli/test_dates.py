# SPDX-License-Identifier: Apache-2.0
import argparse

import pytest

from uphold.cli import dates


def test_a_day_begins_and_ends() -> None:
    assert dates.begin("1970-01-02") == 86_400_000
    assert dates.end("1970-01-02") == 2 * 86_400_000
    assert dates.end("2030-12-31") == 1_924_992_000_000


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "", "9999-12-31"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no date"):
        dates.end(text)
