# SPDX-License-Identifier: Apache-2.0
"""Three kinds of output, and no more."""

from uphold.statistics.label import Label


def test_the_kinds_of_output() -> None:
    assert [str(one) for one in Label] == ["pseudonymised", "aggregated", "noisy"]
