# SPDX-License-Identifier: Apache-2.0
"""A probe of the budget of noise: what was answered was paid, has the noise that its cost demands, and is on record.

It asks nothing: a question of its own would be paid from the budget of the people whose visits it is about.
"""

import hashlib
import math
from dataclasses import dataclass

from uphold import errors
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, said
from uphold.assurance.scene import Scene
from uphold.journal import entry
from uphold.statistics import budget
from uphold.statistics.question import Answer

# Its own, and not that of what it judges: noise at a rho of 1 for one number, and how far 95 of 100 lie.
_UNITS = 1_000_000
_Z95 = 1.9599


@dataclass(frozen=True, slots=True)
class Paid:
    """What was answered with noise, and what is wrong with it, by month.

    `overspent` spent more than they were given, `uneven` not what their answers cost; `weak` answers state a smaller
    error than their cost allows, `changed` ones are not what the journal has. `damaged`: an answer cannot be read.
    """

    months: int = 0
    answers: int = 0
    overspent: tuple[str, ...] = ()
    uneven: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    damaged: bool = False


def _look(scene: Scene) -> Paid:
    with scene.read() as connection:
        accounts = budget.accounts(connection)
        uneven = tuple(str(name).partition(".")[2] for name in budget.uneven(connection))
        try:
            answers = budget.answers(connection)
        except errors.Broken:
            return Paid(damaged=True)
        changed = []
        for one in answers:
            raw = scene.log.entry(connection, one.entry)
            if raw is None or not _is_told(raw, one):
                changed.append(_month(one))
    return Paid(
        months=len(accounts),
        answers=len(answers),
        overspent=tuple(one.month for one in accounts if one.spent > one.granted),
        uneven=uneven,
        weak=tuple(_month(one) for one in answers if one.drawn.error95 < _least(one)),
        changed=tuple(changed),
    )


def _least(answer: Answer) -> float:
    asked = answer.question
    return _Z95 * math.sqrt(asked.l0 * _UNITS / (2 * asked.rho))


def _is_told(raw: bytes, answer: Answer) -> bool:
    told = entry.decode(raw)
    if told.kind != "budget.spent":
        return False
    digest = hashlib.sha256(answer.drawn.told).hexdigest()
    asked = answer.question
    return (told.codes["answer"], told.codes["question"], told.codes["rho"]) == (
        digest,
        asked.digest,
        asked.rho,
    )


def _month(answer: Answer) -> str:
    return f"{answer.question.start:%Y-%m}"


def judge(trace: Paid) -> Outcome:
    """Judge: no month spent more than it was given or other than its answers cost, and each answer is what was paid."""
    text_of = (
        (trace.overspent, N_("More noise was spent on %(month)s than the recipe gave it.")),
        (trace.uneven, N_("What was spent on %(month)s is not what its answers cost.")),
        (trace.weak, N_("An answer about %(month)s has less noise than its cost allows.")),
        (trace.changed, N_("An answer about %(month)s is not the one that was paid.")),
    )
    faults = [
        said(text, month=month) for months, text in text_of for month in dict.fromkeys(months)
    ]
    if trace.damaged:
        faults.append(said(N_("A stored answer with noise cannot be read.")))
    seen = N_("Answers with noise: %(answers)s, about %(months)s months; each was paid once.")
    return judged(faults, said(seen, answers=trace.answers, months=trace.months))


BUDGET = Probe(
    id="statistics.ledger.budget",
    promise="statistics.ledger",
    kind=Kind.EXAMINE,
    does=N_(
        "Compares what was answered with noise with the budget of its month and with the journal, and the error of each"
        " answer with what it cost."
    ),
    act=_look,
    oracle=judge,
)

PROBES = (BUDGET,)
