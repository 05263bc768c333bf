# SPDX-License-Identifier: Apache-2.0
import logging

import pytest

from tests.office import Office, office, quick_hashing
from uphold import egress
from uphold.assurance import alert, refused
from uphold.assurance.refused import AGAIN_MS, MOST, Asked, Told
from uphold.egress import Net, Refusal
from uphold.journal import entry

__all__ = ["office", "quick_hashing"]

HOME = Refusal(Net.HOOK, "reporter", "home.example", 443)
ASKED: Asked = (Net.HOOK, "reporter", "home.example", 443)


def entries(office: Office) -> list[entry.Entry]:
    with office.app.database.read() as connection:
        found = [entry.decode(raw) for _, raw in office.app.log.entries(connection, 0)]
    return [one for one in found if one.kind == refused.KIND]


def test_the_same_is_told_once_in_a_minute_with_how_often_it_was() -> None:
    told = Told()
    told.hear([HOME, HOME])
    assert told.due(1_000) == {ASKED: 2}
    # Not journaled yet, as the storage was away: it waits.
    told.hear([HOME])
    due = told.due(1_500)
    assert due == {ASKED: 3}
    told.done(due, 1_500)
    told.hear([HOME])
    assert told.due(1_499 + AGAIN_MS) == {}
    assert told.due(1_500 + AGAIN_MS) == {ASKED: 1}


def test_a_flood_of_different_ones_is_told_together() -> None:
    told = Told()
    told.hear(Refusal(Net.DOOR, "reporter", f"h{n}.example", 443) for n in range(MOST + 50))
    due = told.due(0)
    assert len(due) == MOST + 1
    assert due[Net.DOOR, refused.OTHERS, "", 0] == 50
    told.done(due, 0)
    assert told.due(0) == {}


def test_it_is_journaled_without_the_host_and_alerted_once(office: Office) -> None:
    numbers = [office.run(lambda tx: refused.note(tx, {ASKED: 3})) for _ in range(2)]
    [standing] = office.read(alert.standing)
    assert numbers == [standing.number, 0]
    assert (standing.probe, standing.promise) == (refused.ALERT, refused.PROMISE)
    first, second = entries(office)
    assert {**first.codes, "host": ""} == {"net": "hook", "by": "reporter", "times": 3, "host": ""}
    # Salted: the same host is another digest, and only who guesses it can tell.
    assert first.codes["host"] != second.codes["host"]
    for one in (first, second):
        assert refused.confirms(one, "Home.example", 443)
        assert not refused.confirms(one, "home.example", 444)
        assert not refused.confirms(one, "elsewhere.example", 443)


def test_what_a_probe_asks_for_is_journaled_and_alerts_nobody(office: Office) -> None:
    probes: dict[Asked, int] = {(Net.DOOR, "probe", *place): 1 for place in refused.HARMLESS}
    assert office.run(lambda tx: refused.note(tx, probes)) == 0
    assert len(entries(office)) == len(refused.HARMLESS)
    assert office.read(alert.standing) == ()


def test_a_process_that_ends_leaves_nothing_untold(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    egress.refusals()
    with egress.guarded(frozenset()), pytest.raises(PermissionError):
        egress.require("home.example", 443)
    with caplog.at_level(logging.WARNING):
        refused.settle(office.app.writer)
        refused.settle(office.app.writer)
    [only] = entries(office)
    assert only.codes["net"] == "loop"
    [said] = [one.getMessage() for one in caplog.records if one.name == "uphold.egress"]
    assert "tests-unit-assurance-test-refused" in said
    assert "home" not in said
