# SPDX-License-Identifier: Apache-2.0
"""Probes by live attacks: what is played at the site's own doors is noticed, and refused at the next request."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from uphold.access import client, hold, restraint
from uphold.access.client import Terms
from uphold.access.permission import Permission, Role
from uphold.assurance import attacks, formless, intruder, trail
from uphold.assurance.attacks import EXPORTS, HOME, Played
from uphold.assurance.intruder import Intruder
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    broken,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer
from uphold.database.transaction import Transaction
from uphold.detection import respond
from uphold.detection.respond import Cause, Done, Ladder
from uphold.detection.rule import Response

PROMISE = "intrusion.detected"
ALERTED, SIGNED_IN, MADE = "detection.alerted", "staff.signed-in", "client.made"
API = "/api/v1/enquiries"
_TERM_MS = 5 * restraint.MINUTE


@dataclass(frozen=True, slots=True)
class Tried:
    """An attack that was played; `journaled` are the proven entries of its alert, `on` whether detection is on."""

    played: Played
    journaled: int
    on: bool


def _play(scene: Scene, name: str) -> Tried:
    if not scene.settings.detection.on:
        return Tried(Played(name, (), blocks=True), 0, on=False)
    before = trail.size(scene)
    played = attacks.play(scene, name)
    number = played.alert.number if played.alert else -1
    told = trail.since(scene, before, ALERTED)
    count = sum(one.proven and one.codes["alert"] == number for one in told)
    return Tried(played, count, on=True)


def judge_attack(tried: Tried) -> Outcome:
    """Judge: one journaled alert by the intruder's own acts, refused at once, and felt by nobody else."""
    if not tried.on:
        return broken(said(N_("Detection is switched off on this site.")))
    played = tried.played
    if played.why is not None:
        return not_applicable(played.why)
    if not played.acts:
        return not_shown(said(N_("The attack could not be begun.")))
    faults: list[Said] = []
    if played.alert is None:
        faults.append(said(N_("An attack of %(acts)s acts raised no alert."), acts=played.acts))
    elif not played.cited:
        faults.append(said(N_("The alert names events that are not the intruder's own.")))
    if played.alert is not None and tried.journaled != 1:
        text = N_("The alert left %(count)s entries in the signed journal, and not one.")
        faults.append(said(text, count=tried.journaled))
    if played.blocked is None:
        faults.append(said(N_("The intruder went on after the alert, and was not refused.")))
    if not played.worked:
        faults.append(said(N_("A colleague who did nothing was stopped too.")))
    if played.touched:
        text = N_("What the alert did bound %(count)s others.")
        faults.append(said(text, count=played.touched))
    seen = N_(
        "After %(acts)s acts: an alert after %(alert)s ms, a refusal after %(block)s ms (%(how)s)."
    )
    how = played.blocked.how if played.blocked else ""
    times = {"alert": played.alert_ms, "block": played.block_ms}
    return judged(faults, said(seen, acts=played.acts, how=how, **times))


@dataclass(frozen=True, slots=True)
class Felt:
    """One step of the ladder at one door: what became of it, how the next request was refused, and one later."""

    step: str
    door: str
    done: str
    wanted: str
    found: str
    after: str


@dataclass(frozen=True, slots=True)
class Ladders:
    """Every step that was tried; `spared` what became of a lock for an account that is in no drill."""

    felt: tuple[Felt, ...]
    spared: str


def _climb(scene: Scene) -> Ladders | None:
    """None where nobody who may export reads for a purpose of the form."""
    able = ((role, trail.served(scene, role)) for role in (Role.OFFICER, Role.OWNER))
    role, purpose = next((pair for pair in able if pair[1]), (Role.OWNER, ""))
    if not purpose:
        return None
    # One of its own: what other probes have sent may have ended since.
    record = scene.submitted().record
    with intruder.let_in(scene, role) as who:
        before = trail.size(scene)
        who.sign_in()
        (own,) = [one.index for one in trail.since(scene, before, SIGNED_IN)]
        act = partial(_respond, scene, who.staff, own)
        export = partial(_export, scene, who, purpose)
        steps: tuple[tuple[Response, str, Callable[[], str]], ...] = (
            (Response.STEP_UP, "proof", lambda: intruder.refusal(who.get(HOME))),
            (Response.FREEZE_EXPORT, "frozen", lambda: intruder.refusal(export())),
            (
                Response.FREEZE_VAULT,
                "held",
                lambda: intruder.refusal(who.open(record, purpose)),
            ),
            (Response.DELAY, "slowed", lambda: _hurry(scene, who)),
            (Response.REVOKE, "signed-out", lambda: intruder.refusal(who.get(HOME))),
            (Response.LOCK, "locked", lambda: intruder.refusal(who.sign_in())),
        )
        console = [
            Felt(
                str(step),
                "console",
                act(step),
                wanted,
                ask(),
                _after(scene, who.staff, partial(_again, who, ask)),
            )
            for step, wanted, ask in steps
        ]
        return Ladders((*console, *_programs(scene)), _spared(scene, own))


def _respond(scene: Scene, staff: int, own: int, step: Response) -> str:
    """Do one step to an account for its own act, as an alert would."""
    cause = Cause(0, "live-response", staff, "", (f"j{own}",), scene.run)
    ladder = Ladder((step,), for_ms=_TERM_MS)
    (applied,) = scene.writer.run(lambda tx: respond.apply(tx, scene.ring, cause, ladder))
    return str(applied.done)


