# SPDX-License-Identifier: Apache-2.0
"""What is released and what the ledger has, judged from hand-made traces; that it is found is in tests/sabotage."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from tests import site, visited
from uphold.app import App
from uphold.assurance.probe import Status
from uphold.assurance.probes import figures
from uphold.assurance.probes.figures import Recorded, Shown
from uphold.assurance.scene import Scene
from uphold.statistics.attack import Page
from uphold.statistics.table import Cell, Shown as Table


def test_no_way_to_personal_data_is_kept_and_each_is_a_fault() -> None:
    assert figures.judge_reach(()).status is Status.KEPT
    found = figures.judge_reach(("a > b", "a > c"))
    assert (found.status, len(found.saw)) == (Status.BROKEN, 2)


def test_figures_that_withstand_are_kept() -> None:
    assert figures.judge_shown(Shown()).status is Status.KEPT
    assert figures.judge_shown(Shown(atoms=3, cells=9, hidden=2)).status is Status.KEPT


@pytest.mark.parametrize(
    "trace",
    [
        Shown(atoms=1, findings=(("small", "pages", "2026-11-22"),)),
        Shown(atoms=1, findings=(("difference", "pages", ""),)),
        Shown(atoms=1, labels=("noisy",)),
        Shown(atoms=1, early=1),
        Shown(damaged=True),
    ],
)
def test_each_way_to_find_somebody_is_broken(trace: Shown) -> None:
    found = figures.judge_shown(trace)
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)


@pytest.mark.parametrize(
    "trace",
    [
        Recorded(atoms=1, unknown=("2026-11-22",)),
        Recorded(atoms=1, unfixed=("2026-11-22",)),
        Recorded(missing=("2026-11-22",)),
        Recorded(days=1, unclosed=("2026-11-22",)),
        Recorded(is_changed=True),
    ],
)
def test_what_is_not_on_record_is_broken(trace: Recorded) -> None:
    found = figures.judge_record(trace)
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)
    assert figures.judge_record(Recorded(atoms=2, days=3)).status is Status.KEPT


class _Scene:
    """What the probe asks of a scene; something happens on the site after its first look at the ledger."""

    def __init__(self, app: App, meanwhile: Callable[[App], object]) -> None:
        self.settings = app.settings
        self._app = app
        self._meanwhile = [meanwhile]

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._app.database.read() as connection:
            yield connection
        if self._meanwhile:
            self._meanwhile.pop()(self._app)


def _release_more(app: App) -> None:
    visited.lay(app, 4)
    assert visited.work(app).released


def _nothing(_app: App) -> None:
    """Nothing happens."""


def _recorded(app: App, meanwhile: Callable[[App], object]) -> Recorded:
    trace: Recorded = figures.RECORD.act(cast(Scene, _Scene(app, meanwhile)))
    return trace


def test_what_is_released_while_it_is_looked_at_is_no_fault(tmp_path: Path) -> None:
    """The site does its daily work when it likes."""
    with closing(site.build(tmp_path)) as app:
        visited.lay(app, 2)
        visited.work(app)
        trace = _recorded(app, _release_more)
        assert figures.judge_record(trace).status is Status.KEPT
        assert trace.atoms > 2
        path = min(app.keeper.store.folder.glob("released/*/*-*-*.json"))
        raw = path.read_bytes()
        path.write_bytes(raw + b" ")
        assert _recorded(app, _nothing).unknown == (path.stem,)
        path.unlink()
        trace = _recorded(app, lambda _: path.write_bytes(raw))
        assert figures.judge_record(trace).status is Status.KEPT
        path.unlink()
        assert _recorded(app, _nothing).missing == (path.stem,)


def test_a_time_is_early_while_its_last_day_may_last() -> None:
    ends = figures._ends("2026-11-22")
    # The day ends first where it is 14 hours ahead of UTC: 2026-11-22 10:00 UTC.
    assert ends == 1_795_341_600_000
    assert figures._ends("2026-W47") == ends
    assert figures._ends("2026-11") > ends


def test_only_times_that_overlap_are_taken_from_one_another() -> None:
    def page(*days: str, name: str = "pages") -> Page:
        shown = Table(name=name, dims=("page",), cells={}, total=Cell(9, 9, 9))
        return Page(frozenset(days), shown)

    first, second = page("1", "2"), page("2", "3")
    apart, other = page("4"), page("1", name="hours")
    assert figures._crossed([first, second, apart, other]) == [first, second]
