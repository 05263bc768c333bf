# SPDX-License-Identifier: Apache-2.0
"""Guesses that were sent at once, and what to make of the answers (pure)."""

from dataclasses import dataclass

from uphold.assurance.probe import N_, Outcome, judged, said

GUESSES, MOST = 14, 8
"""How many are sent at once, and as many may be looked at before the rest must wait."""
PATIENCE = 30
"""How many seconds the right one may have to wait afterwards."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """What came of guesses that were sent at once, and of the right password afterwards (0: not sent)."""

    statuses: tuple[int, ...]
    waits: int
    right: int = 303


def judge(guesses: Guesses, most: int = MOST) -> Outcome:
    """Judge: at most so many were looked at, none was let in, and whoever knows the right one came in."""
    looked_at = sum(status != 429 for status in guesses.statuses)
    faults = []
    if any(status == 303 for status in guesses.statuses):
        faults.append(said(N_("A made-up password was let in.")))
    if looked_at > most:
        text = N_("%(count)s of %(all)s guesses that were sent at once were looked at.")
        faults.append(said(text, count=looked_at, all=len(guesses.statuses)))
    elif guesses.waits == 0:
        faults.append(said(N_("Nobody was told how long to wait.")))
    if guesses.right != 303:
        text = N_("The right password was still refused after %(count)s seconds.")
        faults.append(said(text, count=PATIENCE))
    text = N_(
        "Of %(all)s guesses that were sent at once %(count)s were looked at; the others must wait."
    )
    return judged(faults, said(text, count=looked_at, all=len(guesses.statuses)))
