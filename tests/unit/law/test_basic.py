# SPDX-License-Identifier: Apache-2.0
"""The basic sets of Order 21 have the order's sizes, and each stricter level adds to the one before."""

from uphold.law import basic
from uphold.law.profile import MARKS


def test_the_sets_have_the_sizes_of_the_order() -> None:
    assert [len(basic.of_level(number)) for number in (4, 3, 2, 1)] == [27, 41, 66, 69]


def test_each_stricter_level_adds_to_the_one_before() -> None:
    for number in (4, 3, 2):
        assert {one.id for one in basic.of_level(number)} < {
            one.id for one in basic.of_level(number - 1)
        }


def test_each_measure_stands_once_and_is_said_in_both_languages() -> None:
    found = basic.measures()
    assert len({one.id for one in found}) == len(found) == 69
    assert all(set(one.title) == set(one.group) == {"en", "ru"} for one in found)
    assert len({tuple(sorted(one.group.items())) for one in found}) == 15
    assert basic.mark() in MARKS


def test_the_measures_worked_out_by_hand_stand_at_their_level() -> None:
    level = {one.id: one.level for one in basic.measures()}
    by_hand = {"ИАФ.1": 4, "УПД.10": 3, "РСБ.5": 2, "СОВ.1": 2, "ОДТ.4": 2, "ОДТ.3": 1, "ЗИС.3": 4}
    assert {name: level[name] for name in by_hand} == by_hand
    assert "РСБ.4" not in level
