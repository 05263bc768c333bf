# SPDX-License-Identifier: Apache-2.0
"""Probes of the person's own page: whoever proves an address sees everything, and nobody else sees anything."""

import html
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.access.permission import Role
from uphold.assurance import console, person, trail
from uphold.assurance.person import ENTRANCE, HOME, Person
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.scene import Scene, Submitted
from uphold.assurance.visitor import Answer
from uphold.consent import ledger
from uphold.vault import remains

OPENED = "subject.opened"
_OK, _SEE_OTHER, _MISSING, _GONE = 200, 303, 404, 410
# Looks at /my itself with nothing proved: it asks for an address. A cookie that is none leads there once more.
_QUESTIONS = 2
# What no page of a person may be told to the browser without.
_ATTRIBUTES = ("httponly", "samesite=lax", f"path={HOME}")


@dataclass(frozen=True, slots=True)
class Door:
    """What came of standing before the door.

    `differs` names what told a known address from an unknown one. `looks` are the answers to opening the link
    three times, `entered` those to pressing its button twice and to opening it once more. `outside` are the answers
    to whoever has proved nothing, `other` those to whoever proved another address; `leaked` counts marked values in
    all of these. `cookie` are attributes that it lacks.
    """

    differs: tuple[str, ...]
    looks: tuple[int, ...]
    looking_enters: bool
    entered: tuple[int, ...]
    outside: tuple[int, ...]
    other: tuple[int, ...]
    leaked: int
    cookie: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person saw of their own.

    Of `values` so many were `shown`, and so many were `taken` away in the file; `early` were on pages that open
    nothing. `purposes` are live, `journaled` openings of them were in the journal and proven. `consents` of
    `acts` stood with their wording, `reader` was named by role where staff had opened it, `login` where by name.
    `kept` counts answers that a browser may store.
    """

    values: int
    shown: int
    taken: int
    early: int
    purposes: int
    journaled: int
    acts: int
    consents: int
    opened: bool
    reader: bool
    login: bool
    kept: int


def _stand(scene: Scene) -> Door | None:
    if not person.can_enter(scene.form()):
        return None
    own = scene.submitted()
    anna, boris = Person(scene, own), Person(scene, scene.submitted())
    asked, secret = anna.ask()
    # Whoever asked has proved nothing yet.
    early = [anna.get(HOME), anna.get(anna.path())]
    known = (asked, anna.get(asked.header("location") or HOME))
    unknown = _ask(scene, f"{secrets.token_hex(8)}@nobody.example")
    visitor = scene.stranger()
    looks = [visitor.get(f"{ENTRANCE}?token={secret}") for _ in range(3)]
    looking_enters = bool(visitor.cookies)
    pressed = visitor.post(ENTRANCE, {"token": secret})
    again = [
        scene.stranger().post(ENTRANCE, {"token": secret}),
        scene.stranger().get(f"{ENTRANCE}?token={secret}"),
    ]
    boris.enter()
    outside, other = [*early, *_knock(scene, anna)], _intrude(anna, boris)
    return Door(
        differs=_differences(known, unknown),
        looks=tuple(one.status for one in looks),
        looking_enters=looking_enters,
        entered=(pressed.status, *(one.status for one in again)),
        outside=tuple(one.status for one in outside),
        other=tuple(one.status for one in other),
        leaked=_marks(own, [*known, *unknown, *looks, *again, *outside, *other]),
        cookie=_lacks(pressed),
    )


def _ask(scene: Scene, address: str) -> tuple[Answer, Answer]:
    """Ask for a link, and look where that leads."""
    visitor = scene.stranger()
    asked = visitor.post(HOME, {"contact": address})
    return asked, visitor.get(asked.header("location") or HOME)


def _differences(known: Sequence[Answer], unknown: Sequence[Answer]) -> tuple[str, ...]:
    found = []
    for one, other in zip(known, unknown, strict=True):
        if one.status != other.status:
            found.append("status")
        if _calm(one.headers) != _calm(other.headers):
            found.append("headers")
        if one.body != other.body:
            found.append("body")
    return tuple(dict.fromkeys(found))


def _calm(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in headers if pair[0] != "date"]


def _knock(scene: Scene, anna: Person) -> list[Answer]:
    """Try the pages of somebody's submission without having proved anything, and with a made-up cookie."""
    found = []
    for headers in ({}, {"cookie": f"uphold_my={secrets.token_urlsafe(32)}"}):
        visitor = scene.stranger(headers)
        found += [
            visitor.get(HOME),
            visitor.get(anna.path()),
            visitor.post(f"{anna.path()}/open", {"_csrf": "x"}),
            visitor.post("/my/download", {"_csrf": "x", "format": "json"}),
        ]
    return found


def _intrude(anna: Person, boris: Person) -> list[Answer]:
    """Try them after another address was proved."""
    return [
        boris.get(anna.path()),
        boris.get(f"{anna.path()}/erase"),
        boris.post(anna.path(), "open"),
        boris.post(anna.path(), "correct", name="x"),
    ]


def _lacks(entered: Answer) -> tuple[str, ...]:
    cookie = entered.header("set-cookie").lower()
    return tuple(one for one in _ATTRIBUTES if one not in cookie)


def _marks(own: Submitted, answers: Sequence[Answer]) -> int:
    return sum(mark in one.text for one in answers for mark in own.marks)


