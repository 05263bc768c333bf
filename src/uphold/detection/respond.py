# SPDX-License-Identifier: Apache-2.0
"""What an alert does by itself, in the transaction that stores it; the next request at any door feels it.

    apply(tx, ring, cause, ladder) -> one Applied for each step of the ladder

    log, notify      nothing is restrained; people are told by the page of alerts
    delay            requests come one after the other, with time between them
    step-up          every session proves itself anew, by password and second factor
    revoke           sessions end; the token of a machine client, and those its account made of late, end too
    freeze-export    no export is made or taken
    lock             no sign-in, for a while
    freeze-vault     nobody reads anything, until two people lift it or a day is over

Three things stand above every rule: the last owner or officer who could help is never shut out; nobody is shut out
for what somebody else did, or could do, in their name; an exercise's alert binds the exercise's own account alone,
and only in a drill. What is not done is said, and journaled where an account was spared it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from uphold.access import client, hold, restraint, session, signal
from uphold.access.arrival import Outcome
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.access.restraint import NOBODY, Spared, Wanted, What
from uphold.database.transaction import Transaction
from uphold.detection.rule import Response
from uphold.journal import entry, store
from uphold.vault.unlock import KeyRing

MOST_EVENTS = 200
"""So many events of an alert are looked at for who caused them; with more, the first and the last."""


class Done(StrEnum):
    """What became of a step."""

    APPLIED = "applied"
    # Bound already until then, or nothing to end.
    STANDS = "stands"
    # The rule is tried out, or the site lets rules do nothing.
    WOULD = "would"
    # The rule leaves it to a person.
    PERSON = "person"
    SPARED = "spared"
    # An exercise's alert outside a drill.
    EXERCISE = "exercise"
    # There is nobody and no source that it could be about.
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Cause:
    """The alert: its number, its rule, whom and which source it is about (0 and "" for none), its events' ids.

    `run` is the run of probes whose events they are, 0 for people's.
    """

    alert: int
    rule: str
    staff: int
    source: str
    events: tuple[str, ...] = ()
    run: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a rule wants: its steps, for how long (ms), and whether it may.

    `spoofable`: a stranger can cause its events. `confirm`: a person decides. `acts` False: it only says what it
    would do.
    """

    steps: tuple[Response, ...]
    for_ms: int = 60 * restraint.MINUTE
    spoofable: bool = False
    confirm: bool = False
    acts: bool = True


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one step; `number` is that of the restraint or suspension, 0 where there is none."""

    step: Response
    done: Done
    number: int = 0

    @property
    def code(self) -> str:
        """As alerts store it: `lock`, or with what became of it: `lock:spared`."""
        return str(self.step) if self.done is Done.APPLIED else f"{self.step}:{self.done}"


_PROVEN = frozenset({Outcome.OK, Outcome.SECOND_OK, Outcome.RECOVERED})
_QUIET = frozenset({Response.LOG, Response.NOTIFY})
_KINDS = {
    Response.DELAY: What.DELAY,
    Response.STEP_UP: What.STEP_UP,
    Response.FREEZE_EXPORT: What.EXPORT,
    Response.LOCK: What.LOCK,
}
# A program cannot show who sits there: instead of a new proof its token rests.
_PROGRAMS = {Response.STEP_UP: Response.LOCK}
# A token that an account made so shortly before it was caught may be the way back in.
_FRESH_TOKEN_MS = restraint.LONGEST_MS


def apply(tx: Transaction, ring: KeyRing, cause: Cause, ladder: Ladder) -> tuple[Applied, ...]:
    """Do what a rule says, as far as it may; one answer for each step, in the ladder's order.

    Journals what is placed (restraint.placed, hold.placed, staff.signed-out, client.revoked) and what is spared.
    """
    if not ladder.acts:
        return tuple(Applied(step, _told(step)) for step in ladder.steps)
    acts = _Acts(tx, ring, cause, ladder)
    return tuple(acts.take(step) for step in ladder.steps)


def _told(step: Response) -> Done:
    return Done.APPLIED if step in _QUIET else Done.WOULD


class _Acts:
    """The steps of one alert."""

    def __init__(self, tx: Transaction, ring: KeyRing, cause: Cause, ladder: Ladder) -> None:
        self._tx, self._ring, self._cause, self._ladder = tx, ring, cause, ladder
        self._is_drilled = bool(cause.run) and restraint.is_drilled(tx, cause.staff)
        self._is_program = client.is_client(tx, cause.staff)
        self._until = tx.now + min(ladder.for_ms, restraint.LONGEST_MS)

    def take(self, step: Response) -> Applied:
        """Take one step."""
        if step in _QUIET:
            return Applied(step, Done.APPLIED)
        if self._cause.run and not self._is_drilled:
            return Applied(step, Done.EXERCISE)
        if self._ladder.confirm:
            return Applied(step, Done.PERSON)
        if step is Response.DELAY:
            return self._delay()
        if self._ladder.spoofable:
            return self._spared(step, Spared.NOT_THEIR_ACT)
        if step is Response.FREEZE_VAULT:
            return self._freeze_vault()
        if step is Response.FREEZE_EXPORT and not self._cause.staff:
            return self._place(step, NOBODY)
        if not self._cause.staff:
            return Applied(step, Done.NOBODY)
        return self._bind(step)

    def _delay(self) -> Applied:
        """Slow a source down rather than an account: what a stranger can cause must not slow its owner."""
        if self._cause.source:
            # Of an exercise, others may come from the same place.
            source = "" if self._cause.run else self._cause.source
            return self._place(Response.DELAY, self._cause.staff if self._cause.run else 0, source)
        if not self._cause.staff or self._ladder.spoofable:
            return Applied(Response.DELAY, Done.NOBODY)
        return self._place(Response.DELAY, self._cause.staff)

    def _bind(self, step: Response) -> Applied:
        wanted = _PROGRAMS.get(step, step) if self._is_program else step
        able = restraint.able(self._tx, self._tx.now)
        own = self._is_own_act()
        why = restraint.spare(_KINDS.get(wanted), self._cause.staff, able, is_own_act=own)
        if why is not None:
            return self._spared(step, why)
        if wanted is Response.REVOKE:
            return Applied(step, self._revoke())
        if wanted is Response.LOCK:
            session.end_all(self._tx, self._cause.staff)
        return self._place(wanted, self._cause.staff, said=step)

    def _place(
        self, step: Response, who: int, source: str = "", said: Response | None = None
    ) -> Applied:
        what, told = _KINDS[step], said or step
        if not (who or source or what is What.EXPORT):
            return Applied(told, Done.NOBODY)
        standing = restraint.standing(self._tx, what, who, source, self._tx.now)
        # A proof that was given since is asked for anew; anything else binds already.
        if what is not What.STEP_UP and any(one.until_at >= self._until for one in standing):
            return Applied(told, Done.STANDS, standing[0].number)
        until = self._tx.now + restraint.LONGEST_MS if what is What.STEP_UP else self._until
        wanted = Wanted(what, who, source, until, self._cause.alert, self._cause.rule)
        return Applied(told, Done.APPLIED, restraint.place(self._tx, wanted))

    def _revoke(self) -> Done:
        tx, who = self._tx, self._cause.staff
        ended = client.revoke_of(tx, who, made_after=tx.now - _FRESH_TOKEN_MS)
        return Done.APPLIED if session.end_all(tx, who) + ended else Done.STANDS

    def _freeze_vault(self) -> Applied:
        """Stop all reading; in a drill, that of the exercise's own account."""
        step, at = Response.FREEZE_VAULT, self._tx.now
        if not self._is_own_act():
            return self._spared(step, Spared.NOT_THEIR_ACT)
        held = Hold(self._cause.staff if self._is_drilled else None, None, None, self._until)
        standing, past = hold.in_force(self._tx, at), hold.over(self._tx, at, MOST_EVENTS)
        for one in (*standing, *past):
            if (one.hold.staff, one.hold.record, one.hold.purpose) != (held.staff, None, None):
                continue
            if one in standing:
                return Applied(step, Done.STANDS, one.number)
            # Once a day: that people lifted it, or let it end, is not undone by the next alert.
            if one.placed_by == hold.NOBODY and one.placed_at > at - restraint.LONGEST_MS:
                return Applied(step, Done.PERSON, one.number)
        number = hold.place(self._tx, self._ring, held, Reason.SUSPICION)
        return Applied(step, Done.APPLIED, number)

    def _spared(self, step: Response, why: Spared) -> Applied:
        cause = self._cause
        restraint.note_spared(self._tx, cause.alert, cause.staff, str(step), why)
        return Applied(step, Done.SPARED)

    def _is_own_act(self) -> bool:
        """Tell whether every event that names a person names this one as who did it."""
        found = {who for who in _actors(self._tx, self._cause.events) if who is not None}
        return found == {self._cause.staff}


def _actors(tx: Transaction, events: tuple[str, ...]) -> Iterable[int | None]:
    """Who caused each event; None for what tells of the site and not of anybody."""
    half = MOST_EVENTS // 2
    for name in dict.fromkeys((*events[:half], *events[-half:])):
        service, number = name[:1], name[1:]
        if service == "j" and number.isdigit():
            codes = entry.decode(store.entry(tx, int(number))).codes
            yield _number(codes.get("by") or codes.get("staff"))
        elif service == "s" and number.isdigit():
            seen = signal.find(tx, int(number))
            # Whose act it was that cannot be told any more was nobody's.
            yield NOBODY if seen is None else _tried(seen)


def _tried(seen: signal.Signal) -> int | None:
    """Whose act a signal tells of; nobody's where a proof was wrong, whatever account it was tried on."""
    if seen.service != "web":
        return None
    return seen.staff if seen.fields.get("outcome", "ok") in _PROVEN else NOBODY


def _number(code: entry.Code | None) -> int | None:
    return code if isinstance(code, int) else None
