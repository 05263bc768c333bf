# SPDX-License-Identifier: Apache-2.0
"""The probe of correction: wrong data are corrected for everybody at once, for whoever proved who they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from uphold.access.permission import Role
from uphold.assurance import console, filling, formless, person, trail
from uphold.assurance.person import Person
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_applicable, not_shown, said
from uphold.assurance.scene import Scene
from uphold.rights import stored
from uphold.rights.machine import State
from uphold.vault import remains

CORRECTED = "record.corrected"
_OK = 200


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of a correction of every field that is a person's own words.

    `intruded` counts the tries by others that changed something. `old` and `new` count, over the pages that
    showed the record afterwards (`pages`), values that were to be gone and values that were to be there;
    `fields` is how many were corrected. `proven` tells whether the journal's last digest is that of what is held
    now, `again` how many entries doing it once more added, `states` those of the requests, `late` how many of
    these were answered too late. `others` are declared recipients whom nothing tells.
    """

    status: int
    intruded: int
    purposes: int
    journaled: int
    fields: int
    pages: int
    old: int
    new: int
    proven: bool
    again: int
    states: tuple[str, ...]
    late: int
    others: int


def _correct(scene: Scene) -> Corrected | None:
    form = scene.form()
    if not person.can_enter(form):
        return None
    own, other = scene.submitted(), Person(scene, scene.submission())
    anna = Person(scene, own)
    changes = {
        field.key: filling.value(field)
        for field in form.fields
        if field.type in ("text", "long-text") and field.key in own.values
    }
    scene.marks += filling.marks(form.fields, changes)
    start = trail.size(scene)
    intruded = _intrusions(scene, anna, other, changes)
    anna.enter()
    status = anna.post(anna.path(), "correct", **changes).status
    told = trail.about(scene, own.record, start, CORRECTED)
    with scene.read() as connection:
        held = remains.digest(connection, (own.record,)).hex()
        live = {purpose for _, purpose in remains.live(connection, own.record)}
        asked = stored.of_record(connection, own.record)
    pages = _pages(scene, anna, live)
    before_again = trail.size(scene)
    anna.post(anna.path(), "correct", **changes)
    words = [own.values[key] for key in changes]
    serving = {p for field in form.fields if field.key in changes for p in field.purposes}
    return Corrected(
        status=status,
        intruded=intruded,
        purposes=len(serving & live),
        journaled=sum(one.proven for one in told),
        fields=len(changes),
        pages=len(pages),
        old=sum(word in page for page in pages for word in words),
        new=sum(word in page for page in pages for word in changes.values()),
        proven=bool(told) and told[-1].codes["after"] == held != told[0].codes["before"],
        again=len(trail.about(scene, own.record, before_again, CORRECTED)),
        states=tuple(str(one.request.state) for one in asked),
        late=sum(
            one.request.alarm is not None and one.request.alarm.late(one.request.moved)
            for one in asked
        ),
        others=_others(scene, live),
    )


def _intrusions(scene: Scene, anna: Person, other: Person, changes: Mapping[str, str]) -> int:
    """Try as nobody, and as somebody who proved another address."""
    start = trail.size(scene)
    scene.stranger().post(f"{anna.path()}/correct", dict(changes))
    other.enter()
    other.post(anna.path(), "correct", **changes)
    return len(trail.about(scene, anna.own.record, start, CORRECTED))


def _pages(scene: Scene, anna: Person, live: set[str]) -> list[str]:
    """Every page that shows the record's own fields: the person's, and the console's for each purpose."""
    found = [anna.post(anna.path(), "open").text]
    for purpose in scene.form().purposes:
        role = trail.reader(scene, purpose)
        if role is not None and purpose in live:
            found.append(console.Desk(scene, Role(role)).open(anna.own.record, purpose).text)
    return found


def _others(scene: Scene, live: set[str]) -> int:
    policy = scene.edition.policy
    named = {one for purpose in live for one in policy.purposes[purpose].recipients}
    known = [policy.recipients[one] for one in named & set(policy.recipients)]
    # Whoever is given data by a disclosure is told of a correction (`rights.telling`).
    return sum(one.kind != "processor" and not one.grounds for one in known)


def judge_corrected(found: Corrected | None) -> Outcome:
    """Judge: new values everywhere, old ones nowhere, journaled and proven, asked and answered in time."""
    if found is None:
        return not_applicable(said(N_("The form asks for no e-mail address to prove.")))
    if not found.fields or not found.purposes:
        return not_applicable(said(N_("The form asks for nothing in a person's own words.")))
    faults = []
    if found.intruded:
        text = N_("Others than the person corrected their data: %(count)s times.")
        faults.append(said(text, count=found.intruded))
    if found.status != _OK:
        faults.append(said(N_("A correction answers %(status)s."), status=found.status))
    if found.old:
        text = N_("Values that were corrected and are still shown: %(count)s.")
        faults.append(said(text, count=found.old))
    if found.new < found.fields * found.pages:
        text = N_("Of %(count)s corrected values that pages should show %(shown)s are shown.")
        faults.append(said(text, count=found.fields * found.pages, shown=found.new))
    if found.journaled != found.purposes:
        text = N_("Of %(count)s corrected purposes %(journaled)s are in the journal.")
        faults.append(said(text, count=found.purposes, journaled=found.journaled))
    if not found.proven:
        faults.append(said(N_("The journal's digest after the correction is not of what is held.")))
    if found.again:
        faults.append(said(N_("What was corrected already was corrected once more.")))
    if not found.states or set(found.states) != {str(State.FULFILLED)} or found.late:
        faults.append(said(N_("The request for it does not stand as fulfilled in time.")))
    if found.others and not faults:
        text = N_(
            "Recipients other than processors are declared, and nothing tells them: %(count)s."
        )
        return not_shown(said(text, count=found.others))
    seen = N_(
        "Fields that were corrected: %(fields)s, for everybody who reads them, on %(pages)s pages; nobody else"
        " received them who would have to be told."
    )
    return judged(faults, said(seen, fields=found.fields, pages=found.pages))


EVERYWHERE = Probe(
    id="correction.on-proof.everywhere",
    promise="correction.on-proof",
    kind=Kind.ATTACK,
    does=N_(
        "Corrects a submission as the person who proved its address, and tries to as others; looks who is shown what."
    ),
    act=formless.spared(_correct),
    oracle=judge_corrected,
)

PROBES = (EVERYWHERE,)
