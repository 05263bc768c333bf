# SPDX-License-Identifier: Apache-2.0
"""The probe of the register of threats: nothing that was found is lost, and nothing is held off by words alone."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Executable, select, table as table_

from uphold import errors
from uphold.assurance import archive, configuration, threatened, tried
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Status, judged, said
from uphold.assurance.scene import Scene
from uphold.database.transaction import Transaction
from uphold.threats import acceptance, attestation, measure, rule, stored
from uphold.threats.judge import State

PROMISE: Final = "threats.identified"


@dataclass(frozen=True, slots=True)
class Kept:
    """How findings stand on record beside what bears it out; each a tuple of names.

    `unknown` were judged now and are not on record so; `unborne` are said to be held without fresh evidence of every
    measure; `unanswered` accepted with nobody answering; `unlike` stand otherwise than their last change says;
    `nameless` are measures that rules name and nobody knows; `allowed` acts that the database let pass.
    """

    findings: int
    unknown: tuple[str, ...]
    unborne: tuple[str, ...]
    unanswered: tuple[str, ...]
    unlike: tuple[str, ...]
    nameless: tuple[str, ...]
    allowed: tuple[str, ...]


def _read_register(scene: Scene) -> Kept:
    tried.look(scene)
    now, verifier = scene.now, scene.log.verifier
    with scene.read() as connection:
        judged_ = threatened.judge(connection, tried.site(scene), verifier, now)
        findings, given = stored.findings(connection), acceptance.newest(connection)
        last, fresh = stored.last(connection), _fresh(scene, connection)
    held = [one for one in findings.values() if one.state is State.MITIGATED]
    answered = {uid for uid, one in given.items() if one.until > now}
    accepted = {uid for uid, one in findings.items() if one.state is State.ACCEPTED}
    rules, known = rule.catalogue(), measure.catalogue()
    return Kept(
        findings=len(findings),
        unknown=tuple(
            one.uid
            for one in judged_.findings
            if one.uid not in findings or findings[one.uid].state is not one.state
        ),
        unborne=tuple(one.uid for one in held if not _is_borne(rules.get(one.rule), fresh)),
        unanswered=tuple(sorted(accepted - answered)),
        unlike=tuple(uid for uid, one in findings.items() if last.get(uid) is not one.state),
        nameless=tuple(
            sorted({name for one in rules.values() for name in one.names if name not in known})
        ),
        allowed=tuple(_allowed(scene)),
    )


def _fresh(scene: Scene, connection: Connection) -> frozenset[str]:
    """Name the measures that evidence shows now, of this very site: by every probe, and people's word."""
    examined, now = configuration.digest(scene.settings, scene.edition), scene.now
    good = (Status.KEPT, Status.NOT_APPLICABLE)
    newest = archive.newest(connection, scene.log.verifier)
    shown = {
        name
        for name, told in ((name, one.evidence) for name, one in newest.items())
        if told is not None and told.expires > now and told.configuration == examined
        if told.status in good
    }
    said_ = {duty for duty, one in attestation.newest(connection).items() if one.until > now}
    return frozenset(
        one.id
        for one in measure.catalogue().values()
        if shown.issuperset(one.probes) and (not one.duty or one.duty in said_)
    )


def _is_borne(one: rule.Rule | None, fresh: Collection[str]) -> bool:
    """Whether evidence bears out that a rule's threat is held: of all its measures, and of one of any."""
    if one is None:
        return False
    of_any = not one.measures_any or any(name in fresh for name in one.measures_any)
    return of_any and all(name in fresh for name in one.measures)


def _allowed(scene: Scene) -> Iterator[str]:
    """Try by raw SQL what nobody may do to what was found; what is not refused is taken back."""
    for name in (stored.CHANGES, stored.MODELS, stored.FINDINGS):
        target = table_(name)
        with scene.read() as connection:
            is_empty = connection.execute(select(1).select_from(target).limit(1)).first() is None
        if not is_empty and _is_allowed(scene, target.delete()):
            yield f"DELETE {name}"


def _is_allowed(scene: Scene, statement: Executable) -> bool:
    def work(tx: Transaction) -> None:
        tx.execute(statement)
        raise tried.UndoneError

    try:
        scene.writer.run(work)
    except tried.UndoneError:
        return True
    except errors.Conflict:
        return False  # the trigger's refusal
    return True


def judge_register(found: Kept) -> Outcome:
    """Judge: what is found stands on record, is held by evidence alone, and cannot be made to disappear."""
    faults = [
        *tried.some(N_("%(name)s is not on record as it was judged."), found.unknown),
        *tried.some(
            N_("%(name)s is said to be held off, and no fresh evidence says so."), found.unborne
        ),
        *tried.some(
            N_("%(name)s is said to be accepted, and nobody answers for it."), found.unanswered
        ),
        *tried.some(N_("%(name)s stands otherwise than its last change says."), found.unlike),
        *tried.some(
            N_("Rules of threats name the measure %(name)s, which nobody knows."), found.nameless
        ),
        *tried.some(N_("The database let %(name)s pass on what was found."), found.allowed),
    ]
    text_ = N_(
        "Findings on record, each as it was judged: %(count)s; the database refuses to drop them."
    )
    return judged(faults, said(text_, count=found.findings))


REGISTER = Probe(
    id="threats.identified.register",
    promise=PROMISE,
    kind=Kind.ATTACK,
    does=N_(
        "Compares what is on record with what is judged and with the evidence, and tries by raw SQL to drop findings."
    ),
    act=_read_register,
    oracle=judge_register,
)

PROBES = (REGISTER,)
