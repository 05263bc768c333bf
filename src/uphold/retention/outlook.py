# SPDX-License-Identifier: Apache-2.0
"""What ends when, as far ahead as it is known: counts of parts by purpose and month, and what is due now.

Ends are reckoned afresh, as a sweep does it, for the records that the sweep will look at first: so many that a
person can wait for the answer. The others end later, and are counted as records.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from uphold.retention import due, ends, orders
from uphold.retention.ends import Part, Rules
from uphold.retention.orders import Order
from uphold.submission import record as submissions

MOST = 2_000
# Records that end later are counted up to here: the answer comes as fast however many there are.
COUNTED = 100_000
# Records together, as in a sweep.
_PAGE = 200
_WALK = 1_000


@dataclass(slots=True)
class Outlook:
    """Parts by purpose: due now, due and kept by an order, ending in a month (`YYYY-MM`), without an end yet.

    `records` is how many were reckoned, `beyond` how many more are kept that end later; `more` where there are more
    still, which were not counted.
    """

    due: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    months: dict[str, Counter[str]] = field(default_factory=dict)
    endless: Counter[str] = field(default_factory=Counter)
    records: int = 0
    beyond: int = 0
    more: bool = False


def of(connection: Connection, rules: Rules, at: int, most: int = MOST) -> Outlook:
    """Reckon what ends when, as things stand at a moment (unix ms)."""
    found = Outlook()
    fresh = _fresh(connection, most)
    chosen = [*fresh, *due.ready(connection, _EVER, max(0, most - len(fresh)))]
    barred = orders.in_force(connection, at)
    for start in range(0, len(chosen), _PAGE):
        page = chosen[start : start + _PAGE]
        for record, parts in ends.of_records(connection, rules, page).items():
            _count(found, record, parts, barred, at)
    found.records = len(chosen)
    noted = due.count(connection, COUNTED + 1)
    found.beyond = max(0, min(noted, COUNTED) + len(fresh) - len(chosen))
    found.more = noted > COUNTED
    return found


# Later than any end.
_EVER = 1 << 62


def _fresh(connection: Connection, most: int) -> list[int]:
    """Records that no sweep has looked at yet, which it does every hour."""
    found: list[int] = []
    last = due.state(connection).seen
    while len(found) < most and (page := submissions.after(connection, last, _WALK)):
        known = due.noted(connection, page)
        found += [one for one in page if one not in known]
        last = page[-1]
    return found[:most]


def _count(
    found: Outlook, record: int, parts: Sequence[Part], barred: Sequence[Order], at: int
) -> None:
    for part in parts:
        if part.end is None:
            found.endless[part.purpose] += 1
        elif part.end.at > at:
            found.months.setdefault(month(part.end.at), Counter())[part.purpose] += 1
        elif orders.barring(barred, record, part.purpose, at):
            found.kept[part.purpose] += 1
        else:
            found.due[part.purpose] += 1


def month(at: int) -> str:
    """The month of a moment (unix ms) in UTC, as `YYYY-MM`."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m}"


def total(counted: Mapping[str, int]) -> int:
    """How many parts of every purpose."""
    return sum(counted.values())
