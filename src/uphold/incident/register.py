# SPDX-License-Identifier: Apache-2.0
"""The register of incidents: every one, whether anybody was notified or not, as a table and as JSON (pure).

Article 33(5) of the GDPR asks for the facts, the effects and what was done; 152-FZ for what a regulator will ask.
"""

import csv as tables
import io
import json as plain
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from uphold.incident import clock, scope
from uphold.incident.case import TOLD, Case, What

Row = dict[str, object]


def of(cases: Iterable[Case], laws: Sequence[str], now: int, zone: str = "") -> tuple[Row, ...]:
    """One row for each incident, in the order they come; words are empty for who may not read them."""
    return tuple(_row(one, laws, now, zone) for one in cases)


def json(rows: Iterable[Row]) -> bytes:
    """The register as JSON."""
    return plain.dumps(list(rows), ensure_ascii=False, indent=2).encode()


def csv(rows: Sequence[Row]) -> bytes:
    """The register as a table; lists are joined by `; `, and no cell is a formula."""
    out = io.StringIO()
    names = list(rows[0]) if rows else ["number"]
    writer = tables.writer(out)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    # A spreadsheet takes it for UTF-8 by this mark.
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _row(one: Case, laws: Sequence[str], now: int, zone: str) -> Row:
    total, occurred = scope.total(one), one.occurred or (0, 0)
    row: Row = {
        "number": one.number,
        "whose": one.whose.name.lower(),
        "alert": one.alert,
        "detected": _at(one.detected_at),
        "detected-first": _at(int(one.all(What.DETECTED)[0].value)),
        "occurred-from": _at(occurred[0]),
        "occurred-to": _at(occurred[1]),
        "nature": one.value(What.NATURE),
        "rights-breached": one.value(What.BREACHED),
        "risk": one.value(What.RISK),
        "subjects": total.subjects if total.is_known else "",
        "identifiers": total.identifiers if total.is_known else "",
        "categories": list(total.counted.categories) if total.counted else [],
    }
    for what in TOLD:
        row[str(what)] = list(one.words(what))
    for due in clock.dues(one, laws, now, zone):
        given = _at(due.given_at)
        withheld = one.withheld(due.notice.id)
        row[due.notice.id] = str(due.stand)
        row[f"{due.notice.id}-due"] = _at(due.due)
        row[f"{due.notice.id}-given"] = given
        row[f"{due.notice.id}-why-not"] = _why_not(
            one, str(due.stand), withheld.words if withheld else ""
        )
    row["lessons"] = [f"{each.kind} {each.name} {_at(each.due)[:10]}" for each in one.lessons]
    row["closed"] = _at(one.closed_at)
    return row


def _why_not(one: Case, stand: str, words: str) -> str:
    if stand == clock.Stand.NOT_NEEDED:
        lines = (one.last(What.BREACHED), one.last(What.RISK))
        return " ".join(line.words for line in lines if line and line.words)
    return words


def _at(moment: int) -> str:
    return (
        datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
    )


def _cell(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
