# SPDX-License-Identifier: Apache-2.0
"""When the parts of stored records end: what happened to them, read together, and the schedule asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import Connection

from uphold.consent import ledger, renewal
from uphold.consent.ledger import Act
from uphold.database.transaction import Transaction
from uphold.policy.document import Edition
from uphold.retention import due, schedule
from uphold.retention.schedule import End, Events
from uphold.submission import record as submissions
from uphold.submission.record import Facts
from uphold.vault import remains
from uphold.visits import batch

# Reading what lies between two records costs less than asking for each by itself.
_CLOSE = 8


@dataclass(frozen=True, slots=True)
class Happened:
    """When an enquiry was answered and closed (unix ms), None where that does not stand."""

    answered: int | None = None
    closed: int | None = None


Reader = Connection | Transaction
Happenings = Callable[[Reader, Sequence[int]], Mapping[int, Happened]]
"""Tells of each record what happened to its enquiry; one that is left out has none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """By what ends are reckoned: published editions by number, the one in force, what happened at the desk."""

    edition: Callable[[int], Edition]
    current: Edition
    happened: Happenings


@dataclass(frozen=True, slots=True)
class Part:
    """A living part: its number, its purpose, the edition it is held under, and its end if there is one yet."""

    number: int
    purpose: str
    edition: int
    end: End | None


def of_records(reader: Reader, rules: Rules, records: Sequence[int]) -> dict[int, list[Part]]:
    """List the living parts of each record, of batches of visits too.

    What a run of probes sent has an end of its own and is left out.
    """
    # The rooms below only execute statements, which a transaction does as a connection does.
    facts = submissions.facts(cast(Connection, reader), records)
    happened = rules.happened(reader, records)
    live: dict[int, list[tuple[int, str]]] = {}
    acts: dict[int, list[Act]] = {}
    for first, last in _runs(records):
        live |= remains.of_records(reader, first, last)
        acts |= ledger.of_records(reader, first, last)
    # Numbers are given out once, so what is no submission may be a batch of visits.
    batches = batch.facts(reader, [record for record in records if record not in facts])
    visits = {
        record: _visits(rules, known, live.get(record, [])) for record, known in batches.items()
    }
    return visits | {
        record: _parts(
            rules,
            facts[record],
            happened.get(record, Happened()),
            live.get(record, []),
            acts.get(record, []),
        )
        for record in records
        if record in facts and not facts[record].is_exercise
    }


def note_visits(tx: Transaction, stored: batch.Facts, edition: Edition) -> None:
    """Note when a batch of visits ends, in the transaction that stores it: no walk looks for batches."""
    policy = edition.policy
    end = schedule.of_visits(policy, policy, policy.technical, stored.first_at)
    if end is not None:
        due.note(tx, stored.number, end.at)


def if_withdrawn(
    reader: Reader, rules: Rules, record: int, purpose: str, at: int
) -> tuple[Part, ...]:
    """List a record's living parts with the ends that they would have if its consent were withdrawn at a moment."""
    facts = submissions.facts(cast(Connection, reader), [record])[record]
    acts = ledger.acts(reader, record)
    standing = renewal.last(acts).get(purpose)
    if standing is not None and standing.act == ledger.GIVEN:
        acts = [*acts, replace(standing, act=ledger.WITHDRAWN, at=at)]
    happened = rules.happened(reader, [record]).get(record, Happened())
    return tuple(_parts(rules, facts, happened, remains.live(reader, record), acts))


def _runs(records: Sequence[int]) -> list[tuple[int, int]]:
    """Part records into runs that lie close together, the first and the last of each, to be read at once."""
    runs: list[tuple[int, int]] = []
    for record in sorted(records):
        if runs and record - runs[-1][1] <= _CLOSE:
            runs[-1] = (runs[-1][0], record)
        else:
            runs.append((record, record))
    return runs


def _parts(
    rules: Rules,
    facts: Facts,
    happened: Happened,
    live: Sequence[tuple[int, str]],
    acts: Sequence[Act],
) -> list[Part]:
    governing = renewal.governing(acts)
    found = []
    for number, purpose in live:
        given = rules.edition(governing.get(purpose, facts.edition))
        withdrawn = _withdrawn(acts, purpose, is_evidence=purpose == given.policy.evidence)
        events = Events(facts.received_at, happened.answered, happened.closed, withdrawn)
        ends = schedule.of_part(given.policy, rules.current.policy, purpose, events)
        found.append(Part(number, purpose, given.number, ends))
    return found


def _visits(rules: Rules, known: batch.Facts, live: Sequence[tuple[int, str]]) -> list[Part]:
    """The living part of a batch of visits: none of them is kept longer than the first one may be."""
    given = rules.edition(known.edition)
    current = rules.current.policy
    return [
        Part(
            number,
            purpose,
            known.edition,
            schedule.of_visits(given.policy, current, purpose, known.first_at),
        )
        for number, purpose in live
    ]


def _withdrawn(acts: Sequence[Act], purpose: str, *, is_evidence: bool) -> int | None:
    """When the consent for a purpose was withdrawn; for the evidence, when the last one that stood was."""
    standing = renewal.last(acts)
    if is_evidence:
        if not standing or any(act.act == ledger.GIVEN for act in standing.values()):
            return None
        return max(act.at for act in standing.values())
    act = standing.get(purpose)
    return act.at if act is not None and act.act == ledger.WITHDRAWN else None
