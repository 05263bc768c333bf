# SPDX-License-Identifier: Apache-2.0
"""A line of suspensions names a submission by its number alone; who may not place one is offered no form."""

import dataclasses

from uphold.web.hold_views import HoldRow, Holds


def test_a_line_holds_numbers_codes_logins_and_times() -> None:
    assert {field.name for field in dataclasses.fields(HoldRow)} == {
        *("number", "short", "href", "login", "purpose", "reason", "until_at", "stops_all"),
        *("placed_at", "placed_by", "lifted_at", "lifted_by", "asked_by"),
        *("request_href", "lift_href"),
    }


def test_a_page_says_nothing_is_wrong_until_something_is() -> None:
    page = Holds(rows=(), past=(), place=None)
    assert (page.problem, page.more, page.place) == ("", 0, None)
