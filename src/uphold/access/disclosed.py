# SPDX-License-Identifier: Apache-2.0
"""The register of disclosures, to look at: its tables, and what stands in them. Nothing here changes anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Index, LargeBinary, Select, Table, Text, select

from uphold import errors
from uphold.access.procedure import ENDS, Outcome, State, Step
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction

Reader = Connection | Transaction

_PAGE = 500

access_disclosure = Table(
    "access_disclosure",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    # Ids of the edition and of the law; fields joined by `+`.
    Column("recipient", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("fields", Text, nullable=False),
    # The edition in force when it was prepared.
    Column("edition", Number, nullable=False),
    # The recipient's public key.
    Column("key", Text, nullable=False),
    # Digest (hex) of what the records held when it was approved, "" before.
    Column("held", Text, nullable=False),
    # 0: the person may be told at once.
    Column("silence_until", Number, nullable=False),
    Column("exercise", Number, nullable=False),
    Column("state", Text, nullable=False),
    Column("prepared_by", Number, nullable=False),
    Column("prepared_at", Number, nullable=False),
    Column("moved_at", Number, nullable=False),
    # When a file was last made; 0: never.
    Column("sent_at", Number, nullable=False),
    Column("entry", Number, nullable=False),
    Index("access_disclosure_state", "state", "number"),
)

access_disclosure_record = Table(
    "access_disclosure_record",
    metadata,
    Column("disclosure", Number, primary_key=True, autoincrement=False),
    Column("record", Number, primary_key=True, autoincrement=False, index=True),
)

access_disclosure_move = Table(
    "access_disclosure_move",
    metadata,
    Column("number", Number, primary_key=True),
    Column("disclosure", Number, nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("staff", Number, nullable=False),
    # Of a refusal its reason, of an end the outcome.
    Column("reason", Text, nullable=False),
    # Hex SHA-256 of the file that was made.
    Column("file", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

access_disclosure_paper = Table(
    "access_disclosure_paper",
    metadata,
    Column("disclosure", Number, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    # When the disclosure moved last.
    Column("moved_at", Number, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Moved:
    """One step of a disclosure. `reason` is of a refusal or how it ended, `file` the digest of what was handed out.

    `at` is unix ms, `entry` the index in the journal.
    """

    step: Step
    origin: State
    to: State
    staff: int
    reason: str
    file: str
    at: int
    entry: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure as it stands, without any personal data. Times are unix ms, 0 for not (yet).

    `recipient`, `purpose` and `fields` are ids of the policy, `ground` of the law, `key` the recipient's public key;
    `edition` was in force when it was prepared. `held` is the digest of what was approved, "" before.
    """

    number: int
    state: State
    recipient: str
    ground: str
    purpose: str
    fields: tuple[str, ...]
    records: tuple[int, ...]
    edition: int
    key: str
    held: str
    silence_until: int
    exercise: bool
    prepared_by: int
    prepared_at: int
    moved_at: int
    sent_at: int
    entry: int
    moves: tuple[Moved, ...]

    @property
    def open(self) -> bool:
        """Whether it still waits for something."""
        return self.state not in ENDS

    @property
    def approved_by(self) -> int:
        """Who approved it, 0 for nobody."""
        return next((one.staff for one in self.moves if one.step is Step.APPROVE), 0)

    @property
    def reason(self) -> str:
        """Why it was refused or how it ended, "" before."""
        return self.moves[-1].reason if self.moves else ""

    @property
    def left(self) -> bool:
        """Whether something of it has left, as far as is known."""
        return self.sent_at > 0 and self.reason != Outcome.UNDELIVERED

    def silent(self, now: int) -> bool:
        """Whether the person must not be told of it at `now`."""
        return now < self.silence_until


def find(reader: Reader, number: int) -> Disclosure:
    """One disclosure; raises `errors.Missing` when there is no such."""
    found = _read(reader, select(access_disclosure).where(access_disclosure.c.number == number))
    if not found:
        raise errors.Missing(f"There is no disclosure {number}.", "Look at the list.")
    return found[0]


