# SPDX-License-Identifier: Apache-2.0
"""Incidents, to look at: each with its lines, the notices that were given and the lessons. Changes nothing."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from uphold import errors
from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.incident.case import Case, Line, What, Whose
from uphold.incident.tables import incident_case, incident_line, incident_words
from uphold.vault import words as sealing
from uphold.vault.unlock import KeyRing

Reader = Connection | Transaction


def find(reader: Reader, ring: KeyRing | None, number: int) -> Case:
    """One incident, with its words where a key ring is given; raises `errors.Missing` where there is none."""
    row = reader.execute(select(incident_case).where(incident_case.c.number == number)).first()
    if row is None:
        raise errors.Missing("There is no such incident.", "Look at the list of incidents.")
    return _cases(reader, ring, [row])[0]


def of_alert(reader: Reader, alert: int) -> int:
    """The number of the incident that was opened from an alert, 0 for none."""
    query = select(incident_case.c.number).where(incident_case.c.alert == alert)
    return int(reader.execute(query.limit(1)).scalar() or 0)


def listed(
    reader: Reader, ring: KeyRing | None = None, *, whose: Whose = Whose.PEOPLES, limit: int = 500
) -> tuple[Case, ...]:
    """The newest incidents, newest first, of one of three sorts; with their words where a ring is given."""
    columns = incident_case.c
    query = select(incident_case).where(columns.whose == int(whose))
    rows = reader.execute(query.order_by(columns.number.desc()).limit(limit)).all()
    return _cases(reader, ring, rows)


def open_(reader: Reader, whose: Whose) -> tuple[Case, ...]:
    """Every open incident of a sort, newest first, without words."""
    columns = incident_line.c
    ends = select(columns.incident, columns.what).where(
        columns.what.in_([What.CLOSED, What.REOPENED])
    )
    last = {row.incident: row.what for row in reader.execute(ends.order_by(columns.number))}
    closed = [number for number, what in last.items() if what == What.CLOSED]
    query = select(incident_case).where(
        incident_case.c.whose == int(whose), incident_case.c.number.not_in(closed)
    )
    rows = reader.execute(query.order_by(incident_case.c.number.desc())).all()
    return _cases(reader, None, rows)


def rows(connection: Connection) -> walk.Rows:
    """Walk through every incident as it lies, for an audit."""
    return walk.rows(connection, incident_case)


def noted(connection: Connection) -> walk.Rows:
    """Walk through every line that an entry incident.noted is of, for an audit."""
    ends = {What.GIVEN, What.CLOSED}
    return _walked(connection, frozenset(What) - ends)


def given(connection: Connection) -> walk.Rows:
    """Walk through every line of a notice that was given."""
    return _walked(connection, frozenset({What.GIVEN}))


def closed(connection: Connection) -> walk.Rows:
    """Walk through every line by which an incident was closed."""
    return _walked(connection, frozenset({What.CLOSED}))


def body(values: Mapping[Any, Any]) -> bytes:
    """What the journal has a line's digest of: all that is said in its row, and its seal (pure)."""
    told = [values[name] for name in ("number", "incident", "what", "value", "seal")]
    # What is no text and no number any more is shown as it is, and fits no digest.
    return json.dumps(told, default=repr).encode()


def _walked(connection: Connection, what: frozenset[What]) -> walk.Rows:
    """The lines of these sorts; one that cannot be read is of any."""
    for row in walk.rows(connection, incident_line):
        if isinstance(row, walk.Unreadable) or row.values["what"] in what:
            yield row


def _cases(reader: Reader, ring: KeyRing | None, rows: Iterable[Any]) -> tuple[Case, ...]:
    found = [
        Case(
            *(row.number, row.alert, row.suspect, row.about, Whose(row.whose)),
            *(row.opened_at, row.opened_by, row.entry),
            lines=(_first(row),),
        )
        for row in rows
    ]
    numbers = [one.number for one in found]
    words = {} if ring is None else _words(reader, ring, numbers)
    lines = _lines(reader, numbers, words)
    return tuple(replace(one, lines=(*one.lines, *lines[one.number])) for one in found)


def _first(row: Any) -> Line:
    """The detection as it was said at first, which stands in the incident's own row."""
    return Line(0, What.DETECTED, str(row.detected_at), row.opened_at, row.opened_by, row.entry)


def _words(reader: Reader, ring: KeyRing, numbers: list[int]) -> Mapping[int, str]:
    query = select(incident_words).where(incident_words.c.incident.in_(numbers))
    return {
        row.line: sealing.open(ring, row.line, row.sealed, sealing.Of.INCIDENT) or ""
        for row in reader.execute(query)
    }


def _lines(reader: Reader, numbers: list[int], words: Mapping[int, str]) -> dict[int, list[Line]]:
    columns = incident_line.c
    query = select(incident_line).where(columns.incident.in_(numbers)).order_by(columns.number)
    found: dict[int, list[Line]] = defaultdict(list)
    for row in reader.execute(query):
        said = (row.value, row.at, row.staff, row.entry, words.get(row.number, ""))
        found[row.incident].append(Line(row.number, What(row.what), *said))
    return found
