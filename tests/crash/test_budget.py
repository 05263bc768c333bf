# SPDX-License-Identifier: Apache-2.0
"""kill -9 while noise is drawn and paid: what was shown is paid and stays the same, and no unit is overspent."""

import multiprocessing
import random
from pathlib import Path

from tests import forks, purse as purses, purse_process
from tests.purse import GRANTED, UNIT, Purse, question
from uphold.statistics.budget import Refused

KILLED, WELL = -9, 0
PAID = GRANTED // UNIT
MOST = 100
PROCESSES, ASKERS = 5, 200


def check(url: str, folder: Path) -> int:
    """Whatever somebody heard is paid, and is what they hear again; returns how many units were spent."""
    purse = Purse(url, folder)
    try:
        assert purse.faults() == []
        heard = (folder / purse_process.HEARD).read_text().splitlines()
        said: dict[str, str] = {}
        for line in heard:
            number, _, told = line.partition(" ")
            assert said.setdefault(number, told) == told
        for number, told in said.items():
            # Nothing is drawn for it: `purses.draw` gives other figures.
            again = purse.ask(question(int(number)))
            assert not isinstance(again, Refused)
            assert again.drawn.told.decode() == told
        return sum(purse.spent.values())
    finally:
        purse.close()


def test_killed_at_every_point_what_was_heard_is_paid(tmp_path: Path, sqlite_url: str) -> None:
    purses.make(sqlite_url, tmp_path).close()
    (tmp_path / purse_process.HEARD).touch()
    point, code, spent = 0, KILLED, 0
    with forks.of("tests.purse_process") as ask:
        while code == KILLED:
            point += 1
            assert point < MOST
            code = ask(sqlite_url, tmp_path, point, point * 3, point * 3 + 3)
            now = check(sqlite_url, tmp_path)
            assert spent <= now <= GRANTED
            spent = now
    assert code == WELL
    # Three questions with four moments each.
    assert point == 13


def test_a_thousand_askers_some_of_whom_are_killed(tmp_path: Path, engine_url: str) -> None:
    """Five processes ask two hundred times each, at once, for more than there is; two are killed."""
    purses.make(engine_url, tmp_path).close()
    (tmp_path / purse_process.HEARD).touch()
    moments = random.Random(20261123)
    points = [moments.randrange(5, 40), moments.randrange(5, 40), *[0] * (PROCESSES - 2)]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.purse_process"])
    crowd = [
        context.Process(
            target=purse_process.main,
            args=([engine_url, str(tmp_path), str(point), str(at * 20), str(at * 20 + ASKERS)],),
        )
        for at, point in enumerate(points)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(120)
    assert [one.exitcode for one in crowd] == [KILLED if point else WELL for point in points]
    assert check(engine_url, tmp_path) == PAID * UNIT
