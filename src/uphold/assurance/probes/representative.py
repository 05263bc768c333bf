# SPDX-License-Identifier: Apache-2.0
"""The probe of representatives: each can ask for a person, and nothing is done before their right was shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.assurance import asked, html
from uphold.assurance.asked import Letters
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene
from uphold.rights.machine import Kind as Right, State
from uphold.rights.stored import Representative

# Rights that no other probe asks about the same submission.
_RIGHTS = ("portability", "restriction", "complaint")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request by a representative: whether it was taken in, and how it went.

    `kept` is the ground as it is stored, `unproven` the state that it came to without any proof, `ended` that with
    it.
    """

    ground: str
    status: int
    kept: str
    unproven: str
    ended: str


@dataclass(frozen=True, slots=True)
class WayIn:
    """What was found: what the form of intake offers, and what came of letters."""

    grounds: frozenset[str]
    rights: frozenset[str]
    letters: tuple[Asked, ...]
    applies: bool = True


def _come(scene: Scene) -> WayIn:
    if not scene.edition.forms:
        return WayIn(frozenset(), frozenset(), (), applies=False)
    letters = Letters(scene)
    page = html.parse(letters.get(asked.ENTER).text)
    offered = frozenset(
        option.attrs.get("value", "")
        for choice in page.all("select")
        if choice.attrs.get("name") == "representative"
        for option in choice.all("option")
    )
    rights = frozenset(
        box.attrs.get("value", "") for box in page.all("input") if box.attrs.get("name") == "kind"
    )
    grounds = [str(one) for one in Representative][: len(_RIGHTS)]
    made = tuple(
        _ask(letters, right, ground) for right, ground in zip(_RIGHTS, grounds, strict=True)
    )
    return WayIn(offered, rights, made)


def _ask(letters: Letters, right: str, ground: str) -> Asked:
    entered = letters.enter(right, representative=ground)
    first = letters.stored(entered.number)
    # Without proof nothing may move it on: neither a step nor the act itself.
    letters.move(entered.number, "take")
    letters.move(entered.number, "verify")
    letters.fulfil(entered.number)
    before = letters.stored(entered.number)
    letters.move(entered.number, "verify", identity="document")
    letters.move(entered.number, "take")
    letters.fulfil(entered.number)
    after = letters.stored(entered.number)
    return Asked(
        ground=ground,
        status=entered.status,
        kept=str(first.intake.representative or "") if first else "",
        unproven=str(before.request.state) if before else "",
        ended=str(after.request.state) if after else "",
    )


def judge(found: WayIn) -> Outcome:
    """Judge: every ground and every right is offered, kept as given, and done only once it was shown."""
    if not found.applies:
        return not_applicable(
            said(N_("The site has no form, so that nobody can ask about anything."))
        )
    if not found.rights:
        return not_shown(said(N_("The desk shows no form to enter a request.")))
    missing = {str(one) for one in Representative} - found.grounds
    lacking = {str(one) for one in Right} - found.rights
    faults = []
    if missing:
        text = N_("The form of intake has no place for these representatives: %(grounds)s.")
        faults.append(said(text, grounds=", ".join(sorted(missing))))
    if lacking:
        text = N_("A representative cannot ask for these: %(rights)s.")
        faults.append(said(text, rights=", ".join(sorted(lacking))))
    faults += [fault for one in found.letters for fault in _faults(one)]
    seen = N_(
        "%(count)s letters of representatives were taken in with their ground, none was acted on before the right"
        " was shown, and each was fulfilled then."
    )
    return judged(faults, said(seen, count=len(found.letters)))


def _faults(one: Asked) -> Sequence[Said]:
    if one.status != 303:
        text = N_("A letter of a representative (%(ground)s) was not taken in: %(status)s.")
        return [said(text, ground=one.ground, status=one.status)]
    faults = []
    if one.kept != one.ground:
        text = N_("The ground of a representative (%(ground)s) is not kept with the request.")
        faults.append(said(text, ground=one.ground))
    if one.unproven != State.RECEIVED:
        text = N_("Without proof of the right (%(ground)s) a request went on to be %(state)s.")
        faults.append(said(text, ground=one.ground, state=one.unproven))
    if one.ended != State.FULFILLED:
        text = N_("With proof of the right (%(ground)s) a request came to be %(state)s.")
        faults.append(said(text, ground=one.ground, state=one.ended))
    return faults


DESK = Probe(
    id="representative.way-in.desk",
    promise="representative.way-in",
    kind=Kind.ATTACK,
    does=N_(
        "Enters letters of representatives at the desk, tries to have them fulfilled without proof of the right, then"
        " with it."
    ),
    act=_come,
    oracle=judge,
)

PROBES = (DESK,)
