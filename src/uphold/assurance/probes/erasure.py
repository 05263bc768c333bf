# SPDX-License-Identifier: Apache-2.0
"""The probes of erasure: what a person erases is gone everywhere, and no key outlives the day that was named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from uphold.access.permission import Role
from uphold.assurance import console, formless, person, trail
from uphold.assurance.person import Person
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
from uphold.assurance.scene import Scene, Submitted
from uphold.continuity import rotate
from uphold.database.transaction import Transaction
from uphold.enquiry import desk
from uphold.mail import outbox
from uphold.retention import final, orders
from uphold.retention.ends import Rules
from uphold.retention.orders import Terms
from uphold.rights import fulfil, holdings
from uphold.rights.fulfil import Erased as Destruction
from uphold.rights.holdings import Ground
from uphold.vault import destroyed, remains, unlock

ERASED, DESTROYED = "record.erased", "part.destroyed"
_OK, _GONE = 200, 410
_HOUR_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Erased:
    """What was there of a record before its person erased it, and what after.

    `intruded` counts parts that others' tries destroyed. `left` are tables that still hold a row of it and how
    many, `letters` answers that could still leave, `found` whether its address still finds it; `noted`, `journaled`
    and `listed` count its parts in the vault's notes, the journal, the file that a restore goes by. `stated` says
    whether the page named the day by which backups are final, `barred` whether a preservation order kept all of a
    record that was erased in a rehearsal. `other` is how many parts are left of a record that nobody erased.
    """

    status: int
    intruded: int
    parts: int
    left: tuple[tuple[str, int], ...]
    letters: int
    found: bool
    noted: int
    journaled: int
    listed: int
    receipt: int
    opened: int
    stated: bool
    known: bool
    barred: bool
    other: int


@dataclass(frozen=True, slots=True)
class Keys:
    """Epoch keys that would open old backups: how many are kept past their day, and on the copy of the ring."""

    rotates: bool
    epochs: int
    late: int
    copied: int


class _Rehearsed(Exception):
    """Carries what a rehearsal saw out of the transaction that it undoes."""

    def __init__(self, seen: Destruction) -> None:
        super().__init__()
        self.seen = seen


def _erase(scene: Scene) -> Erased | None:
    if not person.can_enter(scene.form()):
        return None
    own, other = scene.submitted(), Person(scene, scene.submission())
    anna = Person(scene, own)
    _answer(scene, own)
    with scene.read() as connection:
        parts = {number for number, _ in remains.live(connection, own.record)}
        address = f"{anna.path()}/erase"
    scene.stranger().post(address, {})
    other.enter()
    other.post(anna.path(), "erase")
    with scene.read() as connection:
        intruded = len(parts - {number for number, _ in remains.live(connection, own.record)})
    barred = _is_obeyed(scene, own.record)
    day = final.on(scene.now, final.terms(scene.settings.keys, scene.ring))
    anna.enter()
    shown = anna.get(address).text
    start = trail.size(scene)
    status = anna.post(anna.path(), "erase").status
    told = trail.since(scene, start, ERASED, DESTROYED)
    roles = {trail.reader(scene, purpose): purpose for purpose in scene.edition.policy.purposes}
    opened = sum(
        console.Desk(scene, role).open(own.record, purpose).status == _OK
        for role, purpose in roles.items()
        if role is not None
    )
    with scene.read() as connection:
        return Erased(
            status=status,
            intruded=intruded,
            parts=len(parts),
            left=tuple(remains.rows_of(connection, own.record).items()),
            letters=_letters(connection, own.record),
            found=own.record in holdings.records_of(connection, scene.ring, anna.contact),
            noted=len(remains.destroyed(connection, own.record)),
            journaled=sum(one.proven and one.kind == DESTROYED for one in told),
            listed=len(parts & destroyed.read(scene.files.destroyed)),
            receipt=scene.stranger().get(own.receipt).status,
            opened=opened,
            stated=day is not None and _printed(day) in shown.replace("\N{NO-BREAK SPACE}", " "),
            known=day is not None,
            barred=barred,
            other=len(remains.live(connection, other.own.record)),
        )


def _answer(scene: Scene, own: Submitted) -> None:
    """Have an answer sealed and queued, where the policy lets a clerk write one."""
    for purpose in scene.form(own.form).purposes:
        if trail.reader(scene, purpose) is Role.CLERK:
            clerk = console.Desk(scene, Role.CLERK)
            clerk.open(own.record, purpose)
            clerk.answer(own.record, purpose, "Exercise", "Exercise")


def _letters(connection: Connection, record: int) -> int:
    """How many answers to a record could still be opened by the mailer."""
    live = {number for number, _ in remains.live(connection, record)}
    return sum(one.part in live for one in outbox.of_record(connection, record))


def _is_obeyed(scene: Scene, record: int) -> bool:
    """Rehearse an erasure under a preservation order, in a transaction that is undone: no order is left by it."""
    shelf = {one.number: one for one in scene.editions}
    ground = Ground(scene.ring, Rules(shelf.__getitem__, scene.edition, desk.happened))
    terms = Terms(record, None, "Exercise", 0, scene.now + _HOUR_MS)

    def rehearse(tx: Transaction) -> None:
        orders.place(tx, terms, 0)
        raise _Rehearsed(fulfil.erase(tx, ground, (record,)))

    try:
        scene.writer.run(rehearse)
    except _Rehearsed as over:
        return bool(over.seen.kept) and not over.seen.parts
    return False


def _printed(day: int) -> str:
    """A day as pages in English print it."""
    at = datetime.fromtimestamp(day // 1000, UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def judge_erased(found: Erased | None) -> Outcome:
    """Judge: nothing left anywhere, everybody told, by nobody but the person, and not against an order."""
    if found is None:
        return not_applicable(said(N_("The form asks for no e-mail address to prove.")))
    seen = N_("Parts that a person erased and that are nowhere any more: %(parts)s.")
    faults = [*_kept_apart(found), *_left(found), *_told(found)]
    return judged(faults, said(seen, parts=found.parts))


def _kept_apart(found: Erased) -> Iterator[Said]:
    """What others could do, and what an order should have kept."""
    if found.intruded:
        text = N_("Others than the person erased their data: %(count)s parts.")
        yield said(text, count=found.intruded)
    if not found.barred:
        yield said(N_("A preservation order was not obeyed."))
    if not found.other:
        yield said(N_("A record that nobody erased is gone, too."))


def _left(found: Erased) -> Iterator[Said]:
    """What there still is of what was erased."""
    for table, count in found.left:
        if count:
            text = N_("Rows of what was erased that are left in %(table)s: %(count)s.")
            yield said(text, table=table, count=count)
    if found.letters:
        text = N_("Answers to an erased enquiry that could still leave: %(count)s.")
        yield said(text, count=found.letters)
    if found.found:
        yield said(N_("What was erased is still found by its address."))
    if found.opened:
        text = N_("Purposes for which what was erased still opened: %(count)s.")
        yield said(text, count=found.opened)


def _told(found: Erased) -> Iterator[Said]:
    """Who was not told of it: the person, the journal, whoever restores a backup."""
    if found.status != _OK:
        yield said(N_("An erasure answers %(status)s."), status=found.status)
    if found.receipt != _GONE:
        text = N_("The receipt of what was erased answers %(status)s.")
        yield said(text, status=found.receipt)
    if found.known and not found.stated:
        yield said(N_("The person is not told by which day it is final in backups."))
    for count, text in (
        (found.noted, N_("Of %(parts)s erased parts %(count)s are noted.")),
        (
            min(found.journaled, found.parts),
            N_("Of %(parts)s erased parts %(count)s are journaled."),
        ),
        (found.listed, N_("Of %(parts)s erased parts %(count)s stand in what a restore goes by.")),
    ):
        if count != found.parts:
            yield said(text, parts=found.parts, count=count)


def _keys(scene: Scene) -> Keys:
    premises, settings = scene.premises, scene.settings
    keeper = rotate.Keeper(settings, scene.ring, scene.log, premises.database, scene.writer)
    numbers = {one.number for one in scene.ring.epochs}
    copied: set[int] = set()
    if settings.keys.copy:
        copy = unlock.load(settings.path(settings.keys.copy))
        copied = {one.number for one in copy.epochs} - numbers
    late = [
        one
        for one in keeper.olds()
        if one.from_ms is not None and one.from_ms + final.SLACK_MS < scene.now
    ]
    return Keys(bool(settings.keys.rotate_every_days), len(numbers), len(late), len(copied))


def judge_keys(found: Keys) -> Outcome:
    """Judge: no epoch key is kept past the day that was told to people, neither here nor on the copy."""
    faults = []
    if found.late:
        text = N_("Old epoch keys kept past their day, by which old backups open: %(count)s.")
        faults.append(said(text, count=found.late))
    if found.copied:
        text = N_("Burned epoch keys that stand on the copy of the key ring: %(count)s.")
        faults.append(said(text, count=found.copied))
    if not faults and not found.rotates:
        return not_shown(
            said(N_("The site never rotates its keys by itself: no day can be named to people."))
        )
    seen = N_("Epoch keys in the ring: %(count)s; none is kept past its day.")
    return judged(faults, said(seen, count=found.epochs))


PERSON = Probe(
    id="erasure.everywhere.person",
    promise="erasure.everywhere",
    kind=Kind.ATTACK,
    does=N_(
        "Erases a submission as the person who proved its address, and tries to as others; looks for what is left."
    ),
    act=formless.spared(_erase),
    oracle=judge_erased,
)
KEYS = Probe(
    id="erasure.everywhere.keys",
    promise="erasure.everywhere",
    kind=Kind.EXAMINE,
    does=N_(
        "Looks for epoch keys that are kept past the day by which backups are said to be final."
    ),
    act=_keys,
    oracle=judge_keys,
)

PROBES = (PERSON, KEYS)
