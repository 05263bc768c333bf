# SPDX-License-Identifier: Apache-2.0
"""Streams of events are what the words say, with values of their own at each performance."""

import random

import pytest

from uphold.detection import play
from uphold.journal import catalogue

START = 1_800_000_000_000


def test_a_step_is_so_many_events_in_so_many_seconds() -> None:
    steps: list[play.Step] = [
        {"kind": "record.opened", "times": 4, "over": 90, "staff": 7},
        {"kind": "web.session"},
    ]
    *opened, seen = play.perform(steps, random.Random(1), START)
    assert [one["at"] for one in opened] == [START + 30_000 * n for n in range(4)]
    assert [one["id"] for one in opened] == ["j1", "j2", "j3", "j4"]
    assert seen["id"] == "s5"
    assert seen["service"] == "web"
    assert int(seen["at"]) > int(opened[-1]["at"])
    assert {one["staff"] for one in opened} == {7}
    assert len({one["record"] for one in opened}) == 4
    assert {one["role"] for one in opened} == {"clerk"}
    assert "role" not in seen


def test_a_named_value_is_the_same_in_a_stream_and_another_in_the_next() -> None:
    steps: list[play.Step] = [
        {"kind": "web.sign-in", "times": 3, "source": "=thief", "outcome": ["wrong", "ok"]},
        {"kind": "web.sign-in", "source": "=thief"},
    ]
    draw = random.Random(2)
    first, second = play.perform(steps, draw, START), play.perform(steps, draw, START)
    assert [one["outcome"] for one in first] == ["wrong", "ok", "wrong", "ok"]
    assert len({one["source"] for one in first}) == 1
    assert first[0]["source"] != second[0]["source"]


def test_numbers_are_drawn_from_their_ranges() -> None:
    draw = random.Random(3)
    steps = [{"kind": "site.clock", "times": [2, 5], "over": [10, 20]}]
    lengths = {len(play.perform(steps, draw, START)) for _ in range(200)}
    assert lengths == {2, 3, 4, 5}


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError):
        play.perform([{"kind": "site.clock", "jump_seconds": 1.5}], random.Random(1), START)
    with pytest.raises(KeyError):
        play.perform([{"kind": "no.such"}], random.Random(1), START)


def test_ordinary_fields_are_those_that_the_journal_has() -> None:
    known = catalogue.CATALOGUE
    added = {
        "harmless",
        "in_work",
        "in_export",
        "program",
        "actor",
        "role",
        "hour",
        "workday",
        "off_hours",
        "session",
        "record",
        "assigned",
    }
    added |= {
        "taken",
        "marked",
        "withdrawn",
        "of_staff",
        "own",
        "canary",
        "export_records",
        "staff",
    }
    for kind, fields in play.ordinary().items():
        if play.service_of(kind) == "journal":
            assert set(fields) - added <= set(known[kind].codes), kind
            shapes = known[kind].codes
            told = {name for name in shapes if shapes[name] != "digest"}
            assert told <= set(fields), kind
