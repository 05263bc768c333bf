# SPDX-License-Identifier: Apache-2.0
"""Probes of access: each role stays in its limits, and whatever is opened or refused is in the journal first."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from uphold.access import reading
from uphold.access.permission import Role
from uphold.assurance import console, doors, formless, trail
from uphold.assurance.doors import Door
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    broken,
    judged,
    kept,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene, Submitted
from uphold.submission.form import HONEYPOT
from uphold.vault import identifier

# How long the write lock is held against a reading: far longer than a reading takes without.
HELD_SECONDS = 1.0
OPENED, DENIED, REFUSED = "record.opened", "access.denied", "staff.refused"
UNDECLARED = "exercise-undeclared"
_ID = re.compile(r"\{[a-z]+\}")
_SEEN = frozenset({200, 303})
# No site has as many records.
_NOBODY = 2**40 - 1


# --- access.role-limits -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Knock:
    """One door that a role tried; `may` says whether it opens to the role."""

    role: str
    door: str
    may: bool
    status: int


def _knock(scene: Scene) -> tuple[Knock, ...]:
    # Without a form there is no enquiry to name; its doors are then asked about one that nobody has.
    record = scene.submission().record if scene.edition.forms else _NOBODY
    tried = []
    for role in (Role.CLERK, Role.OFFICER, Role.ANALYST, Role.AUDITOR):
        desk = console.Desk(scene, role)
        for door in doors.doors():
            may = role in door.roles
            if may and (door.method != "GET" or not _is_simple(door, record)):
                continue  # what it does is for other probes to see; here nothing is to be done
            path = _ID.sub(partial(_id, scene, door, record, desk.staff), door.path)
            answer = desk.visitor.get(path) if door.method == "GET" else desk.post(path)
            tried.append(Knock(role, f"{door.method} {door.path}", may, answer.status))
    if scene.edition.forms:
        # An act behind a door that opens: to destroy what was set aside is the owner's alone.
        aside = scene.submitted(changed={HONEYPOT: "exercise"}).record
        answer = console.Desk(scene, Role.CLERK).move(aside, "discarded")
        tried.append(Knock(Role.CLERK, "discard", may=False, status=answer.status))
    return tuple(tried)


def _is_simple(door: Door, record: int) -> bool:
    """Tell a door that needs no id, or one that there is, from one that only some days has something behind it."""
    return "{" not in door.path or ("/enquiry/" in door.path and record != _NOBODY)


def _id(scene: Scene, door: Door, record: int, staff: int, _: object) -> str:
    ids = scene.ring.identifiers
    if "/staff/" in door.path:
        return ids.encode(identifier.STAFF, staff)
    return ids.encode(identifier.ENQUIRY, record) if "/enquiry/" in door.path else "1"


def judge_limits(knocks: Sequence[Knock]) -> Outcome:
    """Judge: what is not a role's is not even there for it, and what is its own opens."""
    closed = sum(not one.may for one in knocks)
    if not closed:
        return not_shown(said(N_("No door was tried that should be closed.")))
    text = N_("%(door)s answers %(role)s with %(status)s, and is not for that role.")
    missing = N_("%(door)s answers %(role)s with %(status)s, and is for that role.")
    faults = [
        said(missing if one.may else text, door=one.door, role=one.role, status=one.status)
        for one in knocks
        if (one.status not in _SEEN if one.may else one.status != 404)
    ]
    return judged(
        faults,
        said(
            N_(
                "Doors that were not there for a role that they are not for: %(closed)s; doors that opened: %(open)s."
            ),
            closed=closed,
            open=len(knocks) - closed,
        ),
    )


# --- access.journaled-first -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening, and what the journal and the record's history held right after its answer.

    `entries` is how many entries say since then that this account opened this record, `proven` whether each is
    proven to be in the signed journal; `rows` and `journaled` count, of the whole record, the readings that
    its history lists and those that the journal has.
    """

    status: int
    entries: int
    proven: bool
    names_fields: bool
    rows: int
    journaled: int


def _open(scene: Scene) -> Opening:
    own, desk = scene.submission(), console.Desk(scene, Role.CLERK)
    purpose = trail.readable(scene, Role.CLERK)
    before = trail.size(scene)
    answer = desk.open(own.record, purpose)
    fresh = trail.about(scene, own.record, before, OPENED)
    mine = [one for one in fresh if one.codes["staff"] == desk.staff]
    with scene.read() as connection:
        history = reading.history(connection, own.record)
    whole = trail.about(scene, own.record, trail.began(scene), OPENED)
    named = [set(str(one.codes["fields"]).split("+")) for one in mine]
    return Opening(
        status=answer.status,
        entries=len(mine),
        proven=all(one.proven for one in mine),
        names_fields=all(_serving(scene, own, purpose) <= fields for fields in named),
        rows=sum(not one.denied for one in history),
        journaled=len(whole),
    )


def _serving(scene: Scene, own: Submitted, purpose: str) -> set[str]:
    """The fields of a purpose, spelled as the journal's codes are."""
    fields = scene.form(own.form).fields
    return {item.key.replace("_", "-") for item in fields if purpose in item.purposes}


