# SPDX-License-Identifier: Apache-2.0
"""What a visit leaves: its five technical data, and why one leaves nothing."""

from dataclasses import dataclass
from enum import StrEnum


class Dropped(StrEnum):
    """Why nothing of a visit is kept."""

    BOT = "bot"
    ASKED = "asked-not-to"
    MALFORMED = "malformed"
    FOREIGN = "foreign-host"
    FULL = "overflow"


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit as it came: when (unix ms), the five data, and which kind of event on what it is."""

    at: int
    address: str
    agent: str
    cookie: str | None
    kind: str
    item: str
    page: str
