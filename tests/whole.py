# SPDX-License-Identifier: Apache-2.0
"""Is everything that a site holds whole? Looked at in the tables, apart from the product's own audit."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, select

from uphold.config import Settings
from uphold.consent.ledger import ACTS_BITS, consent_event
from uphold.database.engine import Database
from uphold.enquiry.desk import enquiry_item
from uphold.journal import entry, store
from uphold.submission.record import submission_record
from uphold.vault.tables import record_of, vault_key, vault_part


def faults(settings: Settings) -> list[str]:
    """Name every submission of which something is missing or too much."""
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            return list(_faults(connection))
    finally:
        database.dispose()


def count(settings: Settings) -> int:
    """How many submissions are stored."""
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            return len(connection.execute(select(submission_record.c.number)).all())
    finally:
        database.dispose()


def _faults(connection: Connection) -> Iterator[str]:
    entries = {index: entry.decode(raw) for index, raw in store.entries(connection, 0)}
    parts: defaultdict[int, list[str]] = defaultdict(list)
    for number, purpose in connection.execute(select(vault_part.c.number, vault_part.c.purpose)):
        parts[record_of(number)].append(purpose)
    keys = Counter(record_of(n) for n in connection.execute(select(vault_key.c.number)).scalars())
    consents: defaultdict[int, list[str]] = defaultdict(list)
    acts = select(consent_event.c.number, consent_event.c.purpose, consent_event.c.entry)
    for number, purpose, index in connection.execute(acts):
        consents[number >> ACTS_BITS].append(purpose)
        if entries[index].kind != "consent.given" or entries[index].codes["purpose"] != purpose:
            yield f"consent {number} has no entry of its own"
    items = set(connection.execute(select(enquiry_item.c.number)).scalars())
    stored = select(submission_record.c.number, submission_record.c.entry)
    records = {row.number: row.entry for row in connection.execute(stored)}
    for number, index in records.items():
        codes = entries[index].codes
        expected = (entries[index].kind, codes["parts"], codes["consents"])
        found = ("record.stored", "+".join(parts[number]), "+".join(consents[number]) or "none")
        if expected != found:
            yield f"submission {number}: {found} instead of {expected}"
        if keys[number] != len(parts[number]):
            yield f"submission {number}: {keys[number]} keys for {len(parts[number])} parts"
        if number not in items:
            yield f"submission {number} is on no desk"
    for name, others in (("parts", parts), ("consents", consents), ("keys", keys), ("desk", items)):
        if stray := sorted(set(others) - set(records)):
            yield f"{name} without a submission: {stray}"
    told = [index for index, found in entries.items() if found.kind == "record.stored"]
    if sorted(records.values()) != told:
        yield "the journal tells of other submissions than are stored"
