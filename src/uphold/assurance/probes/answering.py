# SPDX-License-Identifier: Apache-2.0
"""Probes of answering: an enquiry goes its way, mail leaves only in reply to one, and what waits is safe."""

from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection

from uphold.access.permission import Role
from uphold.assurance import console, filling, formless, trail
from uphold.assurance.console import Desk
from uphold.assurance.plaintext import Needles
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene, Submitted
from uphold.database.walk import Row
from uphold.journal import entry
from uphold.mail import outbox
from uphold.submission import record as submissions
from uphold.vault import identifier, remains

EMAIL = "email"
_STATES = ("new", "in-work", "answered", "closed")
_SEALED = "answer.sealed"
_MOVED = "enquiry.moved"
_DONE = 303
_PAGE = 500
# No site has as many records.
_NOBODY = 2**40 - 1


def _purpose(scene: Scene) -> str:
    """The purpose under which a clerk answers: one with an address that the clerk may read; "" without any."""
    purposes = scene.edition.policy.purposes
    for item in scene.form().fields:
        if item.type == EMAIL:
            for purpose in item.purposes:
                if Role.CLERK in purposes[purpose].roles:
                    return purpose
    return ""


# --- enquiry.worked-through -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """How an enquiry went: in which lists it stood in turn, and the moves that the journal has of it."""

    statuses: tuple[int, ...]
    listed: tuple[str, ...]
    moves: tuple[tuple[str, str], ...]


def _work_through(scene: Scene) -> Way:
    own, desk, purpose = scene.submitted(), Desk(scene, Role.CLERK), _purpose(scene)
    before = trail.began(scene)
    listed = [_list(desk, own)]
    answers = [desk.move(own.record, "in-work")]
    listed.append(_list(desk, own))
    if purpose:
        answers.append(desk.answer(own.record, purpose, "Exercise", "Answered in an exercise."))
    else:
        answers.append(desk.move(own.record, "answered"))
    listed.append(_list(desk, own))
    answers.append(desk.move(own.record, "closed"))
    listed.append(_list(desk, own))
    moves = trail.about(scene, own.record, before, _MOVED)
    told = tuple((str(one.codes["from"]), str(one.codes["to"])) for one in moves)
    return Way(tuple(answer.status for answer in answers), tuple(listed), told)


def _list(desk: Desk, own: Submitted) -> str:
    """The state in whose list an enquiry stands; every state is looked at, so that two are seen too."""
    path = desk.path(own.record)
    found = [
        state for state in _STATES if path in desk.visitor.get(f"{console.HOME}?state={state}").text
    ]
    return "+".join(found)


def judge_way(way: Way) -> Outcome:
    """Judge: new, in work, answered, closed, each in its own list only, and each move in the journal."""
    faults = []
    for wanted, found in zip(_STATES, way.listed, strict=True):
        if wanted != found:
            text = N_("An enquiry that should be %(wanted)s stood as: %(found)s.")
            faults.append(said(text, wanted=wanted, found=found or "-"))
    if way.moves != tuple(pairwise(_STATES)):
        text = N_("The journal has %(count)s moves of it, and not the three there were.")
        faults.append(said(text, count=len(way.moves)))
    faults += [
        said(N_("A step was answered with status %(status)s."), status=status)
        for status in way.statuses
        if status != _DONE
    ]
    return judged(faults, said(N_("An enquiry went from new to closed, every move journaled.")))