def _again(who: Intruder, ask: Callable[[], str]) -> str:
    """Ask once more, in a session that is new where the one before has ended."""
    if intruder.refusal(who.get(HOME)) == "signed-out":
        who.sign_in()
    return ask()


def _after(scene: Scene, staff: int, ask: Callable[[], str]) -> str:
    scene.writer.run(lambda tx: _release(tx, staff))
    return ask()


def _release(tx: Transaction, staff: int) -> None:
    for one in restraint.in_force(tx, tx.now):
        if one.staff == staff:
            restraint.end(tx, one.number)
    for stop in hold.in_force(tx, tx.now):
        if stop.hold.staff == staff:
            hold.lift(tx, stop.number)


def _export(scene: Scene, who: Intruder, purpose: str) -> Answer:
    key = scene.form().key
    asked = {"form": key, "purpose": purpose, "format": "csv", "reason": "own-check", "hours": "1"}
    return who.post(EXPORTS, **asked)


def _hurry(scene: Scene, who: Intruder) -> str:
    """Ask while as many stand in line as may."""
    most = restraint.PATIENCE_MS // restraint.PACE_MS + 2
    for _ in range(most):
        scene.writer.run(lambda tx: restraint.turn(tx, who.staff, "", tx.now))
    return intruder.refusal(who.get(HOME))


def _programs(scene: Scene) -> Iterator[Felt]:
    """The same at the API; a program that could prove nothing anew is locked instead."""
    terms = Terms(
        f"exercise-{scene.run}-program",
        Role.CLERK,
        frozenset({Permission.ENQUIRY_LIST}),
        frozenset(),
        1,
        scene.run,
    )
    before = trail.size(scene)
    made = scene.writer.run(lambda tx: client.make(tx, terms, scene.edition, 0))
    scene.writer.run(lambda tx: restraint.begin_drill(tx, made.number, scene.run))
    (own,) = [one.index for one in trail.since(scene, before, MADE)]
    shown = {"authorization": f"Bearer {made.token}"}

    def ask() -> str:
        return str(scene.stranger().get(API, shown).status)

    for step, wanted in ((Response.STEP_UP, "403"), (Response.LOCK, "403")):
        done, found = _respond(scene, made.number, own, step), ask()
        yield Felt(str(step), "api", done, wanted, found, _after(scene, made.number, ask))
    done = _respond(scene, made.number, own, Response.REVOKE)
    # A token that has ended has ended for good.
    yield Felt(str(Response.REVOKE), "api", done, "401", ask(), "200")


def _spared(scene: Scene, own: int) -> str:
    """Try to lock an account of the exercise that is in no drill, as any other probe's is."""
    other = scene.exercise.account(Role.AUDITOR).number
    return _respond(scene, other, own, Response.LOCK)


_FREE = frozenset({"", "200"})


def judge_ladders(seen: Ladders | None) -> Outcome:
    """Judge: each step was felt by the next request, ended with its end, and bound no account outside a drill."""
    if seen is None:
        return not_applicable(said(N_("Nobody who may export reads for a purpose of the form.")))
    faults: list[Said] = []
    for one in seen.felt:
        names = {"step": one.step, "door": one.door}
        if one.done != Done.APPLIED:
            text = N_("%(step)s at the %(door)s was not done, but: %(done)s.")
            faults.append(said(text, done=one.done, **names))
        elif one.found != one.wanted:
            text = N_("%(step)s was not felt by the next request at the %(door)s: %(found)s.")
            faults.append(said(text, found=one.found or "-", **names))
        elif one.after not in _FREE:
            text = N_("%(step)s at the %(door)s was felt after its end too: %(after)s.")
            faults.append(said(text, after=one.after, **names))
    if seen.spared != Done.EXERCISE:
        text = N_("An exercise's account outside a drill was not let off: %(done)s.")
        faults.append(said(text, done=seen.spared))
    text = N_("Steps that the very next request felt, at the console and at the API: %(count)s.")
    return judged(faults, said(text, count=len(seen.felt)))


def _live(aspect: str, does: str, name: str) -> Probe[Tried | None]:
    def act(scene: Scene) -> Tried:
        return _play(scene, name)

    return Probe(
        id=f"{PROMISE}.live-{aspect}",
        promise=PROMISE,
        kind=Kind.ATTACK,
        does=does,
        act=formless.spared(act),
        oracle=formless.judged(judge_attack),
    )


SWEEP = _live(
    "sweep",
    N_(
        "Signs in as an intruder of its own, reads one record after another, and looks when an alert comes and what"
        " the next request gets."
    ),
    "sweep",
)
GUESS = _live(
    "guess",
    N_(
        "Guesses the password of an account of its own, comes in with the right one, and looks when an alert comes"
        " and what the next request gets."
    ),
    "guess",
)
EXPORT = _live(
    "export",
    N_(
        "Makes one export after another of its own records, and looks when an alert comes and what the next export"
        " gets."
    ),
    "export",
)
RESPONSE = Probe(
    id=f"{PROMISE}.live-response",
    promise=PROMISE,
    kind=Kind.ATTACK,
    does=N_(
        "Has each step of a response done to an account and a program of its own, and asks at once at the console and"
        " at the API, then once more after its end."
    ),
    act=formless.spared(_climb),
    oracle=formless.judged(judge_ladders),
)

PROBES: Sequence[Probe[Tried | None] | Probe[Ladders | None]] = (SWEEP, GUESS, EXPORT, RESPONSE)
