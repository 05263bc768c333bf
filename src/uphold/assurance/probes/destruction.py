# SPDX-License-Identifier: Apache-2.0
"""The probes of destruction: what was discarded is gone with its keys, everybody is told, and backups forget it."""

import itertools
import time
from dataclasses import dataclass

from uphold.access.permission import Role
from uphold.assurance import console, formless, trail
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_applicable, not_shown, said
from uphold.assurance.scene import Scene
from uphold.retention import final
from uphold.submission.form import HONEYPOT
from uphold.vault import destroyed, remains

DESTROYED = "part.destroyed"
_DONE = 303
_GONE = 410
# How long a site that has just begun may take to see to its keys.
_PATIENCE_SECONDS = 6.0
_PAUSE = 0.25


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


@dataclass(frozen=True, slots=True)
class Burned:
    """How the keys of epochs stand. Days are whole ones.

    `epochs` the ring holds; the newest should have been followed `late` days ago; of the older ones these should
    have been burned, each with the days since; `scheduled`: the site does both by itself.
    """

    scheduled: bool
    epochs: int
    late: int
    unburned: tuple[tuple[int, int], ...]


def _look_at_keys(scene: Scene) -> Burned:
    """Look; a site that is served for this alone has only just begun to look at its keys."""
    began = time.monotonic()
    while True:
        found = _keys(scene)
        is_fine = not (found.late or found.unburned)
        if is_fine or scene.target.is_configured or time.monotonic() - began > _PATIENCE_SECONDS:
            return found
        time.sleep(_PAUSE)


def _keys(scene: Scene) -> Burned:
    keys, made, now = scene.settings.keys, scene.ring.epochs, scene.now
    window = keys.burn_after_days * final.DAY_MS + final.SLACK_MS
    late = now - made[-1].created_at - keys.rotate_every_days * final.DAY_MS - final.SLACK_MS
    over = [
        (old.number, now - following.created_at - window)
        for old, following in itertools.pairwise(made)
    ]
    return Burned(
        scheduled=bool(keys.rotate_every_days),
        epochs=len(made),
        late=max(0, late // final.DAY_MS + 1),
        unburned=tuple((number, by // final.DAY_MS + 1) for number, by in over if by > 0),
    )


def judge_burned(found: Burned) -> Outcome:
    """Judge: where the site does it by itself, no rotation and no burning is behind its day."""
    if not found.scheduled:
        return not_applicable(said(N_("Keys are rotated by hand here; acts name no day.")))
    faults = []
    if found.late:
        text = N_("Keys should have been rotated %(days)s days ago.")
        faults.append(said(text, days=found.late))
    text = N_("The key of epoch %(epoch)s should have been burned %(days)s days ago.")
    faults += [said(text, epoch=number, days=days) for number, days in found.unburned]
    seen = N_("The key ring holds %(epochs)s epochs; none is older than it should be.")
    return judged(faults, said(seen, epochs=found.epochs))


DISCARDED = Probe(
    id="destruction.key-destroyed.discarded",
    promise="destruction.key-destroyed",
    kind=Kind.EXAMINE,
    does=N_("Discards a submission as the owner and looks for what is left of it."),
    act=formless.spared(_destroy),
    oracle=formless.judged(judge_destroyed),
)

FORGOTTEN = Probe(
    id="destruction.key-destroyed.backups",
    promise="destruction.key-destroyed",
    kind=Kind.EXAMINE,
    does=N_(
        "Looks whether keys were rotated and burned by the days that acts of destruction name."
    ),
    act=_look_at_keys,
    oracle=judge_burned,
)

PROBES = (DISCARDED, FORGOTTEN)
