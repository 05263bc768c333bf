# SPDX-License-Identifier: Apache-2.0
"""The last proof as a report: evidence, attestations and findings read together and judged.

proof.report(connection, ground, now)                 every clause
proof.report(connection, ground, now, Only(clauses=...))
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from uphold import __version__, errors
from uphold.assurance import archive, configuration, duty, probes as registered, verdict
from uphold.assurance.evidence import Stored
from uphold.assurance.report import ClauseLine, PromiseLine, Report
from uphold.assurance.verdict import Present
from uphold.config import Settings
from uphold.journal import log as journal, note
from uphold.policy import findings, promise
from uphold.policy.document import Binding, Edition
from uphold.policy.findings import Finding
from uphold.policy.promise import Promise


@dataclass(frozen=True, slots=True)
class Ground:
    """What a report is about: the site's settings and editions, and the key that its evidence is signed by."""

    settings: Settings
    verifier: note.Verifier
    edition: Edition
    editions: tuple[Edition, ...]

    def present(self, now: int) -> Present:
        """Return the moment to judge: `now` in unix milliseconds."""
        return Present(now, self.edition.number, configuration.digest(self.settings, self.edition))


@dataclass(frozen=True, slots=True)
class Only:
    """What is asked about: these clauses, or these promises and their clauses by those alone; empty is all."""

    clauses: frozenset[str] = frozenset()
    promises: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.clauses or self.promises)


EVERYTHING = Only()


def wanted(edition: Edition, only: Only = EVERYTHING) -> tuple[Promise, ...]:
    """Return the promises that are asked about; without any choice, every one that the product keeps.

    Raises `errors.Missing` for a clause that the edition does not have, or a promise unknown to the catalogue.
    """
    catalogue = promise.catalogue()
    _require(only, edition, catalogue)
    if not only:
        return tuple(catalogue.values())
    names = set(only.promises)
    for clause in only.clauses:
        bound = edition.policy.bindings.get(clause)
        names.update(bound.promises if bound else ())
    return tuple(one for name, one in catalogue.items() if name in names)


def report(connection: Connection, ground: Ground, now: int, only: Only = EVERYTHING) -> Report:
    """Judge the site by what is stored, at `now` (unix ms). Raises `errors.Missing` as `wanted` does."""
    edition, present = ground.edition, ground.present(now)
    lines = _promises(edition, archive.newest(connection, ground.verifier), present, only)
    found = () if only.promises else found_in(edition, now)
    attested = duty.newest(connection, edition, ground.editions)
    about = _alone(edition, only.promises) if only.promises else edition
    judged = verdict.clauses(about, lines, found, attested, present)
    return Report(
        site=ground.settings.site.address,
        operator=edition.policy.operator.name,
        language=edition.policy.language,
        edition=edition.number,
        digest=edition.digest,
        at=now,
        run=max((probe.run for line in lines.values() for probe in line.probes), default=0),
        configuration=present.configuration,
        journal=journal.newest(connection).size,
        uphold=__version__,
        clauses=_asked(judged, about, only),
        promises=lines,
        gaps=() if only else tuple(verdict.finding(one) for one in found if not one.clause),
    )


def found_in(edition: Edition, now: int) -> tuple[Finding, ...]:
    """Return what the texts of an edition get wrong by its law, each rule once for each clause."""
    on = datetime.fromtimestamp(now / 1000, UTC).date()
    policy, once = edition.policy, dict[tuple[str, str], Finding]()
    for language, clauses in edition.texts.items():
        for law in policy.laws:
            for one in findings.find(policy, clauses, language, law, on):
                once.setdefault((one.rule, one.clause), one)
    return tuple(once.values())


def _promises(
    edition: Edition, stored: Mapping[str, Stored], present: Present, only: Only
) -> dict[str, PromiseLine]:
    """Judge the promises asked about: those that clauses are bound to, and those that the product keeps anyway."""
    known = {probe.id: probe for probe in registered.PROBES}
    asked = [
        one for name, one in edition.policy.bindings.items() if name in only.clauses or not only
    ]
    bound = [name for one in asked for name in one.promises]
    lines = {
        one.id: verdict.promise(one, known, stored, present)
        for one in wanted(edition, only)
        if one.built or only or one.id in bound
    }
    strange = sorted(set(bound) - set(promise.catalogue()))
    return {**lines, **{name: verdict.unknown(name) for name in strange}}


def _alone(edition: Edition, promises: frozenset[str]) -> Edition:
    """Return the edition as if its clauses said these promises and nothing else."""
    bindings = {
        name: Binding(name, tuple(p for p in one.promises if p in promises), fact=False, duty=None)
        for name, one in edition.policy.bindings.items()
        if promises.intersection(one.promises)
    }
    return replace(edition, policy=replace(edition.policy, bindings=bindings))


def _asked(lines: tuple[ClauseLine, ...], about: Edition, only: Only) -> tuple[ClauseLine, ...]:
    if only.promises:
        return tuple(line for line in lines if line.id in about.policy.bindings)
    return tuple(line for line in lines if not only or line.id in only.clauses)


def _require(only: Only, edition: Edition, catalogue: Mapping[str, Promise]) -> None:
    clauses = {clause.id for clause in edition.texts[edition.policy.language]}
    for name in sorted(only.clauses - clauses):
        raise errors.Missing(
            f"The edition in force has no clause {name}.", "Its ids stand in `uphold policy show`."
        )
    for name in sorted(only.promises - set(catalogue)):
        raise errors.Missing(
            f"There is no promise {name}.", "They are listed in docs/reference/promises.md."
        )
