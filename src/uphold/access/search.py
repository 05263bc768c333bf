# SPDX-License-Identifier: Apache-2.0
"""Find a person's enquiries by their address, for a purpose: decided and journaled before anything is answered.

The address is asked of the blind index and goes nowhere else. What is found is only what the gate would open for
the purpose: that somebody wrote at all is personal data too. Each search counts (`volume`), what was refused
included, as addresses could be guessed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from uphold.access import gate, hold, reading, volume
from uphold.access.gate import Asked, Denial
from uphold.access.permission import Actor
from uphold.access.reading import Question
from uphold.access.volume import Limit, Refused, What
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.mail import letter
from uphold.policy.document import Edition
from uphold.vault import commitment, remains, subject, tables
from uphold.vault.contact import Contact
from uphold.vault.unlock import KeyRing

MOST = 100
"""So many records one search shows, the latest."""

Questions = Callable[[Transaction, Sequence[int]], Mapping[int, Question]]
"""Puts the search's question of each record that there is, by number."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the records' numbers, latest first; `entry` is its index in the journal, `at` its time."""

    records: tuple[int, ...]
    entry: int
    at: int


def search(
    writer: Writer,
    ring: KeyRing,
    actor: Actor,
    purpose: str,
    contacts: Sequence[Contact],
    *,
    current: Edition,
    questions: Questions,
    limit: Limit,
) -> Found | Refused:
    """Find records that name any of these addresses, or say why not; both are durable on return.

    Journals search.made, or copy.refused. Blocks for the commit. Raises `errors.Invalid` for a purpose that is no
    id at all, `errors.Unavailable` when the journal cannot be written: then nothing is told.
    """
    return writer.run(
        lambda tx: _search(tx, ring, actor, purpose, contacts, current, questions, limit)
    )


def _search(
    tx: Transaction,
    ring: KeyRing,
    actor: Actor,
    purpose: str,
    contacts: Sequence[Contact],
    current: Edition,
    questions: Questions,
    limit: Limit,
) -> Found | Refused:
    if not volume.left(tx, actor.staff, What.SEARCH, limit, tx.now):
        return volume.refuse(tx, actor, What.SEARCH, purpose, volume.LIMIT)
    denial = gate.several(actor, purpose, current, hold.active(tx, tx.now), tx.now)
    if denial is not None:
        refused = volume.refuse(tx, actor, What.SEARCH, purpose, str(denial.reason))
        volume.note(tx, actor.staff, What.SEARCH, 1, refused.entry)
        return refused
    named = {part for one in contacts for part in subject.find(tx, ring, one.kind, one.text)}
    records = sorted({tables.record_of(part) for part in named}, reverse=True)
    hits = list(islice(_opened(tx, records, questions), MOST))
    codes: dict[str, entry.Code] = {"staff": actor.staff, "purpose": purpose, "hits": len(hits)}
    salt = entry.salt()
    names = [commitment.of_record(tx, ring, one, salt) for one in hits]
    if not names:
        # As many commitments as for one: whether somebody was found is in the code alone.
        names = [commitment.under(None, ring, 0, salt)]
    index = tx.append(entry.encode("search.made", tx.now, salt, codes, names))
    volume.note(tx, actor.staff, What.SEARCH, 1, index)
    return Found(tuple(hits), index, tx.now)


def _opened(tx: Transaction, records: Sequence[int], questions: Questions) -> Iterator[int]:
    """Go through the records that the gate would open, some at a time: most of somebody's need not be looked at."""
    for first in range(0, len(records), MOST):
        some = records[first : first + MOST]
        asked = questions(tx, some)
        yield from (one for one in some if one in asked and _opens(tx, asked[one]))


def _opens(tx: Transaction, question: Question) -> bool:
    """Tell whether the gate would open a record's own fields, and there is something left to open."""
    given, current, purpose = question.given, question.current, question.purpose
    fields = gate.fields(given, current, question.form, purpose) - letter.FIELDS
    asked = Asked(
        question.actor,
        question.record,
        question.form,
        purpose,
        fields,
        tx.now,
        question.exercise,
    )
    if isinstance(reading.judge(tx, asked, given, current), Denial):
        return False
    return any(kept == purpose for _, kept in remains.live(tx, question.record))
