# SPDX-License-Identifier: Apache-2.0
"""Ending a suspension before its time: who may, and when two people must (decided pure, then stored and journaled).

A stop of all reading is placed by one person in a hurry and lifted by two at leisure: the first asks, another
lifts. Nobody lifts what stops themselves, and what a person asked for is not the operator's to lift.
"""

from enum import StrEnum

from sqlalchemy import Column, Connection, Table, insert, select

from uphold import errors
from uphold.access import hold
from uphold.access.hold import Placed, Reason
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry

access_lift = Table(
    "access_lift",
    metadata,
    Column("hold", Number, primary_key=True, autoincrement=False),
    Column("staff", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)
TABLE = access_lift.name


class Step(StrEnum):
    """What becomes of somebody's wish to lift a suspension."""

    LIFTED = "lifted"
    # The first of two has asked; another must lift it.
    ASKED = "asked"
    OVER = "over"
    # It stops the one who would lift it.
    OWN = "own"
    # The first of two cannot be the second.
    SAME = "same"
    # The person whose data it is asked for it, and ends it on their own page.
    PERSONS = "persons"


def judge(placed: Placed, asked_by: int, by: int, now: int) -> Step:
    """Decide. `asked_by` is who asked before (0: nobody), `by` who wishes it now; `now` is unix ms."""
    held = placed.hold
    if placed.lifted_at or held.until_at <= now:
        return Step.OVER
    if held.staff == by:
        return Step.OWN
    if placed.reason is Reason.RESTRICTION:
        return Step.PERSONS
    if not held.stops_all:
        return Step.LIFTED
    if not asked_by:
        return Step.ASKED
    return Step.SAME if asked_by == by else Step.LIFTED


def wish(tx: Transaction, number: int, by: int) -> Step:
    """Lift a suspension, or be the first of two who must; journals hold.lifted or hold.lift-asked.

    Anything else changes nothing. Raises `errors.Missing` for one that there is not.
    """
    placed = hold.find(tx, number)
    if placed is None:
        raise errors.Missing(f"There is no suspension {number}.", "Look at the list.")
    step = judge(placed, asked(tx).get(number, 0), by, tx.now)
    if step is Step.LIFTED:
        hold.lift(tx, number, by=by)
    if step is Step.ASKED:
        codes: dict[str, entry.Code] = {"hold": number, "staff": by}
        index = tx.append(entry.encode("hold.lift-asked", tx.now, entry.salt(), codes))
        tx.execute(insert(access_lift).values(hold=number, staff=by, at=tx.now, entry=index))
    return step


def asked(reader: Connection | Transaction) -> dict[int, int]:
    """Who asked to lift which suspension, by its number; there are never many."""
    rows = reader.execute(select(access_lift.c.hold, access_lift.c.staff))
    return {row.hold: row.staff for row in rows}


def rows(connection: Connection) -> walk.Rows:
    """Walk through every wish as it lies, for an audit."""
    return walk.rows(connection, access_lift, ("hold",))
