# SPDX-License-Identifier: Apache-2.0
"""How many people and identifiers an incident is about, counted from what the site has noted; nothing is opened.

    account      what an account (or, with 0, anybody on the staff) opened, took in exports or sent, within the span
    record       the one record that an alert names
    destroyed    what was destroyed within the span
    everything   all that was received by the end of the span: the whole database is taken to be out

An identifier is what designates data about a person: distinct addresses, by their keyed digests, and the receipt
number of each submission. What the site cannot know (a lost sheet of paper, technical data of visits, which live
for hours) is added by hand as a line of its own.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from uphold import errors
from uphold.access import decoy, touched
from uphold.access.touched import Span
from uphold.database.transaction import Transaction
from uphold.incident.case import Case, What
from uphold.law.breach import Leak
from uphold.policy.document import Category, Edition
from uphold.submission import record
from uphold.submission.record import Facts
from uphold.vault import people
from uphold.vault.unlock import KeyRing

_TOGETHER = 5_000
BIOMETRIC = "Biometric"
"""Ends the name of a category of biometric data in the Data Privacy Vocabulary."""

Reader = Connection | Transaction
Editions = Callable[[int], Edition]


class Of(StrEnum):
    """What is counted."""

    ACCOUNT = "account"
    RECORD = "record"
    DESTROYED = "destroyed"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to count, from when to when (unix ms): `staff` 0 is anybody, `exercise` counts that of probes alone."""

    of: tuple[Of, ...]
    since: int
    until: int
    staff: int = 0
    record: int = 0
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted; only numbers and ids of the policy, so that it can stand in a line.

    `gone` records have nothing left, so no address of them could be counted any more. `first_at` and `last_at` are
    when the first and the last of the records came (unix ms, 0 for none).
    """

    of: tuple[str, ...]
    since: int
    until: int
    staff: int
    records: int
    subjects: int
    emails: int
    phones: int
    nameless: int
    gone: int
    opened: int
    disclosed: int
    exports: int
    first_at: int
    last_at: int
    categories: tuple[str, ...]
    purposes: tuple[str, ...]
    special: bool
    biometric: bool

    @property
    def identifiers(self) -> int:
        """Addresses, and the receipt numbers of the submissions."""
        return self.emails + self.phones + self.records

    def value(self) -> str:
        """The counts as the value of a line."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Total:
    """What an incident is about in all: as counted, and what somebody has added by hand."""

    counted: Counted | None
    added: tuple[int, int] | None
    """Subjects and identifiers beyond the count."""

    @property
    def subjects(self) -> int:
        """How many people, as far as is known."""
        return (self.counted.subjects if self.counted else 0) + (self.added or (0, 0))[0]

    @property
    def identifiers(self) -> int:
        """How many identifiers, as far as is known."""
        return (self.counted.identifiers if self.counted else 0) + (self.added or (0, 0))[1]

    @property
    def is_known(self) -> bool:
        """Whether anything was counted or added."""
        return self.counted is not None or self.added is not None

    def leak(self, *, late: bool) -> Leak:
        """What the law's fines are measured by."""
        counted = self.counted
        special = bool(counted and counted.special)
        biometric = bool(counted and counted.biometric)
        return Leak(self.subjects, self.identifiers, special, biometric, late)


