# SPDX-License-Identifier: Apache-2.0
"""Figures in which somebody can be found, and acts on them that nobody wrote down."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests import visited
from tests.sabotage.sabotage import Ground, Sabotage, several
from uphold.app import App
from uphold.statistics import ledger, released, show
from uphold.statistics.attack import Report
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
    ),
)
