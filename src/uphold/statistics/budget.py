# SPDX-License-Identifier: Apache-2.0
"""The privacy budget: one account for each month of the data, that is spent once and never filled again.

    answer = writer.run(lambda tx: budget.ask(tx, question, granted, lambda: noise.draw(counts, question)))

The share is reserved, the noise drawn, the answer stored and the journal told in one transaction: a crash before its
end shows nobody anything and costs nothing, one after it costs what was answered. A question that was answered is
answered again with the same figures and costs nothing; each new draw would tell more. A refusal is a value, and is
journaled. Amounts are whole millionths of rho.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.types import NullType

from uphold import errors
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.statistics import calibrate, question as questions
from uphold.statistics.question import Answer, Drawn, Question

MOST_DELTA = 500_000
"""What thresholds may take of the delta at which budgets are told, in trillionths: half of it."""
CLOSED = "closed"
"""The account that says up to which month nothing more is answered."""

statistics_budget = Table(
    "statistics_budget",
    metadata,
    Column("account", Text, primary_key=True),
    Column("granted", Number, nullable=False),
    Column("spent", Number, nullable=False),
    Column("delta", Number, nullable=False),
    Column("opened_at", Number, nullable=False),
    Column("entry", Number, nullable=False),
    # The last net: whatever the code does, the database takes no unit more.
    CheckConstraint("spent >= 0 AND spent <= granted", name="statistics_budget_spent"),
    CheckConstraint("delta >= 0 AND delta <= 500000", name="statistics_budget_delta"),
)

statistics_answer = Table(
    "statistics_answer",
    metadata,
    Column("question", Text, primary_key=True),
    Column("account", Text, nullable=False, index=True),
    Column("rho", Number, nullable=False),
    Column("delta", Number, nullable=False),
    Column("asked", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)
BUDGETS, ANSWERS = statistics_budget.name, statistics_answer.name


class Reason(StrEnum):
    """Why a question is not answered."""

    SPENT = "budget-spent"
    DELTA = "delta-spent"
    RESTORED = "restored-since"


@dataclass(frozen=True, slots=True)
class Refused:
    """A journaled no: what was wanted and what is left of the month's budget, in millionths of rho."""

    question: Question
    reason: Reason
    left: int
    entry: int


@dataclass(frozen=True, slots=True)
class Account:
    """How an account stands: `left` is what may be spent yet. `month` is "2026-11", `delta` in trillionths."""

    month: str
    granted: int
    spent: int
    delta: int
    answers: int
    is_closed: bool = False

    @property
    def left(self) -> int:
        """What may be spent yet, in millionths of rho."""
        return 0 if self.is_closed else self.granted - self.spent

    @property
    def epsilon(self) -> float | None:
        """What was spent, as people compare it; None when thresholds took the delta that it is told at."""
        return calibrate.epsilon(self.spent, self.delta)


def _nothing(_tx: Transaction) -> int:
    return 0


def ask(
    tx: Transaction,
    question: Question,
    granted: int,
    draw: Callable[[], Drawn],
    kept: Callable[[Transaction], int] = _nothing,
) -> Answer | Refused:
    """Answer a question once and for all, out of the budget of its month.

    `granted` is what the recipe gives a month: what an account is opened with. A recipe that gives less holds at once,
    one that gives more only for months nobody asked about yet. `kept` says how much of it is kept for other
    questions. `draw` is called at most once for each attempt, and only when the answer can be paid. Whatever it
    raises ends the transaction, with nothing spent.
    """
    stored = find(tx, question)
    if stored is not None:
        return stored
    if _is_closed(tx, question.account):
        return _refuse(tx, question, Reason.RESTORED, 0)
    account = _opened(tx, question.account, granted)
    left = max(0, min(account.granted, granted) - account.spent - kept(tx))
    if question.rho > left:
        return _refuse(tx, question, Reason.SPENT, left)
    if question.delta > MOST_DELTA - account.delta:
        return _refuse(tx, question, Reason.DELTA, left)
    _reserve(tx, question)
    return _store(tx, question, _whole(draw()), left - question.rho)


