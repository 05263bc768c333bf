# SPDX-License-Identifier: Apache-2.0
"""Events of an outsider: read in the order of their times, what is none is named by its line."""

import json
from collections.abc import Iterable

import pytest

from tests.unit.detection.rules import correlated, described, load
from uphold.detection import replay

RULES = load(
    described("failed", "{a: {kind: failed}, condition: a}"),
    correlated("many", "{type: event_count, rules: [failed], timespan: 1m, condition: {gte: 3}}"),
)


def lines(*times: int) -> Iterable[bytes]:
    for at in times:
        yield json.dumps({"at": at * 1000, "kind": "failed"}).encode() + b"\n"


def test_lines_may_come_in_any_order() -> None:
    events, faults = replay.read(lines(50, 0, 500, 20))
    assert faults == []
    [match] = replay.run(RULES, events)
    assert match.events == ("line-2", "line-4", "line-1")


def test_lines_that_are_no_events_are_named_and_the_others_read() -> None:
    events, faults = replay.read([*lines(1), b"\n", b"{", *lines(2), b'{"kind": "a"}'])
    assert len(events) == 2
    assert [line for line, _ in faults] == [3, 5]
    assert [text[:7] for _, text in faults] == ["Line 3 ", "Line 5:"]


def test_a_file_of_something_else_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_FAULTS", 10)
    _, faults = replay.read([b"x\n"] * 1000)
    assert len(faults) == 10
