# SPDX-License-Identifier: Apache-2.0
"""True tables of made-up visitors, counted one by one."""

from collections.abc import Mapping, Sequence

from uphold.statistics.table import NONE, Cell, Key, Table

DEVICES = ("desktop", "phone", "tablet", "other")

Visitor = tuple[str, Mapping[str, int]]
"""A device, and how often each page was looked at from it."""
Day = Sequence[Visitor]


def tables(days: Sequence[Day]) -> tuple[Table, Table, Table]:
    """Pages by devices, pages, and devices, of the visitors of some days."""
    cells: dict[Key, Cell] = {}
    pages: dict[Key, Cell] = {}
    views: dict[Key, Cell] = {(device,): NONE for device in DEVICES}
    devices: dict[Key, Cell] = {(device,): NONE for device in DEVICES}
    visitors = NONE
    for day in days:
        here: dict[Key, Cell] = {}
        for device, seen in day:
            here["", "people"] = _more(here.get(("", "people"), NONE), 1)
            here["", device] = _more(here.get(("", device), NONE), sum(seen.values()))
            for page, times in seen.items():
                here[page, device] = _more(here.get((page, device), NONE), times)
                here[page, ""] = _more(here.get((page, ""), NONE), times)
        for (page, device), cell in here.items():
            if page and device:
                cells[page, device] = cells.get((page, device), NONE) + cell
            elif page:
                pages[(page,)] = pages.get((page,), NONE) + cell
            elif device == "people":
                visitors += Cell(cell.persons, cell.persons, cell.floor)
            else:
                views[(device,)] += cell
                devices[(device,)] += Cell(cell.persons, cell.persons, cell.floor)
    views_in_all = sum(cell.count for cell in pages.values())
    total = Cell(views_in_all, visitors.persons, visitors.floor)
    margins = {
        "page": {page: cell for (page,), cell in pages.items()},
        "device": {device: cell for (device,), cell in views.items()},
    }
    both = Table(
        name="page-devices",
        dims=("page", "device"),
        cells=cells,
        total=total,
        margins=margins,
        open=("page",),
        overlap=("page",),
    )
    by_page = Table(
        name="pages", dims=("page",), cells=pages, total=total, open=("page",), overlap=("page",)
    )
    by_device = Table(name="devices", dims=("device",), cells=devices, total=visitors)
    return both, by_page, by_device


def _more(cell: Cell, times: int) -> Cell:
    """The cell with one person more, who did it so many times."""
    return Cell(cell.count + times, cell.persons + 1, cell.floor + 1)
