# SPDX-License-Identifier: Apache-2.0
"""What the site knows beside an entry of the journal: who did it in which role, about which record, at what hour.

A piece costs a handful of queries, however many entries it has; one in which staff did nothing costs none. What is
known is as it stands now, moments after the act: a record that was taken into work meanwhile counts as taken.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection

from uphold import egress, errors
from uphold.access import decoy, export, hold, presence, reading, staff
from uphold.consent import ledger
from uphold.detection import event
from uphold.detection.event import Value
from uphold.enquiry import desk
from uphold.journal.entry import Entry
from uphold.law.calendar import Calendar
from uphold.retention import orders
from uphold.submission import record as submissions
from uphold.vault import contact, subject, tables
from uphold.vault.unlock import KeyRing

Indexed = tuple[int, Entry]

# Entries that the history of a record, or of an enquiry's moves, knows the record of.
_READ = frozenset({"record.opened", "access.denied", "disclosure.opened", "subject.opened"})
_MOVED = frozenset({"enquiry.moved"})
# How long it is remembered which records name the address of a colleague.
_COLLEAGUES_MS = 60_000
# An export is read record by record once it is taken; the longest takes less than this.
_TAKING_MS = 600_000
_FRIDAY = 5


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work: in this zone, on working days of this calendar (None: Monday to Friday), between hours."""

    zone: tzinfo
    calendar: Calendar | None
    day_from: int
    day_to: int

    def fields(self, at: int) -> dict[str, Value]:
        """Tell `hour`, `workday` and `off_hours` of a moment (unix ms)."""
        moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(self.zone)
        workday = moment.isoweekday() <= _FRIDAY
        if self.calendar is not None:
            try:
                workday = self.calendar.working(moment.date())
            except errors.Missing:
                # A year whose decree is not known: its holidays count as working days.
                workday = moment.isoweekday() <= _FRIDAY
        off = not workday or not self.day_from <= moment.hour < self.day_to
        return {"hour": moment.hour, "workday": workday, "off_hours": off}


@dataclass(frozen=True, slots=True)
class _Known:
    """What was asked of the database for one piece."""

    records: dict[int, int]
    roles: dict[int, str]
    runs: dict[int, int]
    exercised: dict[int, int]
    holders: dict[int, int]
    working: Collection[int]
    taking: dict[tuple[int, int], int]
    programs: Collection[int]
    marked: Collection[int]
    decoys: Collection[int]
    decoy_accounts: Collection[int]
    withdrawn: dict[int, dict[str, str]]
    present: presence.Present


