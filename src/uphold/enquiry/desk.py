# SPDX-License-Identifier: Apache-2.0
"""The desk: which state each enquiry is in, who has it, and how it may move. No personal data here.

aside -> new | discarded        new -> in-work | closed         in-work -> answered | closed
answered -> in-work | closed    closed -> in-work               discarded: the end
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Table,
    Text,
    delete,
    func,
    insert,
    not_,
    select,
    update,
)

from uphold import errors
from uphold.access import decoy
from uphold.access.permission import Permission
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.retention import due, sweep
from uphold.retention.ends import Happened
from uphold.submission import record as submissions
from uphold.vault import commitment
from uphold.vault.unlock import KeyRing

enquiry_item = Table(
    "enquiry_item",
    metadata,
    # The record's number.
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Number, nullable=False),
    Column("staff", Number),
    # Why it was set aside: codes joined by `+`.
    Column("reasons", Text),
    Index("enquiry_item_state", "state", "number"),
)

enquiry_move = Table(
    "enquiry_move",
    metadata,
    Column("number", Number, primary_key=True),
    Column("record", Number, nullable=False, index=True),
    Column("staff", Number, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False, index=True),
)


MOST = 10_000
"""Enquiries of a state are counted up to here."""


class State(StrEnum):
    """Where an enquiry stands."""

    ASIDE = "aside"
    NEW = "new"
    IN_WORK = "in-work"
    ANSWERED = "answered"
    CLOSED = "closed"
    DISCARDED = "discarded"


_MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.ASIDE: frozenset({State.NEW, State.DISCARDED}),
        State.NEW: frozenset({State.IN_WORK, State.CLOSED}),
        State.IN_WORK: frozenset({State.ANSWERED, State.CLOSED}),
        State.ANSWERED: frozenset({State.IN_WORK, State.CLOSED}),
        State.CLOSED: frozenset({State.IN_WORK}),
        State.DISCARDED: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Item:
    """Where one enquiry stands. `staff` is who took it, None for nobody; `reasons` why it was set aside."""

    record: int
    state: State
    changed_at: int
    staff: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: an item and what its submission's row says of it. Times are unix ms."""

    item: Item
    form: str
    edition: int
    language: str
    received_at: int


@dataclass(frozen=True, slots=True)
class Moved:
    """One move in an enquiry's history; `entry` is its index in the journal."""

    staff: int
    origin: State
    to: State
    at: int
    entry: int


def allowed(state: State) -> frozenset[State]:
    """The states that an enquiry may move to from `state`."""
    return _MOVES[state]


def needed(state: State, to: State) -> Permission:
    """The permission that a move needs."""
    if to == State.DISCARDED:
        return Permission.ENQUIRY_DISCARD
    return Permission.ENQUIRY_RELEASE if state == State.ASIDE else Permission.ENQUIRY_MOVE


def arrive(tx: Transaction, record: int, state: str, reasons: tuple[str, ...] = ()) -> None:
    """Put a submission on the desk (`new`, or `aside` with the reasons) in the transaction that stores it.

    Not journaled: record.stored says it. The row is buffered, so it costs no statement of its own.
    """
    row = (record, str(State(state)), tx.now, None, "+".join(reasons) or None)
    tx.insert(enquiry_item, row)


def find(reader: Connection | Transaction, record: int) -> Item:
    """Where an enquiry stands; `errors.Missing` when there is none."""
    row = reader.execute(select(enquiry_item).where(enquiry_item.c.number == record)).first()
    if row is None:
        raise errors.Missing("There is no such enquiry.", "Look at the list of enquiries.")
    return _item(row)


def move(tx: Transaction, ring: KeyRing, record: int, to: State, staff: int) -> Item:
    """Move an enquiry; journals enquiry.moved. To discard it destroys everything sealed of it, for good.

    Taking it into work makes it the mover's. Raises `errors.Missing` when there is none, `errors.Conflict`
    when it stands where it cannot move so from (any more).
    """
    item = find(tx, record)
    if to not in allowed(item.state):
        raise errors.Conflict(
            f"An enquiry cannot move from {item.state} to {to}.", "Look at where it stands now."
        )
    salt = entry.salt()
    codes: dict[str, str | int] = {"staff": staff, "from": str(item.state), "to": str(to)}
    # Before anything is destroyed: the commitment needs a living key.
    name = commitment.of_record(tx, ring, record, salt)
    index = tx.append(entry.encode("enquiry.moved", tx.now, salt, codes, (name,)))
    holder = staff if to == State.IN_WORK else item.staff
    tx.execute(
        update(enquiry_item)
        .where(enquiry_item.c.number == record)
        .values(state=to, changed_at=tx.now, staff=holder)
    )
    tx.execute(
        insert(enquiry_move).values(
            record=record,
            staff=staff,
            from_state=item.state,
            to_state=to,
            at=tx.now,
            entry=index,
        )
    )
    if to in (State.ANSWERED, State.CLOSED):
        # From here on the data may end sooner than they would have.
        due.note(tx, record)
    if to == State.DISCARDED:
        sweep.destroy(tx, ring, record, sweep.Reason.DISCARDED)
    return Item(record, to, tx.now, holder, item.reasons)


def release(tx: Transaction, ring: KeyRing, record: int, staff: int) -> Item:
    """Take an enquiry that was set aside among the new ones, as `move` does."""
    return move(tx, ring, record, State.NEW, staff)