def allowance(reader: Connection | Transaction, day: date, granted: int) -> int:
    """Return what the month of a day may cost in all, if the recipe gives `granted`."""
    rows = statistics_budget.c
    query = select(rows.granted).where(rows.account == questions.account(day))
    opened = reader.execute(query).scalar()
    return granted if opened is None else min(int(opened), granted)


def find(reader: Connection | Transaction, question: Question) -> Answer | None:
    """Return the answer that a question was given; None when it was not answered yet."""
    rows = statistics_answer.c
    query = select(rows.asked, rows.answer, rows.at, rows.entry).where(
        rows.question == question.digest
    )
    found = reader.execute(query).one_or_none()
    if found is None:
        return None
    return questions.read(found.asked.encode(), found.answer.encode(), found.at, found.entry)


def answers(reader: Connection | Transaction, month: str = "") -> tuple[Answer, ...]:
    """List what was answered, by month and time; all of it, or about one month ("2026-11")."""
    rows = statistics_answer.c
    query = select(rows.asked, rows.answer, rows.at, rows.entry).order_by(
        rows.account, rows.at, rows.question
    )
    if month:
        query = query.where(rows.account == f"{questions.SOURCE}.{month}")
    return tuple(
        questions.read(row.asked.encode(), row.answer.encode(), row.at, row.entry)
        for row in reader.execute(query)
    )


def accounts(reader: Connection | Transaction) -> tuple[Account, ...]:
    """List every account, the newest month first."""
    rows, given = statistics_budget.c, statistics_answer.c
    counted = select(given.account, func.count()).group_by(given.account)
    counts = {row[0]: int(row[1]) for row in reader.execute(counted)}
    query = (
        select(rows.account, rows.granted, rows.spent, rows.delta)
        .where(rows.account.startswith(f"{questions.SOURCE}."))
        .order_by(rows.account.desc())
    )
    closed = _closed_to(reader)
    return tuple(
        Account(
            month=_month(row.account),
            granted=row.granted,
            spent=row.spent,
            delta=row.delta,
            answers=counts.get(row.account, 0),
            is_closed=_month(row.account) <= closed,
        )
        for row in reader.execute(query)
    )


def restart(tx: Transaction) -> None:
    """After a restore: answer nothing new about any month that has begun.

    What was answered since the backup is not known any more, so its cost is not either.
    """
    # A month may begin at the site a day before it does by the clock of UTC.
    month = f"{datetime.fromtimestamp(tx.now / 1000, UTC) + timedelta(days=1):%Y-%m}"
    name = f"{CLOSED}.{month}"
    rows = statistics_budget.c
    if tx.execute(select(rows.account).where(rows.account == name)).one_or_none() is None:
        index = tx.append(entry.encode("budget.closed", tx.now, entry.salt(), {"account": name}))
        _insert(tx, name, 0, index)


def budgets(connection: Connection) -> walk.Rows:
    """Yield every account of a month for an audit, as the database has it."""
    return _named(connection, is_closing=False)


def closings(connection: Connection) -> walk.Rows:
    """Yield what restores closed, for an audit, as the database has it."""
    return _named(connection, is_closing=True)


def stored(connection: Connection) -> walk.Rows:
    """Yield every answer for an audit, as the database has it."""
    return walk.rows(connection, statistics_answer, ("question",))


def uneven(connection: Connection) -> Iterator[Any]:
    """Name the accounts that did not spend what their answers cost, for an audit."""
    rows, given = statistics_budget.c, statistics_answer.c
    cost = (
        select(
            given.account,
            func.coalesce(func.sum(given.rho), 0).label("rho"),
            func.coalesce(func.sum(given.delta), 0).label("delta"),
        )
        .group_by(given.account)
        .subquery()
    )
    query = (
        select(type_coerce(rows.account, NullType()))
        .outerjoin(cost, cost.c.account == rows.account)
        .where(
            or_(
                rows.spent != func.coalesce(cost.c.rho, 0),
                rows.delta != func.coalesce(cost.c.delta, 0),
            )
        )
    )
    yield from connection.execute(query).scalars().all()


