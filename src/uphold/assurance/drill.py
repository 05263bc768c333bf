# SPDX-License-Identifier: Apache-2.0
"""A drill: attacks played one after the other against the running site, within one exercise that ends with no trace.

    done = drill.run(premises, target, ["sweep"], by=0, told=...)

What is left is what ought to be: the journal's entries of it, and its alerts, which are marked as an exercise's.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from uphold.assurance import attacks, configuration, exercise
from uphold.assurance.attacks import Played
from uphold.assurance.scene import Premises, Scene
from uphold.assurance.visitor import Target
from uphold.database.transaction import Transaction
from uphold.journal import entry

Told = Callable[[Played], None]
NONE = "none"
"""Stands in the journal for no refusal."""


def nobody(played: Played) -> None:
    """Tell nobody."""


def run(
    premises: Premises,
    target: Target,
    names: Sequence[str],
    *,
    by: int = 0,
    told: Told = nobody,
) -> tuple[Played, ...]:
    """Play attacks on the site at `target`; `by` is a member of staff, 0 for the command line.

    Journals exercise.attacked for each. Raises `errors.Conflict` while another exercise is under way, and KeyError
    for an attack that there is not.
    """
    done: list[Played] = []
    with exercise.begin(
        premises.settings,
        premises.writer,
        premises.ring,
        by,
        edition=premises.edition.number,
        configuration=configuration.digest(premises.settings, premises.edition),
    ) as begun:
        scene = Scene(premises, target, begun)
        for name in names:
            played = attacks.play(scene, name)
            premises.writer.run(partial(_journal, run=begun.run, played=played))
            done.append(played)
            told(played)
    return tuple(done)


def is_well(played: Played) -> bool:
    """Tell whether an attack was noticed, refused where it is to be, and nobody else felt it (pure)."""
    if played.why is not None:
        return True
    seen = played.alert is not None and played.cited
    stopped = played.blocked is not None or not played.blocks
    return seen and stopped and played.worked and not played.touched


def as_json(played: Played) -> dict[str, Any]:
    """Tell what came of an attack, for programs; times in milliseconds, null for what did not happen (pure)."""
    alert, blocked = played.alert, played.blocked
    return {
        "attack": played.attack,
        "well": is_well(played),
        "why_not_played": None if played.why is None else str(played.why),
        "acts": played.acts,
        "began_at": played.began_at,
        "completed_at": played.completed_at,
        "alert": None
        if alert is None
        else {
            "number": alert.number,
            "rule": alert.rule,
            "responses": list(alert.responses),
            "events": list(alert.events),
            "after_ms": played.alert_ms,
        },
        "block": None if blocked is None else {"how": blocked.how, "after_ms": played.block_ms},
        "own_events_only": played.cited,
        "colleagues_worked_on": played.worked,
        "others_restrained": played.touched,
    }


def _journal(tx: Transaction, run: int, played: Played) -> None:
    codes: dict[str, entry.Code] = {
        "run": run,
        "attack": played.attack,
        "alert": played.alert.number if played.alert else 0,
        "block": played.blocked.how if played.blocked else NONE,
    }
    tx.append(entry.encode("exercise.attacked", tx.now, entry.salt(), codes))
