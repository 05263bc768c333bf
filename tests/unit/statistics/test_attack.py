# SPDX-License-Identifier: Apache-2.0
"""Attacks: each succeeds on a page that is bad in its way, and on none that is not."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests import counted
from uphold.statistics import attack, suppress
from uphold.statistics.attack import Days, Finding, Page, Profile
from uphold.statistics.table import NONE, Cell, Key, Shown

MINIMUM = 5
CROWD = [
    [("phone", {"/": 2, "/prices": 1})] * 30
    + [("desktop", {"/": 1, "/policy": 1})] * 40
    + [("tablet", {"/": 1, "/me": 1})] * 2
    + [("other", {"/": 1})] * 1
]
"""Many, and three people who are few."""


def one(count: int, persons: int | None = None) -> Cell:
    people = count if persons is None else persons
    return Cell(count, people, people)


def devices(cells: Mapping[str, Cell | None], total: Cell | None) -> Shown:
    return Shown(
        name="devices",
        dims=("device",),
        cells={(value,): cell for value, cell in cells.items()},
        total=total,
    )


def codes(shown: Shown) -> set[str]:
    return {finding.code for finding in attack.report([shown], MINIMUM).findings}


def test_nothing_is_found_in_a_good_page() -> None:
    report = attack.report(suppress.protect(counted.tables(CROWD), MINIMUM), MINIMUM)
    assert report.findings == ()
    assert report.passed
    assert report.measured["hidden"] > 0
    assert report.measured["narrowest"] >= MINIMUM - 1


def test_a_small_cell_is_found_wherever_it_stands() -> None:
    true = counted.tables(CROWD)[0]
    shown = Shown(
        name=true.name,
        dims=true.dims,
        cells=dict(true.cells),
        total=true.total,
        margins={dim: dict(line) for dim, line in true.margins.items()},
        open=true.open,
        overlap=true.overlap,
    )
    where = {found.where for found in attack.small(shown, MINIMUM)}
    assert {("/me", "tablet"), ("/", "other"), ("/me",), ("tablet",)} <= where


def test_a_small_total_is_found() -> None:
    assert codes(devices({}, one(3))) >= {"small"}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"phone": one(30), "desktop": one(40), "tablet": None}, "few"),
        ({"phone": one(30), "desktop": one(40), "tablet": None, "other": None}, "group"),
        ({"phone": one(60), "desktop": None}, "narrow"),
    ],
)
def test_totals_give_back_what_is_hidden_alone(cells: dict[str, Cell | None], found: str) -> None:
    assert found in codes(devices(cells, one(73)))


def test_a_hidden_browser_that_is_not_named_is_found_too() -> None:
    shown = Shown(
        name="browsers",
        dims=("browser",),
        cells={("Firefox",): one(30)},
        total=one(32),
        open=("browser",),
        unnamed=True,
    )
    assert {"few", "group"} <= codes(shown)


def test_a_cell_is_found_by_its_row_and_column() -> None:
    """Only the small cell and one beside it are hidden: the columns give both back."""
    true = counted.tables(
        [
            [("phone", {"/": 1, "/me": 1})] * 3
            + [("desktop", {"/": 1})] * 20
            + [("desktop", {"/me": 1})] * 9
            + [("phone", {"/": 1})] * 9
        ]
    )[0]
    small: set[Key] = {("/me", "phone"), ("/me", "desktop")}
    cells: dict[Key, Cell | None] = {
        (page, device): None if (page, device) in small else true.cells.get((page, device), NONE)
        for page in true.margins["page"]
        for device in true.margins["device"]
    }
    shown = Shown(
        name=true.name,
        dims=true.dims,
        cells=cells,
        total=true.total,
        margins={dim: dict(line) for dim, line in true.margins.items()},
        open=true.open,
        overlap=true.overlap,
    )
    found = {(one.code, one.where) for one in attack.hidden(shown, MINIMUM)}
    assert ("few", ("/me", "phone")) in found
    assert ("group", ("phone",)) in found


def test_numbers_that_cannot_be_true_are_found() -> None:
    assert codes(devices({"phone": one(9), "desktop": None}, one(8))) == {"contradiction"}


def test_what_one_table_hides_and_another_shows_is_found() -> None:
    crowd = [[*CROWD[0], *[("other", {"/": 1})] * 8]]
    both, _, by_device = suppress.protect(counted.tables(crowd), MINIMUM)
    assert attack.elsewhere([both, by_device]) == []
    told = replace(by_device, cells={**by_device.cells, ("tablet",): one(2)})
    assert attack.elsewhere([both, told]) == [Finding("elsewhere", "page-devices", ("tablet",))]


def period(days: str, count: int) -> Page:
    shown = devices({"phone": one(count), "desktop": one(90)}, one(count + 90))
    return Page(frozenset(days), shown)


def test_two_periods_taken_from_one_another_leave_few() -> None:
    pages = [period("1234567", 60), period("123456", 57)]
    found = {finding.where for finding in attack.difference(pages, MINIMUM)}
    assert found == {("phone",), ()}


def test_differences_of_differences_are_followed() -> None:
    # The sixth day is 57 - 20 - 34, by way of the third to the sixth.
    pages = [period("123456", 57), period("12", 20), period("345", 34)]
    assert ("phone",) in {finding.where for finding in attack.difference(pages, MINIMUM)}


def test_periods_that_leave_enough_or_nothing_are_not_found() -> None:
    assert attack.difference([period("1234567", 60), period("123456", 50)], 5) == []
    same = [period("12", 20), period("12", 20), period("34", 20)]
    assert attack.difference(same, MINIMUM) == []


def number(salt: bytes, person: int) -> int:
    digest = hashlib.blake2b(str(person).encode(), key=salt, digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def habits(person: int) -> Profile:
    return frozenset({f"/{person % 50}", f"/{person % 7}", f"/{person % 11}"})


def two_days(first: bytes, second: bytes, profiles: tuple[Profile, ...]) -> Days:
    people = range(200)
    return Days(
        {number(first, person): profiles[person] for person in people},
        {number(second, person): profiles[person] for person in people},
        {number(first, person): number(second, person) for person in people},
    )


def test_a_salt_of_each_day_leaves_no_number_and_a_reused_one_all() -> None:
    alike = tuple(frozenset({"/"}) for _ in range(200))
    good, bad = two_days(b"one", b"two", alike), two_days(b"one", b"one", alike)
    assert attack.relink(good).common == 0
    assert attack.report([], MINIMUM, days=good).passed
    assert attack.relink(bad).common == 200
    assert {one.code for one in attack.report([], MINIMUM, days=bad).findings} == {"number-again"}


def test_what_visitors_looked_at_together_finds_them_again() -> None:
    """Why no two rows of a closed day tell that they belong to one person."""
    seen = two_days(b"one", b"two", tuple(habits(person) for person in range(200)))
    assert attack.relink(seen).better
    report = attack.report([], MINIMUM, days=seen)
    assert {one.code for one in report.findings} == {"behaviour-again"}
    assert report.measured["linked-ppm"] > 10 * report.measured["chance-ppm"]


def test_a_crowd_of_the_same_habits_is_not_told_apart() -> None:
    linked = attack.relink(two_days(b"one", b"two", tuple(frozenset({"/"}) for _ in range(200))))
    assert linked.right == pytest.approx(linked.chance)
    assert not linked.better


@pytest.mark.parametrize(
    "text",
    ["/canary-7f3a", "%2Fcanary%2D7f3a", "<td>&#47;CANARY-7f3a</td>"],
)
def test_a_planted_person_is_found_however_it_is_written(text: str) -> None:
    planted = ["/no-such", "/canary-7f3a"]
    assert attack.canaries(f"page,visits\n{text},1\n", planted) == [Finding("canary", where=("1",))]


def test_twenty_planted_people_are_in_no_output() -> None:
    planted = [f"/canary-{at}" for at in range(20)]
    people = [("phone", {"/": 1, page: 1}) for page in planted]
    shown = suppress.protect(counted.tables([[*CROWD[0], *people]]), MINIMUM)
    text = "\n".join(str(table.to_json()) for table in shown)
    report = attack.report(shown, MINIMUM, text=text, planted=planted)
    assert report.passed
    assert report.measured["planted"] == 20
    assert "/policy" in text
