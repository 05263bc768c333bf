# SPDX-License-Identifier: Apache-2.0
"""Probes of what goes out: the process speaks to declared hosts only, and who stands behind them is named."""

import html
import ipaddress
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from uphold import egress, errors
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.process import Socket, Unseen
from uphold.assurance.scene import Scene
from uphold.policy import hosts, processor
from uphold.policy.document import Recipient

# How often, and for how long in all, the process is looked at: a connection may be short.
LOOKS = 20
PAUSE_SECONDS = 0.05
# A name that can never be registered (RFC 6761, section 6.4), and a port nobody listens on.
_NOWHERE = ("undeclared.invalid", 9)

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
    """Whose each service on another machine is, by section of the configuration, and how many processors there are.

    `unstated` are those without contract or instruction, `unshown` those who are missing from the policy's page.
    """

    services: Mapping[str, str]
    listed: int
    unstated: tuple[str, ...] = ()
    unshown: tuple[str, ...] = ()


def _processors(scene: Scene) -> Processors:
    policy = scene.edition.policy
    every = processor.listed(policy)
    page = scene.stranger().get("/policy", headers={"accept": "text/html"})
    return Processors(
        {one.section: hosts.owner(policy, one) for one in hosts.services(scene.settings)},
        len(every),
        tuple(one.id for one in every if not processor.is_whole(one)),
        tuple(one.id for one in every if not _is_shown(page.text, one)),
    )


def _is_shown(page: str, one: Recipient) -> bool:
    """Whether it has its row, with its name; a clause of the text may name it as well."""
    row = page.partition(f'id="processor-{one.id}"')[2].partition("</tr>")[0]
    shown = " ".join(html.unescape(row).split())
    return any(" ".join(name.split()) in shown for name in one.name.values())


_NOBODYS = {
    "unsaid": N_("[%(section)s] names another machine, and nobody is named who runs it."),
    "unknown": N_(
        "[%(section)s] names another machine and says that it is somebody's whom the policy does not declare."
    ),
    "other": N_(
        "[%(section)s] names another machine and says that it is somebody's who is no processor."
    ),
}


def judge_processors(found: Processors) -> Outcome:
    """Judge: each machine is the operator's or a processor's, who works by a stated contract and is shown."""
    faults = [
        said(_NOBODYS[whose], section=section)
        for section, whose in sorted(found.services.items())
        if whose in _NOBODYS
    ]
    faults += [
        said(N_("Neither contract nor instruction of the processor %(name)s is stated."), name=name)
        for name in found.unstated
    ]
    faults += [
        said(N_("The policy's page does not show the processor %(name)s."), name=name)
        for name in found.unshown
    ]
    seen = N_(
        "Services on other machines, each the operator's own or a processor's: %(services)s; "
        "processors that the policy shows, each with contract and instruction: %(count)s."
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
        "Asks of each service on another machine whose it is, and looks for each processor on the policy's page."
    ),
    act=_processors,
    oracle=judge_processors,
)

PROBES = (CONNECTIONS, DOOR, PROCESSORS)
