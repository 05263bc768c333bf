# SPDX-License-Identifier: Apache-2.0
"""What an edition would bring about if it were published, counted before it is. Opens nothing.

How many consents keep their scope and how many people must be asked anew, for which purpose and why; which
forms change; which stored data get another term. Records of an exercise do not count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection

from uphold.consent import ledger
from uphold.consent.ledger import GIVEN, Tally
from uphold.consent.renewal import Editions, Judge
from uphold.policy import change_forms
from uphold.policy.change import Change, What
from uphold.policy.compare import Comparison
from uphold.policy.document import Edition, Text
from uphold.submission import record as submissions
from uphold.vault import remains

_TERMS = frozenset({What.RETENTION_LONGER, What.RETENTION_SHORTER, What.RETENTION_OTHER})


@dataclass(frozen=True, slots=True)
class Consents:
    """The standing consents for one purpose: how many keep their scope, how many are to be asked anew and why."""

    purpose: str
    title: Text
    keep: int
    ask: int
    why: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Forms:
    """A form that people will see otherwise. `changes` may be empty where only its consent document reads otherwise."""

    form: str
    title: Text
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """A purpose with another term of storage; `records` hold data for it.

    `applies`: the new term holds for them as well. It does not where it is wider than what people agreed
    to: then the old one holds until they agree anew.
    """

    purpose: str
    title: Text
    records: int
    change: Change
    applies: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that a publication would bring about."""

    consents: tuple[Consents, ...]
    forms: tuple[Forms, ...]
    terms: tuple[Terms, ...]

    @property
    def asked(self) -> int:
        """How many times somebody is to be asked: once per record and purpose."""
        return sum(one.ask for one in self.consents)


def of(
    connection: Connection, editions: Editions, comparison: Comparison, a: Edition, b: Edition
) -> Impact:
    """Count what publishing `b` would bring about; `comparison` is that of `a`, which is in force, with `b`.

    `editions` gives the published ones: consents may be older than `a`.
    """
    held = remains.counts(connection, _is_counted)
    tallies = ledger.tallies(
        connection, remains.lives, lambda record, _purpose: _is_counted(record)
    )
    return Impact(
        consents=tuple(_consents(Judge(b), tallies, held, editions, a)),
        forms=tuple(_forms(comparison, a, b)),
        terms=tuple(_terms(comparison, held, b)),
    )


def applies(what: What, *, on_consent: bool) -> bool:
    """Tell whether a new term holds for what is stored already: a wider one not, if it rests on a consent."""
    return what is What.RETENTION_SHORTER or not on_consent


def _is_counted(record: ColumnElement[Any]) -> ColumnElement[bool]:
    return ~submissions.is_exercise(record)


def _consents(
    judge: Judge,
    tallies: Iterable[Tally],
    held: Mapping[str, int],
    editions: Editions,
    a: Edition,
) -> Iterable[Consents]:
    acts = list(tallies)
    for purpose in judge.current.policy.purposes.values():
        if not purpose.asks_consent:
            continue
        keep = ask = 0
        why: dict[tuple[str, str], Change] = {}
        of_purpose = [tally for tally in acts if tally.purpose == purpose.id]
        for tally in of_purpose:
            if tally.act != GIVEN:
                continue
            wider = widest(judge, editions(tally.edition), purpose.id)
            ask, keep = (ask + tally.records, keep) if wider else (ask, keep + tally.records)
            why |= {(one.what, one.item): one for one in wider}
        before = a.policy.purposes.get(purpose.id)
        if before is not None and not before.asks_consent:
            # They were told that no consent is needed; now nothing may be done without one.
            ask += max(0, held.get(purpose.id, 0) - sum(tally.records for tally in of_purpose))
            why |= {(one.what, one.item): one for one in widest(judge, a, purpose.id)}
        if keep or ask or why:
            yield Consents(purpose.id, purpose.title, keep, ask, tuple(why.values()))


def widest(judge: Judge, given: Edition, purpose: str) -> tuple[Change, ...]:
    """By what a purpose is wider on whichever form asks consent for it; the forms do not differ in that."""
    for form in judge.current.forms:
        found = judge.wider(given, form, purpose)
        if found:
            return found
    return ()


def _forms(comparison: Comparison, a: Edition, b: Edition) -> Iterable[Forms]:
    old, new = change_forms.wordings(a), change_forms.wordings(b)
    places = [*new, *(place for place in old if place not in new)]
    reads = {place[0] for place in places if old.get(place) != new.get(place)}
    for key in [*b.forms, *(key for key in a.forms if key not in b.forms)]:
        changes = tuple(one for one in comparison.changes if one.form == key)
        if changes or key in reads:
            title = (b.forms.get(key) or a.forms[key]).title
            yield Forms(key, title, changes)


def _terms(comparison: Comparison, held: Mapping[str, int], b: Edition) -> Iterable[Terms]:
    for one in comparison.changes:
        if one.what in _TERMS:
            purpose = b.policy.purposes[one.purpose]
            holds = applies(one.what, on_consent=purpose.asks_consent)
            yield Terms(purpose.id, purpose.title, held.get(purpose.id, 0), one, holds)