def _named(connection: Connection, *, is_closing: bool) -> walk.Rows:
    for row in walk.rows(connection, statistics_budget, ("account",)):
        name = str(row.number)
        if name.startswith(f"{CLOSED}.") is is_closing:
            yield row


def _opened(tx: Transaction, name: str, granted: int) -> Account:
    rows = statistics_budget.c
    query = select(rows.granted, rows.spent, rows.delta).where(rows.account == name)
    found = tx.execute(query).one_or_none()
    if found is not None:
        return Account(_month(name), found.granted, found.spent, found.delta, 0)
    codes: dict[str, entry.Code] = {"account": name, "granted": granted}
    index = tx.append(entry.encode("budget.opened", tx.now, entry.salt(), codes))
    _insert(tx, name, granted, index)
    return Account(_month(name), granted, 0, 0, 0)


def _insert(tx: Transaction, name: str, granted: int, index: int) -> None:
    tx.execute(
        insert(statistics_budget).values(
            account=name, granted=granted, spent=0, delta=0, opened_at=tx.now, entry=index
        )
    )


def _reserve(tx: Transaction, question: Question) -> None:
    rows = statistics_budget.c
    statement = (
        update(statistics_budget)
        .where(rows.account == question.account)
        .values({rows.spent: rows.spent + question.rho, rows.delta: rows.delta + question.delta})
    )
    if tx.execute(statement).rowcount != 1:
        raise errors.Broken(
            "The account of the budget vanished.", "Run `uphold journal verify DIR`."
        )


def _store(tx: Transaction, question: Question, drawn: Drawn, left: int) -> Answer:
    codes: dict[str, entry.Code] = {
        "account": question.account,
        "question": question.digest,
        "answer": hashlib.sha256(drawn.told).hexdigest(),
        "rho": question.rho,
        "delta": question.delta,
        "left": left,
    }
    index = tx.append(entry.encode("budget.spent", tx.now, entry.salt(), codes))
    tx.execute(
        insert(statistics_answer).values(
            question=question.digest,
            account=question.account,
            rho=question.rho,
            delta=question.delta,
            asked=question.asked.decode(),
            answer=drawn.told.decode(),
            at=tx.now,
            entry=index,
        )
    )
    return Answer(question, drawn, tx.now, index, is_new=True)


def _refuse(tx: Transaction, question: Question, reason: Reason, left: int) -> Refused:
    codes: dict[str, entry.Code] = {
        "account": question.account,
        "question": question.digest,
        "rho": question.rho,
        "left": left,
        "reason": str(reason),
    }
    index = tx.append(entry.encode("budget.refused", tx.now, entry.salt(), codes))
    return Refused(question, reason, left, index)


def _whole(drawn: Drawn) -> Drawn:
    """Refuse figures that are no whole numbers: the digits after the point would tell the true ones."""
    if not all(type(value) is int for value in (*drawn.cells.values(), drawn.error95)):
        raise errors.Broken(
            "The noise is not in whole numbers, and would give the true figures away.",
            "Nothing was answered. Please report this with the version of Uphold.",
        )
    return drawn


def _is_closed(reader: Connection | Transaction, name: str) -> bool:
    return _month(name) <= _closed_to(reader)


def _closed_to(reader: Connection | Transaction) -> str:
    """Return the last month that is closed after a restore; empty when none is."""
    rows = statistics_budget.c
    query = select(func.max(rows.account)).where(rows.account.startswith(f"{CLOSED}."))
    return _month(reader.execute(query).scalar() or "")


def _month(name: str) -> str:
    return name.partition(".")[2]
