# SPDX-License-Identifier: Apache-2.0
"""What probes of threats have in common: faults by name, the first few, and how many more there are."""

from uphold.assurance import tried


def test_some_names_are_told_and_the_rest_counted() -> None:
    told = tried.some("%(name)s is gone.", {f"{number:02}" for number in range(12)})
    assert [str(one) for one in told[:2]] == ["00 is gone.", "01 is gone."]
    assert len(told) == tried.MOST_TOLD + 1
    assert told[-1].values == {"count": 2}
    assert tried.some("%(name)s is gone.", ()) == []
    assert len(tried.some("%(name)s is gone.", ["a"])) == 1
