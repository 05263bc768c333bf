# SPDX-License-Identifier: Apache-2.0
"""Is a post suspicious? It is then set aside for review, never dropped: it may be a person in need.

Counts are kept in memory for one minute, under a keyed hash of the address prefix; nothing is written.
"""

import hashlib
import ipaddress
import os
import threading

import msgspec

from uphold.config import Limits

MINUTE = 60_000
# The prefixes that one household or host usually holds.
_PREFIX = {4: 24, 6: 56}
# How a socket for both versions writes the address of an IPv4 client.
_MAPPED = "::ffff:"
# So many are told apart in one minute; beyond them nobody new is counted, as with an address that is not known.
MOST_PREFIXES = 100_000


class Pace(msgspec.Struct, frozen=True):
    """How many posts of one address prefix came in this minute, this one included.

    0 where the address is not known: all of those together say nothing about one of them.
    """

    count: int
    retry_after: int
    """Seconds until the minute ends."""


class Meter:
    """Counts posts per address prefix and minute. Safe to call from several threads."""

    def __init__(self) -> None:
        """Start with a fresh key, so that what is counted means nothing elsewhere."""
        self._key = os.urandom(16)
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[bytes, int] = {}
        self._prefixes: dict[str, bytes] = {}

    def count(self, address: str, now: int) -> Pace:
        """Count one post of `address` at `now` (unix milliseconds)."""
        retry_after = -(-(MINUTE - now % MINUTE) // 1000)
        if not address:
            return Pace(0, retry_after)
        minute = now // MINUTE
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
                self._prefixes.clear()
            name = _name(address)
            prefix = self._prefixes.get(name)
            if prefix is None:
                prefix = self._hidden(address)
                if len(self._prefixes) < MOST_PREFIXES:
                    self._prefixes[name] = prefix
            if prefix not in self._counts and len(self._counts) >= MOST_PREFIXES:
                return Pace(0, retry_after)
            count = self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return Pace(count, retry_after)

    def _hidden(self, address: str) -> bytes:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            prefix = address.encode("utf-8", "replace")
        else:
            if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
                # One IPv6 prefix holds them all.
                parsed = parsed.ipv4_mapped
            network = ipaddress.ip_network((parsed, _PREFIX[parsed.version]), strict=False)
            prefix = network.network_address.packed
        return hashlib.blake2b(prefix, key=self._key, digest_size=16).digest()


def _name(address: str) -> str:
    """Name an address so that all of one IPv6 /64 share it: one host has more of them than there is room for."""
    groups = address.split(":", 4)
    if len(groups) == 1 or address.startswith(_MAPPED):
        return address
    if len(groups) == 5 and all(groups) and not address.startswith("0"):
        return ":".join(groups[:4])
    # Written in a way that few are: to read it takes longer than all the rest.
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return address if parsed.ipv4_mapped else parsed.packed[:8].hex()


def suspicions(limits: Limits, pace: Pace, honeypot: str, age: int) -> tuple[str, ...]:
    """Name what speaks against a post: `honeypot`, `too-fast`, `too-many`; `age` is milliseconds since issue."""
    found = []
    if honeypot:
        found.append("honeypot")
    if age < limits.fastest_seconds * 1000:
        found.append("too-fast")
    if pace.count > limits.aside_per_minute:
        found.append("too-many")
    return tuple(found)


def refused(limits: Limits, pace: Pace) -> bool:
    """Tell whether even setting aside is too much."""
    return pace.count > limits.refuse_per_minute
