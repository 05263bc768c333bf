# SPDX-License-Identifier: Apache-2.0
"""Verdicts on what goes out, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from tests import editions
from uphold.assurance.probe import Status
from uphold.assurance.probes import outward
from uphold.assurance.probes.outward import Processors, Reached, Tried

RELAY = ("192.0.2.25", 587)
REACHED = Reached(frozenset({RELAY}), frozenset({RELAY, ("127.0.0.1", 8000)}))


def test_declared_hosts_are_kept() -> None:
    assert outward.judge_reached(REACHED).status == Status.KEPT


@pytest.mark.parametrize("place", [("192.0.2.25", 25), ("198.51.100.1", 587), ("2001:db8::1", 443)])
def test_another_host_or_port_breaks_it(place: tuple[str, int]) -> None:
    found = replace(REACHED, reached=frozenset({RELAY, place}))
    outcome = outward.judge_reached(found)
    assert outcome.status == Status.BROKEN
    assert [(said.values["host"], said.values["port"]) for said in outcome.saw] == [place]


@pytest.mark.parametrize("why", ["no-proc", "nobody-listens", "other-user", "gone"])
def test_a_process_that_cannot_be_seen_is_said(why: str) -> None:
    outcome = outward.judge_reached(replace(REACHED, unseen=why))
    assert outcome.status == Status.NOT_APPLICABLE
    assert outcome.saw[0].text


@pytest.mark.parametrize(
    ("door", "status"),
    [("refused", Status.KEPT), ("tried", Status.BROKEN), ("connected", Status.BROKEN)],
)
def test_the_way_out(door: str, status: Status) -> None:
    assert outward.judge_tried(Tried(door)).status == status


KEPT = Processors({"mail": "processor", "database": "operator"}, 2)


@pytest.mark.parametrize("found", [Processors({}, 0), KEPT])
def test_each_machine_is_somebodys(found: Processors) -> None:
    assert outward.judge_processors(found).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"services": {"mail": "unsaid", "database": "operator"}},
        {"services": {"mail": "unknown"}},
        {"services": {"mail": "other"}},
        {"unstated": ("hosting",)},
        {"unshown": ("mail-relay",)},
    ],
)
def test_a_machine_or_a_processor_that_is_not_accounted_for(fault: dict[str, Any]) -> None:
    outcome = outward.judge_processors(replace(KEPT, **fault))
    assert outcome.status == Status.BROKEN
    assert len(outcome.saw) == 1


def test_a_processor_is_shown_in_its_row_and_not_only_in_the_text() -> None:
    one = editions.example().policy.recipients["hosting"]
    row = f'<tr id="processor-hosting"><th>{one.name["en"]}</th></tr>'
    assert outward._is_shown(row, one)
    assert not outward._is_shown(f"<p>{one.name['en']}</p>", one)
    assert not outward._is_shown(f'<tr id="processor-hosting"></tr><p>{one.name["en"]}</p>', one)