def discard(tx: Transaction, ring: KeyRing, record: int, staff: int) -> Item:
    """Destroy an enquiry that was set aside, as `move` does. It cannot be undone."""
    return move(tx, ring, record, State.DISCARDED, staff)


def remove(tx: Transaction, record: int) -> None:
    """Take what a run of probes sent off the desk, with its moves: the journal keeps what happened."""
    tx.execute(delete(enquiry_item).where(enquiry_item.c.number == record))
    tx.execute(delete(enquiry_move).where(enquiry_move.c.record == record))


def page(
    connection: Connection,
    state: State,
    *,
    exercise: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> tuple[Line, ...]:
    """List enquiries of one state, the highest record number first, below `before` if given.

    The last line's number is the `before` of the next page. People's, or those of runs of probes alone.
    """
    items = enquiry_item.c
    chosen = (
        items.number.in_(submissions.exercised())
        if exercise
        else not_(submissions.is_exercise(items.number))
    )
    query = select(enquiry_item).where(items.state == state, chosen)
    if before is not None:
        query = query.where(items.number < before)
    rows = connection.execute(query.order_by(items.number.desc()).limit(limit)).all()
    facts = submissions.facts(connection, [row.number for row in rows])
    return tuple(_line(_item(row), facts[row.number]) for row in rows if row.number in facts)


def lines(reader: Connection | Transaction, records: Sequence[int]) -> tuple[Line, ...]:
    """The lines of these enquiries, in the order given; those that there are none of are left out."""
    items = enquiry_item.c
    rows = reader.execute(select(enquiry_item).where(items.number.in_(list(records))))
    found = {row.number: _item(row) for row in rows}
    facts = submissions.facts(reader, found)
    return tuple(_line(found[one], facts[one]) for one in records if one in facts)


def counts(connection: Connection, *, exercise: bool = False, most: int = MOST) -> dict[State, int]:
    """How many enquiries stand in each state: people's, or those of runs of probes alone.

    Of people's at most one more than `most` is counted, so that a page costs the same however many there are.
    """
    items = enquiry_item.c
    every = select(items.state, func.count()).group_by(items.state)
    marked = every.where(items.number.in_(submissions.exercised()))
    found = dict.fromkeys(State, 0)
    found |= {State(state): int(count) for state, count in connection.execute(marked)}
    if exercise:
        return found
    # Nobody sent these, so nobody counts them. Few as they are, they are counted by themselves and taken off.
    for state, count in connection.execute(
        every.where(items.number.in_(decoy.records(connection)))
    ):
        found[State(state)] += int(count)
    bounded = [
        select(items.number).where(items.state == state).limit(most + 1 + others).subquery()
        for state, others in found.items()
    ]
    row = connection.execute(
        select(*[select(func.count()).select_from(one).scalar_subquery() for one in bounded])
    ).one()
    return {
        state: int(count) - others
        for (state, others), count in zip(found.items(), row, strict=True)
    }


def history(connection: Connection, record: int) -> tuple[Moved, ...]:
    """Every move of an enquiry, oldest first."""
    moves = enquiry_move.c
    rows = connection.execute(
        select(enquiry_move).where(moves.record == record).order_by(moves.number)
    )
    return tuple(
        Moved(row.staff, State(row.from_state), State(row.to_state), row.at, row.entry)
        for row in rows
    )


def between(reader: Connection | Transaction, first: int, last: int) -> dict[int, int]:
    """Tell which enquiry each entry of the journal from `first` to `last` moved that moved one."""
    moves = enquiry_move.c
    query = select(moves.entry, moves.record).where(moves.entry.between(first, last))
    return {row.entry: row.record for row in reader.execute(query)}


def holders(reader: Connection | Transaction, records: Sequence[int]) -> dict[int, int]:
    """Who has each of these enquiries that somebody has."""
    items = enquiry_item.c
    query = select(items.number, items.staff).where(
        items.number.in_(list(records)), items.staff.is_not(None)
    )
    return {row.number: row.staff for row in reader.execute(query)}


def working(reader: Connection | Transaction, records: Sequence[int]) -> frozenset[int]:
    """Which of these enquiries are in work."""
    items = enquiry_item.c
    query = select(items.number).where(
        items.number.in_(list(records)), items.state == State.IN_WORK
    )
    return frozenset(reader.execute(query).scalars())


def happened(reader: Connection | Transaction, records: Sequence[int]) -> dict[int, Happened]:
    """When each of these enquiries was answered and closed; what was taken up again is neither."""
    items, moves = enquiry_item.c, enquiry_move.c
    last = (
        select(moves.record, func.max(moves.at).label("at"))
        .where(moves.record.in_(list(records)), moves.to_state == State.ANSWERED)
        .group_by(moves.record)
    )
    answered = {row.record: row.at for row in reader.execute(last)}
    query = select(items.number, items.state, items.changed_at).where(
        items.number.in_(list(records)), items.state.in_([State.ANSWERED, State.CLOSED])
    )
    return {
        row.number: Happened(
            answered.get(row.number), row.changed_at if row.state == State.CLOSED else None
        )
        for row in reader.execute(query)
    }


def _item(row: Any) -> Item:
    reasons = tuple(row.reasons.split("+")) if row.reasons else ()
    return Item(row.number, State(row.state), row.changed_at, row.staff, reasons)


def _line(item: Item, facts: submissions.Facts) -> Line:
    return Line(item, facts.form, facts.edition, facts.language, facts.received_at)
