# SPDX-License-Identifier: Apache-2.0
"""What is done to make figures, and with them, is on record, each line with its entry."""

import hashlib
from datetime import date

import pytest

from tests.figures import Figures
from uphold import errors
from uphold.statistics import ledger, recipe
from uphold.statistics.label import Label
from uphold.statistics.ledger import Act

OTHER = recipe.default().replace(b"minimum = 5", b"minimum = 9")
DAY = date(2026, 11, 22)


def test_a_recipe_stands_from_when_it_was_fixed(figures: Figures) -> None:
    assert figures.read(ledger.standing) is None
    assert figures.run(lambda tx: ledger.fix(tx, recipe.default(), 3)) == 1
    assert figures.run(lambda tx: ledger.fix(tx, OTHER, 4)) == 2
    standing = figures.read(ledger.standing)
    assert standing is not None
    assert (standing.number, standing.recipe.minimum, standing.staff) == (2, 9, 4)
    assert [one.recipe.minimum for one in figures.read(ledger.recipes)] == [5, 9]
    assert [one.codes for one in figures.entries()[-2:]] == [
        {"recipe": 1, "digest": recipe.parse(recipe.default()).digest, "staff": 3},
        {"recipe": 2, "digest": recipe.parse(OTHER).digest, "staff": 4},
    ]


def test_a_recipe_is_fixed_once_and_only_when_it_is_right(figures_file: Figures) -> None:
    figures_file.run(lambda tx: ledger.fix(tx, OTHER, 0))
    with pytest.raises(errors.Conflict):
        figures_file.run(lambda tx: ledger.fix(tx, OTHER, 0))
    with pytest.raises(errors.Invalid):
        figures_file.run(lambda tx: ledger.fix(tx, b"minimum = 1", 0))
    # The one before may come back.
    figures_file.run(lambda tx: ledger.fix(tx, recipe.default(), 0))
    assert figures_file.run(lambda tx: ledger.fix(tx, OTHER, 0)) == 3


def test_every_act_has_a_line_and_an_entry(figures: Figures) -> None:
    figures.run(lambda tx: ledger.close(tx, DAY, 40))
    figures.run(lambda tx: ledger.release(tx, "2026-W47", 1, 2, b"{}", {"floor": 5}))
    figures.run(lambda tx: ledger.refuse(tx, "2026-11-21", 1, {"findings": ["small"]}))
    figures.run(lambda tx: ledger.run(tx, 1, 1))
    figures.run(lambda tx: ledger.use(tx, 7, "visits", Label.AGGREGATED))
    figures.run(lambda tx: ledger.export(tx, 7, "forms", Label.AGGREGATED, b"a,b"))
    figures.run(lambda tx: ledger.drop(tx, DAY))
    lines = figures.read(ledger.lines)[::-1]
    assert [line.act for line in lines] == [
        *(Act.CLOSED, Act.RELEASED, Act.REFUSED, Act.RAN, Act.USED, Act.EXPORTED, Act.DROPPED)
    ]
    entries = figures.entries()[1:]
    assert [one.kind for one in entries] == [f"statistics.{line.act}" for line in lines]
    assert [line.entry for line in lines] == list(range(1, 8))
    assert lines[1].report == {"floor": 5}
    assert entries[1].codes["atom"] == "2026-w47"
    assert lines[1].output == entries[1].codes["output"] == hashlib.sha256(b"{}").hexdigest()
    assert entries[5].codes == {
        "staff": 7,
        "page": "forms",
        "label": "aggregated",
        "output": lines[5].output,
    }
    assert entries[6].codes == {"day": 20261122}
    assert [line.what for line in figures.read(ledger.done)] == ["2026-W47", "2026-11-21"]


def test_lines_can_be_chosen(figures_file: Figures) -> None:
    for _ in range(3):
        figures_file.run(lambda tx: ledger.use(tx, 1, "visits", Label.AGGREGATED))
    figures_file.run(lambda tx: ledger.run(tx, 0, 0))
    assert len(figures_file.read(lambda c: ledger.lines(c, 2))) == 2
    (line,) = figures_file.read(lambda c: ledger.lines(c, acts=[Act.RAN]))
    assert line.number == 4