def count(reader: Reader, ring: KeyRing, wanted: Wanted, edition: Editions) -> Counted:
    """Count; raises `errors.Invalid` where nothing is named, `errors.Broken` for digests that were tampered with."""
    if not wanted.of or wanted.since > wanted.until:
        raise errors.Invalid("It is not said what to count.", "Choose what, and from when to when.")
    acts = touched.within(reader, Span(wanted.since, wanted.until, wanted.staff))
    pairs = set(_pairs(reader, wanted, acts))
    facts = _facts(reader, {number for number, _ in pairs}, exercise=wanted.exercise)
    pairs = {(number, purpose) for number, purpose in pairs if number in facts}
    found = people.count(reader, ring, facts)
    known = _categories(pairs, facts, edition)
    held = {number for number, _ in people.parts(reader, facts)}
    by_account = Of.ACCOUNT in wanted.of
    times = [one.received_at for one in facts.values()]
    return Counted(
        of=tuple(str(one) for one in wanted.of),
        since=wanted.since,
        until=wanted.until,
        staff=wanted.staff,
        records=len(facts),
        subjects=found.subjects,
        emails=found.emails,
        phones=found.phones,
        nameless=found.nameless,
        gone=len(facts.keys() - held),
        opened=len({n for n, _ in acts.opened} & facts.keys()) if by_account else 0,
        disclosed=len({n for n, _ in acts.disclosed} & facts.keys()) if by_account else 0,
        exports=len(acts.exports) if by_account else 0,
        first_at=min(times, default=0),
        last_at=max(times, default=0),
        categories=tuple(sorted(known)),
        purposes=tuple(sorted({purpose for _, purpose in pairs})),
        special=any(one.special for one in known.values()),
        biometric=any(one.dpv.endswith(BIOMETRIC) for one in known.values()),
    )


def of(value: str) -> Counted:
    """The counts that a line holds; raises `errors.Broken` for what is none."""
    try:
        read: dict[str, Any] = json.loads(value)
        lists = {name: tuple(read[name]) for name in ("of", "categories", "purposes")}
        return Counted(**{**read, **lists})
    except (ValueError, TypeError, KeyError):
        raise errors.Broken(
            "The counts of an incident cannot be read.", "Count again, and tell of it."
        ) from None


def total(case: Case) -> Total:
    """What an incident is about, by the lines that stand."""
    counted, added = case.value(What.SCOPE), case.value(What.ESTIMATE)
    subjects, _, identifiers = added.partition("+")
    return Total(
        of(counted) if counted else None, (int(subjects), int(identifiers)) if added else None
    )


def _pairs(reader: Reader, wanted: Wanted, acts: touched.Touched) -> Iterator[tuple[int, str]]:
    if Of.ACCOUNT in wanted.of:
        yield from acts.opened | acts.disclosed
    if Of.RECORD in wanted.of and wanted.record:
        # Its purposes where something of it is left; else it is counted all the same.
        yield from people.parts(reader, [wanted.record]) or {(wanted.record, "")}
    if Of.DESTROYED in wanted.of:
        yield from people.destroyed(reader, wanted.since, wanted.until)
    if Of.EVERYTHING in wanted.of:
        for numbers in _received(reader, wanted):
            yield from people.parts(reader, numbers)


def _received(reader: Reader, wanted: Wanted) -> Iterator[list[int]]:
    """The submissions that had come by the end of the span, in pages."""
    last = 0
    while numbers := record.held(reader, last, _TOGETHER, exercise=wanted.exercise):
        facts = record.facts(reader, numbers)
        yield [number for number in numbers if facts[number].received_at <= wanted.until]
        last = numbers[-1]


def _facts(reader: Reader, numbers: Iterable[int], *, exercise: bool) -> dict[int, Facts]:
    # Nobody sent what is laid out as a canary: a notice of it would tell of people that there are not.
    every, found = sorted({*numbers} - decoy.records(reader)), dict[int, Facts]()
    for at in range(0, len(every), _TOGETHER):
        found |= record.facts(reader, every[at : at + _TOGETHER])
    return {number: one for number, one in found.items() if one.is_exercise is exercise}


def _categories(
    pairs: Iterable[tuple[int, str]], facts: dict[int, Facts], edition: Editions
) -> dict[str, Category]:
    """The categories of data that these parts hold, by the editions they were given under."""
    found: dict[str, Category] = {}
    for number, form, purpose in {
        (facts[number].edition, facts[number].form, purpose) for number, purpose in pairs
    }:
        given = edition(number)
        for name in _held(given, form, purpose):
            found[name] = given.policy.categories[name]
    return found


def _held(given: Edition, form: str, purpose: str) -> Iterator[str]:
    asked = [
        name
        for field in given.forms[form].fields
        if purpose in field.purposes
        for name in field.categories
    ]
    declared = given.policy.purposes.get(purpose)
    # The technical data and the evidence of consent are asked on no form.
    yield from asked or (declared.categories if declared else ())
