# SPDX-License-Identifier: Apache-2.0
"""How a session stands: locked, without the second factor that is demanded, or ready."""

from dataclasses import replace

import pytest

from uphold.access import standing
from uphold.access.permission import Actor, Role
from uphold.access.session import Session
from uphold.access.standing import Demands, Standing

NOW = 1_800_000_000_000
LOCK = 900_000
LENIENT, STRICT = Demands(LOCK, second_factor=False), Demands(LOCK, second_factor=True)
PERSON = Session(1, "clerk-curlew", Actor(1, Role.CLERK), NOW)
EXERCISE = replace(PERSON, actor=Actor(2, Role.CLERK, exercise=True))


@pytest.mark.parametrize(
    ("known", "demands", "found"),
    [
        (PERSON, LENIENT, Standing.READY),
        (PERSON, STRICT, Standing.FACTOR_NEEDED),
        (replace(PERSON, began_factor=True), STRICT, Standing.FACTOR_NEEDED),
        (replace(PERSON, has_factor=True), STRICT, Standing.READY),
        (EXERCISE, STRICT, Standing.READY),
        (replace(EXERCISE, began_factor=True), STRICT, Standing.FACTOR_NEEDED),
        (replace(EXERCISE, began_factor=True, has_factor=True), STRICT, Standing.READY),
        (replace(PERSON, seen_at=NOW - LOCK + 1), LENIENT, Standing.READY),
        (replace(PERSON, seen_at=NOW - LOCK), LENIENT, Standing.LOCKED),
        (replace(EXERCISE, seen_at=NOW - LOCK), LENIENT, Standing.LOCKED),
        (replace(PERSON, seen_at=NOW - LOCK), STRICT, Standing.LOCKED),
    ],
)
def test_a_session_stands(known: Session, demands: Demands, found: Standing) -> None:
    assert standing.of(known, demands, NOW) is found
