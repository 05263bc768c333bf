# SPDX-License-Identifier: Apache-2.0
"""Statements that people sign: an evaluation of the measures, a model of threats, an assessment of harm.

    number = make(tx, Kind.EVALUATION, body, staff)       what stands in it, as canonical JSON; journaled by its digest
    sign(tx, number, staff, edition)                      a member of staff signs it; the duty of its clause is attested

A statement never changes: whoever wants another one makes a newer one. It is signed here by an account that proved
itself just before, which the journal holds, and on paper by hand. Law 152-FZ, article 19.2.4: measures are evaluated
before the site goes live, and again by their term.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, Row, Table, Text, func, insert, select

from uphold import errors
from uphold.assurance import duty
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.policy.document import Edition


class Kind(StrEnum):
    """What a statement is of."""

    EVALUATION = "evaluation"
    THREATS = "threats"
    HARM = "harm"


OF: Final[Mapping[Kind, str]] = {
    Kind.EVALUATION: "measures.evaluated",
    Kind.THREATS: "threats.identified",
}
"""The promise whose clauses name the duty to sign such a statement."""

TERMS: Final[Mapping[Kind, str]] = {Kind.EVALUATION: "P3Y", Kind.THREATS: "P1Y", Kind.HARM: "P3Y"}
"""How long one counts where no clause of the policy says so: Order 21, point 6 (secondary source), else our choice."""

assurance_statement = Table(
    "assurance_statement",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Number, nullable=False),
    Column("staff", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

assurance_signature = Table(
    "assurance_signature",
    metadata,
    Column("number", Number, primary_key=True),
    Column("statement", Number, nullable=False, index=True),
    Column("staff", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

_encode = msgspec.json.Encoder(order="sorted").encode
_row, _signed = assurance_statement.c, assurance_signature.c


@dataclass(frozen=True, slots=True)
class Signature:
    """That a member of staff signed, when (unix ms)."""

    staff: int
    at: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its signatures, oldest first. `at` is unix ms; `digest` is SHA-256 of `body`, in hex."""

    number: int
    kind: Kind
    digest: str
    body: bytes
    at: int
    staff: int
    signatures: tuple[Signature, ...] = ()

    @property
    def told(self) -> Mapping[str, Any]:
        """What it says. Raises `errors.Broken` where that was changed since."""
        if hashlib.sha256(self.body).hexdigest() != self.digest:
            raise errors.Broken(
                f"Statement {self.number} was changed after it was made.",
                "Run `uphold journal verify`, and restore a backup.",
            )
        return msgspec.json.decode(self.body, type=dict[str, Any])


def make(tx: Transaction, kind: Kind, told: Mapping[str, Any], staff: int) -> int:
    """Store what a statement says and journal statement.made; returns its number. `staff` made it."""
    body = bytes(_encode(told))
    digest = hashlib.sha256(body).hexdigest()
    number = int(tx.execute(select(func.coalesce(func.max(_row.number), 0))).scalar_one()) + 1
    codes: dict[str, entry.Code] = {
        "statement": number,
        "of": str(kind),
        "document": digest,
        "staff": staff,
    }
    index = tx.append(entry.encode("statement.made", tx.now, entry.salt(), codes))
    tx.execute(
        insert(assurance_statement).values(
            number=number,
            kind=kind,
            digest=digest,
            body=body,
            at=tx.now,
            staff=staff,
            entry=index,
        )
    )
    return number


def sign(tx: Transaction, number: int, staff: int, edition: Edition) -> None:
    """Sign a statement: journals statement.signed, and attests the duty of each clause that demands it.

    Raises `errors.Missing` for none of that number, `errors.Conflict` where there is a newer one of its kind, or the
    same person has signed it.
    """
    found = find(tx, number)
    if newest(tx, found.kind) != found:
        raise errors.Conflict("There is a newer statement.", "Look at it, and sign that one.")
    if staff in {one.staff for one in found.signatures}:
        raise errors.Conflict("You have signed this statement.", "Nothing is left to do.")
    codes: dict[str, entry.Code] = {
        "statement": number,
        "staff": staff,
        "document": found.digest,
    }
    index = tx.append(entry.encode("statement.signed", tx.now, entry.salt(), codes))
    tx.execute(
        insert(assurance_signature).values(statement=number, staff=staff, at=tx.now, entry=index)
    )
    for clause in clauses(edition, found.kind):
        duty.attest(tx, edition, clause, staff)


def clauses(edition: Edition, kind: Kind) -> tuple[str, ...]:
    """Return the clauses of an edition whose duty is to sign such a statement (pure)."""
    wanted = OF.get(kind)
    return tuple(
        name
        for name, bound in edition.policy.bindings.items()
        if bound.duty is not None and wanted in bound.promises
    )


def term(edition: Edition, kind: Kind) -> str:
    """Return how long a statement counts, as an ISO 8601 duration: by its clause, else by `TERMS` (pure)."""
    duties = (edition.policy.bindings[name].duty for name in clauses(edition, kind))
    return next((one.every for one in duties if one is not None), TERMS[kind])


def find(reader: Connection | Transaction, number: int) -> Statement:
    """Return one statement; raises `errors.Missing` where there is none."""
    row = reader.execute(select(assurance_statement).where(_row.number == number)).first()
    if row is None:
        raise errors.Missing(f"There is no statement {number}.", "Look at the list of them.")
    return _of(reader, row)


def newest(reader: Connection | Transaction, kind: Kind) -> Statement | None:
    """Return the newest statement of a kind, signed or not."""
    return next(iter(every(reader, kind, 1)), None)


def every(reader: Connection | Transaction, kind: Kind, limit: int) -> tuple[Statement, ...]:
    """Return at most `limit` statements of a kind, the newest first."""
    query = select(assurance_statement).where(_row.kind == kind)
    rows = reader.execute(query.order_by(_row.number.desc()).limit(limit)).all()
    return tuple(_of(reader, row) for row in rows)


def due_at(reader: Connection | Transaction, kind: Kind, edition: Edition) -> int:
    """Return when a statement of a kind must be signed anew (unix ms): 0 where none ever was."""
    query = (
        select(func.max(_signed.at))
        .join_from(assurance_signature, assurance_statement, _signed.statement == _row.number)
        .where(_row.kind == kind)
    )
    last = reader.execute(query).scalar()
    return 0 if last is None else duty.after(int(last), term(edition, kind))


def overdue(reader: Connection | Transaction, edition: Edition, now: int) -> tuple[Kind, ...]:
    """Return the kinds that no signature covers at `now` (unix ms): never signed, or its term is over."""
    return tuple(kind for kind in Kind if due_at(reader, kind, edition) <= now)


def _of(reader: Connection | Transaction, row: Row[Any]) -> Statement:
    query = select(_signed.staff, _signed.at).where(_signed.statement == row.number)
    signatures = reader.execute(query.order_by(_signed.number)).all()
    return Statement(
        row.number,
        Kind(row.kind),
        row.digest,
        bytes(row.body),
        row.at,
        row.staff,
        tuple(Signature(*one) for one in signatures),
    )
