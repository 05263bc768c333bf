# SPDX-License-Identifier: Apache-2.0
"""Probes of what carries data away in numbers: exports, and records opened together."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.access import canary, export
from uphold.access.export import Export
from uphold.access.permission import Role
from uphold.assurance import console, formless, trail
from uphold.assurance.console import Desk
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
from uphold.assurance.scene import Scene
from uphold.policy.document import Form
from uphold.vault import identifier

SEVERAL, EXPORTS = "/console/several", "/console/exports"
REFUSED, TAKEN, OPENED = "copy.refused", "export.taken", "record.opened"
FORMULA = "=1+1"
# A limit so high that reaching it would take longer than a probe may.
_MOST_BOXES = 500
# No site has as many records.
_NOBODY = 2**40
_WORDS = ("long-text", "text")
_UNSAFE = ("=", "+", "-", "@", "\t", "\r")


def _key(form: Form, purpose: str, *types: str) -> str:
    """A field of one of these types that serves a purpose, the first type first; "" for none."""
    serving = [one for one in form.fields if purpose in one.purposes]
    return next((one.key for kind in types for one in serving if one.type == kind), "")


@dataclass(frozen=True, slots=True)
class File:
    """An export that was made, taken as a CSV, and ended.

    `marks` is how many marks its rows bear, `nobodys` whether exactly its own canary stands in it, `unsafe` how many
    cells could begin a formula; `entries` are the proven entries of its making and taking, `opened` those of the
    reading of the run's own record; `life` is in hours; `after` the answer to taking it once it was ended; `returned`
    whether the canary was noticed when it was sent in.
    """

    made: int
    taken: int
    rows: int
    holds_own: bool
    marks: int
    nobodys: bool
    unsafe: int
    entries: int
    opened: int
    life: float
    longest: int
    after: int
    returned: bool


def _export(scene: Scene, desk: Desk, purpose: str) -> tuple[int, Export | None]:
    """Make an export of the first form; the answer's status, and what is stored of it."""
    fields = {
        "form": scene.form().key,
        "purpose": purpose,
        "format": "csv",
        "reason": str(export.Reason.CHECK),
        "hours": "1",
    }
    status = desk.post(EXPORTS, **fields).status
    with scene.read() as connection:
        every = export.listed(connection, exercise=True)
    return status, next((one for one in every if one.staff == desk.staff), None)


def _path(scene: Scene, made: Export, act: str) -> str:
    return f"{EXPORTS}/{scene.ring.identifiers.encode(identifier.EXPORT, made.number)}/{act}"


def _exporter(scene: Scene) -> tuple[Role, str]:
    """A role that exports, and a purpose of the form that it reads for; "" for none."""
    for role in (Role.OFFICER, Role.OWNER):
        if purpose := trail.served(scene, role):
            return role, purpose
    return Role.OWNER, ""


def _take(scene: Scene) -> File | None:
    """None where nobody who may export reads for a purpose of the form."""
    role, purpose = _exporter(scene)
    words = _key(scene.form(), purpose, *_WORDS)
    if not (purpose and words):
        return None
    own = scene.submitted(changed={words: FORMULA})
    desk = console.fresh(scene, role)
    before = trail.size(scene)
    status, made = _export(scene, desk, purpose)
    if made is None:
        return File(status, 0, 0, False, 0, False, 0, 0, 0, 0.0, 1, 0, False)
    answer = desk.post(_path(scene, made, "take"))
    rows = _read(answer.text)
    told = [
        one
        for one in trail.since(scene, before, "export.made", TAKEN)
        if one.codes["export"] == made.number and one.proven
    ]
    opened = trail.about(scene, own.record, before, OPENED)
    cells = [cell for row in rows for cell in row]
    named = canary.named(scene.ring, cells)
    ended = desk.post(_path(scene, made, "end")).status
    after = desk.post(_path(scene, made, "take")).status if ended == 303 else ended
    return File(
        made=status,
        taken=answer.status,
        rows=len(rows),
        holds_own=any(FORMULA in cell for cell in cells),
        marks=len({row[-1] for row in rows if row[-1]}) if all(rows) else 0,
        nobodys=named == {made.number},
        unsafe=sum(cell.startswith(_UNSAFE) for cell in cells),
        entries=len(told),
        opened=sum(one.codes["staff"] == desk.staff and one.proven for one in opened),
        life=(made.ends_at - made.made_at) / 3_600_000,
        longest=scene.settings.copies.export_hours,
        after=after,
        returned=_returned(scene, words, cells),
    )


def _read(text: str) -> list[list[str]]:
    """The rows of a CSV without its head."""
    found = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    return found[1:]


def _returned(scene: Scene, words: str, cells: Sequence[str]) -> bool:
    """Send the canary in, as somebody would who has the file, and look whether that is noticed."""
    found = next((one for one in cells if canary.named(scene.ring, [one])), "")
    if not found:
        return False
    before = trail.size(scene)
    scene.submitted(changed={words: found})
    return bool(trail.since(scene, before, "canary.seen"))


