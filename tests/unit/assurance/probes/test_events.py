# SPDX-License-Identifier: Apache-2.0
"""What lies in the statistics' store, judged from hand-made traces; that it is found is in tests/sabotage."""

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import events
from uphold.assurance.probes.events import Looked

GOOD = Looked(is_on=True, files=4, lines=10, days=2)
ITEMS = frozenset({"feedback", "feedback.name", "yes", "other"})
VIEW = ("view", "/policy", "desktop", "Firefox", "RU")


def test_only_depersonalised_events_are_kept() -> None:
    assert events.judge_store(GOOD).status is Status.KEPT
    assert events.judge_store(Looked(is_on=False)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "trace",
    [
        Looked(is_on=True, strange=1),
        Looked(is_on=True, columns=("visitor",)),
        Looked(is_on=True, odd=(("item", 1),)),
        Looked(is_on=True, marks=1),
    ],
)
def test_each_fault_is_broken(trace: Looked) -> None:
    found = events.judge_store(trace)
    assert found.status is Status.BROKEN
    assert len(found.saw) == 1


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        (VIEW, []),
        (("view", "//shop.example/{id}", "other", "other", ""), []),
        (("view", "other", "phone", "Safari", ""), []),
        (("shown", "feedback", "phone", "Samsung Internet", "DE"), []),
        (("error", "feedback.name", "phone", "Chrome", ""), []),
        (("opinion", "yes", "other", "other", ""), []),
        (("columns",), ["columns"]),
        (("login", *VIEW[1:]), ["kind", "item"]),
        (("view", "/policy?who=anna", *VIEW[2:]), ["item"]),
        (("view", "/call/89211234567", *VIEW[2:]), ["item"]),
        (("view", "/anna@subject.example", *VIEW[2:]), ["item"]),
        (("view", "/" + "a" * 200, *VIEW[2:]), ["item"]),
        (("error", "feedback.diagnosis", *VIEW[2:]), ["item"]),
        (("opinion", "yes, says Anna", *VIEW[2:]), ["item"]),
        ((*VIEW[:2], "Nokia 3310", *VIEW[3:]), ["device"]),
        ((*VIEW[:3], "Mozilla/5.0 (X11)", "RU"), ["browser"]),
        ((*VIEW[:4], "192.0.2.7"), ["country"]),
    ],
)
def test_what_is_no_depersonalised_value_is_told_by_column(
    values: tuple[str, ...], odd: list[str]
) -> None:
    assert list(events._odd_of(values, ITEMS)) == odd


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (["10", "7", *VIEW], VIEW),
        (["24", "7", *VIEW], ("hour",)),
        (["10:15", "7", *VIEW], ("hour",)),
        (["10", "192.0.2.7", *VIEW], ("visitor",)),
        (["10", "7", *VIEW, "192.0.2.7"], ("columns",)),
    ],
)
def test_a_line_has_seven_columns_an_hour_and_a_number(
    row: list[str], found: tuple[str, ...]
) -> None:
    assert events._checked(row) == found
