# SPDX-License-Identifier: Apache-2.0
"""What one member of staff asks the gate about many records, each under the edition that governs it."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from uphold.access.permission import Actor
from uphold.access.reading import Question
from uphold.consent import ledger, renewal
from uphold.database.transaction import Transaction
from uphold.policy.document import Edition
from uphold.submission import record

Reader = Connection | Transaction


def questions(
    reader: Reader,
    records: Sequence[int],
    *,
    actor: Actor,
    purpose: str,
    current: Edition,
    edition: Callable[[int], Edition],
    fields: Callable[[Edition, str], frozenset[str]] | None = None,
) -> Mapping[int, Question]:
    """Put the question of each record that there is, by number; `edition` finds an edition by its number.

    `fields` says what to ask for, by the edition that governs the record and its form; None for all there is.
    """
    asked = {}
    for number, facts in record.facts(reader, records).items():
        governing = renewal.governing(ledger.acts(reader, number))
        given = edition(governing.get(purpose, facts.edition))
        asked[number] = Question(
            actor=actor,
            record=number,
            form=facts.form,
            purpose=purpose,
            given=given,
            current=current,
            exercise=facts.is_exercise,
            fields=None if fields is None else fields(given, facts.form),
        )
    return asked
