# SPDX-License-Identifier: Apache-2.0
"""What tries to leave all the same is refused by every net, and stands in the journal."""

import time
from dataclasses import dataclass

from uphold import egress, errors
from uphold.assurance import refused, trail
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, said
from uphold.assurance.scene import Scene
from uphold.journal import entry
from uphold.journal.entry import Entry

# The site looks once a second at what was refused, where this process has not told of it by itself.
PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.2
# How an attempt may end; the first is as it should be.
REFUSED, TRIED = "refused", "tried"
DOOR, PAST = "door", "past"


@dataclass(frozen=True, slots=True)
class Attempts:
    """How an attempt at the door and one past it ended, and which of the two the journal tells of."""

    door: str
    past: str
    noted: frozenset[str]


def leave(scene: Scene) -> Attempts:
    """Ask the door for a host that is not declared, and speak past it; then look for both in the journal."""
    before = trail.size(scene)
    declared = egress.declared(scene.settings) | {egress.place(scene.address)}
    door = _at_the_door(declared)
    past = _past_it(declared)
    end = time.monotonic() + PATIENCE_SECONDS
    # Where another process serves, what this one was refused is this one's to tell.
    refused.settle(scene.writer)
    wanted = _refused(door, past)
    while not wanted <= (noted := _noted(scene, before)) and time.monotonic() < end:
        time.sleep(_PAUSE_SECONDS)
    return Attempts(door, past, noted)


def _refused(door: str, past: str) -> frozenset[str]:
    ended = {DOOR: door, PAST: past}
    return frozenset(name for name, how in ended.items() if how == REFUSED)


def _at_the_door(declared: egress.Declared) -> str:
    try:
        egress.connect(declared, *refused.NOWHERE, timeout=1.0).close()
    except errors.Invalid:
        return REFUSED
    except OSError:
        return TRIED
    return TRIED


def _past_it(declared: egress.Declared) -> str:
    with egress.guarded(declared):
        try:
            egress.bypass(*refused.NOBODY)
        except PermissionError:
            return REFUSED
    return TRIED


def _noted(scene: Scene, start: int) -> frozenset[str]:
    entries = [entry.decode(raw) for _, raw in trail.raw(scene, start)]
    told = [one for one in entries if one.kind == refused.KIND]
    places = {DOOR: refused.NOWHERE, PAST: refused.NOBODY}
    return frozenset(name for name, place in places.items() if _tells(told, place))


def _tells(told: list[Entry], place: tuple[str, int]) -> bool:
    return any(refused.confirms(one, *place) for one in told)


def judge(found: Attempts) -> Outcome:
    """Judge: both are refused, and both stand in the journal."""
    faults: list[Said] = []
    if found.door != REFUSED:
        faults.append(said(N_("The one way out tried a host that is not declared.")))
    if found.past != REFUSED:
        text = N_("A datagram past the one way out was sent to a host that is not declared.")
        faults.append(said(text))
    untold = _refused(found.door, found.past) - found.noted
    if DOOR in untold:
        faults.append(said(N_("The journal does not tell what the one way out refused.")))
    if PAST in untold:
        faults.append(said(N_("The journal does not tell of the attempt past the one way out.")))
    seen = N_("Two attempts to leave, at the one way out and past it: refused and journaled.")
    return judged(faults, said(seen))


NOTED = Probe(
    id="egress.declared-hosts.noted",
    promise="egress.declared-hosts",
    kind=Kind.ATTACK,
    does=N_("Tries to leave by the one way out and past it, and looks for both in the journal."),
    act=leave,
    oracle=judge,
)

PROBES = (NOTED,)
