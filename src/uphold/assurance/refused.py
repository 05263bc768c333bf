# SPDX-License-Identifier: Apache-2.0
"""Connections that `egress` refused: journaled soon after, and an alert raised, so that a person looks.

    told.hear(egress.refusals())      what was refused since
    note(tx, told.due(now))           in the journal, and an alert
    settle(writer)                    both at once, for a process that ends

What was asked for is told by a salted digest alone: the name of a host can carry anything, such as what somebody
wanted to get out. `confirms` answers whether an entry speaks of a host that one suspects.
"""

import hmac
import logging
from collections import Counter
from collections.abc import Iterable, Mapping

from uphold import egress
from uphold.assurance import alert
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.egress import Net
from uphold.journal import entry
from uphold.journal.entry import Entry

KIND = "egress.refused"
PROMISE = "egress.declared-hosts"
ALERT = f"{PROMISE}.refused"
# What a probe asks for on purpose is journaled like any other, and nobody is alerted.
NOWHERE, NOBODY, HARMLESS = egress.NOWHERE, egress.NOBODY, egress.HARMLESS
# A library that tries again and again says so once in this time, with how often it tried.
AGAIN_MS = 60_000
# As many different ones are told apart in that time; more are told together.
MOST = 20
OTHERS = "others"

Asked = tuple[Net, str, str, int]
"""Net, code of the module that asked, host, port."""

_log = logging.getLogger("uphold.egress")


class Told:
    """What was refused and not yet journaled, and when each was journaled last. For one thread."""

    def __init__(self) -> None:
        """Know of nothing."""
        self._waiting: Counter[Asked] = Counter()
        self._last: dict[Asked, int] = {}

    def hear(self, refusals: Iterable[egress.Refusal]) -> None:
        """Count what was refused."""
        self._waiting.update((one.net, one.by, one.host, one.port) for one in refusals)

    def due(self, now: int) -> Mapping[Asked, int]:
        """Return what may be journaled at `now` (unix milliseconds), each with how often it was asked for."""
        self._last = {asked: at for asked, at in self._last.items() if now - at < AGAIN_MS}
        found: Counter[Asked] = Counter()
        for asked, times in self._waiting.items():
            known = asked if len(self._last) + len(found) < MOST else _together(asked)
            if known not in self._last:
                found[known] += times
        return found

    def done(self, told: Mapping[Asked, int], now: int) -> None:
        """Note that this was journaled."""
        self._last.update(dict.fromkeys(told, now))
        left = {
            one: n for one, n in self._waiting.items() if not {one, _together(one)} & told.keys()
        }
        self._waiting = Counter(left)


def _together(asked: Asked) -> Asked:
    return (asked[0], OTHERS, "", 0)


def note(tx: Transaction, told: Mapping[Asked, int]) -> int:
    """Journal what was refused, and raise an alert unless one stands or it was a probe; returns its number, or 0."""
    for (net, by, host, port), times in told.items():
        salt = entry.salt()
        codes: dict[str, entry.Code] = {
            "net": str(net),
            "by": by,
            "host": egress.digest(salt, host, port),
            "times": times,
        }
        tx.append(entry.encode(KIND, tx.now, salt, codes))
    if all((host, port) in HARMLESS for _, _, host, port in told):
        return 0
    return alert.raise_seen(tx, ALERT, PROMISE)


def settle(writer: Writer) -> None:
    """Journal everything that was refused and not yet taken, before the process ends or looks for it."""
    told = Told()
    told.hear(egress.refusals())
    if due := told.due(0):
        writer.run(lambda tx: note(tx, due))
        warn(due)


def warn(told: Mapping[Asked, int]) -> None:
    """Say on standard error which part of the program asked, and nothing of what it asked for."""
    for (net, by, host, port), times in told.items():
        if (host, port) not in HARMLESS:
            text = "a connection to a host that is not declared was refused (by the %s, asked for by %s, %d times)"
            _log.warning(text, net, by, times)


def confirms(said: Entry, host: str, port: int) -> bool:
    """Tell whether an entry `egress.refused` speaks of this host and port (0: only its name was looked up)."""
    return hmac.compare_digest(
        str(said.codes["host"]), egress.digest(said.salt, host.lower(), port)
    )
