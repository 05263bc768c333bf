# SPDX-License-Identifier: Apache-2.0
"""Which questions there are, which of them are published, and which answers the public page is given."""

from datetime import date

import pytest

from uphold import errors
from uphold.statistics import asked, recipe
from uphold.statistics.question import Answer, Drawn, Question
from uphold.visits import layout

MADE = recipe.parse(recipe.default())
NAMED = recipe.parse(recipe.default().replace(b"public = []", b'public = ["/", "/policy"]'))
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def answer(table: str, rho: int, start: date = FIRST, end: date = LAST) -> Answer:
    return Answer(
        asked.question(MADE, table, start, end, rho), Drawn({"all": rho}, 1), at=1, entry=1
    )


def test_a_visitors_day_is_bounded_by_the_recipe() -> None:
    assert asked.question(MADE, "pages", FIRST, LAST, 5).l0 == MADE.pages_per_person
    assert {asked.question(MADE, table, FIRST, LAST, 5).l0 for table in asked.PUBLISHED} == {5, 1}


def test_keys_are_public_or_behind_a_threshold_never_those_seen() -> None:
    assert asked.question(MADE, "pages", FIRST, LAST, 5).keys is None
    assert asked.question(MADE, "pages", FIRST, LAST, 5).delta > 0
    assert asked.question(NAMED, "pages", FIRST, LAST, 5).keys == ("/", "/policy")
    assert asked.question(MADE, "devices", FIRST, LAST, 5).keys == layout.DEVICES
    assert asked.question(MADE, "visitors", FIRST, LAST, 5).keys == ("all",)
    assert asked.question(MADE, "countries", FIRST, LAST, 5).keys is None


def test_another_table_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        asked.question(MADE, "hours", FIRST, LAST, 5)


def test_what_is_published_costs_half_of_a_month() -> None:
    wanted = asked.wanted(MADE, "2026-10", MADE.micro)
    assert [one.table for one in wanted] == list(asked.PUBLISHED)
    assert {(one.start, one.end) for one in wanted} == {(FIRST, LAST)}
    assert sum(one.rho for one in wanted) == MADE.micro // 2


def test_what_was_answered_no_weaker_is_not_asked_again() -> None:
    wanted = asked.wanted(MADE, "2026-10", 8)
    answers = [answer("visitors", 1), answer("pages", 1), answer("devices", 1, LAST)]
    assert [one.table for one in asked.missing(wanted, answers)] == ["pages", "devices"]
    assert asked.missing(wanted, [answer(one.table, one.rho) for one in wanted]) == ()


def test_a_month_is_over_when_all_of_it_is_closed() -> None:
    closed = [date(2026, 8, 5), date(2026, 9, 1), FIRST, date(2026, 11, 1)]
    today = date(2026, 11, 23)
    assert asked.over(closed, [], today) == ("2026-08", "2026-09", "2026-10")
    assert asked.over(closed, [date(2026, 9, 30), today], today) == ("2026-08", "2026-10")
    assert asked.over(closed, [], date(2026, 10, 31)) == ("2026-08", "2026-09")


def test_days_that_are_not_over_are_not_asked_about() -> None:
    asked.require_over(FIRST, LAST, [date(2026, 11, 1)], date(2026, 11, 1))
    for waiting, today in (([], LAST), ([date(2026, 10, 30)], date(2026, 11, 2))):
        with pytest.raises(errors.Invalid) as found:
            asked.require_over(FIRST, LAST, waiting, today)
        assert "up to 2026-10-" in (found.value.advice or "")


def test_days_before_the_first_that_was_counted_cost_nothing() -> None:
    asked.require_counted(LAST, [LAST])
    for closed, advice in (([], "uphold visits import"), ([date(2026, 11, 1)], "2026-11-01")):
        with pytest.raises(errors.Missing) as found:
            asked.require_counted(LAST, closed)
        assert advice in (found.value.advice or "")


def test_the_page_is_given_the_answer_with_least_noise_over_whole_months() -> None:
    answers = [
        answer("visitors", 5),
        answer("visitors", 9),
        answer("visitors", 7),
        answer("pages", 3, FIRST, date(2026, 10, 30)),
        answer("countries", 3),
        answer("devices", 4, date(2026, 9, 1), date(2026, 9, 30)),
    ]
    later, before = asked.shown(answers)
    assert (later.month, dict(later.tables)) == ("2026-10", {"visitors": Drawn({"all": 9}, 1)})
    assert (before.month, list(before.tables)) == ("2026-09", ["devices"])
    assert asked.shown([]) == ()


def test_a_share_is_never_nothing() -> None:
    assert asked.share("pages", 3) == 1
    assert asked.share("countries", 80) == 10
    assert isinstance(asked.wanted(MADE, "2026-10", 1)[0], Question)


def test_a_month_is_read_and_the_one_before_found() -> None:
    assert asked.month("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert asked.month_before(date(2026, 1, 31)) == "2025-12"
    for wrong in ("", "2026", "2026-13", "2026-W47", "2026-10-01", "hello-7"):
        with pytest.raises(errors.Invalid):
            asked.month(wrong)
