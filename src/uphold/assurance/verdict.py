# SPDX-License-Identifier: Apache-2.0
"""From evidence to verdicts: what may be said of each probe, promise and clause at a moment (pure).

A promise is worth its worst probe, a clause its worst promise, its duty and its findings. Only evidence
that is fresh, about this edition and configuration, and signed by this site says anything; all else is
not shown, which is nearly as bad as broken.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.assurance.evidence import Evidence, Stored
from uphold.assurance.probe import Probe, Status
from uphold.assurance.report import (
    ClauseLine,
    DutyLine,
    FindingLine,
    ProbeLine,
    PromiseLine,
    Verdict,
    Why,
    worst,
)
from uphold.policy import binding
from uphold.policy.document import Binding, Clause, Duty, Edition, Text
from uphold.policy.findings import GAP, Finding
from uphold.policy.promise import Promise

_VERDICTS = {
    Status.KEPT: Verdict.KEPT,
    Status.BROKEN: Verdict.BROKEN,
    Status.NOT_SHOWN: Verdict.NOT_SHOWN,
    Status.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class Present:
    """The moment that is judged: the time (unix ms), the edition in force and the configuration's digest."""

    at: int
    edition: int
    configuration: str


@dataclass(frozen=True, slots=True)
class Attested:
    """The newest attestation of a clause's duty. Times are unix milliseconds; `by` is a login."""

    at: int
    until: int
    by: str


def probe(one: Probe[Any], stored: Stored | None, present: Present) -> ProbeLine:
    """Judge one probe by its newest evidence."""
    named = (one.id, str(one.kind), one.does)
    if stored is None:
        return ProbeLine(*named, Verdict.NOT_SHOWN, Why.NOT_RUN)
    told = stored.evidence
    if told is None:
        return ProbeLine(*named, Verdict.NOT_SHOWN, Why.ALTERED, entry=stored.entry)
    why = reason(told, present)
    verdict = Verdict.NOT_SHOWN if why else _VERDICTS[told.status]
    return ProbeLine(*named, verdict, why, told.saw, told.at, told.expires, told.run, stored.entry)


def reason(told: Evidence, present: Present) -> Why:
    """Say why evidence does not show what it says; `NONE` where it does."""
    if (told.edition, told.configuration) != (present.edition, present.configuration):
        return Why.OUTDATED
    if told.expires <= present.at:
        return Why.STALE
    return Why.ERRORED if told.status is Status.NOT_SHOWN else Why.NONE


def promise(
    one: Promise,
    probes: Mapping[str, Probe[Any]],
    stored: Mapping[str, Stored],
    present: Present,
) -> PromiseLine:
    """Judge a promise by its probes."""
    lines = tuple(
        probe(probes[name], stored.get(name), present) for name in one.probes if name in probes
    )
    verdict, why = Verdict.NOT_SHOWN, Why.NOT_BUILT
    if one.built and lines:
        verdict = worst(line.verdict for line in lines)
        why = next((line.why for line in lines if line.verdict is verdict), Why.NONE)
    return PromiseLine(one.id, one.title, one.meaning, one.law, verdict, why, _oldest(lines), lines)


def unknown(name: str) -> PromiseLine:
    """Judge a promise that a clause is bound to and the catalogue does not have."""
    text = {"en": name}
    return PromiseLine(name, text, text, (), Verdict.NOT_SHOWN, Why.UNKNOWN, 0, ())


def clauses(
    edition: Edition,
    promises: Mapping[str, PromiseLine],
    findings: Iterable[Finding],
    attested: Mapping[str, Attested],
    present: Present,
) -> tuple[ClauseLine, ...]:
    """Judge every clause of an edition, in the order of its text; texts in other languages stand beside."""
    found: dict[str, list[FindingLine]] = {}
    for one in findings:
        found.setdefault(one.clause, []).append(finding(one))
    texts: dict[str, dict[str, str]] = {}
    for language, said in edition.texts.items():
        for clause in said:
            texts.setdefault(clause.id, {})[language] = clause.text
    lines = []
    for clause in edition.texts[edition.policy.language]:
        bound = binding.of(edition.policy, clause)
        duty = None
        if bound is not None and bound.duty is not None:
            last = attested.get(clause.id)
            duty = _duty(bound.duty, last, edition.effective_at, present.at)
        own = tuple(found.get(clause.id, ()))
        lines.append(_clause(clause, texts[clause.id], bound, promises, duty, own))
    return tuple(lines)


def finding(one: Finding) -> FindingLine:
    """Put a finding down as a line of the report."""
    return FindingLine(
        one.rule, one.kind, one.clause, one.quote, one.title, one.why, one.way_out, one.source
    )


def _clause(
    clause: Clause,
    texts: Text,
    bound: Binding | None,
    promises: Mapping[str, PromiseLine],
    duty: DutyLine | None,
    findings: tuple[FindingLine, ...],
) -> ClauseLine:
    is_heading = binding.bare(clause)
    names = () if bound is None else bound.promises
    lines = [promises[name] for name in names if name in promises]
    said = [line.verdict for line in lines]
    if bound is None:
        said.append(Verdict.NOT_SHOWN)
    elif bound.fact and not is_heading:
        said.append(Verdict.FACT)
    if duty is not None:
        said.append(Verdict.OVERDUE if duty.is_overdue else Verdict.DUTY)
    # What the law misses in a clause is shown beside it; what the clause claims too much is its verdict.
    if any(line.kind != GAP for line in findings):
        said.append(Verdict.OVER_CLAIMED)
    verdict = worst(said)
    why = next((line.why for line in lines if line.verdict is verdict), Why.NONE)
    return ClauseLine(
        id=clause.id,
        texts=texts,
        is_heading=is_heading,
        verdict=verdict,
        why=Why.UNBOUND if bound is None else why,
        at=min((line.at for line in lines if line.at), default=0),
        promises=names,
        duty=duty,
        findings=findings,
    )


def _duty(duty: Duty, attested: Attested | None, begun: int, now: int) -> DutyLine:
    """Judge a duty. One never attested is due since its edition is in force: nobody has said it was done."""
    at, by, until = (
        (0, "", begun) if attested is None else (attested.at, attested.by, attested.until)
    )
    return DutyLine(duty.who, duty.what, duty.every, at, by, until, is_overdue=until <= now)


def _oldest(lines: Sequence[ProbeLine]) -> int:
    """When the oldest evidence that counts was made."""
    counted = (line.at for line in lines if line.at and line.why in (Why.NONE, Why.ERRORED))
    return min(counted, default=0)
