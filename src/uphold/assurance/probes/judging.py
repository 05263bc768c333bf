# SPDX-License-Identifier: Apache-2.0
"""Probes of what everything else rests on: editions never change, and every measure has been evaluated."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Executable, column, delete, table as table_, update

from uphold import errors
from uphold.assurance import archive, configuration
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    Status,
    broken,
    judged,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene
from uphold.database.transaction import Transaction
from uphold.database.walk import Row
from uphold.journal import entry, proof
from uphold.policy import promise, publish

PUBLISHED = "policy.published"
_ACTS = ("UPDATE", "DELETE")
_TOLD = 10


# --- editions.immutable -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """One edition as it is stored: its bytes' digest, the digest beside them, and what the journal says.

    `journaled` is the digest in the proven entry of its publication, "" without one.
    """

    number: int
    digest: str
    stated: str
    journaled: str


@dataclass(frozen=True, slots=True)
class Editions:
    """Every edition there is, how many rows cannot be read, and which acts on one the database let pass."""

    kept: tuple[Kept, ...]
    unreadable: int
    allowed: tuple[str, ...]


class _UndoneError(Exception):
    """Takes back what should have been refused."""


def _look_at_editions(scene: Scene) -> Editions:
    kept, unreadable = [], 0
    table = ""
    with scene.read() as connection:
        for row in publish.rows(connection):
            table = row.table
            raw = row.values["bytes"] if isinstance(row, Row) else None
            if not isinstance(row, Row) or not isinstance(raw, bytes | memoryview):
                unreadable += 1
                continue
            digest = hashlib.sha256(bytes(raw)).hexdigest()
            journaled = _journaled(scene, connection, row)
            kept.append(Kept(row.number, digest, str(row.values["digest"]), journaled))
    numbers = [one.number for one in kept]
    allowed = tuple(act for act in _ACTS if numbers and _is_allowed(scene, act, table, numbers[0]))
    return Editions(tuple(kept), unreadable, allowed)


def _journaled(scene: Scene, connection: Connection, row: Row) -> str:
    """The digest that the journal has of an edition, from an entry that a signed head is proven to contain."""
    index = row.values["entry"]
    try:
        raw = scene.log.entry(connection, int(index))
        proof.check(scene.log.proof(connection, int(index)), raw, scene.log.verifier)
        told = entry.decode(raw)
    except errors.UpholdError:
        return ""
    is_its = told.kind == PUBLISHED and told.codes["edition"] == row.number
    return str(told.codes["policy"]) if is_its else ""


def _is_allowed(scene: Scene, act: str, table: str, number: int) -> bool:
    """Try by raw SQL what nobody may do to an edition; what is not refused is taken back."""
    row = table_(table, column("number"), column("digest"))
    query: Executable = (
        update(row).values(digest=row.c.digest) if act == "UPDATE" else delete(row)
    ).where(row.c.number == number)

    def work(tx: Transaction) -> None:
        tx.execute(query)
        raise _UndoneError

    try:
        scene.writer.run(work)
    except _UndoneError:
        return True
    except errors.Conflict:
        return False  # the trigger's refusal
    return True


def judge_editions(found: Editions) -> Outcome:
    """Judge: every edition is, byte for byte, what the journal says was published; and none can be changed."""
    if not found.kept and not found.unreadable:
        return not_shown(said(N_("No edition is stored.")))
    faults = [fault for one in found.kept for fault in _faults(one)]
    if found.unreadable:
        text_ = N_("Stored editions that cannot be read: %(count)s.")
        faults.append(said(text_, count=found.unreadable))
    text_ = N_("The database let %(act)s pass on a published edition.")
    faults += [said(text_, act=act) for act in found.allowed]
    seen = N_(
        "Editions that are byte for byte what the journal says: %(count)s; the database refuses to change them."
    )
    return judged(faults, said(seen, count=len(found.kept)))


def _faults(one: Kept) -> Iterator[Said]:
    if one.digest != one.stated:
        yield said(N_("The bytes of edition %(edition)s have another digest."), edition=one.number)
    if one.journaled != one.digest:
        text_ = N_("Edition %(edition)s is not what the journal says was published.")
        yield said(text_, edition=one.number)


# --- measures.evaluated -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The evidence there is: of `probes` the newest, of all how many cannot be believed.

    `missing` have none, `stale` none that is fresh and of this configuration, `errored` none that says anything.
    """

    probes: int
    all: int
    altered: tuple[str, ...]
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    errored: tuple[str, ...]


def _look_at_evidence(scene: Scene) -> Evaluated:
    # What judges cannot be its own evidence.
    wanted = [
        name
        for one in promise.catalogue().values()
        if one.built
        for name in one.probes
        if name != EVALUATED.id
    ]
    examined = configuration.digest(scene.settings, scene.edition)
    count, altered = 0, []
    with scene.read() as connection:
        newest = archive.newest(connection, scene.log.verifier)
        for stored in archive.every(connection, scene.log.verifier):
            count += 1
            if stored.evidence is None:
                altered.append(stored.probe)
    told = {name: newest[name].evidence for name in wanted if name in newest}
    fresh = {
        name: one
        for name, one in told.items()
        if one is not None and one.expires > scene.now and one.configuration == examined
    }
    return Evaluated(
        probes=len(wanted),
        all=count,
        altered=tuple(dict.fromkeys(altered)),
        missing=tuple(name for name in wanted if name not in newest),
        stale=tuple(name for name, one in told.items() if one is not None and name not in fresh),
        errored=tuple(name for name, one in fresh.items() if one.status is Status.NOT_SHOWN),
    )


def judge_evidence(found: Evaluated) -> Outcome:
    """Judge: forged evidence breaks the promise; what is missing, stale or says nothing leaves it unshown."""
    if found.altered:
        text_ = N_("The evidence of %(probe)s is not what was signed and journaled.")
        return broken(*[said(text_, probe=name) for name in found.altered])
    gaps = [
        *_some(N_("%(probe)s has never run."), found.missing),
        *_some(N_("The evidence of %(probe)s is stale, or of another configuration."), found.stale),
        *_some(N_("%(probe)s ran and could find nothing out."), found.errored),
    ]
    if gaps or not found.probes:
        return not_shown(*gaps)
    seen = N_(
        "Probes with fresh evidence: %(probes)s; pieces of evidence, all signed and journaled: %(count)s."
    )
    return Outcome(Status.KEPT, (said(seen, probes=found.probes, count=found.all),))


def _some(text_: str, names: tuple[str, ...]) -> list[Said]:
    told = [said(text_, probe=name) for name in names[:_TOLD]]
    if len(names) > _TOLD:
        told.append(said(N_("And %(count)s more of the kind."), count=len(names) - _TOLD))
    return told


IMMUTABLE = Probe(
    id="editions.immutable.bytes",
    promise="editions.immutable",
    kind=Kind.ATTACK,
    does=N_(
        "Compares every edition with the journal, and tries by raw SQL to change and to delete one."
    ),
    act=_look_at_editions,
    oracle=judge_editions,
)
EVALUATED: Probe[Evaluated] = Probe(
    id="measures.evaluated.evidence",
    promise="measures.evaluated",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads the evidence of every other probe: is there any, is it fresh, is it what was signed?"
    ),
    act=_look_at_evidence,
    oracle=judge_evidence,
    is_last=True,
)

PROBES = (IMMUTABLE, EVALUATED)
