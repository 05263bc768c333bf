# SPDX-License-Identifier: Apache-2.0
"""What the handlers of the policy decide by themselves; the pages are followed in `tests/flow/test_policy_desk.py`."""

import pytest

from uphold.access.permission import Permission, Role, holds
from uphold.policy import editing
from uphold.web import policy_desk


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        ("1970-01-02", 86_400_000),
        ("2100-01-01", 4_102_444_800_000),
        ("2100-02-30", None),
        ("soon", None),
        ("2100-1-1", None),
        ("2100-01-01T00:00", None),
    ],
)
def test_a_day_begins_at_midnight_utc(day: str, moment: int | None) -> None:
    assert policy_desk._midnight(day) == moment


def test_who_publishes_is_the_owner_alone() -> None:
    assert holds(Role.OWNER, Permission.POLICY_PUBLISH)
    assert not holds(Role.OFFICER, Permission.POLICY_PUBLISH)
    assert holds(Role.OFFICER, Permission.POLICY_EDIT)
    assert not holds(Role.CLERK, Permission.POLICY_READ)


def test_the_largest_file_fits_into_a_post() -> None:
    assert policy_desk.FILE_BYTES > 3 * editing.LONGEST
