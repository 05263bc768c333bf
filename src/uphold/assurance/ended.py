# SPDX-License-Identifier: Apache-2.0
"""Acts of destruction and preservation orders against the journal: nothing added, changed or taken away.

An act that has been kept for its three years is gone and is not missed; its entries stay.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from uphold.assurance.entries import Entries, differences, second
from uphold.assurance.finding import Finding
from uphold.database.walk import Row, Unreadable
from uphold.journal.entry import Entry
from uphold.retention import act, orders
from uphold.retention.orders import Terms
from uphold.vault import inspection

REQUESTED, DONE = "destruction.requested", "destruction.done"
PLACED, LIFTED = "order.placed", "order.lifted"
KINDS = frozenset(kind.encode() for kind in (REQUESTED, DONE, PLACED, LIFTED))
_MISSING: Mapping[str, str] = {
    REQUESTED: "no act has it",
    DONE: "no act was closed by it",
    PLACED: "no order has it",
}


class Endings:
    """The rows of acts and orders, and then the entries that no row has claimed."""

    def __init__(self, connection: Connection, entries: Entries) -> None:
        """Look at nothing yet."""
        self._connection = connection
        self._entries = entries
        # Orders that were lifted, by what the journal says less what the rows say.
        self._lifted: Counter[tuple[object, ...]] = Counter()

    def check(self) -> Iterator[Finding]:
        """Compare every row with the entries that it names."""
        for row in act.rows(self._connection):
            yield from _unreadable(row) if isinstance(row, Unreadable) else self._act(row)
        for row in orders.rows(self._connection):
            yield from _unreadable(row) if isinstance(row, Unreadable) else self._order(row)

    def meet(self, index: int, found: Entry) -> Iterator[Finding]:
        """Take an entry of one of `KINDS`, once every row was checked."""
        if found.kind == LIFTED:
            self._lifted[(found.codes["order"], found.codes["staff"], found.at_ms)] += 1
            return
        if self._entries.claims.holds(index):
            return
        is_over = act.kept_until(found.at_ms) <= time.time_ns() // 1_000_000
        if found.kind == PLACED or not is_over:
            yield Finding(f"{found.kind}: {_MISSING[found.kind]}", entry=index)

    def rest(self) -> Iterator[Finding]:
        """Report what only one side says, once every entry was met."""
        for (number, *_), count in self._lifted.items():
            if count > 0:
                yield Finding(f"{LIFTED}: no row says so")
            if count < 0:
                what = f"the journal has no {LIFTED} that says so"
                yield Finding(what, orders.TABLE, number if isinstance(number, int) else None)

    def _act(self, row: Row) -> Iterator[Finding]:
        opened = self._entries.claim(row, REQUESTED)
        if isinstance(opened, Finding):
            yield opened
            return
        said: dict[str, object] = {
            name: opened.codes[name] for name in ("purpose", "edition", "reason")
        }
        yield from differences(
            row, {**said, "number": opened.codes["act"], "opened_at": opened.at_ms}
        )
        if row.values["done_at"] is None:
            return
        done = self._entries.claim(row, DONE, "done_entry")
        if isinstance(done, Finding):
            yield done
            return
        told = {"number": done.codes["act"], "parts": done.codes["parts"], "done_at": done.at_ms}
        yield from differences(row, told)
        yield from self._lines(row, done)

    def _lines(self, row: Row, done: Entry) -> Iterator[Finding]:
        lines = list(act.lines(self._connection, row.number))
        if act.digest(lines) != done.codes["lines"]:
            what = "its lines are not what its entry says"
            yield Finding(what, row.table, row.number, row.values["done_entry"])
        for line in lines:
            if inspection.part(self._connection, line.part) is not None:
                yield Finding("an act says that it was destroyed", inspection.PARTS, line.part)

    def _order(self, row: Row) -> Iterator[Finding]:
        found = self._entries.claim(row, PLACED)
        if isinstance(found, Finding):
            yield found
            return
        codes, values = found.codes, row.values
        purpose = None if codes["purpose"] == orders.EVERY else codes["purpose"]
        said = {"number": codes["order"], "purpose": purpose, "staff": codes["staff"]}
        yield from differences(row, {**said, "placed_at": found.at_ms})
        names = ("record", "purpose", "ground", "starts_at", "until_at")
        terms = Terms(*(values[name] for name in names))
        salt = values["salt"]
        if not isinstance(salt, bytes) or orders.digest(salt, terms) != codes["terms"]:
            yield Finding(
                "its terms are not what its entry says", row.table, row.number, values["entry"]
            )
        if values["lifted_at"] is not None:
            lifted = (row.number, values["lifted_by"], second(values["lifted_at"]))
            self._lifted[lifted] -= 1


def _unreadable(row: Unreadable) -> Iterator[Finding]:
    yield Finding("the row cannot be read", row.table, row.number)
