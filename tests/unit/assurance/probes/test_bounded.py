# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import bounded
from uphold.assurance.probes.bounded import Echo, Storm, Thrown

THROWN = Thrown("too-large", (413,), 413, tells=False, stored="")
STORM = Storm((THROWN,), Echo(came_back=True, obeyed=False), is_alive=True)


def test_a_plain_answer_for_everything() -> None:
    assert bounded.POSTS.oracle(STORM).status is Status.KEPT
    assert bounded.ASKED.oracle(replace(STORM, echo=None)).status is Status.KEPT
    assert bounded.POSTS.oracle(Storm((), None, is_alive=True)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "changed",
    [
        {"thrown": (THROWN, replace(THROWN, status=500))},
        {"thrown": (THROWN, replace(THROWN, status=0))},
        {"thrown": (replace(THROWN, tells=True),)},
        {"thrown": (replace(THROWN, stored="new"),)},
        {"echo": Echo(came_back=True, obeyed=True)},
        {"echo": Echo(came_back=False, obeyed=False)},
        {"is_alive": False},
    ],
    ids=str,
)
def test_what_makes_the_site_fail_or_obey(changed: dict[str, Any]) -> None:
    outcome = bounded.POSTS.oracle(replace(STORM, **changed))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def test_every_body_fits_its_name() -> None:
    bodies = {what: body for what, _, body, _ in bounded._bodies("token", 1000)}
    assert len(bodies["too-large"]) > 1000
    assert all(len(body) <= 65_536 for what, body in bodies.items() if what != "too-large")
