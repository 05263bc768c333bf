# SPDX-License-Identifier: Apache-2.0
"""May the glass be broken? Only where the role is all that stands in the way, for hours at most, with a reason.

A no is journaled like any denial. A yes alarms the owner and the officer: at the console and by a letter.
"""

from dataclasses import dataclass, field, replace

from uphold import errors
from uphold.access import gate, glass, reading
from uphold.access.gate import Asked, Denial
from uphold.access.glass import Glass, Reason
from uphold.access.reading import Denied, Question
from uphold.database.transaction import Transaction
from uphold.mail import notice
from uphold.mail.notice import Kind
from uphold.vault.unlock import KeyRing

LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Plea:
    """Why, in a code and in words, and for how many minutes."""

    reason: Reason
    words: str = field(repr=False)
    minutes: int


def fault(plea: Plea) -> str:
    """Say what is wrong with a plea: empty for nothing, else `words` or `minutes` (pure)."""
    if not plea.words.strip() or len(plea.words) > LONGEST_WORDS:
        return "words"
    return "" if 1 <= plea.minutes <= glass.LONGEST_MINUTES else "minutes"


def begin(
    tx: Transaction, ring: KeyRing, question: Question, plea: Plea, *, language: str
) -> int | Denied:
    """Break the glass and return its number, or journal why not. Nothing is opened by it yet.

    `language` is the one of the letter to the operator. Raises `errors.Invalid` for a plea that `fault` finds,
    `errors.Conflict` where the role may read anyhow, and where too many are broken already.
    """
    if found := fault(plea):
        raise errors.Invalid(f"The plea lacks good {found}.", "Say why, and for how long.")
    actor, record, purpose = question.actor, question.record, question.purpose
    every = gate.fields(question.given, question.current, question.form, purpose)
    asked = Asked(actor, record, question.form, purpose, every, tx.now, question.exercise)
    if not isinstance(reading.judge(tx, asked, question.given, question.current), Denial):
        raise errors.Conflict("Your role may open this.", "Open it as ever.")
    broken = reading.judge(tx, replace(asked, emergency=True), question.given, question.current)
    if isinstance(broken, Denial):
        return reading.deny(tx, ring, actor, record, purpose, broken)
    if glass.running(tx, actor.staff, record, purpose, tx.now) is not None:
        raise errors.Conflict("It is open to you already.", "Open it.")
    if glass.count(tx, actor.staff, tx.now) >= glass.MOST:
        raise errors.Conflict(
            "Too many are open to you in an emergency already.", "End those that are done with."
        )
    made = Glass(
        number=0,
        staff=actor.staff,
        record=record,
        purpose=purpose,
        reason=plea.reason,
        exercise=actor.exercise,
        began_at=tx.now,
        until_at=tx.now + plea.minutes * glass.MINUTE,
        ended_at=0,
        ended_by=0,
        seen_at=0,
        seen_by=0,
        readings=0,
    )
    number = glass.store(tx, ring, made, plea.words)
    notice.queue(
        tx,
        Kind.GLASS_BROKEN,
        record=None,
        language=language,
        codes={"glass": number},
        exercise=actor.exercise,
    )
    return number
