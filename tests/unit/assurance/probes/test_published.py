# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance import html
from uphold.assurance.probe import Status
from uphold.assurance.probes import published
from uphold.assurance.probes.published import Dated, Dates, Journaled, Kept, Listed, Shelf

OLD = Journaled(1, "a" * 64, 1000, 1000, 1001)
NEW = Journaled(2, "b" * 64, 2000, 2000, 2001)
COMING = Journaled(3, "c" * 64, 3000, 9000, 0)
DATED = Dated("en", "2026-11-16", "2026-11-16", 2000, 2001)
DATES = Dates((DATED,), {"en": "2026-11-16"}, NEW)
LISTED = (
    Listed(3, COMING.digest, False, 200, COMING.digest),
    Listed(2, NEW.digest, True, 200, NEW.digest),
    Listed(1, OLD.digest, False, 200, OLD.digest),
)
SHELF = Shelf(NEW.digest, LISTED, (OLD, NEW, COMING), 5000)
KEPT = Kept(1, "communication", known=True, journaled=True, status=200, policy=200)


def test_the_dates_are_those_of_the_store() -> None:
    assert published.DATES.oracle(DATES).status is Status.KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"updated": ""},
        {"updated": "2026-11-17"},
        {"in_text": "2026-11-17"},
        {"published": 1999},
        {"effective": 0},
    ],
    ids=str,
)
def test_a_date_that_is_another(changed: dict[str, Any]) -> None:
    outcome = published.DATES.oracle(replace(DATES, pages=(replace(DATED, **changed),)))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def test_a_date_that_nothing_bears_out() -> None:
    assert published.DATES.oracle(replace(DATES, edition=None)).status is Status.BROKEN
    assert published.DATES.oracle(replace(DATES, stored={})).status is Status.BROKEN


def test_the_highest_whose_time_has_come_is_in_force() -> None:
    assert published.IN_FORCE.oracle(SHELF).status is Status.KEPT
    none = replace(SHELF, journal=(COMING,), listed=LISTED[:1])
    assert published.IN_FORCE.oracle(none).status is Status.NOT_APPLICABLE


def test_once_in_force_it_stays_whatever_the_clock_says() -> None:
    before = replace(SHELF, now=1500)
    assert published.IN_FORCE.oracle(before).status is Status.KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"shown": OLD.digest},
        {"shown": COMING.digest},
        {"listed": LISTED[:2]},
        {"listed": (*LISTED[:2], replace(LISTED[2], status=404))},
        {"listed": (*LISTED[:2], replace(LISTED[2], opened=NEW.digest))},
        {"listed": (replace(LISTED[0], is_in_force=True), *LISTED[1:])},
        {"listed": (LISTED[0], replace(LISTED[1], is_in_force=False), LISTED[2])},
        {"journal": (OLD, NEW, replace(COMING, effective=2500))},
        {"journal": (OLD, replace(NEW, entered=1999), COMING)},
    ],
    ids=str,
)
def test_another_edition_is_served(changed: dict[str, Any]) -> None:
    assert published.IN_FORCE.oracle(replace(SHELF, **changed)).status is Status.BROKEN


@pytest.mark.parametrize(
    "changed", [{"known": False}, {"journaled": False}, {"status": 404}, {"policy": 410}], ids=str
)
def test_a_consent_that_lost_what_it_saw(changed: dict[str, Any]) -> None:
    assert published.KEEPS.oracle((KEPT,)).status is Status.KEPT
    assert published.KEEPS.oracle(()).status is Status.NOT_APPLICABLE
    assert published.KEEPS.oracle((KEPT, replace(KEPT, **changed))).status is Status.BROKEN


def test_how_a_page_is_read() -> None:
    page = html.parse(
        '<dl><div><dt>Published</dt><dd><time datetime="1970-01-01T00:33:20Z">x</time></dd></div>'
        "<div><dt>Edition</dt><dd>2</dd></div></dl>"
        f'<span class="digest">{"b" * 8}<wbr>{"b" * 56}</span>'
    )
    assert published._seconds(published._facts(page)["Published"]) == 2000
    assert published._digest(page) == NEW.digest
    assert published._last("dated 1 May 2015, amended 16.11.2026") == "2026-11-16"
    assert published._last("nothing") == ""
    assert published._seconds("yesterday") == 0
    assert published._number("Edition 12 of 13") == 12
