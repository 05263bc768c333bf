# SPDX-License-Identifier: Apache-2.0
"""What an alert has put upon an account or a source, for a while, and the doors and the gate obey at the next request.

    delay     requests are let in one after the other, with time between them
    step-up   every session that was proven before must prove itself anew, by password and second factor
    export    no export is made or taken: by one person, or by anybody
    lock      nobody signs in to the account, no session of it and no token goes on

A stop of reading is a `hold`. All of it has an end, is journaled, and is lifted by another than whom it binds.
State is in the database alone, so it binds in every process; `spare` says what is never done, whatever the alert.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Table, Text, bindparam, func, insert, or_, select, update

from uphold import errors
from uphold.access import decoy
from uphold.access.gate import Hold
from uphold.access.permission import Role
from uphold.access.signal import KEPT_MS
from uphold.access.staff import State, access_staff
from uphold.database import transaction, walk
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry

MINUTE = 60_000
LONGEST_MS = 24 * 60 * MINUTE
"""Nothing that was placed by a rule lasts longer: by then a person has looked."""

PACE_MS = 2_000
"""The time between two requests under a delay."""

PATIENCE_MS = 8_000
"""The longest that a request waits for its turn; later ones are told to come again."""

ABLE_MS = 90 * 24 * 60 * MINUTE
"""Whoever has not signed in for so long does not count as somebody who could help today."""

NOBODY = 0
"""Stands for no member of staff: of a source, of everybody's exports, of what a rule placed."""

_ABLE = (Role.OWNER, Role.OFFICER)

