# SPDX-License-Identifier: Apache-2.0
"""An atom is counted once, and shown only as the ledger has it."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from tests.figures import Figures
from uphold import errors
from uphold.statistics import ledger, recipe, release, released
from uphold.statistics.label import Label
from uphold.statistics.ledger import Act, Fixed, Line
from uphold.statistics.release import Due, Judged
from uphold.statistics.table import Cell, Key, Shown, Table

RECIPE = recipe.parse(recipe.default())
FIXED = Fixed(1, RECIPE, recipe.default(), 0, 0)
TODAY = date(2026, 11, 24)
DAYS = {"visits": [date(2026, 11, 22), date(2026, 11, 23), TODAY], "acts": [date(2026, 11, 15)]}
DAY = Due("2026-11-22", ("pages",))


def line(atom: str, number: int = 1) -> Line:
    return Line(1, Act.RELEASED, atom, number, "aggregated", 0, "", {}, 0, 0, 0)


def pages(*persons: int, name: str = "pages") -> Table:
    cells: dict[Key, Cell] = {(f"/{at}",): Cell(n, n, n) for at, n in enumerate(persons)}
    total = Cell(sum(persons), sum(persons), sum(persons))
    return Table(
        name=name, dims=("page",), cells=cells, total=total, open=("page",), overlap=("page",)
    )


def judged(*persons: int, before: Sequence[released.Atom] = ()) -> Judged:
    return release.judge([pages(*persons)], DAY, RECIPE, before)


def test_what_is_over_and_was_never_counted_is_due() -> None:
    due = release.due(RECIPE, DAYS, {}, TODAY)
    assert [one.atom for one in due] == ["2026-W46", "2026-11-22", "2026-11-23"]
    assert set(due[0].names) == {name for name, one in recipe.KINDS.items() if one.group == "acts"}
    assert due[1].days == (date(2026, 11, 22),)


def test_no_day_is_counted_again_for_the_same_people() -> None:
    weekly = recipe.parse(recipe.default().replace(b'"day"', b'"week"'))
    lines = [line("2026-11-22"), line("2026-W46")]
    done = release.covered(lines, [FIXED])
    assert done["visits"] == {date(2026, 11, 22)}
    assert len(done["acts"]) == 7
    assert [one.atom for one in release.due(RECIPE, DAYS, done, TODAY)] == ["2026-11-23"]
    # By weeks the day would be counted a second time; the next week is free.
    assert release.due(weekly, DAYS, done, TODAY + timedelta(days=5)) == ()
    (due,) = release.due(weekly, DAYS, done, TODAY + timedelta(days=6))
    assert due.atom == "2026-W48"


def test_tables_of_one_atom_are_one_file() -> None:
    weekly = recipe.parse(recipe.default().replace(b'"day"', b'"week"'))
    days = {"visits": [date(2026, 11, 15)], "acts": [date(2026, 11, 15)]}
    (due,) = release.due(weekly, days, {}, TODAY)
    assert set(due.names) == set(recipe.KINDS)


def test_small_groups_are_hidden_and_measured() -> None:
    found = judged(30, 12, 2)
    assert found.report.passed
    assert found.hidden == 0
    assert found.shown[0].unnamed
    assert found.told["minimum"] == 5
    assert found.told["smallest"] >= 5
    assert found.told["acts"] == 44
    assert found.told["acts-hidden"] >= 2
    assert found.told["findings"] == {}


def test_a_hidden_total_is_in_no_report() -> None:
    found = judged(3, 1)
    assert found.shown[0].total is None
    assert found.told["acts"] == found.told["acts-hidden"] == 0


def test_what_can_be_reckoned_from_what_was_shown_before_is_refused(figures_file: Figures) -> None:
    """The same people by another span: what is left of the one without the other is a small group."""
    week = Shown(
        name="pages",
        dims=("page",),
        cells={("/0",): Cell(33, 33, 33)},
        total=Cell(33, 33, 33),
        open=("page",),
        overlap=("page",),
    )
    before = released.Atom("2026-W47", RECIPE.digest, Label.AGGREGATED, 0, {"pages": week})
    found = judged(30, before=[before])
    assert not found.report.passed
    assert found.told["findings"] == {"difference pages": 2}
    figures_file.run(lambda tx: ledger.fix(tx, recipe.default(), 0))
    store, writer = figures_file.store, figures_file.writer
    assert not release.place(store, writer, FIXED, DAY, found, 5)
    assert released.read(store) == ()
    (line,) = figures_file.read(ledger.done)
    assert (line.act, line.what, line.output) == (Act.REFUSED, "2026-11-22", "")
    assert line.report["findings"] == {"difference pages": 2}


def test_a_released_file_is_the_one_in_the_ledger(figures: Figures) -> None:
    found = judged(30, 12)
    assert release.place(figures.store, figures.writer, FIXED, DAY, found, 5)
    (atom,) = released.read(figures.store)
    assert tuple(atom.tables.values()) == found.shown
    path = figures.store.released(RECIPE.digest, "2026-11-22")
    (line,) = figures.read(ledger.done)
    assert line.output == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["2026-11-22.json"]


def test_who_dies_on_the_way_leaves_nothing_that_is_seen(figures_file: Figures) -> None:
    store = figures_file.store
    path = store.released(RECIPE.digest, "2026-11-22")
    release.place(store, figures_file.writer, FIXED, DAY, judged(30, 12), 5)
    raw = path.read_bytes()
    # Before the ledger said so, and after.
    apart = path.with_name(f"{path.name}{release.APART}")
    path.rename(apart)
    other = path.with_name(f"2026-11-23.json{release.APART}")
    other.write_bytes(raw.replace(b"2026-11-22", b"2026-11-23"))
    assert released.read(store) == ()
    release.finish(store, figures_file.read(ledger.done))
    assert path.read_bytes() == raw
    assert [one.name for one in path.parent.iterdir()] == ["2026-11-22.json"]


def test_a_store_that_cannot_be_written_releases_nothing(figures_file: Figures) -> None:
    figures_file.store.folder.parent.mkdir(exist_ok=True)
    figures_file.store.folder.write_text("a file in its place")
    with pytest.raises(errors.Unavailable):
        release.place(figures_file.store, figures_file.writer, FIXED, DAY, judged(30), 5)
    assert figures_file.read(ledger.done) == ()
