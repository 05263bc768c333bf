# SPDX-License-Identifier: Apache-2.0
"""Accounts of a run of probes: made without a link, for its time only, never by hand.

They sign in at the same door as people do. The gate opens to them what the same exercise has sent, and
nothing else.
"""

import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from uphold.access import factor, hold, password as passwords, restraint, session, staff
from uphold.access.permission import Role
from uphold.access.staff import COMMAND_LINE, Account, Invitation, State, access_staff, of_row
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry


@dataclass(frozen=True, slots=True)
class Opened:
    """An account made just now; its password is kept nowhere else."""

    number: int
    login: str
    password: str = field(repr=False)


def open_account(writer: Writer, run: int, role: Role) -> Opened:
    """Make an account of a role for a run, with a random password. Blocks for the hashing.

    Journals staff.invited and staff.password-set, as for anybody.
    """
    login = f"exercise-{run}-{role}-{secrets.token_hex(4)}"
    password = secrets.token_urlsafe(24)
    hashed = passwords.hash_(password)
    number = writer.run(lambda tx: _store(tx, run, role, login, hashed))
    return Opened(number, login, password)


def invite(tx: Transaction, run: int, role: Role) -> Invitation:
    """Make an account of a run that waits for its password, and its link. Journals staff.invited."""
    login = f"exercise-{run}-{role}-{secrets.token_hex(4)}"
    made = tx.execute(
        insert(access_staff)
        .values(login=login, role=role, state=State.INVITED, created_at=tx.now, exercise=run)
        .returning(access_staff.c.number)
    )
    return staff.link(tx, int(made.scalar_one()), login, role, COMMAND_LINE)


def close(tx: Transaction, run: int) -> None:
    """Close every account of a run for good, end its sessions and links and what binds it; each is journaled."""
    people = access_staff.c
    mine = select(people.number).where(people.exercise == run, people.state != State.CLOSED)
    restraint.end_drill(tx, run)
    live = list(tx.execute(mine.order_by(people.number)).scalars())
    for stop in hold.in_force(tx, tx.now):
        if stop.hold.staff in live:
            hold.lift(tx, stop.number)
    for number in live:
        session.end_all(tx, number)
        factor.drop(tx, number, COMMAND_LINE)
    tx.execute(
        update(access_staff).where(people.exercise == run).values(state=State.CLOSED, password=None)
    )


def accounts(connection: Connection) -> tuple[Account, ...]:
    """Every exercise account that somebody signs in with and is not closed, in the order they were made."""
    people = access_staff.c
    rows = connection.execute(
        select(access_staff)
        .where(people.exercise.is_not(None), people.state == State.ACTIVE)
        .order_by(people.number)
    )
    return tuple(of_row(row) for row in rows)


def numbers(connection: Connection) -> frozenset[int]:
    """Every account of every run, those that are closed too."""
    people = access_staff.c
    rows = connection.execute(select(people.number).where(people.exercise.is_not(None)))
    return frozenset(rows.scalars())


def _store(tx: Transaction, run: int, role: Role, login: str, hashed: str) -> int:
    made = tx.execute(
        insert(access_staff)
        .values(
            login=login,
            role=role,
            password=hashed,
            state=State.ACTIVE,
            created_at=tx.now,
            password_at=tx.now,
            exercise=run,
        )
        .returning(access_staff.c.number)
    )
    number = int(made.scalar_one())
    invited: dict[str, str | int] = {"staff": number, "role": str(role), "by": COMMAND_LINE}
    tx.append(entry.encode("staff.invited", tx.now, entry.salt(), invited))
    tx.append(entry.encode("staff.password-set", tx.now, entry.salt(), {"staff": number}))
    return number
