# SPDX-License-Identifier: Apache-2.0
"""Probes of what goes out: the process speaks to declared hosts only, and who stands behind them is named."""

import ipaddress
import time
from collections.abc import Iterable
from dataclasses import dataclass

from uphold import egress, errors
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.process import Socket, Unseen
from uphold.assurance.scene import Scene
from uphold.policy.document import RECIPIENT_KINDS

# How often, and for how long in all, the process is looked at: a connection may be short.
LOOKS = 20
PAUSE_SECONDS = 0.05
# A name that can never be registered (RFC 6761, section 6.4), and a port nobody listens on.
_NOWHERE = ("undeclared.invalid", 9)
_PROCESSOR = RECIPIENT_KINDS[0]
_LOCAL = {"", "localhost"}

Place = tuple[str, int]


# --- egress.declared-hosts: what the process does ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reached:
    """To whom the serving process was connected, and who is declared, by address; `unseen` why nobody could look."""

    reached: frozenset[Place]
    declared: frozenset[Place]
    unseen: str = ""


def _watch(scene: Scene) -> Reached:
    process = scene.process()
    if isinstance(process, Unseen):
        return Reached(frozenset(), frozenset(), process.reason)
    seen: set[Socket] = set()
    for look in range(LOOKS):
        if look == LOOKS // 2:
            # Not only an idle process is to be watched.
            scene.stranger().get("/policy")
            if scene.edition.forms:
                scene.submission()
        found = process.connections()
        if isinstance(found, Unseen):
            return Reached(frozenset(), frozenset(), found.reason)
        seen.update(found)
        time.sleep(PAUSE_SECONDS)
    reached = frozenset((one.remote, one.remote_port) for one in seen)
    ports = {port for _, port in reached}
    declared = [place for place in egress.declared(scene.settings) if place[1] in ports]
    return Reached(reached, _addresses(declared))


def _addresses(declared: Iterable[Place]) -> frozenset[Place]:
    """Look up the names that are declared, as whoever connects to them does."""
    found = egress.addresses(frozenset(declared))
    return frozenset((_plain(address), port) for address, port in found)


def _plain(address: str) -> str:
    """An address as the system's tables spell it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


_WHY = {
    "no-proc": N_("This machine has no /proc, so the process that serves cannot be looked at."),
    "nobody-listens": N_("The process that serves does not run on this machine."),
    "other-user": N_("The process that serves belongs to another user and cannot be looked at."),
    "gone": N_("The process that served has ended."),
}


def judge_reached(found: Reached) -> Outcome:
    """Judge: no connection that the process opened goes to a host that is not declared."""
    if found.unseen:
        return not_applicable(Said(_WHY[found.unseen]))
    faults = [
        said(
            N_("The process is connected to %(host)s:%(port)s, which is not declared."),
            host=host,
            port=port,
        )
        for host, port in sorted(found.reached - found.declared)
    ]
    seen = N_(
        "Looks at the process: %(looks)s; hosts it was connected to, all of them declared: %(count)s."
    )
    return judged(faults, said(seen, looks=LOOKS, count=len(found.reached)))


# --- egress.declared-hosts: what the one way out does -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of an attempt to connect to a host that is not declared: refused, tried, connected."""

    door: str


def _try(scene: Scene) -> Tried:
    return Tried(_through(egress.declared(scene.settings)))


def _through(declared: egress.Declared) -> str:
    host, port = _NOWHERE
    try:
        egress.connect(declared, host, port, 1.0).close()
    except errors.Invalid:
        return "refused"
    except OSError:
        return "tried"
    return "connected"


def judge_tried(tried: Tried) -> Outcome:
    """Judge: refused before anything is sent, a name looked up included."""
    faults = []
    if tried.door != "refused":
        text = N_("A connection to a host that is not declared was %(what)s instead of refused.")
        faults.append(said(text, what=tried.door))
    seen = N_(
        "A connection to a host that is not declared was refused before its name was looked up."
    )
    return judged(faults, said(seen))


# --- processors.listed ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Processors:
    """Services on other machines that the configuration names, and how many processors the policy lists."""

    services: tuple[str, ...]
    listed: int


def _services(scene: Scene) -> Processors:
    settings = scene.settings
    outside = []
    if not _is_own(settings.mail.host):
        outside.append("mail")
    database = scene.premises.database.url
    if scene.files.database is None and not _is_own(database.host or ""):
        outside.append("database")
    recipients = scene.edition.policy.recipients.values()
    return Processors(tuple(outside), sum(one.kind == _PROCESSOR for one in recipients))


def _is_own(host: str) -> bool:
    """Tell this machine, whose addresses are loopback or whose socket is a file, from another."""
    if host.lower() in _LOCAL or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def judge_processors(found: Processors) -> Outcome:
    """Judge: each service on another machine is somebody's, and the policy must list as many processors."""
    faults = []
    if found.listed < len(found.services):
        text = N_(
            "Services on other machines are configured (%(services)s); the policy lists fewer processors: %(count)s."
        )
        faults.append(said(text, services=", ".join(found.services), count=found.listed))
    seen = N_(
        "Services on other machines that are configured: %(services)s; processors that the policy lists: %(count)s."
    )
    return judged(faults, said(seen, services=len(found.services), count=found.listed))


CONNECTIONS = Probe(
    id="egress.declared-hosts.connections",
    promise="egress.declared-hosts",
    kind=Kind.EXAMINE,
    does=N_("Looks again and again at whom the serving process is connected to, idle and at work."),
    act=_watch,
    oracle=judge_reached,
)
DOOR = Probe(
    id="egress.declared-hosts.door",
    promise="egress.declared-hosts",
    kind=Kind.ATTACK,
    does=N_("Asks the one way out for a connection to a host that is not declared."),
    act=_try,
    oracle=judge_tried,
)
PROCESSORS = Probe(
    id="processors.listed.configured",
    promise="processors.listed",
    kind=Kind.EXAMINE,
    does=N_(
        "Compares the services on other machines that are configured with the processors in the policy."
    ),
    act=_services,
    oracle=judge_processors,
)

PROBES = (CONNECTIONS, DOOR, PROCESSORS)
