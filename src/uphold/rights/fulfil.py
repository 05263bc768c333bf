# SPDX-License-Identifier: Apache-2.0
"""Fulfil what a person asked: open their own data, correct them, erase them.

    open_own    subject.opened for every part     COMMIT, and only then decrypt
    correct     a later part of each purpose that holds the field; its value stands from then on
    erase       act opened, keys, content and index values destroyed, what an order keeps left and told

Correction and erasure prove themselves: `before` and `after` are digests of what the records hold
(`remains.digest`), over ciphertext, so that they say nothing of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection

from uphold import errors
from uphold.access import gate, reading
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.mail import letter, outbox
from uphold.mail.letter import Letter
from uphold.policy.document import Edition
from uphold.retention import act, due, ends, orders, sweep
from uphold.retention.act import Kind
from uphold.retention.orders import Order
from uphold.rights import correction, holdings, telling
from uphold.rights.correction import Correction
from uphold.rights.holdings import Ground
from uphold.submission import form, record as submissions, submit, validate
from uphold.submission.form import Offer
from uphold.submission.record import Facts
from uphold.submission.validate import Problem
from uphold.vault import commitment, contact as contacts, records, remains, subject
from uphold.vault.contact import Contact
from uphold.vault.part import Fetched, SealedPart
from uphold.vault.permit import Permit
from uphold.vault.unlock import KeyRing

SUBJECT = 0
"""Stands in a record's history for the person that it is about."""

ASKED = "subject-request"
"""The ground of a permit by which a person's own data are opened."""

