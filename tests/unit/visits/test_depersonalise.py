# SPDX-License-Identifier: Apache-2.0
"""What was seen becomes an event that names nobody."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from uphold.visits import depersonalise, layout
from uphold.visits.record import Seen

KEY, HOST, MOSCOW = b"k" * 32, "site.example", ZoneInfo("Europe/Moscow")
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"
)
LATE = int(datetime(2026, 11, 21, 22, 59, 59, tzinfo=UTC).timestamp() * 1000)
SEEN = {
    "at": LATE,
    "address": "192.0.2.7",
    "agent": PHONE,
    "cookie": None,
    "kind": "view",
    "item": "",
    "page": "/receipt/abc",
}


def made(key: bytes = KEY, **changes: object) -> tuple[date, layout.Event]:
    seen = Seen(**{**SEEN, **changes})  # type: ignore[arg-type] # named values of a test
    return depersonalise.event(seen, key, HOST, MOSCOW, lambda _address: "RU")


def test_a_view_becomes_an_hour_of_its_day_and_coarse_words() -> None:
    day, event = made()
    assert day == date(2026, 11, 22)  # in the site's zone
    assert replace(event, visitor=1) == layout.Event(
        1, 1, "view", "/receipt/{id}", "phone", "Safari", "RU"
    )
    assert depersonalise.day(LATE, MOSCOW) == day


def test_one_visitor_has_one_number_a_day_and_another_under_another_key() -> None:
    first = made()[1].visitor
    assert made(page="/", at=LATE + 1)[1].visitor == first
    assert made(address="192.0.2.8")[1].visitor != first
    assert made(key=b"j" * 32)[1].visitor != first


@pytest.mark.parametrize("kind", ["shown", "started", "ticked", "submitted", "error"])
def test_a_step_in_a_form_bears_the_form_and_no_page(kind: str) -> None:
    assert made(kind=kind, item="contact.email")[1].item == "contact.email"
    assert made(kind=kind, item="Ivan Petrov")[1].item == layout.OTHER


def test_an_opinion_is_nobody_s() -> None:
    day, event = made(kind="opinion", item="partly", page="/receipt/abc", cookie="c")
    assert event == layout.Event(
        1, layout.NOBODY, "opinion", "partly", layout.OTHER, layout.OTHER, ""
    )
    assert day == date(2026, 11, 22)


def test_nothing_that_was_seen_stays_in_the_line() -> None:
    line = layout.line(made(page="/users/ivan?mail=ivan@site.example", cookie="c00k1e")[1])
    for raw in ("192.0.2.7", "ivan", "c00k1e", "iPhone", "17_5", "59"):
        assert raw not in line.replace(str(made(cookie="c00k1e")[1].visitor), "")
