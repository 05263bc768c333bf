# SPDX-License-Identifier: Apache-2.0
"""The journal as the store is compared with it: entries by index, and which of them a row has claimed.

Rows name their entries nearly in order, so windows of the journal are read ahead. Memory is that of a few
windows, and one bit for each entry.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from uphold import errors
from uphold.assurance.finding import Finding
from uphold.database.walk import Row
from uphold.journal import audit, entry
from uphold.journal.entry import Entry

WINDOW = 1024
WINDOWS = 16
LARGEST = 1 << 40
"""No journal has as many entries; a row that names a higher index is wrong without looking."""


class Claims:
    """One bit for each entry: whether a row of the store says that it is its own."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def take(self, index: int) -> bool:
        """Claim an entry; False when a row has claimed it before."""
        at, bit = divmod(index, 8)
        if at >= len(self._bits):
            self._bits.extend(bytes(at + 1 - len(self._bits)))
        was_free = not self._bits[at] >> bit & 1
        self._bits[at] |= 1 << bit
        return was_free

    def holds(self, index: int) -> bool:
        """Tell whether a row has claimed the entry."""
        at, bit = divmod(index, 8)
        return at < len(self._bits) and bool(self._bits[at] >> bit & 1)


class Entries:
    """The entries of a stored journal by index, as far as they can be read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._windows: OrderedDict[int, dict[int, bytes]] = OrderedDict()
        self.claims = Claims()

    def at(self, index: object) -> Entry | None:
        """Return the entry with this index; None where the journal has none that can be read."""
        if not isinstance(index, int) or not 0 <= index < LARGEST:
            return None
        raw = self._window(index // WINDOW).get(index)
        try:
            return None if raw is None else entry.decode(raw)
        except errors.Invalid:
            return None

    def claim(self, row: Row, kind: str, column: str = "entry") -> Entry | Finding:
        """Return the entry that a row names in a column, which must be of `kind` and no other row's."""
        index = row.values[column]
        found = self.at(index)
        where = index if isinstance(index, int) else None
        if found is None:
            return Finding("it names an entry that the journal does not have", *row[:2], where)
        if found.kind != kind:
            return Finding(f"it names an entry that is no {kind}", *row[:2], where)
        if not self.claims.take(index):
            return Finding("it names an entry that another row names too", *row[:2], where)
        return found

    def _window(self, number: int) -> dict[int, bytes]:
        found = self._windows.get(number)
        if found is not None:
            self._windows.move_to_end(number)
            return found
        start = number * WINDOW
        found = dict(audit.readable(self._connection, start, start + WINDOW))
        self._windows[number] = found
        if len(self._windows) > WINDOWS:
            self._windows.popitem(last=False)
        return found


def second(moment: object) -> int | None:
    """Cut a time of a row (unix ms) to its second (unix ms), as entries state it; None when it is no time."""
    return moment // 1000 * 1000 if isinstance(moment, int) else None


def differences(row: Row, said: Mapping[str, object]) -> Iterator[Finding]:
    """Compare columns of a row with what its entry says; names the column, never what stands in it."""
    for column, value in said.items():
        stored = row.values[column]
        # A time is stated to the second.
        if value != (second(stored) if column == "at" or column.endswith("_at") else stored):
            what = f"`{column}` is not what its entry says"
            yield Finding(what, row.table, row.number, row.values["entry"])


def codes(found: Entry, name: str) -> list[str]:
    """List the members of a code that joins several by `+`; `none` stands for no member."""
    joined = str(found.codes[name])
    return [] if joined == "none" else joined.split("+")
