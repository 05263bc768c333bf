# SPDX-License-Identifier: Apache-2.0
"""The one door through which sealed data are destroyed, and the sweep that ends what is due.

    walk       new records are noted with their first end
    plan       an act is opened, its lines written            destruction.requested   COMMIT
    destroy    looked at again under the lock: key, content,
               index values go, a page at a time              part.destroyed          COMMIT
    wipe       the database overwrites and forgets its log
    close      the act is closed                              destruction.done        COMMIT

Killed anywhere, the next sweep finds the act open and goes on from there. One process sweeps at a time, by a
lease in the database that every transaction renews.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast

from sqlalchemy import Connection

from uphold import errors
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.policy.document import Edition
from uphold.retention import act, due, ends, orders, ripe
from uphold.retention.act import Kind, Planned
from uphold.retention.ends import Happenings, Rules
from uphold.retention.ripe import Reason
from uphold.submission import record as submissions
from uphold.vault import destroyed, pseudonym, records, remains, tables
from uphold.vault.unlock import KeyRing

__all__ = ["Done", "Reason", "Site", "Sweep", "Watch", "destroy"]

T = TypeVar("T")

# Records looked at, and parts destroyed, in one transaction: people's submissions wait no longer than for these.
PAGE = 50
# Numbers that are looked at again each time: whoever took a lower one may commit later.
OVERLAP = 8192
RETRY_MS = 15 * 60 * 1000
_WALK = 200


@dataclass(frozen=True, slots=True)
class Site:
    """As much of a site as is needed to sweep it. `edition` gives a published edition by number."""

    writer: Writer
    database: Database
    ring: KeyRing
    edition: Callable[[int], Edition]
    in_force: Callable[[], Edition]
    happened: Happenings
    others: Callable[[Transaction], None] = lambda _tx: None
    """Ends what holds data beside the vault, such as links and sessions."""


@dataclass(slots=True)
class Done:
    """What one sweep did, or would do: records looked at, parts by kind, parts kept by an order, acts closed."""

    records: int = 0
    parts: dict[Kind, int] = field(default_factory=dict)
    kept: int = 0
    acts: list[int] = field(default_factory=list)

    def count(self, kind: Kind, parts: int) -> None:
        """Add parts of a kind."""
        self.parts[kind] = self.parts.get(kind, 0) + parts


Watch = Callable[[str, int], None]
"""Told how far a sweep is: the step, and how many records or parts it has come to."""


def destroy(tx: Transaction, ring: KeyRing, record: int, reason: Reason) -> list[int]:
    """Destroy every part of a record with its keys; returns the parts' numbers. Journals part.destroyed for each.

    What is gone already is passed over, so asking twice destroys nothing twice. What people sent gets an act,
    which the next sweep closes. Raises `errors.Conflict` where a preservation order keeps one of the parts; none
    keeps what a run of probes sent.
    """
    live = remains.live(tx, record)
    # The room below only executes statements, which a transaction does as a connection does.
    facts = submissions.facts(cast(Connection, tx), [record]).get(record)
    if reason is not Reason.EXERCISE:
        orders.refuse(tx, record, {purpose for _, purpose in live})
    if live and facts is not None and not facts.is_exercise:
        name = pseudonym_of(tx, ring, record)
        for part, purpose in live:
            act.plan(tx, Kind(purpose, facts.edition, str(reason)), {part: name})
    gone = records.destroy(tx, ring, record, None, reason)
    act.mark(tx, gone)
    return gone


class Sweep:
    """One sweep of one site."""

    def __init__(self, site: Site, told: Watch | None = None) -> None:
        """Do nothing yet."""
        self._site = site
        self._told = told or _nobody
        self._holder = os.urandom(8).hex()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Have `run` end before its next transaction; what it leaves is found by the next sweep."""
        self._stopping.set()

    def run(self, now: int | None = None) -> Done | None:
        """Destroy whatever is due; None when another process is at it. Blocks for the commits.

        `now` is what the clock says (unix ms). Raises `errors.Unavailable` when the storage is in trouble:
        what was begun is finished by the next sweep.
        """
        return self._leased(self._whole, now)

    def finish(self, now: int | None = None) -> Done | None:
        """Finish what is planned already and close its acts, as `run` does, looking for nothing else.

        For whoever waits for an erasure: it takes as long however many records there are.
        """
        return self._leased(self._begun, now)

    def finish_if_possible(self) -> None:
        """As `finish`, for what is destroyed and acknowledged; what cannot be closed now, the next sweep closes."""
        with contextlib.suppress(errors.Unavailable):
            self.finish()

    def _leased(self, work: Callable[[Rules, int, Done], None], now: int | None) -> Done | None:
        at = time.time_ns() // 1_000_000 if now is None else now
        if not self._site.writer.run(lambda tx: due.hold(tx, self._holder)):
            return None
        done = Done()
        try:
            work(self._rules(), at, done)
        finally:
            # Where the storage is in trouble the lease runs out by itself.
            with contextlib.suppress(errors.UpholdError):
                self._site.writer.run(lambda tx: due.release(tx, self._holder))
        return done

    def _begun(self, rules: Rules, at: int, done: Done) -> None:
        self._carry_out(self._left(), rules, at, done)
        self._close(done)

    def _whole(self, rules: Rules, at: int, done: Done) -> None:
        self._write(lambda tx: due.keep(tx, began_at=tx.now))
        self._carry_out(self._left(), rules, at, done)
        self._look_again(rules, at)
        self._walk(rules, at)
        while (parts := self._write(lambda tx: self._plan(tx, rules, at))) is not None:
            self._carry_out(parts, rules, at, done)
        self._close(done, may_wait=True)
        self._drop_acts(at)
        self._write(self._site.others)
        self._list()
        edition = rules.current.number
        self._write(lambda tx: due.keep(tx, ended_at=tx.now, edition=edition))

    def _list(self) -> None:
        """Note up to where the list of destroyed parts is whole, so that whoever opens the site next need not look."""
        if self._site.ring.destroyed is not None:
            with self._site.database.read() as connection:
                destroyed.complete(connection, self._site.ring.destroyed)

    def preview(self, now: int | None = None) -> Done:
        """Say what `run` would destroy at a moment (unix ms), and touch nothing."""
        at = time.time_ns() // 1_000_000 if now is None else now
        rules, done = self._rules(), Done()
        with self._site.database.read() as connection:
            barred = orders.in_force(connection, at)
            for page in _candidates(connection, rules, at):
                for record, parts in ends.of_records(connection, rules, page).items():
                    doomed, kept = ripe.sort(record, parts, barred, at)
                    done.records += bool(doomed)
                    done.kept += len(kept)
                    for kind, members in doomed.items():
                        done.count(kind, len(members))
        return done

    def _rules(self) -> Rules:
        return Rules(self._site.edition, self._site.in_force(), self._site.happened)

    def _write(self, work: Callable[[Transaction], T]) -> T:
        """Run work in a transaction that renews the lease first; raises `errors.Unavailable` once it is lost."""

        def held(tx: Transaction) -> T:
            if not due.hold(tx, self._holder):
                raise errors.Unavailable("Another process is sweeping now.", "Nothing is lost.")
            return work(tx)

        if self._stopping.is_set():
            raise errors.Unavailable("The sweep was stopped.", "The next one goes on from there.")
        return self._site.writer.run(held)

    def _walk(self, rules: Rules, at: int) -> None:
        """Note every record that is not noted yet, from where the last walk ended."""
        with self._site.database.read() as connection:
            known = due.state(connection)
        is_whole = at - known.walked_at >= due.WHOLE_MS
        seen = last = 0 if is_whole else known.seen
        count = 0
        while True:
            with self._site.database.read() as connection:
                page = submissions.after(connection, last, _WALK)
                fresh = _fresh(connection, page)
            if not page:
                break
            if fresh:
                self._write(partial(_note, rules=rules, fresh=fresh, at=at))
            last = page[-1]
            count += len(page)
            self._told("walk", count)
        kept = max(last - OVERLAP, 0)
        if is_whole or kept > seen:
            walked = at if is_whole else known.walked_at
            self._write(lambda tx: due.keep(tx, seen=kept, walked_at=walked))

    def _look_again(self, rules: Rules, at: int) -> None:
        """Reckon every noted end anew, where another edition is in force or an order of a purpose was lifted."""
        with self._site.database.read() as connection:
            known = due.state(connection)
        if known.again is None and known.edition == rules.current.number:
            return
        above: int | None = known.again or 0
        while above is not None:
            above = self._write(partial(_again, rules=rules, above=above, at=at))
            self._told("again", above or 0)

    def _plan(self, tx: Transaction, rules: Rules, at: int) -> list[int] | None:
        """Write the parts that are due among the next records into acts; None when no record is due any more."""
        page = due.ready(tx, at, PAGE)
        if not page:
            return None
        barred = orders.in_force(tx, at)
        found = ends.of_records(tx, rules, page)
        later: dict[int, int | None] = {record: None for record in page if record not in found}
        lines: dict[Kind, dict[int, str]] = {}
        for record, parts in found.items():
            doomed, _kept = ripe.sort(record, parts, barred, at)
            name = pseudonym_of(tx, self._site.ring, record) if doomed else ""
            for kind, members in doomed.items():
                lines.setdefault(kind, {}).update({part.number: name for part in members})
            # Where it is carried out, that says when to look again.
            later[record] = at + RETRY_MS if doomed else ripe.next_look(record, parts, barred, at)
        for kind, planned in lines.items():
            act.plan(tx, kind, planned)
        due.put(tx, later)
        return sorted(part for planned in lines.values() for part in planned)

    def _left(self) -> list[int]:
        """List what a sweep planned that was killed."""
        with self._site.database.read() as connection:
            return act.pending(connection)

    def _carry_out(self, parts: Sequence[int], rules: Rules, at: int, done: Done) -> None:
        """Destroy what is planned, some at a time."""
        for first in range(0, len(parts), PAGE):
            some = parts[first : first + PAGE]
            found = self._write(partial(self._destroy, some=some, rules=rules, at=at))
            done.records += found.records
            done.kept += found.kept
            for kind, count in found.parts.items():
                done.count(kind, count)
            self._told("destroy", sum(done.parts.values()))

    def _destroy(self, tx: Transaction, some: Sequence[int], rules: Rules, at: int) -> Done:
        """Destroy planned parts, each looked at again under the lock."""
        planned = act.planned(tx, some)
        if not planned:
            return Done()
        by_record: dict[int, list[Planned]] = {}
        for one in planned:
            by_record.setdefault(tables.record_of(one.part), []).append(one)
        barred = orders.in_force(tx, at)
        found = ends.of_records(tx, rules, list(by_record))
        sure = [
            one
            for record, members in by_record.items()
            for one in ripe.still_due(record, members, found.get(record, []), barred, at)
        ]
        done = Done(records=len(by_record), kept=len(planned) - len(sure))
        for kind in dict.fromkeys(one.kind for one in sure):
            records_of = {tables.record_of(one.part) for one in sure if one.kind == kind}
            done.count(kind, self._destroy_kind(tx, kind, sorted(records_of)))
        # Not to be destroyed after all, or gone by another way: an act tells what it destroyed.
        act.strike(tx, [one.part for one in planned])
        left = ends.of_records(tx, rules, list(by_record))
        later = {r: ripe.next_look(r, left.get(r, []), barred, at) for r in by_record}
        # What is still due would not go: not at once again, or the sweep would never end.
        due.put(tx, {r: at + RETRY_MS if when == at else when for r, when in later.items()})
        return done

    def _destroy_kind(self, tx: Transaction, kind: Kind, chosen: Sequence[int]) -> int:
        """Destroy the parts of one kind in some records; returns how many.

        All parts of a purpose end together: also one that was added since, such as an answer.
        """
        names = {record: pseudonym_of(tx, self._site.ring, record) for record in chosen}
        wanted = dict.fromkeys(chosen, (kind.purpose,))
        gone = records.destroy_each(tx, self._site.ring, wanted, kind.reason)
        lines = {part: names[record] for record, parts in gone.items() for part in parts}
        act.plan(tx, kind, lines)
        act.mark(tx, lines)
        return len(lines)

    def _close(self, done: Done, *, may_wait: bool = False) -> None:
        """Have what was destroyed overwritten, and only then close the acts; young ones may wait for the next sweep."""
        with self._site.database.read() as connection:
            acts, carried_out = act.under_way(connection), act.carried_out(connection)
        if not acts:
            return
        try:
            self._site.database.wipe()
        except errors.Unavailable:
            # Somebody reads an older state for long, as a backup does.
            if may_wait and act.is_young(acts, time.time_ns() // 1_000_000):
                return
            raise
        for number in [one.number for one in acts]:
            if self._write(partial(act.close, number=number, overwritten=carried_out[number])):
                done.acts.append(number)

    def _drop_acts(self, at: int) -> None:
        """Delete the acts that have been kept for long enough; each may be long itself."""
        with self._site.database.read() as connection:
            expired = act.expired(connection, at)
        for number in expired:
            self._write(partial(act.drop, number=number))


def _nobody(_step: str, _count: int) -> None:
    """Nobody watches."""


def pseudonym_of(tx: Transaction, ring: KeyRing, record: int) -> str:
    """The pseudonym of the person a record is about, for an act.

    The one that an earlier act gave, as what it was made of may be destroyed by now.
    """
    known = act.subject_of(tx, *tables.parts_of(record))
    if known is not None:
        return known
    try:
        return pseudonym.of_record(tx, ring, record)
    except errors.Broken:
        # What cannot be opened any more can still be destroyed.
        return pseudonym.of_number(ring, record)


def _note(tx: Transaction, rules: Rules, fresh: Sequence[int], at: int) -> None:
    # Noted meanwhile, by whatever moved an end: that look comes first.
    missing = _fresh(tx, fresh)
    barred = orders.in_force(tx, at)
    found = ends.of_records(tx, rules, missing)
    due.put(tx, {r: ripe.next_look(r, parts, barred, at) for r, parts in found.items() if parts})


def _fresh(reader: Connection | Transaction, page: Sequence[int]) -> list[int]:
    known = due.noted(reader, page)
    return [one for one in page if one not in known]


def _again(tx: Transaction, rules: Rules, above: int, at: int) -> int | None:
    """Reckon a page of noted records anew; returns the last one, None after all."""
    page = due.all_above(tx, above, _WALK)
    barred = orders.in_force(tx, at)
    found = ends.of_records(tx, rules, page)
    later: Mapping[int, int | None] = {
        r: ripe.next_look(r, found.get(r, []), barred, at) for r in page
    }
    due.put(tx, later)
    last = page[-1] if page else None
    due.keep(tx, again=last, **({} if page else {"edition": rules.current.number}))
    return last


def _candidates(connection: Connection, rules: Rules, at: int) -> Iterable[list[int]]:
    """Every record of which a part may be due, some at a time."""
    known = due.state(connection)
    last = known.seen
    while page := submissions.after(connection, last, _WALK):
        last = page[-1]
        yield _fresh(connection, page)
    is_moved = known.again is not None or known.edition != rules.current.number
    # What an order keeps is noted for later, and is to be told of now.
    is_moved = is_moved or bool(orders.in_force(connection, at))
    after = 0
    while page := due.all_above(connection, after, _WALK):
        after = page[-1]
        yield page if is_moved else due.ripe(connection, page, at)
