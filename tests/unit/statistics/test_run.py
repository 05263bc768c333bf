# SPDX-License-Identifier: Apache-2.0
"""The daily work: what is over is closed, counted once and released; what ended is dropped; all is on record."""

import fcntl
import hashlib
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.figures import Figures, closed, opened, view
from tests.unit.statistics.test_tally import given, stored
from uphold import errors
from uphold.statistics import ledger, recipe, release, released, run
from uphold.statistics.ledger import Act
from uphold.statistics.run import Done, Site
from uphold.statistics.table import Cell
from uphold.visits import compact, layout

# A Monday; the Sunday before it ends a week.
NOW = datetime(2033, 5, 23, 0, 30, tzinfo=UTC)
SUNDAY, SATURDAY = date(2033, 5, 22), date(2033, 5, 21)
CROWD = [view(visitor, "/home") for visitor in range(1, 13)]
SMALL = [view(visitor, "/rare") for visitor in range(1, 3)]


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def work(figures: Figures, at: datetime = NOW, **more: Any) -> Done:
    site = Site(figures.store, figures.database, figures.writer, UTC, recipe.default())
    told = {**{name: getattr(site, name) for name in Site.__slots__}, **more}
    return run.work(Site(**told), ms(at))


def acts(figures: Figures) -> list[tuple[Act, str]]:
    return [(line.act, line.what) for line in figures.read(ledger.lines)[::-1]]


def test_a_day_that_is_over_is_closed_and_released(figures: Figures) -> None:
    today = [view(99, "/home")]
    opened(figures.store.folder, {SUNDAY: [*CROWD, *SMALL], NOW.date(): today})
    done = work(figures)
    assert done == Done((SUNDAY,), (), ("2033-W20", "2033-05-22"), (), waits=False)
    assert acts(figures) == [
        (Act.CLOSED, "2033-05-22"),
        (Act.RELEASED, "2033-W20"),
        (Act.RELEASED, "2033-05-22"),
        (Act.RAN, ""),
    ]
    week, day = sorted(released.read(figures.store), key=lambda one: len(one.tables))[::-1]
    assert (week.atom, day.atom) == ("2033-W20", "2033-05-22")
    pages = day.tables["pages"]
    assert pages.cells.get(("/home",)) in (None, Cell(12, 12, 12))
    assert ("/rare",) not in pages.cells
    assert day.tables["devices"].cells["phone",] == Cell(14, 12, 12)
    # Today is nowhere.
    assert figures.store.open_days() == (NOW.date(),)
    standing = figures.read(ledger.standing)
    assert standing is not None
    assert standing.staff == ledger.SITE


def test_nothing_is_done_twice(figures_file: Figures) -> None:
    opened(figures_file.store.folder, {SUNDAY: CROWD})
    work(figures_file)
    before = acts(figures_file)
    assert work(figures_file) == Done((), (), (), (), waits=False)
    assert acts(figures_file) == before


def test_what_another_closed_is_put_on_record(figures_file: Figures) -> None:
    closed(figures_file.store.folder, {SUNDAY: CROWD, SATURDAY: CROWD[:3]})
    assert work(figures_file).closed == (SATURDAY, SUNDAY)
    lines = figures_file.read(lambda c: ledger.lines(c, acts=[Act.CLOSED]))
    assert {line.what: line.count for line in lines} == {"2033-05-21": 3, "2033-05-22": 12}


def test_consents_and_answers_are_released_by_the_week(figures: Figures) -> None:
    saturday = datetime(2033, 5, 21, 12, tzinfo=UTC)
    for _ in range(7):
        figures.tell(given(), stored(), at=ms(saturday))

    def requests(_: Connection, since: int, until: int, zone: tzinfo) -> Iterable[tuple[date, str]]:
        assert (since, until, zone) == (0, ms(NOW.replace(minute=0)), UTC)
        return [(SATURDAY, "late")] * 6 + [(SATURDAY - timedelta(days=7), "late")]

    done = work(figures, matters={"requests": requests})
    assert done.released == ("2033-W19", "2033-W20")
    week = released.over(figures.store, date(2033, 5, 16), SUNDAY)
    assert week.tables["given"].total.count == 7
    assert week.tables["given"].margins["purpose"]["reply"].count == 7
    assert week.tables["requests"].cells["late",].count == 6
    assert week.tables["withdrawn"].total.count == 0
    early = released.over(figures.store, date(2033, 5, 9), date(2033, 5, 15))
    assert early.tables["requests"].total.is_hidden


def test_the_recipe_that_was_fixed_stands(figures_file: Figures) -> None:
    changed = recipe.default().replace(b"minimum = 5", b"minimum = 20")
    closed(figures_file.store.folder, {SATURDAY: CROWD})
    assert not work(figures_file, recipe=changed).waits
    closed(figures_file.store.folder, {SUNDAY: CROWD})
    assert work(figures_file).waits
    told = released.over(figures_file.store, SATURDAY, SUNDAY).tables["pages"]
    assert told.total.is_hidden
    figures_file.run(lambda tx: ledger.fix(tx, recipe.default(), 4))
    closed(figures_file.store.folder, {NOW.date(): CROWD})
    work(figures_file, NOW + timedelta(days=1))
    monday = released.over(figures_file.store, NOW.date(), NOW.date()).tables["pages"]
    assert monday.total.count == 12


