# SPDX-License-Identifier: Apache-2.0
"""From where staff come: told as keyed digests, which say only whether it is where they came from before.

    whence(ring.signal_key, address, agent, now)     digests of 16 hex digits; nothing else of an address stays
    tried(tx, whence, Outcome.OK, staff=7)           note a try to sign in, with whether its place is new

A digest lasts for a period of thirty days, then the same address has another one, so that nobody is followed for
longer. To tell what is new, what comes is compared under the period's key and under the one before. Whoever has the
key ring could still try every address: a digest is a pseudonym, not an anonymous value.
"""

import hmac
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from uphold.access import decoy, signal
from uphold.access.signal import KEPT_MS, Kind, Signal
from uphold.database.transaction import Transaction

PERIOD_MS = KEPT_MS
# One household, office or host usually holds as much.
_PREFIX = {4: 24, 6: 48}
# One host has all of a /64, and may come from another address of it each time.
_HOST = {4: 32, 6: 64}
_DIGITS = 16
_VERSION = re.compile(r"[0-9][0-9._]*")
_LONGEST_AGENT = 512
# Of one session: whoever has its cookie can name a new browser in each request.
MOST_PLACES = 32


class Outcome(StrEnum):
    """What came of a try to sign in, or of a step of it."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    THROTTLED = "throttled"
    SECOND_WRONG = "second-wrong"
    SECOND_OK = "second-ok"
    RECOVERED = "recovered"


OF_REFUSALS = {
    "login-unknown": Outcome.UNKNOWN,
    "password-wrong": Outcome.WRONG,
    "throttled": Outcome.THROTTLED,
}
"""What came of a try that `session.sign_in` refused, by its reason."""

_GOOD = frozenset({Outcome.OK, Outcome.SECOND_OK, Outcome.RECOVERED})


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a request comes from, as keyed digests; `before` are network and agent in the period before.

    `login` is that of what was typed as a login, empty where nothing was; `exercise` the run of probes that the request
    bears the mark of, 0 for people's.
    """

    source: str
    network: str
    agent: str
    before: tuple[str, str]
    login: str = ""
    exercise: int = 0

    @property
    def fields(self) -> dict[str, signal.Value]:
        """The fields by which signals tell of it."""
        return {"source": self.source, "network": self.network, "agent": self.agent}


def whence(
    key: bytes, address: str, agent: str, now: int, login: str = "", exercise: int = 0
) -> Whence:
    """Say where a request comes from at `now` (unix ms). `key` is the ring's `signal_key`."""
    (mine, earlier), network, browser = _keys(key, now), prefix(address), kind_of(agent)
    return Whence(
        _digest(mine, "source", host(address)),
        _digest(mine, "network", network),
        _digest(mine, "agent", browser),
        (_digest(earlier, "network", network), _digest(earlier, "agent", browser)),
        _digest(mine, "login", login.strip().lower()),
        exercise,
    )


def source(key: bytes, address: str, now: int) -> str:
    """The digest of an address alone, as `whence` makes it."""
    return _digest(_keys(key, now)[0], "source", host(address))


def host(address: str) -> str:
    """What of an address one host cannot change at will: all of it, or the /64 of IPv6; else as `prefix` (pure)."""
    return _within(address, _HOST)


def prefix(address: str) -> str:
    """The network that an address is of: /24, or /48 of IPv6; what is no address stays as it is (pure)."""
    return _within(address, _PREFIX)


def _within(address: str, lengths: Mapping[int, int]) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, lengths[parsed.version]), strict=False))


def kind_of(agent: str) -> str:
    """What a browser calls itself without its numbers, which change with each update (pure)."""
    return _VERSION.sub("", agent[:_LONGEST_AGENT])


def tried(
    tx: Transaction, of: Whence | None, outcome: Outcome, staff: int = 0, *, waits: bool = False
) -> None:
    """Note a try to sign in to an account, 0 for none that there is. Nothing where nobody knows from where."""
    if of is None:
        return
    new_network, new_agent, is_first = _news(tx, of, staff, tx.now)
    fields: dict[str, signal.Value] = {
        **of.fields,
        "outcome": str(outcome),
        "login": of.login,
        "new_network": new_network,
        "new_agent": new_agent,
        "first": is_first,
        "waits": waits,
    }
    found = [Signal(Kind.SIGN_IN, fields, staff, of.exercise)]
    if staff and decoy.is_account(tx, staff):
        found.append(decoy.touched(decoy.What.STAFF, of.source, staff))
    signal.note(tx, *found)


def moved(tx: Transaction, of: Whence, session: int, staff: int) -> bool:
    """Note where a session is used from, unless it was used from there before; returns whether it was noted."""
    known = [
        one.signal.fields
        for one in signal.of_staff(tx, Kind.SESSION, staff, tx.now - KEPT_MS)
        if one.signal.fields["session"] == session
    ]
    networks, agents = {of.network, of.before[0]}, {of.agent, of.before[1]}
    is_known = any(one["network"] in networks and one["agent"] in agents for one in known)
    if is_known or len(known) >= MOST_PLACES:
        return False
    fields = {**of.fields, "session": session, "changed": bool(known)}
    signal.note(tx, Signal(Kind.SESSION, fields, staff, of.exercise))
    return True


def _news(tx: Transaction, of: Whence, staff: int, now: int) -> tuple[bool, bool, bool]:
    """Whether network and browser are new to an account, and whether nothing is known to compare them with."""
    if not staff:
        return False, False, False
    seen = [
        one.signal.fields
        for one in signal.of_staff(tx, Kind.SIGN_IN, staff, now - KEPT_MS)
        if one.signal.fields["outcome"] in _GOOD
    ]
    if not seen:
        return False, False, True
    networks, agents = {one["network"] for one in seen}, {one["agent"] for one in seen}
    return (
        networks.isdisjoint({of.network, of.before[0]}),
        agents.isdisjoint({of.agent, of.before[1]}),
        False,
    )


def _keys(root: bytes, now: int) -> tuple[bytes, bytes]:
    period = now // PERIOD_MS
    mine, earlier = (
        hmac.digest(root, b"period %d" % one, "sha256") for one in (period, period - 1)
    )
    return mine, earlier


def _digest(key: bytes, what: str, text: str) -> str:
    if not text:
        return ""
    told = f"{what}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, told, "sha256").hex()[:_DIGITS]