class Enricher:
    """Says what is known beside entries."""

    def __init__(self, ring: KeyRing, hours: Hours) -> None:
        """Know nothing of colleagues' addresses yet."""
        self._ring = ring
        self._hours = hours
        self._colleagues: dict[int, set[int]] = {}
        self._looked_at = 0

    def events(
        self, reader: Connection, entries: Sequence[Indexed], now: int
    ) -> dict[int, dict[str, Value]]:
        """Make the events of entries, by index. `now` is unix ms."""
        actors = {event.actor(one) for _, one in entries} - {0}
        told = any(one.kind in _READ | _MOVED or event.about(one) for _, one in entries)
        runs = presence.runs(reader) if actors or told else {}
        if not actors and not told:
            return {index: event.of_entry(index, one, _of_run(one)) for index, one in entries}
        known = self._known(reader, entries, actors, runs)
        if known.records and abs(now - self._looked_at) > _COLLEAGUES_MS:
            self._colleagues, self._looked_at = _colleagues(reader, self._ring), now
        return {
            index: event.of_entry(index, one, self._added(index, one, known))
            for index, one in entries
        }

    def _known(
        self,
        reader: Connection,
        entries: Sequence[Indexed],
        actors: Collection[int],
        runs: dict[int, int],
    ) -> _Known:
        records = _records(reader, entries)
        about = sorted(set(records.values()))
        at = entries[-1][1].at_ms
        held = {one.record for one in hold.active(reader, at) if one.record is not None}
        barred = {one.terms.record for one in orders.in_force(reader, at)} - {None}
        facts = submissions.facts(reader, about) if about else {}
        return _Known(
            records=records,
            roles=staff.roles(reader),
            runs=runs,
            exercised={one.number: one.exercise for one in facts.values() if one.exercise},
            holders=desk.holders(reader, about) if about else {},
            working=desk.working(reader, about) if about else (),
            taking=export.taking(reader, about) if about else {},
            programs=presence.programs(reader),
            marked=held | {one for one in barred if one is not None},
            decoys=decoy.records(reader),
            decoy_accounts=decoy.accounts(reader),
            withdrawn={one: ledger.state(reader, one) for one in about},
            present=presence.of(reader, actors),
        )

    def _added(self, index: int, entry: Entry, known: _Known) -> dict[str, Value]:
        """What stands beside one entry."""
        who, number = event.actor(entry), known.records.get(index)
        # What the site itself does to an account of an exercise belongs to its run.
        run = known.runs.get(who or event.about(entry), 0) or known.exercised.get(number or 0, 0)
        added = _of_run(entry)
        if run:
            added.update(exercise=True, exercise_run=run)
        if who:
            added.update(self._hours.fields(entry.at_ms))
            added.update(actor=who, role=known.roles.get(who, "none"))
            added["program"] = who in known.programs
            added["session"] = known.present.could(who, entry.at_ms)
            if "export" in entry.codes and "records" in entry.codes:
                added["export_records"] = entry.codes["records"]
        accounts = {who, entry.codes.get("staff"), entry.codes.get("held")}
        added["canary"] = number in known.decoys or bool(accounts & set(known.decoy_accounts))
        if number is not None:
            added.update(self._of_record(number, who, entry, known))
        return added

    def _of_record(self, number: int, who: int, entry: Entry, known: _Known) -> dict[str, Value]:
        holder, named = known.holders.get(number, 0), self._colleagues.get(number, set())
        acts = known.withdrawn.get(number, {})
        taken_at = known.taking.get((who, number))
        since = _TAKING_MS if taken_at is None else entry.at_ms - taken_at
        return {
            "record": number,
            "assigned": bool(who) and holder == who,
            "taken": holder not in (0, who),
            "in_work": number in known.working,
            # Entries bear whole seconds, and so may be told as before the taking.
            "in_export": -1000 < since < _TAKING_MS,
            "marked": number in known.marked,
            "withdrawn": acts.get(str(entry.codes.get("purpose"))) == ledger.WITHDRAWN,
            "of_staff": bool(named - {who}),
            "own": who in named,
        }


def _of_run(entry: Entry) -> dict[str, Value]:
    """An exercise's own entries name their run themselves; what a probe asks for is known by its digest."""
    run = entry.codes.get("run", 0)
    mine = entry.kind.startswith("exercise.") and isinstance(run, int)
    told: dict[str, Value] = {"exercise": mine, "exercise_run": run if mine else 0}
    if entry.kind == "egress.refused":
        told["harmless"] = egress.is_harmless(entry.salt, str(entry.codes["host"]))
    return told


def _records(reader: Connection, entries: Sequence[Indexed]) -> dict[int, int]:
    """Which record each entry is about, where it is known."""
    found: dict[int, int] = {}
    for kinds, between in ((_READ, reading.between), (_MOVED, desk.between)):
        mine = [index for index, one in entries if one.kind in kinds]
        if mine:
            found |= between(reader, mine[0], mine[-1])
    return found


def _colleagues(reader: Connection, ring: KeyRing) -> dict[int, set[int]]:
    """Which records name an address that somebody of the staff signs in with, and whose."""
    found: dict[int, set[int]] = {}
    logins = staff.names(reader)
    for number, login in logins.items():
        if contact.normalise(contact.Contact(contact.EMAIL, login)) is None:
            continue
        for part in subject.find(reader, ring, contact.EMAIL, login):
            found.setdefault(tables.record_of(part), set()).add(number)
    return found