def judge_file(file: File | None) -> Outcome:
    """Judge: marked, formula-safe, journaled, ended, and known again."""
    if file is None:
        return not_applicable(
            said(N_("Nobody who may export reads for a purpose of the form that has words."))
        )
    if file.made != 303 or file.taken != 200:
        text = N_("An export was answered %(made)s when made and %(taken)s when taken.")
        return not_shown(said(text, made=file.made, taken=file.taken))
    if not file.holds_own:
        return not_shown(said(N_("An export does not hold the record that the run had sent.")))
    faults = [
        (file.marks != 1, N_("The rows of an export do not all bear its one mark.")),
        (not file.nobodys, N_("An export has no row of its own that nobody sent.")),
        (file.nobodys and not file.returned, N_("The address of an export came back unnoticed.")),
        (file.unsafe > 0, N_("Cells of an export can begin a formula.")),
        (
            file.entries != 2,
            N_("The journal does not have the making and the taking of an export."),
        ),
        (file.opened != 1, N_("An export shows a record whose opening the journal does not have.")),
        (
            not 0 < file.life <= file.longest,
            N_("An export has no end, or a later one than is set."),
        ),
        (file.after == 200, N_("An export was taken after its end.")),
    ]
    seen = N_(
        "An export of %(rows)s rows bore one mark, a row that nobody sent and no formula; each reading stood in the"
        " journal; after its end nothing was given; its address was noticed when it came back."
    )
    return judged([said(text) for is_so, text in faults if is_so], said(seen, rows=file.rows))


@dataclass(frozen=True, slots=True)
class Others:
    """Who tried to take another's export, each with the answer; and what exports that are over still name."""

    tries: tuple[tuple[str, int], ...]
    leaked: bool
    left: int


def _others(scene: Scene) -> Others | None:
    role, purpose = _exporter(scene)
    if not purpose:
        return None
    own, desk = scene.submission(), console.fresh(scene, role)
    _, made = _export(scene, desk, purpose)
    tries, leaked = [], False
    if made is not None:
        path = _path(scene, made, "take")
        for other in (Role.OWNER, Role.OFFICER, Role.CLERK, Role.AUDITOR):
            if other is not role:
                answer = console.fresh(scene, other).post(path)
                tries.append((str(other), answer.status))
                leaked = leaked or any(one in answer.text for one in own.marks)
        anybody = scene.stranger().post(path, {})
        tries.append(("stranger", anybody.status))
        leaked = leaked or any(one in anybody.text for one in own.marks)
        desk.post(_path(scene, made, "end"))
    with scene.read() as connection:
        left = export.left_over(connection, scene.now)
    return Others(tuple(tries), leaked, left)


def judge_others(others: Others | None) -> Outcome:
    """Judge: an export is there for nobody but who made it, and names nothing once it is over."""
    if others is None:
        return not_applicable(
            said(N_("Nobody who may export reads for a purpose of the form that has words."))
        )
    if not others.tries:
        return not_shown(said(N_("No export could be made.")))
    text = N_("%(who)s was answered %(status)s when taking an export that another had made.")
    faults = [
        said(text, who=who, status=status)
        for who, status in others.tries
        if status not in {303, 401, 403, 404}
    ]
    if others.leaked:
        faults.append(said(N_("An export showed another what a person wrote.")))
    if others.left:
        gone = N_("Exports that are over still name records: %(count)s.")
        faults.append(said(gone, count=others.left))
    seen = N_("Others who tried to take an export and got nothing: %(count)s.")
    return judged(faults, said(seen, count=len(others.tries)))


@dataclass(frozen=True, slots=True)
class Volume:
    """One record more than the limit, asked to be opened in one act; `opened` are the readings in the journal of it."""

    limit: int
    status: int
    opened: int
    refused: int


def _flood(scene: Scene) -> Volume | None:
    role, purpose = _exporter(scene)
    limit = scene.settings.copies.open_at_once
    if not purpose or limit > _MOST_BOXES:
        return None
    own, desk = scene.submission(), console.fresh(scene, role)
    # The run's own record, and as many as it takes of what there is not: what is asked for counts.
    numbers = [own.record, *range(_NOBODY - limit, _NOBODY)]
    encode = scene.ring.identifiers.encode
    boxes = {f"pick-{encode(identifier.ENQUIRY, one)}": "yes" for one in numbers}
    before = trail.size(scene)
    status = desk.post(SEVERAL, purpose=purpose, **boxes).status
    told = trail.since(scene, before, OPENED, REFUSED)
    mine = [one.kind for one in told if one.codes["staff"] == desk.staff and one.proven]
    return Volume(limit, status, mine.count(OPENED), mine.count(REFUSED))


def judge_volume(volume: Volume | None) -> Outcome:
    """Judge: nothing is opened of what is more than one act may take, and the refusal is journaled."""
    if volume is None:
        return not_applicable(
            said(N_("Nobody opens several records, or the limit is too high to be tried."))
        )
    faults = []
    if volume.status == 200 or volume.opened:
        text = N_(
            "More records than the %(limit)s of one act were asked for, and some were opened."
        )
        faults.append(said(text, limit=volume.limit))
    elif volume.refused != 1:
        text = N_(
            "A refusal for its volume left another number of proven entries than one: %(count)s."
        )
        faults.append(said(text, count=volume.refused))
    seen = N_("More records than the %(limit)s of one act were asked for, and none was opened.")
    return judged(faults, said(seen, limit=volume.limit))


FILE = Probe(
    id="export.marked-and-ended.file",
    promise="export.marked-and-ended",
    kind=Kind.EXAMINE,
    does=N_("Makes an export of its own submissions, takes it, ends it, and sends its address in."),
    act=formless.spared(_take),
    oracle=judge_file,
)
OTHERS = Probe(
    id="export.marked-and-ended.others",
    promise="export.marked-and-ended",
    kind=Kind.ATTACK,
    does=N_("Tries to take another's export as every other role and as nobody."),
    act=formless.spared(_others),
    oracle=judge_others,
)
VOLUME = Probe(
    id="export.marked-and-ended.volume",
    promise="export.marked-and-ended",
    kind=Kind.ATTACK,
    does=N_("Asks to open one record more in one act than the limit."),
    act=formless.spared(_flood),
    oracle=judge_volume,
)

PROBES = (FILE, OTHERS, VOLUME)
