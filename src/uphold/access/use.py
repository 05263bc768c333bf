# SPDX-License-Identifier: Apache-2.0
"""What each field of a form was last read for: no person, no record, no member of staff, a moment for each.

Kept in the transaction of the reading, as walking through the journal would take longer with every reading. The
rows are as many as the forms have fields and purposes, and do not grow with the site.

A person who looks at their own data, and staff who hand them out at their request, need them for no purpose of
the operator's: neither is a use.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import Column, Connection, Table, Text, Update, bindparam, insert, select, update

from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction

EVERY = "*"
"""Stands for every field of a form that serves the purpose: what was read before fields were told apart."""

Key = tuple[str, str, str]
"""The form, the field and the purpose."""

access_use = Table(
    "access_use",
    metadata,
    Column("form", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    # 0 for what people sent, 1 for what runs of probes did.
    Column("exercise", Number, primary_key=True, autoincrement=False),
    Column("at", Number, nullable=False),
)


# Made once for each number of fields: to put it together costs more than to run it.
@cache
def _seen(count: int) -> Update:
    column = access_use.c
    return (
        update(access_use)
        .where(
            column.form == bindparam("of"),
            column.field.in_([bindparam(f"field{place}") for place in range(count)]),
            column.purpose == bindparam("for"),
            column.exercise == bindparam("kind"),
        )
        .values(at=bindparam("now"))
    )


def note(
    tx: Transaction, form: str, fields: Iterable[str], purpose: str, *, exercise: bool
) -> None:
    """Remember that fields of a form are read now. One statement, but for the first time of a field."""
    read, kind = sorted(fields), int(exercise)
    told: dict[str, int | str] = {"of": form, "for": purpose, "kind": kind, "now": tx.now}
    told |= {f"field{place}": one for place, one in enumerate(read)}
    if tx.run(_seen(len(read)), told).rowcount == len(read):
        return
    column = access_use.c
    mine = (column.form == form, column.purpose == purpose, column.exercise == kind)
    there = {row.field for row in tx.execute(select(column.field).where(*mine))}
    keys = {"form": form, "purpose": purpose, "exercise": kind, "at": tx.now}
    tx.execute(insert(access_use), [{**keys, "field": one} for one in read if one not in there])


def last(connection: Connection, *, exercise: bool = False) -> Mapping[Key, int]:
    """When each field was last read for each purpose (unix ms): of people's records, or of the probes' own."""
    column = access_use.c
    rows = connection.execute(select(access_use).where(column.exercise == int(exercise)))
    return {(row.form, row.field, row.purpose): row.at for row in rows}