def test_days_are_dropped_by_their_term_and_their_figures_stay(figures_file: Figures) -> None:
    closed(figures_file.store.folder, {SATURDAY: CROWD, SUNDAY: CROWD})
    assert work(figures_file, keep_months=1).dropped == ()
    later = work(figures_file, datetime(2033, 7, 1, 1, tzinfo=UTC), keep_months=1)
    assert later.dropped == (SATURDAY, SUNDAY)
    assert figures_file.store.closed_days() == ()
    assert acts(figures_file)[-3:] == [
        (Act.DROPPED, "2033-05-21"),
        (Act.DROPPED, "2033-05-22"),
        (Act.RAN, ""),
    ]
    assert released.over(figures_file.store, SATURDAY, SUNDAY).tables["pages"].total.count == 24
    assert work(figures_file, datetime(2033, 7, 2, 1, tzinfo=UTC)).dropped == ()


def test_days_whose_visitors_have_one_number_are_not_shown(figures_file: Figures) -> None:
    """As if a salt had not ended with its day: the attack is made before the numbers are gone."""
    other = [view(visitor, "/home") for visitor in range(101, 113)]
    friday = SATURDAY - timedelta(days=1)
    opened(figures_file.store.folder, {friday: other, SATURDAY: CROWD, SUNDAY: CROWD})
    done = work(figures_file)
    assert done.refused == ("2033-W20", "2033-05-21", "2033-05-22")
    assert done.released == ("2033-05-20",)
    lines = figures_file.read(lambda c: ledger.lines(c, acts=[Act.REFUSED]))
    assert {tuple(line.report["findings"]) for line in lines} == {("number-again",)}
    # Of what is not shown the ledger has no figure either.
    assert not any({"acts", "acts-hidden", "smallest"} & line.report.keys() for line in lines)
    days = figures_file.read(lambda c: ledger.lines(c, acts=[Act.CLOSED]))
    assert [line.report.get(ledger.AGAIN, 0) for line in days] == [12, 12, 0]


def test_one_process_works_at_a_time(figures_file: Figures) -> None:
    figures_file.store.folder.mkdir()
    with (figures_file.store.folder / run.LOCK).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(errors.Conflict):
            work(figures_file)
    assert work(figures_file).released == ()


def test_no_number_of_a_killed_process_outlives_its_day(figures_file: Figures) -> None:
    folder = figures_file.store.folder
    counting, importing = folder / ".counting-now", folder / f"{compact.IMPORTING}runs"
    for name in (".counting-killed", ".closing-killed", f"{compact.IMPORTING}killed"):
        left = folder / name / "open" / "2033-05-20" / "1-left.csv"
        left.parent.mkdir(parents=True)
        left.write_text(layout.line(view(7, "/rare")))
        os.utime(folder / name, (0, 0))
    counting.mkdir()
    work(figures_file)
    assert [path.name for path in folder.rglob("*.csv")] == []
    assert counting.is_dir()
    importing.mkdir()
    with (folder / compact.IMPORT_LOCK).open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        work(figures_file)
    assert importing.is_dir()


def test_a_store_that_is_no_folder_is_told(figures_file: Figures) -> None:
    figures_file.store.folder.write_text("")
    with pytest.raises(errors.Unavailable):
        work(figures_file)


@pytest.mark.parametrize(
    ("room", "name"),
    [
        (compact, "drop"),
        (release, "_write"),
        (release, "_move"),
        (ledger, "close"),
        (ledger, "release"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_work_that_was_broken_off_is_done_again_whole(
    figures_file: Figures, monkeypatch: pytest.MonkeyPatch, room: ModuleType, name: str
) -> None:
    """As if the process had been killed there; what it had done by then is not done twice."""
    old = date(2031, 1, 1)
    days = {SATURDAY: CROWD, SUNDAY: [*CROWD, *SMALL]}
    numbered = {day: [replace(one, visitor=one.visitor + at) for one in events]
                for at, (day, events) in zip((100, 200), days.items(), strict=True)}  # fmt: skip
    opened(figures_file.store.folder, {old: CROWD, **numbered})

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(room, name, killed)
        with pytest.raises(KeyboardInterrupt):
            work(figures_file)
    work(figures_file)
    lines = figures_file.read(lambda c: ledger.lines(c, acts=[Act.CLOSED, Act.RELEASED]))
    assert len({(line.act, line.what) for line in lines}) == len(lines)
    assert {line.what for line in lines if line.act is Act.CLOSED} == {
        *map(str, (old, SATURDAY, SUNDAY))
    }
    files = sorted(figures_file.store.folder.glob("released/*/*"))
    digests = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert digests == {line.what: line.output for line in lines if line.output}
    assert {"2033-W20", "2033-05-21", "2033-05-22"} <= set(digests)
    assert figures_file.store.closed_days() == (SATURDAY, SUNDAY)
    assert work(figures_file) == Done((), (), (), (), waits=False)
