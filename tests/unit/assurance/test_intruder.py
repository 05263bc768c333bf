# SPDX-License-Identifier: Apache-2.0
"""How an intruder of an exercise is refused, told from the answer alone."""

import pytest

from uphold.assurance import intruder
from uphold.assurance.visitor import Answer


def answer(status: int, text: str = "", location: str = "") -> Answer:
    return Answer(status, (("location", location),) if location else (), text.encode())


@pytest.mark.parametrize(
    ("given", "how"),
    [
        (answer(200, "Is it still you?"), ""),
        (answer(303, location="/console/again?next=%2Fconsole"), "proof"),
        (answer(303, location="/console/login?problem=expired"), "signed-out"),
        (answer(303, location="/console"), ""),
        (answer(403, "<h1>Is it still you?</h1>"), "proof"),
        (answer(403, "This account is locked until noon"), "locked"),
        (answer(429, "Exports are stopped for now"), "frozen"),
        (answer(403, "Your access is suspended."), "held"),
        (answer(429, "Too many"), "slowed"),
        (answer(422, "The password is not right"), ""),
        (answer(404), ""),
    ],
)
def test_a_refusal_is_told_by_what_it_says(given: Answer, how: str) -> None:
    assert intruder.refusal(given) == how
    assert not how or how in intruder.HOW
