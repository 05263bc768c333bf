# SPDX-License-Identifier: Apache-2.0
"""Which fields of the forms nobody reads: what is asked for and not needed is to be dropped (152-FZ, article 5.5).

found = unused.fields(connection, editions, edition)
unused.reported(found, now, days)        those that nobody read for so many days

A field counts from the first submission of a form that asked for it, and is read when staff open a purpose that
it serves. What runs of probes send and read is kept apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold.access import use
from uphold.policy import force
from uphold.policy.document import Edition, Field
from uphold.submission import record, token

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Used:
    """One field of a form: since when submissions have it, and when it was last read for which purpose.

    Times are unix ms; `since` is 0 while no submission has it, `at` 0 and `purpose` "" while nobody read it.
    """

    form: str
    field: str
    since: int
    purpose: str = ""
    at: int = 0


def fields(
    connection: Connection, editions: Iterable[Edition], edition: Edition, *, exercise: bool = False
) -> tuple[Used, ...]:
    """Look up every field of an edition's forms, in order, by the editions that ever were in force."""
    entered = force.since(connection)
    former = [one for one in editions if one.number in entered and one.number <= edition.number]
    moments: dict[tuple[str, int], int] = {}
    since: dict[tuple[str, str], int] = {}
    for form in edition.forms.values():
        for item in form.fields:
            start = asked_since(former, entered, form.key, item.key)
            place = form.key, start
            if place not in moments:
                first = record.first(connection, form.key, token.earliest(start), exercise=exercise)
                moments[place] = first or 0
            since[form.key, item.key] = moments[place]
    return of(edition, since, use.last(connection, exercise=exercise))


def asked_since(
    editions: Iterable[Edition], entered: Mapping[int, int], form: str, field: str
) -> int:
    """Say since when a form asks for a field without a break (unix ms); 0 where no edition tells (pure)."""
    start = 0
    for one in sorted(editions, key=lambda edition: -edition.number):
        asked = one.forms.get(form)
        if asked is None or asked.field(field) is None:
            break
        start = entered[one.number]
    return start


def of(
    edition: Edition, since: Mapping[tuple[str, str], int], last: Mapping[use.Key, int]
) -> tuple[Used, ...]:
    """Put together when each field was last read, and for what (pure)."""
    return tuple(
        Used(form.key, item.key, since.get((form.key, item.key), 0), *_last(form.key, item, last))
        for form in edition.forms.values()
        for item in form.fields
    )


def _last(form: str, item: Field, last: Mapping[use.Key, int]) -> tuple[str, int]:
    read = {
        purpose: at
        for (where, field, purpose), at in last.items()
        if where == form
        and (field == item.key or (field == use.EVERY and purpose in item.purposes))
    }
    purpose = max(read, key=lambda one: read[one], default="")
    return purpose, read.get(purpose, 0)


def reported(found: Iterable[Used], now: int, days: int) -> tuple[Used, ...]:
    """Choose those that submissions have for so many days and nobody read for as many (pure)."""
    before = now - days * DAY_MS
    return tuple(one for one in found if 0 < one.since <= before and one.at <= before)
