# SPDX-License-Identifier: Apache-2.0
"""Fill a form in with what its person sent before: under the consent for just that, and no other.

The policy names the purpose (`keeps.personalisation`); without one nothing is ever filled in. Only what was
sealed for that purpose is opened, in one order: gate, journal (subject.opened), commit, then open. Who the person
is was proved by a mailed link (`rights.identity`); no address and no cookie of a form can do that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import Connection

from uphold.access import gate, hold, reading
from uphold.access.gate import Own
from uphold.consent import ledger, renewal
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.policy.document import Edition, Field
from uphold.rights import holdings
from uphold.rights.holdings import Ground
from uphold.submission import record as submissions
from uphold.submission.form import Offer
from uphold.vault import commitment, records
from uphold.vault.contact import Contact
from uphold.vault.part import Fetched
from uphold.vault.permit import Permit


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form is filled in with: values by field, and when they were sent (unix ms)."""

    record: int
    received_at: int
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Granted:
    permit: Permit
    fetched: Sequence[Fetched]
    received_at: int


def serves(edition: Edition, key: str) -> bool:
    """Tell whether anything of a form can come filled in under an edition."""
    purpose = edition.policy.personalisation
    return bool(purpose) and purpose in edition.form(key).purposes


def agreed(tx: Connection | Transaction, ground: Ground, contact: Contact) -> tuple[int, ...]:
    """List the records of an address, newest first, whose consent to be filled in from stands."""
    purpose = ground.rules.current.policy.personalisation
    return tuple(
        record
        for record in holdings.records_of(tx, ground.ring, contact)
        if ledger.state(tx, record).get(purpose) == ledger.GIVEN
    )


def fill(writer: Writer, ground: Ground, contact: Contact, offer: Offer) -> Filled | None:
    """Fill a form in for who proved control of an address; None where nothing may be, or nothing is left.

    The newest submission that may be used is. The reading is durable in the journal on return. Blocks for the
    commit. Raises `errors.Unavailable` when the journal cannot be written: then nothing is shown.
    """
    if not serves(offer.edition, offer.form.key):
        return None
    granted = writer.run(lambda tx: _grant(tx, ground, contact, offer))
    if granted is None:
        return None
    values: dict[str, str] = {}
    for _, fields in records.open_each(ground.ring, granted.permit, granted.fetched):
        values |= {key: str(value) for key, value in fields.items() if value}
    return Filled(granted.permit.record, granted.received_at, values)


def _grant(tx: Transaction, ground: Ground, contact: Contact, offer: Offer) -> _Granted | None:
    holds = hold.active(tx, tx.now)
    for record in agreed(tx, ground, contact):
        # The room below only executes statements, which a transaction does as a connection does.
        facts = submissions.facts(cast(Connection, tx), [record])[record]
        acts, purpose = ledger.acts(tx, record), offer.edition.policy.personalisation
        given = ground.rules.edition(renewal.governing(acts).get(purpose, facts.edition))
        asked = Own(record, facts.form, purpose, _shared(given, facts.form, offer), tx.now)
        verdict = gate.own(asked, given, offer.edition, ledger.state(tx, record), holds)
        if not isinstance(verdict, Permit):
            continue
        fetched = records.fetch(tx, verdict)
        if fetched:
            _journal(tx, ground, verdict)
            return _Granted(verdict, fetched, facts.received_at)
    return None


def _shared(given: Edition, key: str, offer: Offer) -> frozenset[str]:
    """The fields that a form can take over from what an earlier one was given: the same name, kind and purpose."""
    purpose = offer.edition.policy.personalisation
    form = given.forms.get(key)
    earlier = {one.key: one for one in form.fields if purpose in one.purposes} if form else {}
    return frozenset(
        one.key
        for one in offer.form.fields
        if purpose in one.purposes and _alike(one, earlier.get(one.key))
    )


def _alike(field_: Field, earlier: Field | None) -> bool:
    return earlier is not None and earlier.type == field_.type


def _journal(tx: Transaction, ground: Ground, permit: Permit) -> None:
    codes: dict[str, entry.Code] = {
        "purpose": permit.purpose,
        # The catalogue's codes have no underscore; a field's key may.
        "fields": "+".join(sorted(permit.fields)).replace("_", "-"),
    }
    salt = entry.salt()
    name = commitment.of_record(tx, ground.ring, permit.record, salt)
    index = tx.append(entry.encode("subject.opened", tx.now, salt, codes, (name,)))
    reading.remember(tx, permit.record, permit.actor, permit.purpose, None, index)
