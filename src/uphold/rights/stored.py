# SPDX-License-Identifier: Apache-2.0
"""Requests as they are read: one by number, a person's, a record's, the open, the late, those soon due."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select, union, update

from uphold import errors
from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.law.clock import Clock
from uphold.rights.machine import ENDS, Kind, Request, State, Step
from uphold.rights.tables import rights_clock, rights_move, rights_record, rights_request

PERSON: Final = 0
"""Stands for a member of staff where the person did it, through the software."""

NAMED_MS: Final = 3 * 366 * 24 * 60 * 60 * 1000
"""How long after its end a request still names its person by a number."""

_OPEN: Final = tuple(str(state) for state in State if state not in ENDS)


class Channel(StrEnum):
    """The way a request came in."""

    MY = "my"
    RECEIPT = "receipt"
    PAPER = "paper"
    PHONE = "phone"
    MAIL = "mail"


class Identity(StrEnum):
    """How it was seen that who asks is the person."""

    NONE = "none"
    """It was not yet."""
    RECEIPT = "receipt"
    """Whoever asks holds the receipt's number: enough to withdraw, not to be told anything."""
    CONTACT = "contact"
    """A link sent to the contact was used."""
    DOCUMENT = "document"
    SIGNATURE = "signature"
    """A handwritten or electronic signature was compared."""
    CALLED_BACK = "called-back"
    """Somebody called the telephone number that the person had given."""


PROVEN: Final = frozenset(
    {Identity.CONTACT, Identity.DOCUMENT, Identity.SIGNATURE, Identity.CALLED_BACK}
)
"""Nothing is left to ask for: such a request is verified as it comes in."""


class Representative(StrEnum):
    """On which ground somebody else asks for the person."""

    POWER_OF_ATTORNEY = "power-of-attorney"
    PARENT = "parent"
    GUARDIAN = "guardian"
    HEIR = "heir"
    COURT = "court"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Intake:
    """A request as it comes in. `records` are those of the person that it is about, `purposes` all if empty.

    `subject` is the person's number (`vault.pseudonym`), `staff` who entered it (`PERSON` for nobody),
    `representative` the ground of whoever asks for the person, "" for the person. `at_once`: the software does
    what is asked in this transaction, so that it is never joined to another.
    """

    kind: Kind
    records: tuple[int, ...]
    subject: str
    channel: Channel
    identity: Identity
    language: str
    staff: int = PERSON
    representative: Representative | None = None
    purposes: tuple[str, ...] = ()
    at_once: bool = False
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """One request as it is stored. `joined` is the open one that answers it too, 0 for none."""

    number: int
    request: Request
    intake: Intake
    entry: int
    joined: int = 0

    @property
    def records(self) -> tuple[int, ...]:
        """The records it is about, lowest first."""
        return self.intake.records


@dataclass(frozen=True, slots=True)
class Moved:
    """One step in a request's history. `ground` is that of a refusal, or the law of an extension."""

    step: Step
    origin: State
    to: State
    staff: int
    ground: str
    before: str
    after: str
    at: int
    entry: int


def find(reader: Connection | Transaction, number: int) -> Stored:
    """Return one request; `errors.Missing` when there is none."""
    found = _load(reader, rights_request.c.number == number)
    if not found:
        raise errors.Missing("There is no such request.", "Look at the list of requests.")
    return found[0]


def of_subject(reader: Connection | Transaction, subject: str) -> tuple[Stored, ...]:
    """Every request of a person's number, newest first."""
    return _load(reader, rights_request.c.subject == subject)


def of_record(reader: Connection | Transaction, record: int) -> tuple[Stored, ...]:
    """Every request about a record, newest first."""
    about = select(rights_record.c.request).where(rights_record.c.record == record)
    return _load(reader, rights_request.c.number.in_(about))


def entries(reader: Connection | Transaction, record: int) -> frozenset[int]:
    """List the indexes of the journal's entries about the requests that name a record: receipt and steps."""
    of_record = select(rights_record.c.request).where(rights_record.c.record == record)
    query = union(
        select(rights_request.c.entry).where(rights_request.c.number.in_(of_record)),
        select(rights_move.c.entry).where(rights_move.c.request.in_(of_record)),
    )
    return frozenset(reader.execute(query).scalars())


def open_(reader: Connection | Transaction, *, exercise: bool = False) -> tuple[Stored, ...]:
    """Every request that waits for something, newest first: people's, or those of runs of probes."""
    return _load(reader, _is_open(), rights_request.c.exercise == int(exercise))


def ended(
    reader: Connection | Transaction, limit: int, *, exercise: bool = False
) -> tuple[Stored, ...]:
    """The requests that have ended, newest first, so many of them."""
    ends = rights_request.c.state.in_([str(end) for end in ENDS])
    return _load(reader, ends, rights_request.c.exercise == int(exercise), limit=limit)


def answered(reader: Connection | Transaction, since: int, until: int) -> tuple[Stored, ...]:
    """List people's requests that were fulfilled or refused from `since` on and before `until` (unix ms)."""
    columns = rights_request.c
    ends = columns.state.in_([str(State.FULFILLED), str(State.REFUSED)])
    when = (columns.moved_at >= since) & (columns.moved_at < until)
    return _load(reader, ends, when, columns.exercise == 0)


