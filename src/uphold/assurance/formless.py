# SPDX-License-Identifier: Apache-2.0
"""For probes that need a form to send: on a site whose edition has none they do nothing, and say so.

Probe(..., act=formless.spared(act), oracle=formless.judged(oracle))
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from uphold.assurance.probe import N_, Outcome, not_applicable, said
from uphold.assurance.scene import Scene

T = TypeVar("T")


def spared(act: Callable[[Scene], T]) -> Callable[[Scene], T | None]:
    """Act only where the edition in force has a form; None stands for a site without."""

    @wraps(act)
    def acted(scene: Scene) -> T | None:
        return act(scene) if scene.edition.forms else None

    return acted


def judged(oracle: Callable[[T], Outcome]) -> Callable[[T | None], Outcome]:
    """Judge what was seen; where there was nothing to send, the promise has nothing to hold about."""

    @wraps(oracle)
    def judge(seen: T | None) -> Outcome:
        if seen is None:
            return not_applicable(said(N_("The edition in force has no form.")))
        return oracle(seen)

    return judge
