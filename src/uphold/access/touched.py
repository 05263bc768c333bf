# SPDX-License-Identifier: Apache-2.0
"""What somebody on the staff has touched between two moments: records opened, exports taken, disclosures sent.

For who must say how many people an incident is about. Read from what this room has noted with each act; nothing of a
person is opened by it.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select

from uphold.access.disclosed import (
    access_disclosure,
    access_disclosure_move,
    access_disclosure_record,
)
from uphold.access.export import access_export
from uphold.access.procedure import Step
from uphold.access.reading import access_reading
from uphold.database.transaction import Transaction

ANYBODY = 0
"""Stands for every member of staff and every machine client."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, both included (unix ms), by one account or by `ANYBODY`."""

    since: int
    until: int
    staff: int = ANYBODY


@dataclass(frozen=True, slots=True)
class Touched:
    """Pairs of record and purpose that were opened or disclosed, and the numbers of the exports that were taken.

    What is in an export was opened when it was taken, so it is in `opened` too.
    """

    opened: frozenset[tuple[int, str]]
    disclosed: frozenset[tuple[int, str]]
    exports: tuple[int, ...]


def within(reader: Connection | Transaction, span: Span) -> Touched:
    """Return what was touched in a span; what people read of their own is left out."""
    return Touched(_opened(reader, span), _disclosed(reader, span), _exports(reader, span))


def _opened(reader: Connection | Transaction, span: Span) -> frozenset[tuple[int, str]]:
    row = access_reading.c
    by = row.staff == span.staff if span.staff else row.staff != 0
    query = select(row.record, row.purpose).where(
        row.denied.is_(None), by, row.at.between(span.since, span.until)
    )
    return frozenset((one.record, one.purpose) for one in reader.execute(query.distinct()))


def _disclosed(reader: Connection | Transaction, span: Span) -> frozenset[tuple[int, str]]:
    move, about, one = access_disclosure_move.c, access_disclosure.c, access_disclosure_record.c
    query = (
        select(one.record, about.purpose)
        .join(access_disclosure, about.number == one.disclosure)
        .join(access_disclosure_move, move.disclosure == one.disclosure)
        .where(and_(move.step == Step.SEND, *_by(move.staff, move.at, span)))
    )
    return frozenset((row.record, row.purpose) for row in reader.execute(query.distinct()))


def _exports(reader: Connection | Transaction, span: Span) -> tuple[int, ...]:
    row = access_export.c
    query = select(row.number).where(
        row.taken > 0, *_by(row.staff, row.taken_at, span, first=row.made_at)
    )
    return tuple(reader.execute(query.order_by(row.number)).scalars())


def _by(
    staff: ColumnElement[int],
    last: ColumnElement[int],
    span: Span,
    first: ColumnElement[int] | None = None,
) -> list[ColumnElement[bool]]:
    """Hold an act, which happened between `first` and `last`, against a span."""
    when = [(last if first is None else first) <= span.until, last >= span.since]
    return [*when, staff == span.staff] if span.staff else when