access_restraint = Table(
    "access_restraint",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("staff", Number, nullable=False),
    # A keyed digest of where requests come from, "" where it is of an account; never an address.
    Column("source", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("until_at", Number, nullable=False, index=True),
    Column("alert", Number, nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_at", Number, nullable=False),
    Column("lifted_at", Number),
    Column("lifted_by", Number),
    # Of a delay: from when on the next request is let in.
    Column("next_at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)
TABLE = access_restraint.name

# Accounts of runs of probes that are to feel what their alerts do; no other account of a run ever does.
access_drill = Table(
    "access_drill",
    metadata,
    Column("staff", Number, primary_key=True, autoincrement=False),
    Column("run", Number, nullable=False, index=True),
    info=PASSING,
)
_row, _drill = access_restraint.c, access_drill.c


class What(StrEnum):
    """What binds."""

    DELAY = "delay"
    STEP_UP = "step-up"
    EXPORT = "export"
    LOCK = "lock"


_ASKED = (_row.staff, _row.until_at, _row.what, _row.placed_at)
_STOPS = (_row.what == str(What.LOCK)) | (_row.what == str(What.STEP_UP))
_STANDS = (_row.until_at > bindparam("now")) & _row.lifted_at.is_(None)
_IN_FORCE = select(access_restraint).where(_STANDS)
_STOPPING = select(*_ASKED).where(_STANDS, _STOPS).order_by(_row.number.desc())  # at every reading
# At every request, too. Of sources there may be thousands.
_BINDING = _IN_FORCE.where(_row.source == "", _row.staff.in_((bindparam("staff"), NOBODY)))
# Nobody in particular and no source in particular are never what is bound.
_DELAYING = _IN_FORCE.where(
    _row.what == str(What.DELAY),
    ((_row.staff == bindparam("staff")) & (_row.staff != NOBODY))
    | ((_row.source == bindparam("source")) & (_row.source != "")),
)


class Spared(StrEnum):
    """Why something is not done to an account, whatever the alert."""

    # Nobody else could let others in, or lift it.
    LAST_ABLE = "last-able"
    # Somebody else can cause the like in this person's name.
    NOT_THEIR_ACT = "not-their-act"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be placed, by which rule of which alert, until when (unix ms). See `Restraint`."""

    what: What
    staff: int
    source: str
    until_at: int
    alert: int
    reason: str


@dataclass(frozen=True, slots=True)
class Restraint:
    """One restraint. Times are unix ms, `lifted_at` 0 while nobody lifted it.

    `staff` is `NOBODY` for one of a source, and for a stop of everybody's exports; `reason` is the id of a rule.
    """

    number: int
    staff: int
    source: str
    what: What
    until_at: int
    alert: int
    reason: str
    placed_at: int
    lifted_at: int
    lifted_by: int


@dataclass(frozen=True, slots=True)
class Bonds:
    """What binds one account at a moment. `proof_since` (unix ms) is 0 where no new proof is asked for."""

    is_locked: bool = False
    locked_until: int = 0
    proof_since: int = 0
    is_export_frozen: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """When a request that is delayed may go on: after `wait_ms`; or not at all now, where that is too long."""

    wait_ms: int

    @property
    def is_refused(self) -> bool:
        """Whether it is to come again later."""
        return self.wait_ms > PATIENCE_MS


def spare(
    what: What | None, staff: int, able: Collection[int], *, is_own_act: bool
) -> Spared | None:
    """Say why an account is spared something, or None where it is not (pure).

    `what` None stands for an end of its sessions; `able` are those who could help today (`able`). A delay and a
    new proof harm nobody who is there, so they are never spared. The rest takes that the events were the person's
    own acts, and never befalls the last who could lift it.
    """
    if what in {What.DELAY, What.STEP_UP}:
        return None
    if not is_own_act:
        return Spared.NOT_THEIR_ACT
    return Spared.LAST_ABLE if staff in able and not set(able) - {staff} else None


def able(reader: Connection | Transaction, at: int) -> frozenset[int]:
    """Return the owners and officers who could help at `at` (unix ms): signed in of late, and not locked."""
    people = access_staff.c
    rows = reader.execute(
        select(people.number).where(
            people.exercise.is_(None),
            people.state == State.ACTIVE,
            people.role.in_(_ABLE),
            people.signed_in_at > at - ABLE_MS,
        )
    )
    locks = _IN_FORCE.where(_row.what == What.LOCK)
    locked = {row.staff for row in reader.execute(locks, {"now": at})}
    # An account that is laid out as a canary is nobody's.
    return frozenset(rows.scalars()) - locked - decoy.accounts(reader)


def place(tx: Transaction, wanted: Wanted) -> int:
    """Bind from this transaction on; returns the restraint's number. Journals restraint.placed.

    It ends by itself at `wanted.until_at`, after `LONGEST_MS` at the latest. Raises `errors.Invalid` for a lock or a
    new proof of nobody.
    """
    if wanted.what in {What.LOCK, What.STEP_UP} and wanted.staff == NOBODY:
        raise errors.Invalid(f"A {wanted.what} is of one account.", "Name whose it is.")
    # Under the write lock, and none is ever deleted.
    number = (tx.execute(select(func.max(_row.number))).scalar() or 0) + 1
    until = min(wanted.until_at, tx.now + LONGEST_MS)
    codes: dict[str, entry.Code] = {
        "restraint": number,
        "what": str(wanted.what),
        "staff": wanted.staff,
        "alert": wanted.alert,
        "until": until // 1000,
    }
    index = tx.append(entry.encode("restraint.placed", tx.now, entry.salt(), codes))
    tx.execute(
        insert(access_restraint).values(
            number=number,
            staff=wanted.staff,
            source=wanted.source,
            what=wanted.what,
            # To the second, as the journal has it.
            until_at=until // 1000 * 1000,
            alert=wanted.alert,
            reason=wanted.reason,
            placed_at=tx.now,
            next_at=0,
            entry=index,
        )
    )
    return number


def note_spared(tx: Transaction, alert: int, staff: int, what: str, why: Spared) -> None:
    """Journal restraint.spared: what an alert would have done to an account, and why it did not."""
    codes: dict[str, entry.Code] = {"alert": alert, "staff": staff}
    codes |= {"what": what, "reason": str(why)}
    tx.append(entry.encode("restraint.spared", tx.now, entry.salt(), codes))


def lift(tx: Transaction, number: int, by: int) -> bool:
    """End a restraint now and journal restraint.lifted; one that is over stays as it is, and False is returned.

    Raises `errors.Missing` where there is none, `errors.Conflict` for whom it binds: another lifts it.
    """
    found = find(tx, number)
    if found.staff == by:
        raise errors.Conflict(
            "Nobody lifts what binds themselves.", "Ask another owner or officer."
        )
    if found.lifted_at or found.until_at <= tx.now:
        return False
    end(tx, number, by)
    return True


def end(tx: Transaction, number: int, by: int = NOBODY) -> None:
    """End a restraint that is in force, whomever it binds; `by` `NOBODY` is the site. Journals restraint.lifted."""
    codes: dict[str, entry.Code] = {"restraint": number, "staff": by}
    tx.append(entry.encode("restraint.lifted", tx.now, entry.salt(), codes))
    over = {"lifted_at": tx.now, "lifted_by": by}
    tx.execute(update(access_restraint).where(_row.number == number).values(**over))


def bonds(reader: Connection | Transaction, staff: int, at: int) -> Bonds:
    """Return what binds an account at `at` (unix ms)."""
    mine = reader.execute(_BINDING, {"now": at, "staff": staff})
    return bind([_of(row) for row in mine], staff)


def bind(standing: Collection[Restraint], staff: int) -> Bonds:
    """The same of the restraints in force (pure)."""
    mine = [one for one in standing if one.staff == staff and staff != NOBODY]
    locks = [one.until_at for one in mine if one.what is What.LOCK]
    frozen = [one for one in standing if one.what is What.EXPORT and one.staff in {staff, NOBODY}]
    return Bonds(
        is_locked=bool(locks),
        locked_until=max(locks, default=0),
        proof_since=max((one.placed_at for one in mine if one.what is What.STEP_UP), default=0),
        is_export_frozen=bool(frozen),
    )


def holds(reader: Connection | Transaction, at: int) -> tuple[Hold, ...]:
    """Return what stops reading at `at` (unix ms), as the gate knows it: locks, and proofs that are not new enough."""
    return tuple(
        Hold(staff, None, None, until_at, placed_at if what == What.STEP_UP else None)
        for staff, until_at, what, placed_at in transaction.rows(reader, _STOPPING, {"now": at})
    )


def turn(tx: Transaction, staff: int, source: str, at: int) -> Turn | None:
    """Take the next turn of an account's or a source's delays; None where there is none, and nothing is written.

    Turns are counted under the write lock, so requests that come at once stand in one line.
    """
    mine = tx.execute(_DELAYING, {"now": at, "staff": staff, "source": source}).all()
    if not mine:
        return None
    free_at = max(at, *(row.next_at for row in mine))
    found = Turn(free_at - at)
    if not found.is_refused:
        numbers = [row.number for row in mine]
        chosen = update(access_restraint).where(_row.number.in_(numbers))
        tx.execute(chosen.values(next_at=free_at + PACE_MS))
    return found


def is_delayed(reader: Connection | Transaction, staff: int, source: str, at: int) -> bool:
    """Tell whether `turn` is to be taken; asking first spares a write on every other request."""
    found = reader.execute(_DELAYING, {"now": at, "staff": staff, "source": source})
    return found.first() is not None


def in_force(reader: Connection | Transaction, at: int) -> tuple[Restraint, ...]:
    """Every restraint in force at `at` (unix ms), the newest first; of sources there may be thousands."""
    newest = _IN_FORCE.order_by(_row.number.desc())
    return tuple(_of(row) for row in reader.execute(newest, {"now": at}))


def standing(
    reader: Connection | Transaction, what: What, staff: int, source: str, at: int
) -> tuple[Restraint, ...]:
    """Those in force at `at` (unix ms) that bind just so, the newest first."""
    same = _IN_FORCE.where(_row.what == what, _row.staff == staff, _row.source == source)
    newest = same.order_by(_row.number.desc())
    return tuple(_of(row) for row in reader.execute(newest, {"now": at}))


def over(reader: Connection | Transaction, at: int, limit: int) -> tuple[Restraint, ...]:
    """At most `limit` restraints that have ended by `at` (unix ms), the newest first."""
    ended = or_(_row.until_at <= at, _row.lifted_at.is_not(None))
    rows_ = select(access_restraint).where(ended).order_by(_row.number.desc()).limit(limit)
    return tuple(_of(row) for row in reader.execute(rows_))


def of_alert(reader: Connection | Transaction, alert: int) -> tuple[Restraint, ...]:
    """Everything that one alert has placed, oldest first."""
    mine = select(access_restraint).where(_row.alert == alert).order_by(_row.number)
    return tuple(_of(row) for row in reader.execute(mine))


def find(reader: Connection | Transaction, number: int) -> Restraint:
    """Return a restraint; raises `errors.Missing` where there is none."""
    row = reader.execute(select(access_restraint).where(_row.number == number)).first()
    if row is None:
        raise errors.Missing(f"There is no restraint {number}.", "Look at the list.")
    return _of(row)


def begin_drill(tx: Transaction, staff: int, run: int) -> None:
    """Let an exercise's own account feel what its alerts do, until `end_drill`. Not for a person's account, ever."""
    people = access_staff.c
    own = select(people.number).where(people.number == staff, people.exercise == run)
    if tx.execute(own).first() is None:
        raise errors.Invalid("This is no account of the exercise.", "Make one for it.")
    tx.execute(insert(access_drill).values(staff=staff, run=run))


def end_drill(tx: Transaction, run: int) -> None:
    """End a run's drills with all that still binds its accounts."""
    mine = set(tx.execute(select(_drill.staff).where(_drill.run == run)).scalars())
    for one in in_force(tx, tx.now):
        if one.staff in mine:
            end(tx, one.number)
    tx.execute(access_drill.delete().where(_drill.run == run))


def is_drilled(reader: Connection | Transaction, staff: int) -> bool:
    """Tell whether an account is one that a drill has made to feel what its alerts do."""
    return reader.execute(select(_drill.staff).where(_drill.staff == staff)).first() is not None


def forget(tx: Transaction, now: int) -> None:
    """Take out of old restraints which source they bound, as the signals that told of it end as well."""
    old = (_row.until_at <= now - KEPT_MS) & (_row.source != "")
    tx.execute(update(access_restraint).where(old).values(source=""))


def rows(connection: Connection) -> walk.Rows:
    """Walk through every restraint as it lies, for an audit."""
    return walk.rows(connection, access_restraint)


def _of(row: Any) -> Restraint:
    return Restraint(
        number=row.number,
        staff=row.staff,
        source=row.source,
        what=What(row.what),
        until_at=row.until_at,
        alert=row.alert,
        reason=row.reason,
        placed_at=row.placed_at,
        lifted_at=row.lifted_at or 0,
        lifted_by=row.lifted_by or 0,
    )
