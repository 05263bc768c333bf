# SPDX-License-Identifier: Apache-2.0
"""Alerts as they are kept, and how far the rules have looked. Guarantee: what was noticed is stored once.

An alert and the place up to which events were looked at are one transaction: whatever stops in between, nothing is
left out and nothing is told twice.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Table, Text, func, insert, or_, select, update

from uphold import errors
from uphold.access.signal import KEPT_MS
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.detection.engine import Group, Match
from uphold.detection.event import Value
from uphold.detection.rule import Against, Rule
from uphold.journal import entry

CURSOR_ROW = 1

detection_alert = Table(
    "detection_alert",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False, unique=True),
    Column("rule", Text, nullable=False),
    Column("severity", Number, nullable=False),
    # Whom and which source it is about: 0 and "" for none.
    Column("staff", Number, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("record", Number),
    # The fields that tell it apart, as a JSON list of pairs; ids of events joined by a space.
    Column("group_text", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("count", Number, nullable=False),
    Column("first_at", Number, nullable=False),
    Column("last_at", Number, nullable=False, index=True),
    Column("raised_at", Number, nullable=False),
    # What became of each response, joined by a space: `log`, `lock:spared`.
    Column("response", Text, nullable=False),
    Column("dry_run", Number, nullable=False),
    # The run of probes that it belongs to; null for people's.
    Column("exercise", Number),
    Column("seen_at", Number),
    Column("seen_by", Number),
    Column("verdict", Text),
    Column("entry", Number, nullable=False),
)
TABLE = detection_alert.name

# One row: the first entry and the last signal that were looked at or not, by which rules.
detection_cursor = Table(
    "detection_cursor",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("journal", Number, nullable=False),
    Column("signal", Number, nullable=False),
    Column("rules", Text, nullable=False),
    Column("at", Number, nullable=False),
)

_a, _c = detection_alert.c, detection_cursor.c

_is_digest = re.compile("[0-9a-f]{16}").fullmatch
# Where there may be one among the fields of a group: a text as long as a digest.
_MAY_BE_DIGEST = '%"' + "_" * 16 + '"%'


class Verdict(StrEnum):
    """What people found an alert to be."""

    TRUE = "true"
    FALSE = "false"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. Times are unix ms; `seen_at` and `seen_by` are 0 and `verdict` "" until somebody judged it.

    `staff` 0 and `source` "" mean that it is about none; `record` is 0 where it is about no one record, `exercise`
    the run of probes that it belongs to, 0 for people's. `responses` are codes such as `log` or `lock:spared`.
    """

    number: int
    rule: str
    severity: int
    staff: int
    source: str
    record: int
    group: Group
    events: tuple[str, ...]
    count: int
    first_at: int
    last_at: int
    raised_at: int
    responses: tuple[str, ...]
    dry_run: bool
    exercise: int
    seen_at: int
    seen_by: int
    verdict: str
    entry: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the rules have looked: entries below `journal`, signals up to `signal`; by `rules` (digest), at (ms)."""

    journal: int
    signal: int
    rules: str
    at: int


def cursor(reader: Connection | Transaction) -> Cursor | None:
    """How far the rules have looked; None before the first time."""
    row = reader.execute(select(detection_cursor).where(_c.number == CURSOR_ROW)).first()
    return None if row is None else Cursor(row.journal, row.signal, row.rules, row.at)


def move(tx: Transaction, to: Cursor) -> None:
    """Note how far the rules have looked."""
    values = {"journal": to.journal, "signal": to.signal, "rules": to.rules, "at": to.at}
    moved = tx.execute(update(detection_cursor).where(_c.number == CURSOR_ROW).values(**values))
    if not moved.rowcount:
        tx.execute(insert(detection_cursor).values(number=CURSOR_ROW, **values))


def next_number(tx: Transaction) -> int:
    """The number of the next alert: under the write lock, and no alert is ever deleted."""
    return (tx.execute(select(func.max(_a.number))).scalar() or 0) + 1


def is_known(reader: Connection | Transaction, identity: str) -> bool:
    """Tell whether an alert with this identity was raised."""
    return reader.execute(select(_a.number).where(_a.identity == identity)).first() is not None


def whom(rule: Rule, match: Match) -> int:
    """Return the member of staff that a match is about, 0 for none.

    A response is about whom the group names; where it names nobody, about who caused the last event, if the rule is
    about staff at all.
    """
    named = dict(match.group)
    if rule.against is Against.STAFF:
        found = [named.get("actor"), named.get("staff"), match.event.get("actor")]
        found.append(match.event.get("staff"))
    else:
        found = [named.get("actor"), named.get("staff")]
    return next((one for one in found if type(one) is int and one > 0), 0)


def whence(match: Match) -> str:
    """Return the source that a match is about, "" for none."""
    source = dict(match.group).get("source", match.event.get("source", ""))
    return source if isinstance(source, str) else ""


def keep(
    tx: Transaction, number: int, rule: Rule, match: Match, responses: Sequence[str], *, dry: bool
) -> int:
    """Store an alert and journal detection.alerted; returns its entry. Call it once for an identity."""
    run = _number(match.event.get("exercise_run")) if match.exercise else 0
    staff, record = whom(rule, match), _number(match.event.get("record"))
    digest = hashlib.sha256(" ".join(match.events).encode("utf-8", "replace")).hexdigest()
    codes: dict[str, entry.Code] = {
        "alert": number,
        "rule": rule.name,
        "staff": staff,
        "response": "+".join(one.replace(":", "-") for one in responses),
        "mode": "dry" if dry else "acts",
        "run": run,
        "events": digest,
    }
    index = tx.append(entry.encode("detection.alerted", tx.now, entry.salt(), codes))
    tx.execute(
        insert(detection_alert).values(
            number=number,
            identity=match.identity,
            rule=rule.name,
            severity=rule.severity,
            staff=staff,
            source=whence(match),
            record=record or None,
            group_text=json.dumps(match.group, ensure_ascii=False),
            events=" ".join(match.events),
            count=match.count,
            first_at=match.first_at,
            last_at=match.last_at,
            raised_at=tx.now,
            response=" ".join(responses),
            dry_run=int(dry),
            exercise=run or None,
            entry=index,
        )
    )
    return index


def find(reader: Connection | Transaction, number: int) -> Alert:
    """One alert; raises `errors.Missing` when there is none."""
    row = reader.execute(select(detection_alert).where(_a.number == number)).first()
    if row is None:
        raise errors.Missing(f"There is no alert {number}.", "Look at the list of alerts.")
    return _alert(row)


def listed(
    reader: Connection | Transaction,
    *,
    exercise: bool = False,
    unseen: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> tuple[Alert, ...]:
    """Alerts, the newest first, below number `before` if given: of people, or of runs of probes alone."""
    query = select(detection_alert)
    query = query.where(_a.exercise.is_not(None) if exercise else _a.exercise.is_(None))
    if unseen:
        query = query.where(_a.seen_at.is_(None))
    if before is not None:
        query = query.where(_a.number < before)
    rows = reader.execute(query.order_by(_a.number.desc()).limit(limit))
    return tuple(_alert(row) for row in rows)


def of_run(reader: Connection | Transaction, run: int) -> tuple[Alert, ...]:
    """Every alert of a run of probes, oldest first."""
    query = select(detection_alert).where(_a.exercise == run).order_by(_a.number)
    return tuple(_alert(row) for row in reader.execute(query))


def waiting(reader: Connection | Transaction) -> int:
    """How many alerts about people nobody has judged yet."""
    mine = _a.seen_at.is_(None) & _a.exercise.is_(None)
    query = select(func.count()).select_from(detection_alert).where(mine)
    return int(reader.execute(query).scalar_one())


def since(reader: Connection | Transaction, at: int) -> tuple[Alert, ...]:
    """Alerts whose last event is not before `at` (unix ms), oldest first."""
    query = select(detection_alert).where(_a.last_at >= at).order_by(_a.number)
    return tuple(_alert(row) for row in reader.execute(query))


def judge(tx: Transaction, number: int, staff: int, verdict: Verdict) -> None:
    """Note what a member of staff found an alert to be; journals detection.seen.

    Raises `errors.Missing` for an alert that there is not, `errors.Conflict` for one that was judged.
    """
    if find(tx, number).seen_at:
        raise errors.Conflict(f"Alert {number} was judged already.", "Look at the list of alerts.")
    codes: dict[str, entry.Code] = {"alert": number, "staff": staff, "verdict": str(verdict)}
    tx.append(entry.encode("detection.seen", tx.now, entry.salt(), codes))
    seen = {"seen_at": tx.now, "seen_by": staff, "verdict": str(verdict)}
    tx.execute(update(detection_alert).where(_a.number == number).values(**seen))


def forget(tx: Transaction, now: int) -> None:
    """Take out of old alerts which source and login they were about, as the signals that told of it end as well."""
    old = _a.last_at <= now - KEPT_MS
    named = or_(_a.source != "", _a.group_text.like(_MAY_BE_DIGEST))
    for row in tx.execute(select(_a.number, _a.group_text).where(old, named)).all():
        left = [(name, _unless_digest(value)) for name, value in json.loads(row.group_text)]
        over = {"source": "", "group_text": json.dumps(left, ensure_ascii=False)}
        tx.execute(update(detection_alert).where(_a.number == row.number).values(**over))


def rows(connection: Connection) -> walk.Rows:
    """Walk through every alert as it lies, for an audit."""
    return walk.rows(connection, detection_alert)


def _unless_digest(value: Value) -> Value:
    return "" if isinstance(value, str) and _is_digest(value) else value


def _number(value: Value | None) -> int:
    return value if type(value) is int and value > 0 else 0


def _alert(row: Any) -> Alert:
    return Alert(
        number=row.number,
        rule=row.rule,
        severity=row.severity,
        staff=row.staff,
        source=row.source,
        record=row.record or 0,
        group=tuple((name, value) for name, value in json.loads(row.group_text)),
        events=tuple(row.events.split()),
        count=row.count,
        first_at=row.first_at,
        last_at=row.last_at,
        raised_at=row.raised_at,
        responses=tuple(row.response.split()),
        dry_run=bool(row.dry_run),
        exercise=row.exercise or 0,
        seen_at=row.seen_at or 0,
        seen_by=row.seen_by or 0,
        verdict=row.verdict or "",
        entry=row.entry,
    )
