# SPDX-License-Identifier: Apache-2.0
"""Probes of suspensions and of the journal's readers: a hold is felt at once, and who reads the journal is in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from uphold.access import hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.access.permission import Role
from uphold.assurance import formless, trail
from uphold.assurance.console import Desk
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_shown, said
from uphold.assurance.scene import Scene
from uphold.vault import identifier

# A run that dies leaves holds of its own record and account, for as long at most.
LONGEST_MS = 10 * 60 * 1000
HELD, READ = "access.denied", "journal.read"
JOURNAL = "/console/journal"


# --- access.role-limits.held ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stopped:
    """An opening under one hold: of what, its answer, the proven refusals it left, the answer once it was lifted."""

    of: str
    status: int
    entries: int
    after: int


def _stop(scene: Scene) -> tuple[Stopped, ...]:
    own, desk = scene.submission(), Desk(scene, Role.CLERK)
    purpose = trail.readable(scene, Role.CLERK)
    until = scene.now + LONGEST_MS
    # Nothing of the operator's people is held: of the exercise's own record, and of its own account.
    stops = {
        "record-held": Hold(None, own.record, None, until),
        "staff-held": Hold(desk.staff, None, None, until),
    }
    return tuple(
        _under(scene, desk, own.record, purpose, reason, stop) for reason, stop in stops.items()
    )


def _under(scene: Scene, desk: Desk, record: int, purpose: str, reason: str, stop: Hold) -> Stopped:
    number = scene.writer.run(lambda tx: hold.place(tx, scene.ring, stop, Reason.SUSPICION))
    try:
        before = trail.size(scene)
        answer = desk.open(record, purpose)
        told = [
            one
            for one in trail.about(scene, record, before, HELD)
            if one.proven and (one.codes["staff"], one.codes["reason"]) == (desk.staff, reason)
        ]
    finally:
        scene.writer.run(lambda tx: hold.lift(tx, number))
    after = desk.open(record, purpose)
    return Stopped(reason, answer.status, len(told), after.status)


def judge_stops(stops: Sequence[Stopped]) -> Outcome:
    """Judge: under a hold nothing opens and the refusal is in the journal; once it is lifted, it opens."""
    if any(one.after != 200 for one in stops):
        text = N_("A record that nobody holds did not open (status %(status)s).")
        return not_shown(*(said(text, status=one.after) for one in stops if one.after != 200))
    faults: list[Said] = []
    for one in stops:
        if one.status != 403:
            text = N_("Under a hold (%(of)s) an opening was answered %(status)s.")
            faults.append(said(text, of=one.of, status=one.status))
        elif one.entries != 1:
            text = N_("A refusal under a hold (%(of)s) left %(count)s entries, and not one.")
            faults.append(said(text, of=one.of, count=one.entries))
    seen = N_("Holds that the next request felt, and whose refusals are in the journal: %(count)s.")
    return judged(faults, said(seen, count=len(stops)))


# --- access.journaled-first.journal -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looked:
    """A reading of the journal: of what, its answer, the proven entries of it, marks of a person that it showed."""

    of: str
    status: int
    entries: int
    marks: int


def _look(scene: Scene) -> tuple[Looked, ...]:
    own, reader = scene.submission(), Desk(scene, Role.AUDITOR)
    clerk, ids = Desk(scene, Role.CLERK), scene.ring.identifiers
    name = ids.encode(identifier.ENQUIRY, own.record)
    other = ids.encode(identifier.STAFF, clerk.staff)
    of_record = partial(trail.about, scene, own.record)
    return (
        _reading(scene, reader, "record", f"{JOURNAL}/record/{name}", of_record),
        _reading(scene, reader, "staff", f"{JOURNAL}/staff/{other}", partial(trail.since, scene)),
    )


def _reading(
    scene: Scene, reader: Desk, of: str, path: str, entries: Callable[..., Sequence[trail.Told]]
) -> Looked:
    before = trail.size(scene)
    answer = reader.visitor.get(path)
    told = [
        one
        for one in entries(before, READ)
        if one.proven and (one.codes["staff"], one.codes["of"]) == (reader.staff, of)
    ]
    return Looked(of, answer.status, len(told), sum(mark in answer.text for mark in scene.marks))


def judge_looks(looks: Sequence[Looked]) -> Outcome:
    """Judge: each reading left one entry, tied to what was read, and showed nothing that a person wrote."""
    if any(one.status != 200 for one in looks):
        text = N_("The journal of a %(of)s was not shown (status %(status)s).")
        return not_shown(
            *(said(text, of=one.of, status=one.status) for one in looks if one.status != 200)
        )
    faults: list[Said] = []
    for one in looks:
        if one.entries != 1:
            text = N_("A reading of the journal of a %(of)s left %(count)s entries, and not one.")
            faults.append(said(text, of=one.of, count=one.entries))
        if one.marks:
            text = N_("The journal of a %(of)s shows what a person wrote: %(count)s marks.")
            faults.append(said(text, of=one.of, count=one.marks))
    seen = N_("Readings of the journal that left one entry each: %(count)s.")
    return judged(faults, said(seen, count=len(looks)))


STOPS = Probe(
    id="access.role-limits.held",
    promise="access.role-limits",
    kind=Kind.ATTACK,
    does=N_(
        "Holds its own record, then its own account, and asks to open meanwhile; lifts the hold and asks again."
    ),
    act=formless.spared(_stop),
    oracle=formless.judged(judge_stops),
)
LOOKS = Probe(
    id="access.journaled-first.journal",
    promise="access.journaled-first",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads the journal of its own record and of its own account, and looks for the entries of these readings."
    ),
    act=formless.spared(_look),
    oracle=formless.judged(judge_looks),
)

PROBES = (STOPS, LOOKS)