def judge_door(found: Door | None) -> Outcome:
    """Judge: asked alike, entered once and only by the button, shown to nobody else."""
    if found is None:
        return not_applicable(said(N_("The form asks for no e-mail address to prove.")))
    faults: list[Said] = []
    for what in found.differs:
        text = N_("An unknown address is answered otherwise than a known one (%(what)s).")
        faults.append(said(text, what=what))
    if set(found.looks) != {_OK} or found.looking_enters:
        faults.append(said(N_("Looking at a mailed link already uses it up.")))
    if found.entered[:1] != (_SEE_OTHER,):
        faults.append(
            said(N_("The button of a mailed link answers %(status)s."), status=found.entered[0])
        )
    if set(found.entered[1:]) != {_GONE}:
        faults.append(said(N_("A mailed link works more than once.")))
    if set(found.outside) != {_OK, _SEE_OTHER} or found.outside.count(_OK) > _QUESTIONS:
        faults.append(said(N_("A page of somebody's data answers whoever has proved nothing.")))
    if set(found.other) != {_MISSING}:
        faults.append(said(N_("A page of somebody's data answers whoever proved another address.")))
    if found.leaked:
        text = N_("Values were shown to others than their person: %(count)s.")
        faults.append(said(text, count=found.leaked))
    faults += [
        said(N_("The cookie of a visit lacks %(what)s."), what=what) for what in found.cookie
    ]
    seen = N_(
        "Known and unknown addresses are answered alike; a link enters once, by its button; %(count)s tries by"
        " others came to nothing."
    )
    return judged(faults, said(seen, count=len(found.outside) + len(found.other)))


def _look(scene: Scene) -> Shown | None:
    if not person.can_enter(scene.form()):
        return None
    own = scene.submitted()
    opened, login = _read_by_staff(scene, own)
    anna = Person(scene, own)
    anna.enter()
    start = trail.size(scene)
    before = [anna.get(HOME), anna.get(anna.path())]
    # The proved address stands on the page: it came with the visit.
    words = [mark for mark in own.marks if mark not in anna.contact.text]
    early = sum(word in one.text for one in before for word in words)
    early += len(trail.about(scene, own.record, start, OPENED))
    shown = anna.post(anna.path(), "open")
    told = trail.about(scene, own.record, start, OPENED)
    taken = anna.post(HOME, "download", format="json")
    with scene.read() as connection:
        live = {purpose for _, purpose in remains.live(connection, own.record)}
        acts = ledger.acts(connection, own.record)
    page = before[1].text
    return Shown(
        values=len(own.values),
        shown=_count(own, html.unescape(shown.text)),
        taken=_count(own, str(list(_texts(taken.json())))),
        early=early,
        purposes=len(live),
        journaled=sum(one.proven for one in told),
        acts=len(acts),
        consents=sum(f"/wording/{act.wording}" in page for act in acts),
        opened=opened,
        reader=opened and _role(scene) in page,
        login=bool(login) and login in page,
        kept=sum(one.header("cache-control") != "no-store" for one in [*before, shown, taken]),
    )


def _role(scene: Scene) -> str:
    return str(trail.reader(scene, scene.form().purposes[0]) or "")


def _read_by_staff(scene: Scene, own: Submitted) -> tuple[bool, str]:
    """Have staff open it, so that the person has something to be told."""
    purpose = scene.form().purposes[0]
    role = trail.reader(scene, purpose)
    if role is None:
        return False, ""
    desk = console.Desk(scene, Role(role))
    return desk.open(own.record, purpose).status == _OK, scene.exercise.account(role).login


def _count(own: Submitted, text: str) -> int:
    calm = " ".join(text.split())
    return sum(" ".join(value.split()) in calm for value in own.values.values())


def _texts(found: object) -> Sequence[str]:
    """Every text in a JSON value."""
    if isinstance(found, dict):
        return [text for one in found.values() for text in _texts(one)]
    if isinstance(found, list):
        return [text for one in found for text in _texts(one)]
    return [found] if isinstance(found, str) else []


def judge_shown(found: Shown | None) -> Outcome:
    """Judge: all of it, to read and to take away, journaled first, with who opened it."""
    if found is None:
        return not_applicable(said(N_("The form asks for no e-mail address to prove.")))
    faults: list[Said] = []
    if found.shown < found.values:
        text = N_("Of %(count)s values that are held a person is shown %(shown)s.")
        faults.append(said(text, count=found.values, shown=found.shown))
    if found.taken < found.values:
        text = N_("Of %(count)s values that are held %(taken)s are in the file to take away.")
        faults.append(said(text, count=found.values, taken=found.taken))
    if found.early:
        faults.append(said(N_("Values are opened before the person asks to see them.")))
    if found.journaled < found.purposes:
        text = N_("Of %(count)s parts that were shown %(journaled)s are in the journal as opened.")
        faults.append(said(text, count=found.purposes, journaled=found.journaled))
    if found.consents < found.acts:
        text = N_("Of %(count)s consents %(shown)s are shown with their wording.")
        faults.append(said(text, count=found.acts, shown=found.consents))
    if found.opened and not found.reader:
        faults.append(said(N_("A reading by staff is not shown to the person.")))
    if found.login:
        faults.append(said(N_("The person is told a member of staff's name, not the role.")))
    if found.kept:
        faults.append(said(N_("A browser may keep a person's page.")))
    seen = N_(
        "A person saw all %(count)s values, the consents with their wordings and who had opened them, and took them"
        " away."
    )
    return judged(faults, said(seen, count=found.values))


DOOR = Probe(
    id="subject.access.door",
    promise="subject.access",
    kind=Kind.ATTACK,
    does=N_(
        "Asks for links to a known and an unknown address, uses one twice, and tries to see somebody's data with"
        " nothing proved and with another address proved."
    ),
    act=_stand,
    oracle=judge_door,
)
SHOWN = Probe(
    id="subject.access.shown",
    promise="subject.access",
    kind=Kind.EXAMINE,
    does=N_(
        "Proves an address as a person would, looks at everything that is held, opens it and takes it away."
    ),
    act=_look,
    oracle=judge_shown,
)
PROBES = (DOOR, SHOWN)
