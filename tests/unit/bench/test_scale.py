# SPDX-License-Identifier: Apache-2.0
"""Many sites on simulated machines: nobody is left out, a day adds up, and the page says what was reckoned."""

import random
from itertools import pairwise

import pytest

from bench import scale
from bench.scale import Costs, Day, Shape

COST = Costs(
    visit_ms=0.1,
    form_ms=2.0,
    post_ms=1.0,
    idle_ms=10.0,
    start_ms=1000.0,
    open_ms=10.0,
    backup_ms=86_400.0,
    alone_mb=100.0,
    open_mb=1.0,
    empty_kb=1024.0,
    post_kb=3.0,
)


def test_ranks_leave_no_visitor_out() -> None:
    for sample in (10, 1000):
        found = list(scale.ranks(sample))
        assert sum(found) / sample == pytest.approx(scale.VISITS, rel=1e-6)
        assert all(more > less for more, less in pairwise(found))


def test_visitors_come_as_often_as_they_should_and_more_by_day() -> None:
    draw = random.Random(1)
    days = [list(scale.visitors(draw, 200)) for _ in range(50)]
    came = [minute for day in days for minute in day]
    assert len(came) / len(days) == pytest.approx(200, rel=0.05)
    by_day = sum(minute < scale.MINUTES / 2 for minute in came)
    # 1 + 2 * SWING / pi of them in the half of the sine that is above.
    assert by_day / len(came) == pytest.approx(0.5 + scale.SWING / 3.1416, rel=0.05)
    assert all(0 <= minute < scale.MINUTES for minute in came)


def test_a_day_adds_up_and_is_the_same_for_the_same_seed() -> None:
    seen = scale.day(500)
    assert sum(seen.asked) == pytest.approx(scale.VISITS, rel=0.02)
    assert all(0 < part <= 1 for part in seen.awake[scale.AWAY_MINUTES :])
    assert all(woken <= awake for woken, awake in zip(seen.woken, seen.awake, strict=True))
    assert scale.day(500) == seen
    assert scale.day(500, seed=2) != seen


def test_what_one_site_takes_at_the_busiest_minute() -> None:
    seen = Day(asked=[60.0, 120.0], awake=[0.1, 0.5], woken=[0.6, 0.3])
    each = {one.name: one for one in scale.shapes(COST, seen)}
    # Two visits a second of 0.1 ms + 3 % of 2 ms + 1 % of 1 ms, and a backup of one ms in each second.
    busiest = 2 * (0.1 + 0.06 + 0.01) + 1.0
    assert each["a process for each"].ms == pytest.approx(10.0 + busiest)
    assert each["a process for each"].mb == 100.0
    started = each["a process while somebody is there"]
    assert started.ms == pytest.approx(0.5 * 10.0 + 0.01 * 1000.0 + busiest)
    assert started.mb == 50.0
    due = each["the same, and woken only by what is due"]
    assert due.ms == pytest.approx(0.01 * 10.0 + busiest)
    assert due.mb == 0.5


def test_a_machine_is_full_when_either_runs_out() -> None:
    by_processor = Shape("", is_built=True, ms=14.0, mb=1.0)
    assert (by_processor.sites, by_processor.bound) == (100, "processors")
    by_memory = Shape("", is_built=True, ms=1.0, mb=24 * 1024 * 0.7 / 50)
    assert (by_memory.sites, by_memory.bound) == (50, "memory")


def test_parts_stand_between_their_marks() -> None:
    page = "a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\n\n<!-- end -->\n"
    filled = scale.filled(page, {"one": "| new |\n", "two": "x\n"})
    assert (
        filled
        == "a\n<!-- one -->\n\n| new |\n\n<!-- end -->\nb\n<!-- two -->\n\nx\n\n<!-- end -->\n"
    )
    assert scale.filled(filled, {"one": "| new |\n", "two": "x\n"}) == filled
    with pytest.raises(ValueError, match="three"):
        scale.filled(page, {"three": ""})


def test_the_page_says_what_was_measured_last() -> None:
    page = scale.PAGE.read_text("utf-8")
    assert scale.filled(page, scale.told()) == page
