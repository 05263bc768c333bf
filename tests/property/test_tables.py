# SPDX-License-Identifier: Apache-2.0
"""No attack succeeds on what suppression leaves of any visitors; it does where suppression is left out."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings, strategies as st

from tests import counted
from tests.counted import DEVICES, Day
from uphold.statistics import attack, recover, show, suppress
from uphold.statistics.attack import Page
from uphold.statistics.table import NONE, Cell, Key, Shown, Table

PAGES = ("/", "/policy", "/f/contact", "/news", "/prices", "/me")
MINIMUM = 5


@st.composite
def any_days(draw: st.DrawFn) -> list[Day]:
    """Days on which groups of the same habit came: of nobody, of few, of many."""
    seen = st.dictionaries(st.sampled_from(PAGES), st.integers(1, 4), min_size=1, max_size=3)
    group = st.tuples(st.sampled_from(DEVICES), seen, st.sampled_from((0, 1, 2, 3, 5, 8, 20)))
    groups = draw(st.lists(st.lists(group, max_size=6), min_size=1, max_size=3))
    return [[(device, seen) for device, seen, times in day for _ in range(times)] for day in groups]


def lines(table: Table) -> Mapping[str, Mapping[str, Cell]]:
    if len(table.dims) == 1:
        return {table.dims[0]: {value: cell for (value,), cell in table.cells.items()}}
    return table.margins


@settings(max_examples=200, deadline=None)
@given(any_days(), st.sampled_from((3, 5, 10)))
def test_nothing_is_found_in_what_is_shown(days: list[Day], minimum: int) -> None:
    shown, report = show.safe(counted.tables(days), minimum)
    assert report.findings == ()
    assert attack.report(shown, minimum).passed


@settings(max_examples=100, deadline=None)
@given(any_days(), st.sampled_from((3, 5, 10)))
def test_suppression_alone_leaves_cells_inside_two_dimensions_at_most(
    days: list[Day], minimum: int
) -> None:
    shown = suppress.protect(counted.tables(days), minimum)
    found = attack.report(shown, minimum).findings
    assert {(one.code, one.table) for one in found} <= {
        ("narrow", "page-devices"),
        ("few", "page-devices"),
    }


@settings(max_examples=100, deadline=None)
@given(any_days(), st.sampled_from((3, 5)))
def test_what_is_shown_is_true_and_large(days: list[Day], minimum: int) -> None:
    tables = counted.tables(days)
    for table, shown in zip(tables, suppress.protect(tables, minimum), strict=True):
        for key, cell in shown.cells.items():
            assert cell is None or cell == table.cells.get(key, NONE)
            assert cell is None or cell.count == 0 or cell.floor >= minimum
        if shown.whole:
            assert {key for key, cell in shown.cells.items() if cell} >= set(table.cells)


@settings(max_examples=100, deadline=None)
@given(any_days())
def test_small_cells_may_be_large_for_all_that_is_told(days: list[Day]) -> None:
    """The truth lies in each interval, and of a small cell the interval reaches the minimum."""
    tables = counted.tables(days)
    for table, shown in zip(tables, show.safe(tables, MINIMUM)[0], strict=True):
        for dim, line in recover.lines(shown).items():
            for value, known in line.items():
                if value != recover.REST:
                    assert holds(known, lines(table)[dim][value])
        for key, known in recover.cells(shown).items():
            if recover.REST not in key:
                assert holds(known, table.cells.get(key, NONE))


def holds(known: recover.Known, cell: Cell) -> bool:
    inside = (
        known.count.low <= cell.count <= known.count.high
        and known.persons.low <= cell.persons <= known.persons.high
    )
    return inside and (not 0 < cell.floor < MINIMUM or known.persons.high >= MINIMUM)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, MINIMUM - 1), st.lists(st.integers(MINIMUM, 60), min_size=1, max_size=3))
def test_a_page_without_secondary_suppression_is_caught(few: int, others: list[int]) -> None:
    """One small device alone is hidden: what all others lack of the total is that one."""
    cells: dict[Key, Cell] = {
        (device,): Cell(count, count, count)
        for device, count in zip(DEVICES, [few, *others], strict=False)
    }
    total = Cell(few + sum(others), few + sum(others), few + sum(others))
    careless = Shown(
        name="devices",
        dims=("device",),
        cells={key: None if key == (DEVICES[0],) else cell for key, cell in cells.items()},
        total=total,
    )
    assert "few" in {finding.code for finding in attack.report([careless], MINIMUM).findings}
    devices = Table(name="devices", dims=("device",), cells=cells, total=total)
    assert attack.report(suppress.protect([devices], MINIMUM), MINIMUM).passed


@settings(max_examples=100, deadline=None)
@given(st.integers(1, MINIMUM - 1), st.lists(st.integers(MINIMUM, 30), min_size=5, max_size=5))
def test_a_row_hidden_alone_is_caught(few: int, others: list[int]) -> None:
    """The rows that are hidden for another's sake are shown: margins give back what is left."""
    counts = [few, *others]
    places = [(page, device) for page in PAGES[:3] for device in DEVICES[:2]]
    day = [place for place, count in zip(places, counts, strict=True) for _ in range(count)]
    both, *_ = counted.tables([[(device, {page: 1}) for page, device in day]])
    (shown,) = suppress.protect([both], MINIMUM)
    careless: dict[Key, Cell | None] = {
        (page, device): None if page == PAGES[0] else both.cells.get((page, device), NONE)
        for page, device in shown.cells
    }
    found = attack.report([replace(shown, cells=careless)], MINIMUM).findings
    assert (PAGES[0], DEVICES[0]) in {one.where for one in found if one.code == "few"}
    assert attack.report([shown], MINIMUM).passed


@settings(max_examples=40, deadline=None)
@given(st.lists(any_days(), min_size=2, max_size=4))
def test_sums_of_days_tell_no_more_than_the_days(weeks: list[list[Day]]) -> None:
    """Every run of days as a page of its own, of what is shown of each day."""
    atoms = [suppress.protect(counted.tables(days), MINIMUM)[2] for days in weeks]
    pages = []
    for start in range(len(atoms)):
        summed: dict[tuple[str, ...], Cell] = {}
        for end in range(start, len(atoms)):
            for key, cell in atoms[end].cells.items():
                summed[key] = summed.get(key, NONE) + (cell or NONE)
            covers = frozenset(map(str, range(start, end + 1)))
            whole = replace(atoms[start], cells=dict(summed), total=None)
            pages.append(Page(covers, whole))
    assert attack.difference(pages, MINIMUM) == []
