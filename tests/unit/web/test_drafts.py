# SPDX-License-Identifier: Apache-2.0
"""What the views of the draft say by themselves; templates are held to them in `test_views`."""

from tests.unit.web import policy_samples
from uphold.web import drafts


def test_nothing_differs_only_where_nothing_does() -> None:
    assert drafts.Differences(False, (), ()).none
    found = policy_samples.differences("en")
    assert not found.none
    assert not drafts.Differences(False, found.clauses, ()).none
    assert not drafts.Differences(True, (), found.rules).none
