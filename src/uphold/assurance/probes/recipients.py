# SPDX-License-Identifier: Apache-2.0
"""The probe of what recipients are told: whoever was given data hears when they are corrected or erased since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold.access import disclosed
from uphold.access.disclosed import Disclosure
from uphold.assurance import trail
from uphold.assurance.probe import N_, Cost, Kind, Outcome, Probe, judged, not_applicable, said
from uphold.assurance.scene import Scene
from uphold.assurance.trail import Told
from uphold.retention import act, sweep
from uphold.rights import correction, telling
from uphold.rights.telling import Cause, State, Telling
from uphold.vault import tables

TOLD, ANSWERED = "recipient.told", "recipient.answered"
_EVERY = 1_000_000


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice that somebody must get: about which disclosure, which record, why, since when (unix ms)."""

    disclosure: int
    record: int
    cause: str
    at: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What must be told by what became of the data, and what the notices are, by their rows and by the journal.

    `steps` are, by notice, the state that its row has, and how often the journal says told and answered.
    """

    left: int
    owed: frozenset[Owed]
    noted: frozenset[Owed]
    steps: Mapping[int, tuple[str, int, int]]


def _look(scene: Scene) -> Heard:
    told = trail.since(scene, 0, TOLD, ANSWERED)
    with scene.read() as connection:
        left = [
            one
            for exercise in (False, True)
            for one in disclosed.listed(connection, exercise=exercise, limit=_EVERY)
            if one.left
        ]
        gone = _erased(connection)
        owed = {owed for one in left for owed in _owed(connection, one, gone)}
        notices = [each for one in left for each in telling.of_disclosure(connection, one.number)]
    return Heard(
        len(left),
        frozenset(owed),
        frozenset(
            Owed(one.disclosure, one.record, str(one.cause), one.caused_at) for one in notices
        ),
        {one.number: _steps(one, told) for one in notices},
    )


def _steps(one: Telling, told: tuple[Told, ...]) -> tuple[str, int, int]:
    mine = [each.kind for each in told if each.codes["notice"] == one.number and each.proven]
    return str(one.state), mine.count(TOLD), mine.count(ANSWERED)


def _erased(connection: Connection) -> Mapping[tuple[int, str], int]:
    """When a record was erased for a purpose at its person's request, by the acts of destruction."""
    return {
        (tables.record_of(line.part), one.kind.purpose): line.destroyed_at or 0
        for one in act.every(connection)
        if one.kind.reason == sweep.Reason.ERASED
        for line in act.lines(connection, one.number)
    }


def _owed(
    connection: Connection, one: Disclosure, gone: Mapping[tuple[int, str], int]
) -> Iterator[Owed]:
    for record in one.records:
        for made in correction.of_record(connection, record):
            is_theirs = made.purpose == one.purpose and set(made.fields) & set(one.fields)
            if is_theirs and made.at > one.sent_at:
                yield Owed(one.number, record, str(Cause.CORRECTED), made.at)
        at = gone.get((record, one.purpose), 0)
        if at > one.sent_at:
            yield Owed(one.number, record, str(Cause.ERASED), at)


def judge_heard(found: Heard) -> Outcome:
    """Judge: each notice that is owed is there, and nothing stands as told or answered but by the journal."""
    if not found.left:
        return not_applicable(said(N_("Nothing was ever disclosed, so nobody need be told.")))
    faults = [
        said(
            N_(
                "Data of disclosure %(number)s were %(cause)s since, and nobody was bidden to tell its recipient."
            ),
            number=one.disclosure,
            cause=one.cause,
        )
        for one in sorted(found.owed - found.noted, key=lambda one: (one.disclosure, one.at))
    ]
    for number, (state, told, answered) in sorted(found.steps.items()):
        stands = {State.DUE: told == 0, State.TOLD: told == 1, State.ANSWERED: told == 1}
        if not stands[State(state)] or (state == State.ANSWERED) is not (answered > 0):
            text = N_("Notice %(number)s stands as %(state)s, and the journal says otherwise.")
            faults.append(said(text, number=number, state=state))
    waits = sum(state == State.DUE for state, _, _ in found.steps.values())
    seen = N_(
        "Disclosures that left: %(left)s; notices of corrections and erasures since: %(count)s, of which still to be"
        " told: %(waits)s; the journal tells the same of each."
    )
    return judged(faults, said(seen, left=found.left, count=len(found.steps), waits=waits))


HEARD = Probe(
    id="correction.on-proof.recipients",
    promise="correction.on-proof",
    kind=Kind.EXAMINE,
    does=N_(
        "Holds what was corrected and erased after a disclosure against the notices to its recipient, and these"
        " against the journal."
    ),
    act=_look,
    oracle=judge_heard,
    cost=Cost.HEAVY,
)

PROBES = (HEARD,)
