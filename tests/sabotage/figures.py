# SPDX-License-Identifier: Apache-2.0
"""Figures in which somebody can be found, and acts on them that nobody wrote down."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests import purse, visited
from tests.sabotage.sabotage import Ground, Sabotage, several
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.statistics import budget, calibrate, ledger, noise, released, show
from uphold.statistics.attack import Report
from uphold.statistics.question import Drawn, Question
from uphold.statistics.table import Cell, Shown, Table
from uphold.vault import keys
from uphold.web import statistics_file


def _released(ground: Ground) -> Path:
    """The file of a day that was released."""
    return min((ground.folder / "statistics" / "released").glob("*/*-*-*.json"))


def _make_more(app: App) -> None:
    """Two days more are closed and released."""
    visited.lay(app, visited.DAYS + 2)
    assert visited.work(app).released


def _unattacked(ground: Ground, minimum: int) -> None:
    """Hide what is smaller and nothing else, and let nobody attack what is left."""

    def safe(tables: Sequence[Table], *_: object, **__: object) -> tuple[tuple[Shown, ...], Report]:
        shown = tuple(_plain(table, minimum) for table in tables)
        return shown, Report((), {"hidden": 0, "cells": 0})

    ground.patch.setattr(show, "safe", safe)
    ground.later.append(_make_more)


def _plain(table: Table, minimum: int) -> Shown:
    def seen(cell: Cell) -> Cell | None:
        return None if cell.count and cell.floor < minimum else cell

    return Shown(
        name=table.name,
        dims=table.dims,
        cells={key: seen(cell) for key, cell in table.cells.items()},
        total=table.total,
        margins={
            dim: {value: seen(cell) for value, cell in line.items()}
            for dim, line in table.margins.items()
        },
        overlap=table.overlap,
    )


def _show_small_groups(ground: Ground) -> None:
    _unattacked(ground, 1)


def _hide_small_groups_alone(ground: Ground) -> None:
    _unattacked(ground, 5)


def _write_in(ground: Ground) -> None:
    """Whoever holds the folder adds what they would like to see."""
    path = _released(ground)
    told = json.loads(path.read_bytes())
    (pages,) = (table for table in told["tables"] if table["name"] == "pages")
    pages["cells"].append([["/policy/editions"], [2, 2, 2]])
    path.write_text(json.dumps(told))


def _give_more(ground: Ground) -> None:
    ground.wrap(
        statistics_file,
        "_figure",
        lambda _, figure: (str(figure.persons + 1), str(figure.count + 1), "exact"),
    )


def _hold_a_key(ground: Ground) -> None:
    ground.patch.setattr(released, "keys", keys, raising=False)


def _invent(ground: Ground) -> None:
    path = _released(ground)
    told = json.loads(path.read_bytes())
    path.with_name("2026-01-05.json").write_text(json.dumps({**told, "atom": "2026-01-05"}))


def _round(ground: Ground) -> None:
    path = _released(ground)
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps(told, indent=1))


def _look_unseen(ground: Ground) -> None:
    ground.patch.setattr(ledger, "use", lambda *_: None)


def _take_unseen(ground: Ground) -> None:
    ground.patch.setattr(ledger, "export", lambda *_: None)


def _change_the_recipe(ground: Ground) -> None:
    ground.sql("UPDATE statistics_recipe SET body = CAST(body || '\n# later' AS BLOB)")


def _close_unseen(ground: Ground) -> None:
    ground.sql("DELETE FROM statistics_act WHERE number = 1")


def _ask(app: App) -> None:
    """Somebody is answered with noise, and asks something else."""
    for number in (1, 2):
        asked = purse.question(number)
        draw = partial(noise.draw, {}, asked)
        app.writer.run(partial(_answer, asked, draw))


def _answer(asked: Question, draw: Callable[[], Drawn], tx: Transaction) -> None:
    budget.ask(tx, asked, purse.GRANTED, draw)


def _ask_for_nothing(ground: Ground) -> None:
    ground.patch.setattr(budget, "_reserve", lambda *_: None)
    ground.later.append(_ask)


def _draw_less(ground: Ground) -> None:
    honest = calibrate.scale
    ground.patch.setattr(calibrate, "scale", lambda l0, rho: honest(l0, rho) * 0.9)
    ground.patch.setattr(noise, "_require", lambda *_: None)
    # Mechanisms are made once for each cost.
    noise._gaussian.cache_clear()
    ground.afterwards.callback(noise._gaussian.cache_clear)
    ground.later.append(_ask)


def _answer_otherwise(ground: Ground) -> None:
    def change(app: App) -> None:
        _ask(app)
        ground.sql("UPDATE statistics_answer SET answer = replace(answer, '}', ',\"/x\":9}')")

    ground.later.append(change)


SABOTAGES: tuple[Sabotage, ...] = (
    *several(
        "statistics.depersonalised",
        ("small", "Groups of any size are shown.", _show_small_groups),
        ("secondary", "A small group is hidden and its total is not.", _hide_small_groups_alone),
        ("by-hand", "Somebody writes a small group into released figures.", _write_in),
        ("files", "Files give other numbers than were released.", _give_more),
        ("key", "What reads figures holds the keys.", _hold_a_key),
    ),
    *several(
        "statistics.ledger",
        ("invented", "Figures of a day stand there that nobody released.", _invent),
        ("written-anew", "Released figures are written anew by hand.", _round),
        ("looks", "Looking at figures is not noted.", _look_unseen),
        ("files", "Taking figures as a file is not noted.", _take_unseen),
        ("recipe", "The recipe is changed after the figures were made.", _change_the_recipe),
        ("closed", "The act of a closed day is taken out of the ledger.", _close_unseen),
        ("free", "Answers with noise cost nothing.", _ask_for_nothing),
        ("faint", "The noise is a tenth too small.", _draw_less),
        ("answers", "An answer with noise is changed by hand.", _answer_otherwise),
    ),
)
