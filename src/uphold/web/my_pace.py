# SPDX-License-Identifier: Apache-2.0
"""How often one client, and one address, may be asked a link for. Kept in memory under keyed hashes, written nowhere.

Whether an address is known here plays no part: who is told to wait learns nothing by it.
"""

import hashlib
import os
import threading

from uphold.submission.guard import MINUTE, Meter

# Of one network, behind whose address may be a whole town.
CLIENT_PER_MINUTE = 20
CONTACT_PER_HOUR = 4
HOUR = 60 * MINUTE
# So many addresses are told apart in one hour; whoever asks names them. Beyond it a new one waits: a letter too many
# goes to somebody who asked for nothing.
MOST_CONTACTS = 100_000


class Pace:
    """Counts the asking for links of one process. Safe to call from several threads."""

    def __init__(self) -> None:
        """Start with a fresh key, so that what is counted means nothing elsewhere."""
        self._clients = Meter()
        self._key = os.urandom(16)
        self._lock = threading.Lock()
        self._hour = 0
        self._contacts: dict[bytes, int] = {}

    def client(self, address: str, now: int) -> int:
        """Count a try of a client at `now` (unix ms); returns the seconds to wait, 0 for none."""
        pace = self._clients.count(address, now)
        return pace.retry_after if pace.count > CLIENT_PER_MINUTE else 0

    def contact(self, spelled: str, now: int) -> int:
        """Count a try for an address in its one spelling; returns the seconds to wait, 0 for none."""
        name = hashlib.blake2b(spelled.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            if now // HOUR != self._hour:
                self._hour = now // HOUR
                self._contacts.clear()
            count = self._contacts.get(name, 0) + 1
            has_room = count > 1 or len(self._contacts) < MOST_CONTACTS
            if has_room:
                self._contacts[name] = count
        is_let = has_room and count <= CONTACT_PER_HOUR
        return 0 if is_let else -(-(HOUR - now % HOUR) // 1000)
