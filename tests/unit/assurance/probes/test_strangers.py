# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import strangers
from uphold.assurance.probes.strangers import Tried

AWAY = Tried("GET", "/console", "nobody", 303, turned_away=True, leaks=0, sets_cookie=False)
NOTHING = Tried("GET", "/.env", "nobody", 404, turned_away=False, leaks=0, sets_cookie=False)


def test_the_console_turns_strangers_away() -> None:
    assert strangers.CONSOLE.oracle((AWAY,)).status is Status.KEPT
    # A console without any address would only mean that the probe looked in the wrong place.
    assert strangers.CONSOLE.oracle(()).status is Status.BROKEN


@pytest.mark.parametrize(
    "changed",
    [
        {"status": 200, "turned_away": False},
        {"status": 404, "turned_away": False},
        {"leaks": 1},
        {"sets_cookie": True},
    ],
    ids=str,
)
def test_the_console_answers_a_stranger(changed: dict[str, Any]) -> None:
    outcome = strangers.CONSOLE.oracle((AWAY, replace(AWAY, **changed)))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


@pytest.mark.parametrize("status", [200, 301, 303, 403, 500])
def test_a_file_answers_a_stranger(status: int) -> None:
    assert strangers.FILES.oracle((NOTHING,)).status is Status.KEPT
    outcome = strangers.FILES.oracle((NOTHING, replace(NOTHING, status=status)))
    assert outcome.status is Status.BROKEN
