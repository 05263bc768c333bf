# SPDX-License-Identifier: Apache-2.0
"""What was noticed at the doors and of the site itself, beside the journal: for detection to read, for thirty days.

    note(tx, Signal(Kind.SIGN_IN, {...}, staff=7))     in the transaction of what it tells of
    since(reader, number)                              what came after a signal, in the order of commits

The journal says what was done; signals say what was tried, and from where. A signal holds codes, numbers and keyed
digests (`arrival`), never an address, a login or a word that somebody sent: `SHAPES` is the closed list of what
there can be, and reading it is the privacy review. Nothing of it is in a backup.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Table, Text, delete, func, insert, select

from uphold.access.staff import access_staff
from uphold.database import sequence
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction

KEPT_MS = 30 * 24 * 60 * 60 * 1000
"""How long a signal is kept (ms)."""

SEQUENCE = "signal"

# Numbers follow the order of commits, as whoever takes one holds the sequence's row until it commits.
access_signal = Table(
    "access_signal",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("at", Number, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    # 0 for nobody of the staff.
    Column("staff", Number, nullable=False, index=True),
    # The run of probes that it belongs to; 0 for people's.
    Column("exercise", Number, nullable=False),
    # One JSON object, names in order, without spaces.
    Column("fields", Text, nullable=False),
    info=PASSING,
)

Value = str | int | bool
_FIELDS = msgspec.json.Decoder(dict[str, Value])


class Kind(StrEnum):
    """What there can be; the first part says who noticed it."""

    SIGN_IN = "web.sign-in"
    SESSION = "web.session"
    REFUSED = "web.refused"
    MISSING = "web.missing"
    PROBE = "web.probe"
    FORGED = "web.forged"
    TOKEN = "web.token"  # noqa: S105 - the name of a kind
    OVERFLOW = "web.overflow"
    CLOCK = "site.clock"
    SWEEP_LATE = "site.sweep-late"
    JOURNAL = "site.journal"
    BACKUP_READ = "site.backup-read"
    SETTINGS = "site.settings"
    RULES = "site.rules"
    CANARY = "site.canary"
    UNUSUAL = "site.unusual"


Shape = Callable[[Value], bool]
_LARGEST = 2**53 - 1


def _number(value: Value) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST


def _flag(value: Value) -> bool:
    return type(value) is bool


def _spelled(pattern: str, most: int) -> Shape:
    known = re.compile(pattern)

    def fits(value: Value) -> bool:
        return isinstance(value, str) and len(value) <= most and bool(known.fullmatch(value))

    return fits


_CODE = _spelled(r"[a-z0-9]+(-[a-z0-9]+)*", 60)
_CODES = _spelled(r"([a-z][a-z-]*(\+[a-z][a-z-]*)*)?", 2000)
# Sixteen hex digits; empty where there was nothing to make one of.
_DIGEST = _spelled(r"([0-9a-f]{16})?", 16)
# A route with the names of its parameters, never what stood in their place.
_ROUTE = _spelled(r"(/[a-z0-9/{}:._-]*)?", 120)
# The key of a form as the policy declares it; empty for none.
_FORM = _spelled(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?)?", 60)

_FROM = {"source": _DIGEST, "network": _DIGEST, "agent": _DIGEST}

SHAPES: Mapping[Kind, Mapping[str, Shape]] = {
    Kind.SIGN_IN: {
        **_FROM,
        "outcome": _CODE,
        "login": _DIGEST,
        # Not seen of this account in thirty days, while something was seen of it; `first`: nothing was.
        "new_network": _flag,
        "new_agent": _flag,
        "first": _flag,
        # The password was right, and a second factor is still to be shown.
        "waits": _flag,
    },
    Kind.SESSION: {**_FROM, "session": _number, "changed": _flag},
    Kind.REFUSED: {"status": _number, "path": _ROUTE, "count": _number},
    Kind.MISSING: {"source": _DIGEST, "count": _number},
    Kind.PROBE: {
        "class": _CODE,
        "where": _CODE,
        "source": _DIGEST,
        "form": _FORM,
        "count": _number,
    },
    Kind.FORGED: {"source": _DIGEST, "count": _number},
    Kind.TOKEN: {"outcome": _CODE, "source": _DIGEST, "network": _DIGEST, "count": _number},
    Kind.OVERFLOW: {"count": _number},
    Kind.CLOCK: {"jump_seconds": _number, "back": _flag},
    Kind.SWEEP_LATE: {"hours": _number},
    Kind.JOURNAL: {"problem": _CODE},
    Kind.BACKUP_READ: {},
    Kind.SETTINGS: {"changed": _CODES},
    Kind.RULES: {"disabled": _number, "dry": _number},
    Kind.CANARY: {"what": _CODE, "source": _DIGEST},
    # By how many MADs, held against how many days; whether peers do not do it either.
    Kind.UNUSUAL: {"dimension": _CODE, "by": _number, "window": _number, "peer": _flag},
}
"""Of each kind, every field that it has; all of them are always there."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something noticed. `at` is unix ms, 0 for the moment it is noted; `staff` 0 for nobody of the staff."""

    kind: Kind
    fields: Mapping[str, Value] = field(default_factory=dict)
    staff: int = 0
    exercise: int = 0
    at: int = 0

    @property
    def service(self) -> str:
        """Who noticed it: `web` or `site`."""
        return self.kind.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Noted:
    """A signal as it is kept, under its number."""

    number: int
    signal: Signal