# --- mail.only-in-reply -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What came of attempts to send, and what the outbox holds.

    `nowhere` and `unread` are the answers to a letter to no enquiry and to one under a purpose that is not the
    clerk's; `right` to a true answer that names another address too. `queued` and `sealed` are how many
    letters the outbox and the journal have gained, `strays` how many of all letters belong to no submission,
    `to_person` whether the page names the address in the enquiry, and no other, as where answers go.
    """

    nowhere: int
    unread: int
    right: int
    queued: int
    sealed: int
    strays: int
    to_person: bool


def _send(scene: Scene) -> Outgoing | None:
    purpose = _purpose(scene)
    if not purpose:
        return None
    own, desk = scene.submitted(), Desk(scene, Role.CLERK)
    with scene.read() as connection:
        size, before = scene.log.head(connection).size, _last(connection)
    elsewhere = f"{filling.mark()}@example.org"
    more = {"address": elsewhere, "to": elsewhere, EMAIL: elsewhere, "recipient": elsewhere}
    nobody = scene.ring.identifiers.encode(identifier.ENQUIRY, _NOBODY)
    letter = {"subject": "Exercise", "text": "Not to be sent.", "purpose": purpose}
    nowhere = desk.post(f"{console.HOME}/enquiry/{nobody}/answer", **letter, **more).status
    foreign = next(iter(trail.unreadable(scene, Role.CLERK)), "exercise-undeclared")
    unread = desk.answer(own.record, foreign, "Exercise", "Not to be sent.", **more).status
    right = desk.answer(own.record, purpose, "Exercise", "An answer.", **more).status
    opened = desk.open(own.record, purpose)
    address = console.shown(opened).address if opened.status == 200 else ""
    typed = next(own.values[i.key] for i in scene.form(own.form).fields if i.type == EMAIL)
    with scene.read() as connection:
        letters = list(_letters(connection))
        return Outgoing(
            nowhere=nowhere,
            unread=unread,
            right=right,
            queued=sum(number > before for number, _ in letters),
            sealed=_sealed_since(scene, connection, size),
            strays=_strays(connection, [record for _, record in letters]),
            to_person=address == typed and elsewhere not in opened.text,
        )


def _letters(connection: Connection) -> list[tuple[int, int]]:
    """Number and record of every letter; one whose row cannot be read belongs to nobody."""
    return [
        (row.number, row.values["record"]) if isinstance(row, Row) else (row.number, 0)
        for row in outbox.rows(connection)
    ]


def _last(connection: Connection) -> int:
    return max((number for number, _ in _letters(connection)), default=0)


def _strays(connection: Connection, records: list[int]) -> int:
    wanted = sorted(set(records))
    known: set[int] = set()
    for at in range(0, len(wanted), _PAGE):
        known |= submissions.facts(connection, wanted[at : at + _PAGE]).keys()
    return sum(record not in known for record in records)


def _sealed_since(scene: Scene, connection: Connection, start: int) -> int:
    entries = scene.log.entries(connection, start)
    return sum(entry.decode(raw).kind == _SEALED for _, raw in entries)


def judge_outgoing(found: Outgoing | None) -> Outcome:
    """Judge: a letter needs an enquiry, its purpose and its address; and every letter there is has one."""
    if found is None:
        return not_applicable(said(N_("No form asks for an address that answers could go to.")))
    if found.right != _DONE:
        text = N_("A true answer was not taken (status %(status)s).")
        return not_shown(said(text, status=found.right))
    faults = []
    if found.nowhere != 404:
        text = N_("A letter to no enquiry was answered with status %(status)s.")
        faults.append(said(text, status=found.nowhere))
    if found.unread != 403:
        text = N_(
            "A letter for a purpose that is not the clerk's was answered with status %(status)s."
        )
        faults.append(said(text, status=found.unread))
    if found.queued != found.sealed:
        text = N_("The outbox gained %(queued)s letters, the journal %(sealed)s.")
        faults.append(said(text, queued=found.queued, sealed=found.sealed))
    if found.strays:
        text = N_("Letters in the outbox that belong to no submission: %(count)s.")
        faults.append(said(text, count=found.strays))
    if not found.to_person:
        faults.append(said(N_("An answer goes to another address than the enquiry's own.")))
    seen = N_(
        "Letters without an enquiry or its purpose were refused; an answer goes to its address only."
    )
    return judged(faults, said(seen))


# --- mail.outage-loses-nothing ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that nobody has handed to a relay, and the letters that wait.

    `states` are the states of its rows in the outbox, `open` how many of its words stand in them, `again`
    whether it can be read again, `gone` how many waiting letters of the whole outbox have lost their content.
    """

    status: int
    states: tuple[str, ...]
    open: int
    again: bool
    gone: int


def _wait(scene: Scene) -> Waiting | None:
    purpose = _purpose(scene)
    if not purpose:
        return None
    own, desk = scene.submitted(), Desk(scene, Role.CLERK)
    subject, text = f"Exercise {filling.mark()}", f"Ответ {filling.mark()}."
    marks = [subject.split()[1], text.split()[1].rstrip(".")]
    scene.marks += marks
    status = desk.answer(own.record, purpose, subject, text).status
    with scene.read() as connection:
        items = outbox.of_record(connection, own.record)
        waiting = [one for one in outbox.due(connection, scene.now) if not one.notice]
        gone = sum(
            one.part not in {number for number, _ in remains.live(connection, one.record)}
            for one in (*items, *waiting)
        )
    needles = Needles(marks)
    opened = desk.open(own.record, purpose)
    letters = console.shown(opened).letters if opened.status == 200 else ()
    return Waiting(
        status=status,
        states=tuple(str(one.state) for one in items),
        open=sum(bool(needles.within(repr(one).encode())) for one in items),
        again=(subject, text) in letters,
        gone=gone,
    )


def judge_waiting(found: Waiting | None) -> Outcome:
    """Judge: acknowledged, so it is there, sealed, once, unsent, and can be read again."""
    if found is None:
        return not_applicable(said(N_("No form asks for an address that answers could go to.")))
    if found.status != _DONE:
        return not_shown(
            said(N_("An answer was not taken (status %(status)s)."), status=found.status)
        )
    faults = []
    if len(found.states) != 1:
        text = N_("An acknowledged answer stands in the outbox %(count)s times.")
        faults.append(said(text, count=len(found.states)))
    if set(found.states) & {"sent", "exported", "failed"}:
        text = N_("An answer of the exercise has left: %(state)s.")
        faults.append(said(text, state=found.states[0]))
    if found.open:
        faults.append(said(N_("The outbox holds words of an answer in the open.")))
    if not found.again:
        faults.append(said(N_("An acknowledged answer cannot be read again.")))
    if found.gone:
        text = N_("Waiting answers that have lost their content: %(count)s.")
        faults.append(said(text, count=found.gone))
    return judged(faults, said(N_("An acknowledged answer waits in the outbox, sealed and whole.")))


WAY = Probe(
    id="enquiry.worked-through.clerk",
    promise="enquiry.worked-through",
    kind=Kind.EXAMINE,
    does=N_("Takes a submission as a clerk from new through work and answer to closed."),
    act=formless.spared(_work_through),
    oracle=formless.judged(judge_way),
)
REPLY = Probe(
    id="mail.only-in-reply.outbox",
    promise="mail.only-in-reply",
    kind=Kind.ATTACK,
    does=N_(
        "Tries to write to nobody's enquiry, for a foreign purpose and to another address; counts the outbox."
    ),
    act=formless.spared(_send),
    oracle=formless.judged(judge_outgoing),
)
WAITING = Probe(
    id="mail.outage-loses-nothing.outbox",
    promise="mail.outage-loses-nothing",
    kind=Kind.EXAMINE,
    does=N_(
        "Answers a submission that no relay will be given, and looks at what waits in the outbox."
    ),
    act=formless.spared(_wait),
    oracle=formless.judged(judge_waiting),
)

PROBES = (WAY, REPLY, WAITING)
