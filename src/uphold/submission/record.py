# SPDX-License-Identifier: Apache-2.0
"""What is known of a submission without opening it: its row, which holds no personal data."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    exists,
    func,
    select,
    text,
)

from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction

NEW = "new"
ASIDE = "aside"

submission_record = Table(
    "submission_record",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("form", Text, nullable=False),
    Column("edition", Number, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("received_at", Number, nullable=False),
    # Begins with the time of the form, so this index grows at its end (see submission.token).
    Column("nonce", LargeBinary, nullable=False, unique=True),
    Column("tag", LargeBinary, nullable=False),
    Column("entry", Number, nullable=False),
    # The run of probes that it belongs to; null for a person's.
    Column("exercise", Number),
    Index(
        "submission_record_exercise",
        "exercise",
        sqlite_where=text("exercise IS NOT NULL"),
        postgresql_where=text("exercise IS NOT NULL"),
    ),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """One submission: `edition` is the number shown, `state` that at intake, `entry` its journal index.

    `exercise` is the run of probes that it belongs to, None for a person's.
    """

    number: int
    form: str
    edition: int
    language: str
    state: str
    received_at: int
    entry: int
    exercise: int | None = None

    @property
    def is_exercise(self) -> bool:
        """Whether a run of probes made it, and no person."""
        return self.exercise is not None


@dataclass(frozen=True, slots=True)
class Stored:
    """The submission that a nonce was used for, and the keyed tag of its body."""

    number: int
    received_at: int
    tag: bytes
    entry: int


_column = submission_record.c
_FACTS = select(
    _column.number,
    _column.form,
    _column.edition,
    _column.language,
    _column.state,
    _column.received_at,
    _column.entry,
    _column.exercise,
).where(_column.number.in_(bindparam("numbers", expanding=True)))


def facts(connection: Connection | Transaction, numbers: Iterable[int]) -> dict[int, Facts]:
    """Look up submissions by number; those that do not exist are left out."""
    found = connection.execute(_FACTS, {"numbers": list(numbers)})
    return {row.number: Facts(*row) for row in found}


def after(connection: Connection, number: int, limit: int) -> list[int]:
    """List people's submissions above a number, lowest first: what runs of probes sent is left out."""
    column = submission_record.c
    query = select(column.number).where(column.number > number, column.exercise.is_(None))
    return list(connection.execute(query.order_by(column.number).limit(limit)).scalars())


def held(reader: Connection | Transaction, number: int, limit: int, *, exercise: bool) -> list[int]:
    """List submissions above a number, lowest first: people's, or those of runs of probes."""
    column = submission_record.c
    whose = column.exercise.is_not(None) if exercise else column.exercise.is_(None)
    query = select(column.number).where(column.number > number, whose)
    return list(reader.execute(query.order_by(column.number).limit(limit)).scalars())


def first(
    connection: Connection | Transaction, form: str, shown: bytes, *, exercise: bool = False
) -> int | None:
    """When the first submission came (unix ms) of a form that was shown not before a moment (`token.earliest`).

    Of people's, or of those of the probes. By the index over nonces; a form that nobody sends costs a walk.
    """
    column = submission_record.c
    whose = column.exercise.is_not(None) if exercise else column.exercise.is_(None)
    query = select(column.received_at).where(column.nonce >= shown, column.form == form, whose)
    found = connection.execute(query.order_by(column.nonce).limit(1)).scalar()
    return None if found is None else int(found)


def of_form(
    reader: Connection | Transaction,
    form: str,
    since: int,
    until: int,
    *,
    exercise: bool,
    limit: int,
) -> list[int]:
    """List the latest submissions of a form received from `since` on and before `until` (unix ms), latest first.

    People's, or those of runs of probes alone.
    """
    column = submission_record.c
    whose = column.exercise.is_not(None) if exercise else column.exercise.is_(None)
    query = select(column.number).where(
        column.form == form, column.received_at >= since, column.received_at < until, whose
    )
    return list(reader.execute(query.order_by(column.number.desc()).limit(limit)).scalars())


def received(
    connection: Connection,
    edition: int,
    before: int,
    holds: Callable[[ColumnElement[Any]], ColumnElement[bool]],
) -> list[tuple[int, int]]:
    """List number and time of people's submissions under an edition, received before a moment (unix ms).

    `holds` says of a record's number whether it counts.
    """
    column = submission_record.c
    query = select(column.number, column.received_at).where(
        column.edition == edition,
        column.received_at < before,
        column.exercise.is_(None),
        holds(column.number),
    )
    return [(row.number, row.received_at) for row in connection.execute(query)]


def exercised(run: int | None = None) -> Select[tuple[int]]:
    """Select the numbers of what runs of probes made (of one, if told), for the query of another room."""
    column = submission_record.c
    chosen = column.exercise.is_not(None) if run is None else column.exercise == run
    return select(column.number).where(chosen)


def people() -> Select[tuple[int, int]]:
    """Select number and `received_at` (unix ms) of what people sent, for the query of another room."""
    column = submission_record.c
    return select(column.number, column.received_at).where(column.exercise.is_(None))


def is_exercise(number: ColumnElement[int]) -> ColumnElement[bool]:
    """Say in the query of another room that the record with a number is of a run of probes."""
    column = submission_record.c
    return exists().where(column.number == number, column.exercise.is_not(None))


def count(connection: Connection, most: int) -> int:
    """Count what people sent, at most `most`."""
    mine = select(submission_record.c.number).where(submission_record.c.exercise.is_(None))
    bounded = mine.limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(bounded)).scalar_one())


def is_live(connection: Connection) -> bool:
    """Tell whether any person has sent something yet."""
    column = submission_record.c
    someone = select(column.number).where(column.exercise.is_(None)).limit(1)
    return connection.execute(someone).first() is not None


def rows(connection: Connection) -> walk.Rows:
    """Walk through the submissions as they lie, lowest number first, for an audit."""
    return walk.rows(connection, submission_record)


def of_nonce(connection: Connection, nonce: bytes) -> Stored | None:
    """Find the submission that a form's nonce was used for."""
    column = submission_record.c
    query = select(column.number, column.received_at, column.tag, column.entry)
    row = connection.execute(query.where(column.nonce == nonce)).first()
    return None if row is None else Stored(*row)