def check(one: Signal) -> None:
    """Raise ValueError for a signal whose fields are not exactly those of its kind; the message quotes no value."""
    shapes = SHAPES[one.kind]
    if one.fields.keys() != shapes.keys():
        raise ValueError(f"A signal {one.kind} has the fields {', '.join(sorted(shapes))}.")
    for name, value in one.fields.items():
        if not shapes[name](value):
            raise ValueError(f"The field {name} of a signal {one.kind} has not its shape.")


def note(tx: Transaction, *signals: Signal) -> None:
    """Keep signals; of one that names an account the run it belongs to is the account's."""
    if not signals:
        return
    for one in signals:
        check(one)
    runs = _runs(tx, {one.staff for one in signals if one.staff})
    first = sequence.reserve(tx, SEQUENCE, len(signals))
    rows = [
        {
            "number": first + place,
            "at": one.at or tx.now,
            "kind": str(one.kind),
            "staff": one.staff,
            "exercise": runs.get(one.staff, one.exercise),
            "fields": written(one.fields),
        }
        for place, one in enumerate(signals)
    ]
    tx.execute(insert(access_signal), rows)


def since(reader: Connection | Transaction, number: int, most: int = 10_000) -> tuple[Noted, ...]:
    """List what came after signal `number`, at most so many, in the order of commits.

    Raises ValueError for one that cannot be read.
    """
    rows = access_signal.c
    found = select(access_signal).where(rows.number > number).order_by(rows.number).limit(most)
    return tuple(_of_row(row) for row in reader.execute(found))


def find(reader: Connection | Transaction, number: int) -> Signal | None:
    """Return a signal; None where there is none any more, or none that can be read."""
    row = reader.execute(select(access_signal).where(access_signal.c.number == number)).first()
    found = () if row is None else _readable([row])
    return found[0].signal if found else None


def numbers(reader: Connection | Transaction, after: int, most: int) -> list[int]:
    """List the numbers of signals after a number, whether they can be read or not, at most so many."""
    number = access_signal.c.number
    found = select(number).where(number > after).order_by(number).limit(most)
    return list(reader.execute(found).scalars())


def before(reader: Connection | Transaction, at: int) -> int:
    """Return the number of the newest signal that is older than a moment (unix ms); 0 for none."""
    rows = access_signal.c
    return int(reader.execute(select(func.max(rows.number)).where(rows.at < at)).scalar() or 0)


def newest(reader: Connection | Transaction) -> int:
    """Return the number of the newest signal that is kept; 0 for none."""
    return int(reader.execute(select(func.max(access_signal.c.number))).scalar() or 0)


def of_staff(
    reader: Connection | Transaction, kind: Kind, staff: int, after: int
) -> tuple[Noted, ...]:
    """List the signals of one kind about an account after a moment (unix ms), the newest first.

    One that cannot be read is left out: nobody is kept from signing in by a damaged row.
    """
    rows = access_signal.c
    found = select(access_signal).where(
        rows.staff == staff, rows.kind == str(kind), rows.at > after
    )
    return _readable(reader.execute(found.order_by(rows.number.desc())))


def forget(tx: Transaction, now: int) -> None:
    """Delete the signals that are older than `KEPT_MS`."""
    tx.execute(delete(access_signal).where(access_signal.c.at <= now - KEPT_MS))


def written(fields: Mapping[str, Value]) -> str:
    """Write fields in their one spelling."""
    return msgspec.json.encode(dict(fields), order="sorted").decode()


def _runs(tx: Transaction, staff: set[int]) -> dict[int, int]:
    """The run of each of these accounts; 0 for a person's."""
    if not staff:
        return {}
    people = access_staff.c
    found = select(people.number, people.exercise).where(people.number.in_(sorted(staff)))
    return {row.number: row.exercise or 0 for row in tx.execute(found)}


def _readable(rows: Iterable[Any]) -> tuple[Noted, ...]:
    found = []
    for row in rows:
        try:
            found.append(_of_row(row))
        except ValueError:
            continue
    return tuple(found)


def _of_row(row: Any) -> Noted:
    try:
        fields = _FIELDS.decode(row.fields)
    except msgspec.MsgspecError as error:
        raise ValueError(f"Signal {row.number} is damaged.") from error
    kept = Signal(Kind(row.kind), fields, row.staff, row.exercise, row.at)
    return Noted(row.number, kept)
