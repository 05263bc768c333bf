# SPDX-License-Identifier: Apache-2.0
"""The probe of destruction: what was discarded is gone with its keys, and everybody is told so."""

from dataclasses import dataclass

from uphold.access.permission import Role
from uphold.assurance import console, formless, trail
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_shown, said
from uphold.assurance.scene import Scene
from uphold.submission.form import HONEYPOT
from uphold.vault import destroyed, remains

DESTROYED = "part.destroyed"
_DONE = 303
_GONE = 410


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was there of a record before it was discarded, and what after.

    `left` are names of tables that still hold a row of it and how many, `noted` how many notes of destruction
    there are, `journaled` how many entries say so, `listed` how many of its parts stand in the file that a
    restore goes by; `opened` for how many purposes it still opened.
    """

    aside: bool
    status: int
    parts: int
    left: tuple[tuple[str, int], ...]
    noted: int
    journaled: int
    listed: int
    receipt: int
    opened: int


def _destroy(scene: Scene) -> Destroyed:
    own = scene.submitted(changed={HONEYPOT: "exercise"})
    desk = console.Desk(scene, Role.OWNER)
    with scene.read() as connection:
        parts = {number for number, _ in remains.live(connection, own.record)}
    aside = desk.path(own.record) in desk.visitor.get(f"{console.HOME}?state=aside").text
    before = trail.size(scene)
    status = desk.move(own.record, "discarded").status
    told = trail.since(scene, before, DESTROYED)
    with scene.read() as connection:
        left = remains.rows_of(connection, own.record)
        noted = len(remains.destroyed(connection, own.record))
    opened = sum(
        desk.open(own.record, purpose).status == 200 for purpose in scene.edition.policy.purposes
    )
    return Destroyed(
        aside=aside,
        status=status,
        parts=len(parts),
        left=tuple(left.items()),
        noted=noted,
        journaled=sum(one.proven for one in told),
        listed=len(parts & destroyed.read(scene.files.destroyed)),
        receipt=scene.stranger().get(own.receipt).status,
        opened=opened,
    )


def judge_destroyed(found: Destroyed) -> Outcome:
    """Judge: no key, no content, no index; every part noted and journaled; nothing opens; the receipt says so."""
    if not found.aside or found.status != _DONE or not found.parts:
        text = N_("A submission could not be set aside and discarded (status %(status)s).")
        return not_shown(said(text, status=found.status))
    faults = [
        said(
            N_("Rows of what was destroyed that are left in %(table)s: %(count)s."),
            table=table,
            count=count,
        )
        for table, count in found.left
        if count
    ]
    if found.noted != found.parts:
        text = N_("Of %(parts)s destroyed parts %(count)s are noted.")
        faults.append(said(text, parts=found.parts, count=found.noted))
    # Somebody else may destroy something at the same moment, so more is no fault.
    if found.journaled < found.parts:
        text = N_("Of %(parts)s destroyed parts %(count)s are in the journal.")
        faults.append(said(text, parts=found.parts, count=found.journaled))
    if found.listed != found.parts:
        text = N_("Of %(parts)s destroyed parts %(count)s are in the list that a restore goes by.")
        faults.append(said(text, parts=found.parts, count=found.listed))
    if found.opened:
        text = N_("Purposes for which what was destroyed still opened: %(count)s.")
        faults.append(said(text, count=found.opened))
    if found.receipt != _GONE:
        text = N_("The receipt of what was destroyed answers %(status)s.")
        faults.append(said(text, status=found.receipt))
    seen = N_(
        "Parts that went with keys, content and index: %(parts)s; each is journaled and nothing opens."
    )
    return judged(faults, said(seen, parts=found.parts))


DISCARDED = Probe(
    id="destruction.key-destroyed.discarded",
    promise="destruction.key-destroyed",
    kind=Kind.EXAMINE,
    does=N_("Discards a submission as the owner and looks for what is left of it."),
    act=formless.spared(_destroy),
    oracle=formless.judged(judge_destroyed),
)

PROBES = (DISCARDED,)
