# SPDX-License-Identifier: Apache-2.0
"""The processes that serve a site just now, on whatever machines: which of them live, and from which keys.

Each writes its row anew while it lives. A row counts until its term is over by the database's own clock, or its
process has ended on this machine, which shows at once. Nothing depends on clocks that agree: who may act is said by
`database.lease`, whose late holders are refused.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Table, Text, delete, insert, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction

TERM_MS = 60_000
_PROC = Path("/proc")
# Where a process is: names that are the same for two processes only where one sees the other's number.
_PLACES = (
    Path("/etc/machine-id"),
    Path("/proc/sys/kernel/random/boot_id"),
)

database_process = Table(
    "database_process",
    metadata,
    Column("name", Text, primary_key=True),
    # Which file its key ring is: the same for all that share one folder, another one for a copy.
    Column("ring", Text, nullable=False),
    Column("until_at", Number, nullable=False),
    info=PASSING,
)
_p = database_process.c


@dataclass(frozen=True, slots=True)
class Row:
    """A process that serves, and the mark of the key ring that it has."""

    name: str
    ring: str


class _Moment(FunctionElement[int]):
    """What time it is (unix ms) by the database's own clock, the one that all processes share."""

    type = Number
    inherit_cache = True


@compiles(_Moment, "postgresql")
def _on_postgresql(_element: _Moment, _compiler: Any, **_: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"


@compiles(_Moment)
def _on_sqlite(_element: _Moment, _compiler: Any, **_: Any) -> str:
    return "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)"


def moment(reader: Connection | Transaction) -> int:
    """What time it is (unix ms) by the database's own clock."""
    return int(reader.execute(select(_Moment())).scalar_one())


def named() -> str:
    """Name this process anew: where it is, its number, when it began, and what nothing else is called."""
    pid = os.getpid()
    return f"{_place()}:{pid}:{_began(pid) or 0}:{secrets.token_hex(8)}"


def is_gone(name: str) -> bool:
    """Tell that a process of this machine has ended; of another machine's nobody here can tell."""
    place, pid, began, _ = name.split(":")
    if not place or place != _place():
        return False
    return _began(int(pid)) != int(began)


def lives(name: str, until: int, now: int, term: int = TERM_MS) -> bool:
    """Tell whether what a process wrote counts still; an end that is too far was written by a clock put back since."""
    return bool(name) and 0 < until - now <= term and not is_gone(name)


def enter(tx: Transaction, name: str, ring: str) -> None:
    """Say that a process serves, and forget those that do no more."""
    now = moment(tx)
    every = {row.name: int(row.until_at) for row in tx.execute(select(database_process))}
    over = [one for one in every if one != name and not lives(one, every[one], now)]
    if over:
        tx.execute(delete(database_process).where(_p.name.in_(over)))
    values = {"ring": ring, "until_at": now + TERM_MS}
    if name in every:
        tx.execute(update(database_process).where(_p.name == name).values(**values))
    else:
        tx.execute(insert(database_process).values(name=name, **values))


def leave(tx: Transaction, name: str) -> None:
    """Say that a process serves no more."""
    tx.execute(delete(database_process).where(_p.name == name))


def living(reader: Connection | Transaction) -> list[Row]:
    """List the processes that serve now, by name."""
    now = moment(reader)
    every = reader.execute(select(database_process).order_by(_p.name))
    return [Row(row.name, row.ring) for row in every if lives(row.name, row.until_at, now)]


@cache
def _place() -> str:
    """Name where this process is; empty where that cannot be told, and nobody is ever taken for gone."""
    try:
        inner = (_PROC / "self" / "ns" / "pid").readlink().name
    except OSError:
        return ""
    # The kernel's own name of this boot is hidden from a service that sees nothing of the kernel.
    known = [path.read_text() for path in _PLACES if os.access(path, os.R_OK)]
    text = "\n".join([os.uname().nodename, inner, *known])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _began(pid: int) -> int | None:
    """When a process of this machine began, in the kernel's ticks; None when there is none."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The 22nd field; the second is the command's name, in which anything may stand.
    return int(text.rpartition(")")[2].split()[19])
