# SPDX-License-Identifier: Apache-2.0
"""The oracle of the budget's probe, and what it sees on a site."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from tests import purse as purses
from tests.purse import GRANTED, Purse, question
from uphold.assurance.probe import Status
from uphold.assurance.probes import paid
from uphold.assurance.probes.paid import Paid
from uphold.assurance.scene import Scene
from uphold.statistics import noise
from uphold.statistics.question import Drawn


@pytest.fixture
def purse(sqlite_url: str, tmp_path: Path) -> Iterator[Purse]:
    made = purses.make(sqlite_url, tmp_path)
    yield made
    made.close()


class Looking:
    """As much of a scene as the probe looks at."""

    def __init__(self, purse: Purse) -> None:
        self.log = purse.log
        self.read = purse.database.read


def look(purse: Purse) -> Paid:
    return paid._look(cast(Scene, Looking(purse)))


def test_what_was_paid_is_kept(purse: Purse) -> None:
    assert paid.judge(look(purse)).status is Status.KEPT
    asked = question(1)
    purse.ask(asked, drawn=lambda: noise.draw({}, asked))
    trace = look(purse)
    assert trace == Paid(months=1, answers=1)
    assert paid.judge(trace).status is Status.KEPT


def test_too_small_an_error_is_seen(purse: Purse) -> None:
    asked = question(1)
    error = noise.draw({}, asked).error95
    purse.ask(asked, drawn=lambda: Drawn({"/1": 3}, error * 9 // 10))
    assert look(purse).weak == ("2026-10",)


def test_what_was_changed_is_seen(purse: Purse) -> None:
    asked = question(1)
    purse.ask(asked, GRANTED, lambda: noise.draw({}, asked))
    with purse.database.connect() as connection:
        _harm(connection, "UPDATE statistics_answer SET answer = replace(answer, '/1', '/2')")
        assert look(purse).changed == ("2026-10",)
        _harm(connection, "UPDATE statistics_budget SET spent = 0")
        assert look(purse).uneven == ("2026-10",)
        _harm(connection, "UPDATE statistics_answer SET answer = 'x'")
        assert look(purse).damaged


def _harm(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "trace",
    [
        Paid(overspent=("2026-10",)),
        Paid(uneven=("2026-10",)),
        Paid(weak=("2026-10",)),
        Paid(changed=("2026-10",)),
        Paid(damaged=True),
    ],
)
def test_each_fault_breaks_the_promise(trace: Paid) -> None:
    found = paid.judge(trace)
    assert found.status is Status.BROKEN
    assert len(found.saw) == 1
