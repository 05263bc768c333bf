# SPDX-License-Identifier: Apache-2.0
"""What is left of visits, judged from hand-made traces; that it is found is in tests/sabotage."""

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import visits
from uphold.assurance.probes.visits import LeftOut, Raw, Salted

SENT = {"bot": 1, "asked-not-to": 2}
HOUR = 3_600_000


def test_what_is_left_out_and_counted_is_kept() -> None:
    counted = {"bot": 1, "asked-not-to": 5}
    assert visits.judge_left_out(LeftOut(True, SENT, counted)).status is Status.KEPT
    assert visits.judge_left_out(LeftOut(records=False)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "trace",
    [
        LeftOut(True, SENT, {"bot": 1, "asked-not-to": 1}),
        LeftOut(True, SENT, {"asked-not-to": 2}),
        LeftOut(True, SENT, SENT, refused=(400, 400)),
    ],
)
def test_what_was_kept_or_answered_otherwise_is_broken(trace: LeftOut) -> None:
    found = visits.judge_left_out(trace)
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)


def test_raw_values_beyond_their_term_are_broken() -> None:
    assert visits.judge_raw(Raw(4, 0, 0, 1)).status is Status.KEPT
    found = visits.judge_raw(Raw(4, 2, 30 * HOUR, 0))
    assert found.status is Status.BROKEN
    assert found.saw[0].values == {"count": 2, "hours": 30}


def test_two_salts_that_are_young_are_kept() -> None:
    assert visits.judge_salts(Salted()).status is Status.KEPT
    assert visits.judge_salts(Salted((HOUR, 26 * HOUR), mode=0o600)).status is Status.KEPT


@pytest.mark.parametrize(
    "trace",
    [
        Salted((1, 2, 3), mode=0o600),
        Salted((49 * HOUR,), mode=0o600),
        Salted((HOUR,), unended=(20261101,), mode=0o600),
        Salted((HOUR,), untold=1, mode=0o600),
        Salted((HOUR,), mode=0o640),
        Salted(unreadable=True),
    ],
)
def test_each_salt_too_many_too_old_or_open_is_broken(trace: Salted) -> None:
    found = visits.judge_salts(trace)
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)
