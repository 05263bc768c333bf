# SPDX-License-Identifier: Apache-2.0
"""What a machine client did under a key of its own, so that to send it again does nothing twice.

    answer = repeat.once(tx, client, key, request, act)

In one transaction: the key is looked up, or else the act is done and its answer kept with the key. An answer that
is kept holds no personal data: readings have no key, each of them is journaled anew.
"""

import hashlib
from collections.abc import Callable

from sqlalchemy import (
    Column,
    LargeBinary,
    Table,
    UniqueConstraint,
    delete,
    insert,
    select,
)

from uphold import errors
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction

KEPT_MS = 7 * 24 * 60 * 60 * 1000
"""How long a key is remembered (ms)."""

access_repeat = Table(
    "access_repeat",
    metadata,
    Column("number", Number, primary_key=True),
    Column("client", Number, nullable=False),
    # Hashes: nobody reads what a program names its acts.
    Column("key", LargeBinary, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", Number, nullable=False, index=True),
    UniqueConstraint("client", "key"),
    info=PASSING,
)


class Reused(errors.Invalid):
    """A key that was used for another request."""


def once(
    tx: Transaction, client: int, key: str, request: bytes, act: Callable[[Transaction], bytes]
) -> bytes:
    """Do an act and keep its answer, or return the answer that was kept when it was done before.

    `client` is the number of its account, `request` the bytes that say what is asked. What fails is not kept.
    Raises `Reused` for a key that another request was sent with, and whatever `act` raises.
    """
    named, asked = _digest(key.encode()), _digest(request)
    columns = access_repeat.c
    query = select(columns.request, columns.answer).where(
        columns.client == client, columns.key == named
    )
    found = tx.execute(query).first()
    if found is not None:
        if bytes(found.request) != asked:
            raise Reused(
                "This Idempotency-Key was sent with another request.", "Take a key for each act."
            )
        return bytes(found.answer)
    answer = act(tx)
    row = {"client": client, "key": named, "request": asked, "answer": answer, "at": tx.now}
    tx.execute(insert(access_repeat).values(**row))
    return answer


def forget(tx: Transaction, now: int) -> None:
    """Delete the keys that are older than `KEPT_MS`."""
    tx.execute(delete(access_repeat).where(access_repeat.c.at <= now - KEPT_MS))


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()
