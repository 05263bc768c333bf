# SPDX-License-Identifier: Apache-2.0
"""What totals tell of hidden cells: by hand, and against a linear program."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from uphold.statistics import recover
from uphold.statistics.flow import UNBOUNDED, Bounds
from uphold.statistics.recover import REST
from uphold.statistics.table import Cell, Key, Shown

ROWS, COLUMNS = ("a", "b", "c", "d"), ("x", "y", "z")


def one(count: int, persons: int | None = None) -> Cell:
    people = count if persons is None else persons
    return Cell(count, people, people)


def devices(cells: Mapping[str, Cell | None], total: Cell | None) -> Shown:
    return Shown(
        name="t",
        dims=("device",),
        cells={(value,): cell for value, cell in cells.items()},
        total=total,
    )


def test_a_lone_hidden_cell_is_what_is_lacking() -> None:
    found = recover.lines(devices({"phone": one(9), "desktop": None}, one(12)))["device"]
    assert found["desktop"].count == found["desktop"].persons == Bounds(3, 3)


def test_two_hidden_cells_share_what_is_lacking() -> None:
    shown = devices({"phone": one(9), "desktop": None, "tablet": None}, one(20, 16))
    assert recover.lines(shown)["device"]["tablet"].count == Bounds(0, 11)
    assert recover.lines(shown)["device"]["tablet"].persons == Bounds(0, 7)


def test_without_a_total_nothing_is_bounded() -> None:
    shown = devices({"phone": None, "desktop": None}, None)
    assert recover.lines(shown)["device"]["phone"].count == Bounds(0, UNBOUNDED)


def test_where_one_stands_at_several_pages_persons_are_bounded_by_all() -> None:
    shown = Shown(
        name="t",
        dims=("page",),
        cells={("/a",): one(30, 20)},
        total=one(90, 24),
        open=("page",),
        overlap=("page",),
        unnamed=True,
    )
    known = recover.lines(shown)["page"][REST]
    assert known.count == Bounds(60, 60)
    assert known.persons == Bounds(4, 60)


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        ({"phone": one(9), "desktop": None}, one(8)),
        ({"phone": one(9)}, one(12)),
        ({"phone": one(9, 9), "desktop": None}, one(12, 8)),
    ],
)
def test_what_cannot_be_true_is_a_contradiction(cells: dict[str, Cell | None], total: Cell) -> None:
    with pytest.raises(recover.Contradiction):
        recover.lines(devices(cells, total))


def crossed(hide: set[Key], counts: np.ndarray) -> Shown:
    """A table of two dimensions with all its margins."""
    cells: dict[Key, Cell | None] = {
        (row, column): None if (row, column) in hide else one(int(counts[i, j]))
        for i, row in enumerate(ROWS)
        for j, column in enumerate(COLUMNS)
    }
    return Shown(
        name="t",
        dims=("row", "column"),
        cells=cells,
        total=one(int(counts.sum())),
        margins={
            "row": {row: one(int(counts[i].sum())) for i, row in enumerate(ROWS)},
            "column": {column: one(int(counts[:, j].sum())) for j, column in enumerate(COLUMNS)},
        },
    )


def test_a_contradiction_inside_is_found_too() -> None:
    shown = crossed({("a", "x")}, np.full((4, 3), 5))
    wrong = replace(shown, cells={**shown.cells, ("b", "x"): one(6)})
    with pytest.raises(recover.Contradiction):
        recover.cells(wrong)


@pytest.mark.parametrize("seed", range(12))
def test_intervals_are_those_of_a_linear_program(seed: int) -> None:
    random = np.random.default_rng(seed)
    counts = random.integers(0, 9, (4, 3))
    keys: list[Key] = [(row, column) for row in ROWS for column in COLUMNS]
    hide: set[Key] = {key for key in keys if random.random() < 0.6} - {keys[0]}
    found = recover.cells(crossed(hide, counts))
    assert found.keys() == hide
    for key, known in found.items():
        least, most = program(hide, counts, key)
        assert known.count == known.persons == Bounds(least, most)


def program(hide: set[Key], counts: np.ndarray, key: Key) -> tuple[int, int]:
    """The least and the most that a hidden cell can be, by a solver that knows of no table."""
    size = counts.size
    sums = np.zeros((7, size))
    limits = []
    for i, row in enumerate(ROWS):
        for j, column in enumerate(COLUMNS):
            at = i * 3 + j
            sums[i, at] = sums[4 + j, at] = 1
            exact = int(counts[i, j])
            limits.append((0, None) if (row, column) in hide else (exact, exact))
    totals = np.concatenate([counts.sum(axis=1), counts.sum(axis=0)])
    cost = np.zeros(size)
    cost[ROWS.index(key[0]) * 3 + COLUMNS.index(key[1])] = 1
    least = linprog(cost, A_eq=sums, b_eq=totals, bounds=limits)
    most = linprog(-cost, A_eq=sums, b_eq=totals, bounds=limits)
    return round(least.fun), round(-most.fun)


def test_margins_alone_tell_nothing_as_a_table_without_cells() -> None:
    counts = np.full((4, 3), 5)
    keys: set[Key] = {(row, column) for row in ROWS for column in COLUMNS}
    assert recover.cells(crossed(keys, counts)) == {}
    assert recover.blindly(crossed(set(), counts))["a", "x"].count == Bounds(0, 15)
