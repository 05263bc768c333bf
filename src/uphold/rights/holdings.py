# SPDX-License-Identifier: Apache-2.0
"""What is held about a person, found by an address whose control they have proved; no value is opened.

For the person's own page and for the desk: what was sent and when, which consents stand and on which wording, who
opened what, what is kept until when, what is destroyed already. `rights.fulfil` opens the values themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection

from uphold.access import disclosure, reading
from uphold.access.disclosure import Disclosure
from uphold.access.reading import Reading
from uphold.consent import ledger
from uphold.consent.ledger import Act
from uphold.database.transaction import Transaction
from uphold.policy.document import Edition
from uphold.retention import ends, orders
from uphold.retention.ends import Part, Rules
from uphold.retention.orders import Order
from uphold.rights import correction, telling
from uphold.rights.correction import Correction
from uphold.rights.telling import Telling
from uphold.submission import record as submissions
from uphold.submission.record import Facts
from uphold.vault import remains, subject, tables
from uphold.vault.contact import Contact
from uphold.vault.part import Destroyed
from uphold.vault.unlock import KeyRing

Reader = Connection | Transaction


@dataclass(frozen=True, slots=True)
class Ground:
    """What holdings are reckoned from: the key ring, and by which rules parts end."""

    ring: KeyRing
    rules: Rules


@dataclass(frozen=True, slots=True)
class Held:
    """One submission. `edition` is the one it was given under, `parts` are those that live.

    `barred` are the preservation orders by which something of it must not be destroyed now. `disclosed` is what of it
    left for somebody outside and the person may be told of, `told` what those recipients were told since.
    """

    facts: Facts
    edition: Edition
    acts: tuple[Act, ...]
    parts: tuple[Part, ...]
    destroyed: tuple[Destroyed, ...]
    readings: tuple[Reading, ...]
    corrections: tuple[Correction, ...]
    barred: tuple[Order, ...]
    disclosed: tuple[Disclosure, ...] = ()
    told: tuple[Telling, ...] = ()

    @property
    def record(self) -> int:
        """The number of the submission."""
        return self.facts.number

    @property
    def purposes(self) -> tuple[str, ...]:
        """For which purposes something of it lives, in the order of its parts."""
        return tuple(dict.fromkeys(part.purpose for part in self.parts))


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything held about a person, newest submission first, as of `at` (unix ms)."""

    records: tuple[Held, ...]
    at: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the submissions."""
        return tuple(held.record for held in self.records)

    def one(self, record: int) -> Held | None:
        """The submission with this number, if it is this person's."""
        return next((held for held in self.records if held.record == record), None)


def records_of(reader: Reader, ring: KeyRing, contact: Contact) -> tuple[int, ...]:
    """List the submissions that name an address, newest first."""
    parts = subject.find(reader, ring, contact.kind, contact.text)
    return tuple(sorted({tables.record_of(part) for part in parts}, reverse=True))


def of(reader: Reader, ground: Ground, contact: Contact, at: int) -> Holdings:
    """Everything held about whoever has an address, as of a moment (unix ms)."""
    return of_records(reader, ground, records_of(reader, ground.ring, contact), at)


def of_records(reader: Reader, ground: Ground, records: Sequence[int], at: int) -> Holdings:
    """The same of submissions by number; those that do not exist are left out."""
    # The rooms below only execute statements, which a transaction does as a connection does.
    connection = cast(Connection, reader)
    facts = submissions.facts(connection, records)
    parts = ends.of_records(reader, ground.rules, records)
    barred = orders.in_force(reader, at)
    found = []
    for number in records:
        if number not in facts:
            continue
        live = parts.get(number)
        left = disclosure.of_record(reader, number, at)
        # What a run of probes sent has no end by the policy.
        own = _endless(reader, facts[number]) if live is None else live
        held = Held(
            facts=facts[number],
            edition=ground.rules.edition(facts[number].edition),
            acts=tuple(ledger.acts(reader, number)),
            parts=tuple(own),
            destroyed=tuple(remains.destroyed(reader, number)),
            readings=reading.history(connection, number),
            corrections=correction.of_record(reader, number),
            barred=_barring(barred, number, {part.purpose for part in own}, at),
            disclosed=left,
            told=_told(reader, number, left),
        )
        found.append(held)
    return Holdings(tuple(found), at)


def _told(reader: Reader, record: int, left: Sequence[Disclosure]) -> tuple[Telling, ...]:
    """What the recipients were told, of those disclosures alone that the person may be told of."""
    known = {one.number for one in left}
    return tuple(one for one in telling.of_record(reader, record) if one.disclosure in known)


def _endless(reader: Reader, facts: Facts) -> list[Part]:
    live = remains.live(reader, facts.number)
    return [Part(number, purpose, facts.edition, None) for number, purpose in live]


def _barring(
    barred: Sequence[Order], record: int, purposes: set[str], at: int
) -> tuple[Order, ...]:
    return tuple(
        one
        for one in barred
        if any(orders.barring((one,), record, purpose, at) for purpose in purposes)
    )