Codes = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Own:
    """What a record holds for one purpose, as corrected; `answers` are those sent, oldest first."""

    record: int
    purpose: str
    values: Mapping[str, Any] = field(repr=False)
    answers: tuple[Letter, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction: the parts that were added, the fields, and the record's digests around it.

    Without parts every value was as asked already.
    """

    record: int
    parts: tuple[int, ...]
    fields: tuple[str, ...]
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What an erasure left: the parts of a purpose, and the preservation orders that bar their destruction."""

    record: int
    purpose: str
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """An erasure: the parts that are gone, the acts that say so, what is kept, the records' digests around it."""

    parts: tuple[int, ...]
    acts: tuple[int, ...]
    kept: tuple[Kept, ...]
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class _Granted:
    permit: Permit
    fetched: Sequence[Fetched]


def open_own(
    writer: Writer, contact: Contact, chosen: Sequence[int], ground: Ground
) -> tuple[Own, ...]:
    """Open everything that records hold, for the person who proved control of an address that they name.

    Each part's reading is durable in the journal on return. Blocks for the commit. Raises `errors.Missing` for a
    record that does not name the address, before anything is opened; `errors.Unavailable` when the journal cannot
    be written.
    """
    granted = writer.run(lambda tx: _grant(tx, contact, chosen, ground))
    return tuple(_opened(ground.ring, one) for one in granted)


def open_for(writer: Writer, chosen: Sequence[int], staff: int, ground: Ground) -> tuple[Own, ...]:
    """Open the same for the member of staff who hands it out: theirs is the reading. That they may the caller knows."""
    granted = writer.run(lambda tx: _grant_each(tx, chosen, ground, staff))
    return tuple(_opened(ground.ring, one) for one in granted)


def correct(
    tx: Transaction,
    ground: Ground,
    record: int,
    changes: Mapping[str, str],
    *,
    request: int = 0,
    staff: int = SUBJECT,
) -> Corrected | list[Problem]:
    """Correct fields of a record in every living part that holds them; or everything wrong with them, nothing done.

    Whose record it is, and what they showed, the caller knows. The form's own rules check the values, as when they
    were sent; an optional field may be emptied. What is as asked already is left: doing it twice is doing it once.
    Where an address is corrected the record is found by the new one, and by the old one no more. Journals
    record.corrected for each purpose.

    Raises `errors.Missing` for no such record, `errors.Conflict` when nothing of a field is kept any more, or the
    record can take no more parts.
    """
    facts = _facts(tx, record)
    offer = form.derive(ground.rules.edition(facts.edition), facts.form, facts.language)
    values = validate.correction(offer, changes)
    if isinstance(values, list):
        return values
    return _Correcting(tx, ground.ring, facts, offer).run(values, request, staff)


def erase(
    tx: Transaction,
    ground: Ground,
    chosen: Sequence[int],
    *,
    request: int = 0,
    staff: int = SUBJECT,
) -> Erased:
    """Destroy everything that records hold, with keys and index, as far as no preservation order bars it.

    Whose records they are the caller knows. The evidence of consent goes as well, as it names the person. The acts
    are closed by the next sweep, which the caller has run after the commit. Asking twice destroys nothing twice.
    Journals record.erased for each record and part.destroyed for each part. Raises `errors.Missing` for a record
    that does not exist.
    """
    found = {number: _facts(tx, number) for number in dict.fromkeys(chosen)}
    barred = orders.in_force(tx, tx.now)
    before = remains.digest(tx, found)
    doomed: dict[int, tuple[str, ...]] = {}
    kept: list[Kept] = []
    for number in found:
        live = dict.fromkeys(purpose for _, purpose in remains.live(tx, number))
        keeping = {one: orders.barring(barred, number, one, tx.now) for one in live}
        doomed[number] = tuple(one for one in live if not keeping[one])
        kept += [Kept(number, one, by) for one, by in keeping.items() if by]
        _journal_erasure(tx, ground.ring, number, (len(doomed[number]), len(live)), request, staff)
        telling.erased(tx, number, doomed[number], request)
    acts = _plan(tx, ground, doomed)
    gone = records.destroy_each(tx, ground.ring, doomed, str(sweep.Reason.ERASED))
    parts = tuple(part for members in gone.values() for part in members)
    act.mark(tx, parts)
    for number in found:
        # What is kept is looked at when its order ends; of the others nothing is left to look at.
        due.note(tx, number)
    return Erased(parts, acts, tuple(kept), before, remains.digest(tx, found))


def _facts(tx: Transaction, record: int) -> Facts:
    # The room below only executes statements, which a transaction does as a connection does.
    found = submissions.facts(cast(Connection, tx), [record]).get(record)
    if found is None:
        raise errors.Missing("There is no such submission.", "Follow a link from the list.")
    return found


def _grant(
    tx: Transaction, contact: Contact, chosen: Sequence[int], ground: Ground
) -> list[_Granted]:
    own = holdings.records_of(tx, ground.ring, contact)
    if not set(chosen) <= set(own):
        raise errors.Missing("There is no such submission.", "Follow a link from your page.")
    return _grant_each(tx, chosen, ground, SUBJECT)


def _grant_each(
    tx: Transaction, chosen: Sequence[int], ground: Ground, staff: int
) -> list[_Granted]:
    granted, edition = [], ground.rules.current.number
    for number in chosen:
        facts = _facts(tx, number)
        given = ground.rules.edition(facts.edition)
        for purpose in dict.fromkeys(purpose for _, purpose in remains.live(tx, number)):
            if fields := _fields(tx, given, facts, purpose):
                permit = Permit(staff, purpose, number, fields, edition, ASKED)
                granted.append(_granted(tx, ground, permit))
    return granted


def _fields(tx: Transaction, given: Edition, facts: Facts, purpose: str) -> frozenset[str]:
    """Every field that is held for a purpose; answers are named only where there are any."""
    every = gate.fields(given, given, facts.form, purpose)
    answers = outbox.purposes(tx, facts.number)
    return every if purpose in answers else every - letter.FIELDS


def _granted(tx: Transaction, ground: Ground, permit: Permit) -> _Granted:
    codes: Codes = {"purpose": permit.purpose, "fields": _joined(permit.fields)}
    kind = "subject.opened"
    if permit.actor != SUBJECT:
        kind, codes = "record.opened", {"staff": permit.actor, **codes}
    salt = entry.salt()
    name = commitment.of_record(tx, ground.ring, permit.record, salt)
    index = tx.append(entry.encode(kind, tx.now, salt, codes, (name,)))
    reading.remember(tx, permit.record, permit.actor, permit.purpose, None, index)
    return _Granted(permit, records.fetch(tx, permit))


def _opened(ring: KeyRing, granted: _Granted) -> Own:
    values: dict[str, Any] = {}
    answers = []
    for _, fields in records.open_each(ring, granted.permit, granted.fetched):
        if letter.TEXT in fields:
            answers.append(letter.unseal(fields))
        else:
            values |= fields
    permit = granted.permit
    return Own(permit.record, permit.purpose, values, tuple(answers))


class _Correcting:
    """One correction of one record.

    What is opened here is compared and thrown away: nothing of it leaves, and nothing is stored without the entry
    of the correction.
    """

    def __init__(self, tx: Transaction, ring: KeyRing, facts: Facts, offer: Offer) -> None:
        self._tx = tx
        self._ring = ring
        self._record = facts.number
        self._offer = offer
        live = dict.fromkeys(purpose for _, purpose in remains.live(tx, facts.number))
        self._held = {one: self._open(one) for one in live if one in offer.purposes}

    def run(self, values: Mapping[str, str], request: int, staff: int) -> Corrected:
        """Add the parts that hold the new values."""
        served = {one.key for purpose in self._held for one in self._offer.purposes[purpose]}
        if not values.keys() <= served:
            raise errors.Conflict(
                "Nothing of this is kept any more, so there is nothing to correct.",
                "Send the form anew.",
            )
        wrong = {one: self._wrong(one, values) for one in self._held}
        before = after = remains.digest(self._tx, (self._record,))
        unfound = self._move({key: value for one in wrong.values() for key, value in one.items()})
        made = []
        for purpose, fields in wrong.items():
            if fields:
                named = tuple(unfound[key] for key in fields if key in unfound)
                plain = records.plain(purpose, submit.PART_VERSION, fields, named)
                part = records.add(self._tx, self._ring, self._record, plain)
                earlier, after = after, remains.digest(self._tx, (self._record,))
                self._note(part, (earlier, after), tuple(fields), request, staff)
                made.append((part.number, tuple(fields)))
        keys = dict.fromkeys(key for _, fields in made for key in fields)
        parts = tuple(number for number, _ in made)
        return Corrected(self._record, parts, tuple(keys), before, after)

    def _open(self, purpose: str) -> dict[str, Any]:
        keys = frozenset(one.key for one in self._offer.purposes[purpose])
        permit = Permit(SUBJECT, purpose, self._record, keys, self._offer.edition.number, ASKED)
        return records.open(self._ring, permit, records.fetch(self._tx, permit))

    def _wrong(self, purpose: str, values: Mapping[str, str]) -> dict[str, str]:
        """The fields of a purpose that are to have another value, with that value."""
        held = self._held[purpose]
        keys = [one.key for one in self._offer.purposes[purpose] if one.key in values]
        return {key: values[key] for key in keys if held.get(key, "") != values[key]}

    def _move(self, changed: Mapping[str, str]) -> dict[str, Contact]:
        """Have the record found by its new addresses, not by the old ones.

        Returns those by field that no part was found by before: the new part must name them.
        """
        held = {key: value for one in self._held.values() for key, value in one.items()}
        after = {**held, **changed}
        unfound = {}
        for one in self._offer.addresses:
            if one.key not in changed:
                continue
            kind = submit.KINDS[one.type]
            new = Contact(kind, after[one.key]) if after[one.key] else None
            same = [other.key for other in self._offer.addresses if other.type == one.type]
            still = {contacts.normalise(Contact(kind, after.get(key, ""))) for key in same}
            old = Contact(kind, held.get(one.key, ""))
            moved = contacts.normalise(old) not in still and subject.move(
                self._tx, self._ring, self._record, old, new
            )
            if new is not None and not moved:
                unfound[one.key] = new
        return unfound

    def _note(
        self,
        part: SealedPart,
        digests: tuple[bytes, bytes],
        fields: tuple[str, ...],
        request: int,
        staff: int,
    ) -> None:
        before, after = digests
        codes: Codes = {
            "purpose": part.purpose,
            "fields": _joined(fields),
            "request": request,
            "staff": staff,
            "before": before.hex(),
            "after": after.hex(),
        }
        salt = entry.salt()
        name = commitment.of_record(self._tx, self._ring, self._record, salt)
        proved = (name, commitment.of_sealed(part))
        index = self._tx.append(entry.encode("record.corrected", self._tx.now, salt, codes, proved))
        made = Correction(
            record=self._record,
            part=part.number,
            purpose=part.purpose,
            fields=fields,
            request=request,
            staff=staff,
            before=before,
            after=after,
            at=self._tx.now,
            entry=index,
        )
        correction.note(self._tx, made)
        telling.corrected(self._tx, self._record, part.purpose, fields, request)


def _plan(
    tx: Transaction, ground: Ground, doomed: Mapping[int, tuple[str, ...]]
) -> tuple[int, ...]:
    """Write what is to be destroyed into acts; what a run of probes sent gets none."""
    lines: dict[Kind, dict[int, str]] = {}
    for record, parts in ends.of_records(tx, ground.rules, list(doomed)).items():
        name = sweep.pseudonym_of(tx, ground.ring, record) if doomed[record] else ""
        for part in parts:
            if part.purpose in doomed[record]:
                kind = Kind(part.purpose, part.edition, str(sweep.Reason.ERASED))
                lines.setdefault(kind, {})[part.number] = name
    return tuple(sorted({act.plan(tx, kind, planned) for kind, planned in lines.items()}))


def _journal_erasure(
    tx: Transaction, ring: KeyRing, record: int, counts: tuple[int, int], request: int, staff: int
) -> None:
    """Journal that a record is erased, while a key of it still ties the entry to the person's receipt."""
    erased, every = counts
    codes: Codes = {
        "request": request,
        "staff": staff,
        "purposes": erased,
        "kept": every - erased,
    }
    salt = entry.salt()
    name = commitment.of_record(tx, ring, record, salt)
    tx.append(entry.encode("record.erased", tx.now, salt, codes, (name,)))


def _joined(fields: Iterable[str]) -> str:
    # The journal's codes have no underscore; a field's key may.
    return "+".join(sorted(fields)).replace("_", "-")