def page(
    reader: Connection | Transaction,
    *,
    ended: bool,
    before: int | None,
    limit: int,
    exercise: bool = False,
) -> tuple[Stored, ...]:
    """List so many of those that wait for something, or have ended, newest first, below a number if given."""
    which = [~_is_open() if ended else _is_open(), rights_request.c.exercise == int(exercise)]
    if before is not None:
        which.append(rights_request.c.number < before)
    return _load(reader, *which, limit=limit)


def holding(reader: Connection | Transaction) -> dict[int, int]:
    """The holds that block records while a request is open, by their number: the request's."""
    columns, asked = rights_record.c, rights_request.c
    open_ = select(asked.number).where(_is_open())
    rows = reader.execute(
        select(columns.hold, columns.request).where(
            columns.hold.is_not(None), columns.request.in_(open_)
        )
    )
    return {row.hold: row.request for row in rows}


def forget(tx: Transaction, now: int) -> None:
    """Take the person's number off requests that ended long ago: as acts of destruction, kept for three years."""
    columns = rights_request.c
    is_over = columns.state.in_([str(end) for end in ENDS]) & (columns.moved_at <= now - NAMED_MS)
    tx.execute(update(rights_request).where(columns.subject != "", is_over).values(subject=""))


def late(
    reader: Connection | Transaction, now: int, *, exercise: bool = False
) -> tuple[Stored, ...]:
    """The open requests of which a term has ended, the one that ended first at the head."""
    return _first_due(_load(reader, *_by(rights_request.c.due_at, now, exercise=exercise)))


def soon(
    reader: Connection | Transaction, now: int, *, exercise: bool = False
) -> tuple[Stored, ...]:
    """The open requests of which a term comes to its end or has passed, the first due at the head."""
    return _first_due(_load(reader, *_by(rights_request.c.soon_at, now, exercise=exercise)))


def count_late(reader: Connection | Transaction, now: int, *, exercise: bool = False) -> int:
    """How many open requests have a term that has ended."""
    which = _by(rights_request.c.due_at, now, exercise=exercise)
    return int(
        reader.execute(select(func.count()).select_from(rights_request).where(*which)).scalar() or 0
    )


def due(one: Stored) -> tuple[bool, int]:
    """What to sort by: the first clock to end, requests without any last."""
    first = one.request.alarm
    return (first is None, first.due if first else one.request.received)


def history(reader: Connection | Transaction, number: int) -> tuple[Moved, ...]:
    """Every step of a request, oldest first."""
    moves = rights_move.c
    query = select(rights_move).where(moves.request == number).order_by(moves.number)
    return tuple(
        Moved(
            Step(row.step),
            State(row.from_state),
            State(row.to_state),
            row.staff,
            row.ground,
            row.before.hex() if row.before else "",
            row.after.hex() if row.after else "",
            row.at,
            row.entry,
        )
        for row in reader.execute(query)
    )


def rows(connection: Connection) -> walk.Rows:
    """Walk through every request as it lies, for an audit."""
    return walk.rows(connection, rights_request)


def moves(connection: Connection) -> walk.Rows:
    """Walk through every step as it lies, oldest first, for an audit."""
    return walk.rows(connection, rights_move)


def _is_open() -> ColumnElement[bool]:
    return rights_request.c.state.in_(_OPEN)


def _by(column: ColumnElement[int], now: int, *, exercise: bool) -> list[ColumnElement[bool]]:
    return [_is_open(), rights_request.c.exercise == int(exercise), column <= now]


def _first_due(found: Iterable[Stored]) -> tuple[Stored, ...]:
    return tuple(sorted(found, key=due))


def _load(
    reader: Connection | Transaction, *which: ColumnElement[bool], limit: int | None = None
) -> tuple[Stored, ...]:
    query = select(rights_request).where(*which).order_by(rights_request.c.number.desc())
    rows = reader.execute(query.limit(limit)).all()
    numbers = [row.number for row in rows]
    stamped: dict[int, list[Clock]] = {number: [] for number in numbers}
    about: dict[int, list[int]] = {number: [] for number in numbers}
    times = rights_clock.c
    stamps = select(rights_clock).where(times.request.in_(numbers)).order_by(times.number)
    for row in reader.execute(stamps):
        stamped[row.request].append(_clock(row))
    members = rights_record.c
    listed = select(rights_record).where(members.request.in_(numbers)).order_by(members.record)
    for row in reader.execute(listed):
        about[row.request].append(row.record)
    return tuple(_stored(row, stamped[row.number], about[row.number]) for row in rows)


def _clock(row: Any) -> Clock:
    return Clock(
        row.profile,
        row.rule,
        row.started_at,
        row.due_at,
        row.zone,
        bool(row.certain),
        bool(row.extended),
    )


def _stored(row: Any, stamped: list[Clock], about: list[int]) -> Stored:
    kind = Kind(row.kind)
    request = Request(
        kind=kind,
        profiles=tuple(row.profiles.split("+")),
        received=row.received_at,
        clocks=tuple(stamped),
        blocks=bool(row.blocks),
        state=State(row.state),
        moved=row.moved_at,
        ground=row.ground,
    )
    intake = Intake(
        kind=kind,
        records=tuple(about),
        subject=row.subject,
        channel=Channel(row.channel),
        identity=Identity(row.identity),
        language=row.language,
        staff=row.staff,
        representative=Representative(row.representative) if row.representative else None,
        purposes=tuple(filter(None, row.purposes.split("+"))),
        exercise=bool(row.exercise),
    )
    return Stored(row.number, request, intake, row.entry, row.joined or 0)