def listed(
    reader: Reader,
    state: State | None = None,
    *,
    exercise: bool = False,
    open_only: bool = False,
    limit: int = 1000,
) -> tuple[Disclosure, ...]:
    """Disclosures, newest first: of people's data, or of those that runs of probes made."""
    columns = access_disclosure.c
    query = select(access_disclosure).where(columns.exercise == int(exercise))
    if state is not None:
        query = query.where(columns.state == state)
    if open_only:
        query = query.where(columns.state.not_in([str(one) for one in sorted(ENDS)]))
    return _read(reader, query.order_by(columns.number.desc()).limit(limit))


def of_record(reader: Reader, record: int, now: int) -> tuple[Disclosure, ...]:
    """What of a record has left and its person may be told of at `now` (unix ms), oldest first."""
    return tuple(one for one in told(reader, record) if not one.silent(now))


def told(reader: Reader, record: int) -> tuple[Disclosure, ...]:
    """What of a record has left, oldest first: whose recipients must hear when it is corrected or erased."""
    columns, named = access_disclosure.c, access_disclosure_record.c
    mine = select(named.disclosure).where(named.record == record)
    query = select(access_disclosure).where(columns.number.in_(mine), columns.sent_at > 0)
    return tuple(one for one in _read(reader, query.order_by(columns.number)) if one.left)


def known_key(reader: Reader, recipient: str) -> str:
    """The public key by which a recipient was sent something last, "" if never: another one is to be asked about."""
    columns = access_disclosure.c
    sent = (columns.recipient == recipient) & (columns.sent_at > 0) & (columns.exercise == 0)
    query = select(columns.key).where(sent).order_by(columns.sent_at.desc()).limit(1)
    return str(reader.execute(query).scalar() or "")


def _read(reader: Reader, query: Select[Any]) -> tuple[Disclosure, ...]:
    rows = list(reader.execute(query))
    numbers = [row.number for row in rows]
    records, moves = _records(reader, numbers), _moves(reader, numbers)
    return tuple(
        Disclosure(
            number=row.number,
            state=State(row.state),
            recipient=row.recipient,
            ground=row.ground,
            purpose=row.purpose,
            fields=tuple(row.fields.split("+")) if row.fields else (),
            records=tuple(records.get(row.number, ())),
            edition=row.edition,
            key=row.key,
            held=row.held,
            silence_until=row.silence_until,
            exercise=bool(row.exercise),
            prepared_by=row.prepared_by,
            prepared_at=row.prepared_at,
            moved_at=row.moved_at,
            sent_at=row.sent_at,
            entry=row.entry,
            moves=tuple(moves.get(row.number, ())),
        )
        for row in rows
    )


def _records(reader: Reader, numbers: Sequence[int]) -> dict[int, list[int]]:
    columns = access_disclosure_record.c
    found: dict[int, list[int]] = {}
    for some in _pages(numbers):
        query = select(access_disclosure_record).where(columns.disclosure.in_(some))
        for row in reader.execute(query.order_by(columns.disclosure, columns.record)):
            found.setdefault(row.disclosure, []).append(row.record)
    return found


def _moves(reader: Reader, numbers: Sequence[int]) -> dict[int, list[Moved]]:
    columns = access_disclosure_move.c
    found: dict[int, list[Moved]] = {}
    for some in _pages(numbers):
        query = select(access_disclosure_move).where(columns.disclosure.in_(some))
        for row in reader.execute(query.order_by(columns.number)):
            step, origin, to = Step(row.step), State(row.from_state), State(row.to_state)
            made = Moved(step, origin, to, row.staff, row.reason, row.file, row.at, row.entry)
            found.setdefault(row.disclosure, []).append(made)
    return found


def _pages(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    # A statement has a limit of values.
    for start in range(0, len(numbers), _PAGE):
        yield numbers[start : start + _PAGE]
