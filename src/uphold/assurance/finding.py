# SPDX-License-Identifier: Apache-2.0
"""What an audit found wrong, and where. Never a value that a person gave: places, codes and indices only."""

from dataclasses import asdict, dataclass
from typing import Any

CHANGED = "its sealed content is not what its entry committed to"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `table` and `number` name a row, `entry` and `batch` are indices of the journal, `tile` is a C2SP path;
    each None where it is not meant.
    """

    what: str
    table: str | None = None
    number: int | None = None
    entry: int | None = None
    batch: int | None = None
    tile: str | None = None

    def __str__(self) -> str:
        row = (
            None
            if self.table is None
            else f"{self.table} {'' if self.number is None else self.number}"
        )
        named = (("batch", self.batch), ("entry", self.entry), ("tile", self.tile))
        places = [] if row is None else [row.strip()]
        places += [f"{name} {place}" for name, place in named if place is not None]
        return f"{', '.join(places)}: {self.what}" if places else self.what

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object, without what is not meant."""
        return {name: value for name, value in asdict(self).items() if value is not None}
