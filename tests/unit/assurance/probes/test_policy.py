# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import policy
from uphold.assurance.probes.policy import Found, Held, Named, Names, Opened

OPENED = Opened("/policy", "en", 200, has_text=True, leads=True)
NAMES = Names((Named("/policy", "en", ()),), "here.example", "here.example")
HELD = Held("ru-152fz", date(2026, 11, 22), ("en", "ru"), ())


@pytest.mark.parametrize(
    "changed", [{"status": 303}, {"has_text": False}, {"leads": False}], ids=str
)
def test_a_policy_that_cannot_be_reached(changed: dict[str, Any]) -> None:
    assert policy.REACHABLE.oracle((OPENED,)).status is Status.KEPT
    outcome = policy.REACHABLE.oracle((OPENED, replace(OPENED, **changed)))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


@pytest.mark.parametrize("host", ["here.example", "www.here.example", ""])
def test_whose_it_is(host: str) -> None:
    assert policy.NAMES.oracle(replace(NAMES, host=host)).status is Status.KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "there.example"},
        {"host": "nothere.example"},
        {"texts": (Named("/policy", "ru", ("address",)),)},
    ],
    ids=str,
)
def test_nobody_knows_whose_it_is(changed: dict[str, Any]) -> None:
    outcome = policy.NAMES.oracle(replace(NAMES, **changed))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def test_what_the_law_says() -> None:
    assert policy.CLEAR.oracle(HELD).status is Status.KEPT
    found = Found("consent-by-use", "over-claim", "preamble.3", "en")
    assert policy.CLEAR.oracle(replace(HELD, found=(found,))).status is Status.BROKEN
    # Rules that read none of the languages have found nothing out.
    assert policy.CLEAR.oracle(replace(HELD, languages=())).status is Status.NOT_SHOWN
