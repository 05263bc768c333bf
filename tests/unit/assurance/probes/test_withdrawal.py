# SPDX-License-Identifier: Apache-2.0
"""Verdicts on withdrawing, from hand-made traces; and what is found on a site of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import site, visitor
from tests.editions import PURPOSE
from uphold.assurance.probe import Status
from uphold.assurance.probes import withdrawal
from uphold.assurance.probes.withdrawal import Since, Withdrawn
from uphold.consent import ledger

WELL = Withdrawn(
    purpose="communication",
    opened=200,
    steps=1,
    posted=303,
    state="withdrawn",
    entries=1,
    proven=True,
    refused=403,
    reason="consent-withdrawn",
    answered=403,
    letter="consent-withdrawn",
    looked_at=True,
    late=0,
    shown="withdrawn",
    recorded=True,
)


@pytest.mark.parametrize(
    "trace", [WELL, replace(WELL, opened=None, refused=None, reason="", answered=None, letter=None)]
)
def test_one_step_that_is_obeyed_at_once_is_kept(trace: Withdrawn) -> None:
    assert withdrawal.judge_withdrawn(trace).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"steps": 0, "posted": 200},
        {"steps": 3},
        {"posted": 200},
        {"state": "given"},
        {"entries": 0},
        {"entries": 2},
        {"proven": False},
        {"refused": 200},
        {"reason": "role-refused"},
        {"reason": ""},
        {"answered": 303},
        {"letter": ""},
        {"letter": "exercise-only"},
        {"looked_at": False},
        {"late": 24 * 3_600_000},
        {"shown": "given"},
        {"recorded": False},
    ],
    ids=str,
)
def test_what_is_harder_or_not_obeyed_breaks_it(fault: dict[str, Any]) -> None:
    assert withdrawal.judge_withdrawn(replace(WELL, **fault)).status == Status.BROKEN


def test_nothing_is_shown_where_nobody_could_read_before() -> None:
    found = withdrawal.judge_withdrawn(replace(WELL, opened=403))
    assert found.status == Status.NOT_SHOWN


def test_without_a_box_there_is_nothing_to_withdraw() -> None:
    assert withdrawal.judge_withdrawn(None).status == Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (Since(0, 0, 0), Status.KEPT),
        (Since(3, 0, 0), Status.KEPT),
        (Since(3, 1, 0), Status.BROKEN),
        (Since(3, 0, 1), Status.BROKEN),
    ],
)
def test_nothing_may_happen_after_a_withdrawal(found: Since, status: Status) -> None:
    assert withdrawal.judge_since(found).status == status


def test_a_consent_that_was_given_again_does_not_stand_withdrawn(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    first, second = (site.submit(app).number for _ in range(2))
    for record in (first, second):
        visitor.withdraw(app, record)
    anew = ledger.Given(PURPOSE, "c" * 64, "d" * 64, 1, "en", site.now())
    app.writer.run(lambda tx: ledger.renew(tx, app.ring, first, anew))
    with app.database.read() as connection:
        assert [record for record, _ in ledger.withdrawn(connection, 10)] == [second]
    app.close()
