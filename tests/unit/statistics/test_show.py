# SPDX-License-Identifier: Apache-2.0
"""Hide, attack, draw back: what an attack succeeds on is never shown."""

from tests import counted
from uphold.statistics import attack, show, suppress
from uphold.statistics.attack import Page
from uphold.statistics.table import Cell, Key, Shown, Table

NARROW = (
    [("phone", {"/": 1, "/prices": 1})] * 5
    + [("phone", {"/prices": 1})] * 5
    + [("phone", {"/policy": 1})] * 5
    + [("desktop", {"/prices": 1, "/me": 1, "/policy": 1})] * 3
    + [("tablet", {"/prices": 1})] * 3
    + [("tablet", {"/me": 1})] * 1
    + [("phone", {"/": 1})] * 5
)
"""Persons and acts held together pin a cell that each alone leave open."""


def test_what_withstands_is_shown_as_it_was_hidden() -> None:
    days = [[("phone", {"/": 1})] * 30 + [("desktop", {"/": 2, "/prices": 1})] * 20]
    tables = counted.tables(days)
    shown, report = show.safe(tables, 5)
    assert shown == suppress.protect(tables, 5)
    assert report.passed


def test_a_table_that_an_attack_succeeds_on_keeps_its_margins() -> None:
    tables = counted.tables([NARROW])
    first = suppress.protect(tables, 3)
    assert {one.table for one in attack.report(first, 3).findings} == {"page-devices"}
    shown, report = show.safe(tables, 3)
    assert report.passed
    assert set(shown[0].cells.values()) == {None}
    assert shown[0].margins == first[0].margins
    assert shown[1:] == first[1:]


def test_what_was_shown_before_counts() -> None:
    """The figures of a week less those of its days leave few: the week is not to be shown."""
    cells: dict[Key, Cell] = {("phone",): Cell(22, 22, 9), ("desktop",): Cell(30, 30, 9)}
    week = Table(name="devices", dims=("device",), cells=cells, total=Cell(52, 52, 18))
    days: dict[Key, Cell | None] = {("phone",): Cell(20, 20, 9), ("desktop",): Cell(20, 20, 9)}
    before = Shown(name="devices", dims=("device",), cells=days, total=Cell(40, 40, 18))
    page = Page(frozenset({"1", "2"}), before)
    covers = frozenset({"1", "2", "3"})
    _, report = show.safe([week], 5, covers=covers, before=[page])
    assert {one.code for one in report.findings} == {"difference"}
    assert show.safe([week], 5)[1].passed
