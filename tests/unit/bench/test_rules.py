# SPDX-License-Identifier: Apache-2.0
"""Events go through both, which find the same, and the page tells what an event and a rule cost."""

import random

from bench import rules
from uphold.detection import book

OWN = b"""title: opened
name: opened
logsource: {product: uphold}
detection: {a: {kind: record.opened}, condition: a}
uphold: {quiet: PT0S}
---
title: two
name: two
correlation: {type: event_count, rules: [opened], group-by: [staff], timespan: 1h, condition: {gte: 2}}
uphold: {quiet: PT0S}
"""


def test_both_find_the_same_in_the_events_of_a_seed() -> None:
    files = (("own.yml", OWN),)
    found = rules.played(events=150, rounds=2, seed=5, say=lambda _: None, files=files)
    assert [row["way"] for row in found] == ["ours", "ours", "reference"]
    [count] = {row["found"] for row in found}
    assert count > 50
    told = rules.page(found)
    assert "150 made-up events of forty members of staff go through the 2 rules" in told
    assert told.count("\n| ") == 4


def test_the_events_are_work_that_rules_of_the_package_ask_about() -> None:
    made = list(rules._events(500, random.Random(1)))
    seconds, _ = rules._ours(book.pack(), made)
    assert seconds > 0
    kinds = book.pack().kinds
    assert kinds is not None
    assert len({event["kind"] for event in made} & kinds) > 5