def judge_opening(opening: Opening) -> Outcome:
    """Judge: one entry, proven to be in the journal, that names what was shown; and no reading without one."""
    if opening.status != 200:
        return _did_not_open(opening.status)
    faults = []
    if opening.entries != 1:
        text = N_("One opening left another number of entries in the journal than one: %(count)s.")
        faults.append(said(text, count=opening.entries))
    elif not opening.proven:
        faults.append(said(N_("The entry of an opening is not proven to be in the journal.")))
    elif not opening.names_fields:
        faults.append(said(N_("The entry of an opening does not name what was shown.")))
    if opening.rows != opening.journaled:
        text = N_("The history of a record lists %(rows)s readings, the journal %(journaled)s.")
        faults.append(said(text, rows=opening.rows, journaled=opening.journaled))
    seen = N_("One opening left one entry, in the signed journal by the time the page came.")
    return judged(faults, said(seen))


@dataclass(frozen=True, slots=True)
class Held:
    """The answers to an opening that was asked for while nothing could be written.

    `early_status` is 0 where none came before writing was possible again.
    """

    early_status: int
    late_status: int


def _open_while_held(scene: Scene) -> Held:
    own, desk = scene.submission(), console.Desk(scene, Role.CLERK)
    fields = {
        console.CSRF: console.token(desk.visitor),
        "purpose": trail.readable(scene, Role.CLERK),
    }
    answered = threading.Event()
    statuses: list[int] = []

    def ask() -> None:
        try:
            statuses.append(desk.visitor.post(f"{desk.path(own.record)}/open", fields).status)
        finally:
            answered.set()

    asking = threading.Thread(target=ask, name="held opening")

    def hold(_: object) -> int:
        asking.start()
        answered.wait(HELD_SECONDS)
        return statuses[0] if statuses else 0

    early = scene.writer.run(hold)
    asking.join()
    return Held(early, statuses[0] if statuses else 0)


def judge_held(held: Held) -> Outcome:
    """Judge: nothing is shown while the journal cannot be written, and it is shown when it can."""
    if held.early_status == 200:
        return broken(said(N_("A record was shown while its reading could not be journaled.")))
    if held.late_status != 200:
        return _did_not_open(held.late_status)
    seen = N_("While nothing could be written nothing was shown; right after, it was.")
    return kept(said(seen))


def _did_not_open(status: int) -> Outcome:
    return not_shown(said(N_("A record did not open (status %(status)s)."), status=status))


# --- access.denials-journaled -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal, and how many entries it left that name the account, the purpose and a reason."""

    purpose: str
    status: int
    entries: int
    proven: bool


def _be_refused(scene: Scene) -> tuple[Refusal, ...]:
    own, desk = scene.submission(), console.Desk(scene, Role.CLERK)
    refusals = []
    for purpose in (*trail.unreadable(scene, Role.CLERK), UNDECLARED, reading.NO_PURPOSE):
        before = trail.size(scene)
        asked = "" if purpose == reading.NO_PURPOSE else purpose
        answer = desk.open(own.record, asked)
        told = [
            one
            for one in trail.about(scene, own.record, before, DENIED)
            if (one.codes["staff"], one.codes["purpose"]) == (desk.staff, purpose)
        ]
        proven = all(one.proven for one in told)
        refusals.append(Refusal(purpose, answer.status, len(told), proven))
    return tuple(refusals)


def judge_refusals(refusals: Sequence[Refusal]) -> Outcome:
    """Judge: each refusal left exactly one entry, proven to be in the journal."""
    faults: list[Said] = []
    for one in refusals:
        # Who names no purpose is refused as well, and asked to choose one.
        if one.status != (422 if one.purpose == reading.NO_PURPOSE else 403):
            text = N_("A clerk asked for %(purpose)s and was answered %(status)s.")
            faults.append(said(text, purpose=one.purpose, status=one.status))
        elif one.entries != 1 or not one.proven:
            text = N_(
                "The refusal for %(purpose)s left another number of proven entries than one: %(count)s."
            )
            count = one.entries if one.proven else 0
            faults.append(said(text, purpose=one.purpose, count=count))
    seen = N_("Refusals that left one entry each, proven to be in the journal: %(count)s.")
    return judged(faults, said(seen, count=len(refusals)))


LIMITS = Probe(
    id="access.role-limits.doors",
    promise="access.role-limits",
    kind=Kind.ATTACK,
    does=N_(
        "Tries every door of the console as every role but the owner, and to destroy as a clerk."
    ),
    act=_knock,
    oracle=judge_limits,
)
ENTRY = Probe(
    id="access.journaled-first.entry",
    promise="access.journaled-first",
    kind=Kind.EXAMINE,
    does=N_(
        "Opens a record as a clerk and looks for the one entry that must be in the journal by then."
    ),
    act=formless.spared(_open),
    oracle=formless.judged(judge_opening),
)
ORDER = Probe(
    id="access.journaled-first.order",
    promise="access.journaled-first",
    kind=Kind.ATTACK,
    does=N_(
        "Holds the database's write lock for at most a second and asks to open a record meanwhile."
    ),
    act=formless.spared(_open_while_held),
    oracle=formless.judged(judge_held),
)
DENIALS = Probe(
    id="access.denials-journaled.gate",
    promise="access.denials-journaled",
    kind=Kind.ATTACK,
    does=N_(
        "Asks as a clerk for purposes that are not the clerk's and for none, and looks for the refusals in the journal."
    ),
    act=formless.spared(_be_refused),
    oracle=formless.judged(judge_refusals),
)

PROBES = (LIMITS, ENTRY, ORDER, DENIALS)
