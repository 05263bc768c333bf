# SPDX-License-Identifier: Apache-2.0
"""The probe of openings in an emergency: asked for with a reason, for hours, seen by others, journaled at each step."""

import secrets
from dataclasses import dataclass

from uphold.access import glass
from uphold.access.permission import Role
from uphold.assurance import console, formless, html, trail
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_applicable, not_shown, said
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer

LIST = f"{console.HOME}/glass"
BROKEN, READ, ENDED = "glass.broken", "glass.read", "glass.ended"
MOST_SECONDS = 4 * 60 * 60


@dataclass(frozen=True, slots=True)
class Emergency:
    """What became of an opening in an emergency, by status, and what the journal said of it.

    `before`, `other` and `after` are openings that must be refused: before it, of another record, after its end.
    `lame` are the statuses of pleas without a reason, without words, for a day. `seconds` is how long it was to last
    by the journal, `proven` and `reads` count its entries. `told`: the words stand in the journal. `alarmed`: the
    owner's pages say that somebody must look; `own_look` is the status of a look by whoever read.
    """

    before: int
    lame: tuple[int, ...]
    begun: int
    opened: int
    other: int
    after: int
    seconds: int
    proven: int
    reads: int
    ends: int
    told: bool
    alarmed: bool
    own_look: int


def _break(scene: Scene) -> Emergency | None:
    desk = console.Desk(scene, Role.OFFICER)
    # It needs a fresh proof, and the run's own session may be older.
    desk.visitor = scene.sign_in(Role.OFFICER)
    purpose = _purpose(scene)
    if not purpose:
        return None
    own, other = scene.submission(), scene.submitted()
    start, mark = trail.size(scene), secrets.token_hex(8)
    plea = {"purpose": purpose, "reason": "incident", "words": f"exercise {mark}", "minutes": "15"}
    path = f"{desk.path(own.record)}/glass"
    before = desk.open(own.record, purpose).status
    lame = tuple(
        desk.post(path, **{**plea, **changed}).status
        for changed in ({"reason": ""}, {"words": " "}, {"minutes": "1440"})
    )
    begun = desk.post(path, **plea)
    opened = desk.open(own.record, purpose)
    elsewhere = desk.open(other.record, purpose).status
    alarmed = _alarms(console.Desk(scene, Role.OWNER).visitor.get(LIST))
    number = _number(scene)
    own_look = desk.post(f"{LIST}/{number}/see").status
    desk.post(f"{LIST}/{number}/end")
    after = desk.open(own.record, purpose).status
    said_ = trail.about(scene, own.record, start, BROKEN, READ)
    broken = [one for one in said_ if one.kind == BROKEN and one.codes["staff"] == desk.staff]
    return Emergency(
        before=before,
        lame=lame,
        begun=begun.status if "glass-broken" in begun.header("location") else 0,
        opened=opened.status,
        other=elsewhere,
        after=after,
        seconds=int(broken[0].codes["until"]) - scene.now // 1000 if broken else 0,
        proven=sum(one.proven for one in broken),
        reads=sum(one.kind == READ for one in said_),
        ends=sum(one.codes["staff"] == desk.staff for one in trail.since(scene, start, ENDED)),
        told=any(mark.encode() in raw for _, raw in trail.raw(scene, start)),
        alarmed=alarmed,
        own_look=own_look,
    )


def _purpose(scene: Scene) -> str:
    """A purpose that something is held for and that the policy does not give the officer."""
    policy = scene.edition.policy
    held = [*scene.form().purposes, policy.technical, policy.evidence]
    closed = (one for one in held if Role.OFFICER not in policy.purposes[one].roles)
    return next(closed, "")


def _number(scene: Scene) -> int:
    with scene.read() as connection:
        found = glass.listed(connection, exercise=True, limit=1)
    return found[0].number if found else 0


def _alarms(page: Answer) -> bool:
    """Whether the alarm that stands on every page leads to the openings."""
    boxes = [node for node in html.parse(page.text).all("div") if "alarm" in node.classes]
    return any(LIST in link.attrs.get("href", "") for box in boxes for link in box.all("a"))


def judge_emergency(found: Emergency | None) -> Outcome:
    """Judge: nothing opened but what was asked for, while it lasted, and everybody who must know does."""
    if found is None:
        text = N_("There is nothing here that the policy does not let an officer read.")
        return not_applicable(said(text))
    if 303 in found.lame:
        text = N_("An emergency began without a reason, without words or for a day.")
        return judged([said(text)])
    if (found.begun, found.opened) != (303, 200):
        text = N_(
            "An opening in an emergency was not begun (%(status)s) or did not open (%(opened)s)."
        )
        return not_shown(said(text, status=found.begun, opened=found.opened))
    faults = []
    if 200 in (found.before, found.other, found.after):
        text = N_(
            "A record opened to an officer whose role may not, before, beside or after an emergency."
        )
        faults.append(said(text))
    if found.proven != 1 or found.reads != 1 or found.ends != 1:
        text = N_(
            "An emergency left other entries in the journal than one each:"
            " begun %(begun)s, read %(reads)s, ended %(ends)s."
        )
        faults.append(said(text, begun=found.proven, reads=found.reads, ends=found.ends))
    elif found.seconds > MOST_SECONDS:
        text = N_("An emergency lasts for %(seconds)s seconds.")
        faults.append(said(text, seconds=found.seconds))
    if found.told:
        faults.append(said(N_("The words of an emergency stand in the journal.")))
    if not found.alarmed:
        faults.append(
            said(N_("The owner's pages do not say that somebody opened in an emergency."))
        )
    if found.own_look != 409:
        text = N_("Who opened in an emergency could say that it was looked at (status %(status)s).")
        faults.append(said(text, status=found.own_look))
    seen = N_(
        "One record opened in an emergency for a reason and a time, with an alarm and an entry for each step."
    )
    return judged(faults, said(seen))


EMERGENCY = Probe(
    id="access.role-limits.emergency",
    promise="access.role-limits",
    kind=Kind.ATTACK,
    does=N_(
        "Opens in an emergency as an officer what the role may not, with too little said, beside it and after it."
    ),
    act=formless.spared(_break),
    oracle=judge_emergency,
)

PROBES = (EMERGENCY,)
