# SPDX-License-Identifier: Apache-2.0
"""What `uphold prove` answers: a verdict for each clause, with the evidence behind it, as data (pure).

Texts stand in every language that they have; whoever shows a report picks one. Times are unix milliseconds
here and ISO 8601 in JSON. `as_json` is a promise to other programs: `v` counts its shapes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from uphold.assurance.probe import Said
from uphold.policy.document import Text

VERSION = 1


class Verdict(StrEnum):
    """What is said of a clause or a promise, the worst first. A heading promises nothing: `NONE`."""

    BROKEN = "broken"
    NOT_SHOWN = "not-shown"
    OVER_CLAIMED = "over-claimed"
    OVERDUE = "overdue"
    DUTY = "duty"
    KEPT = "kept"
    NOT_APPLICABLE = "not-applicable"
    FACT = "fact"
    NONE = ""


class Why(StrEnum):
    """Why something is not shown.

    `ERRORED`: the probe failed, or could not find out. `STALE`: its evidence has expired. `OUTDATED`: the
    edition or the configuration has changed since. `ALTERED`: the stored evidence is not what was signed.
    `NOT_RUN`: there is none yet. `NOT_BUILT`: nothing in the product keeps the promise. `UNBOUND`: no
    promise keeps the clause. `UNKNOWN`: the clause is bound to a promise that the catalogue does not have.
    """

    NONE = ""
    ERRORED = "errored"
    STALE = "stale"
    OUTDATED = "outdated"
    ALTERED = "altered"
    NOT_RUN = "not-run"
    NOT_BUILT = "not-built"
    UNBOUND = "unbound"
    UNKNOWN = "unknown"


_WORST = tuple(Verdict)
# What ends `uphold prove` with exit code 1.
_FAILS = frozenset({Verdict.BROKEN, Verdict.NOT_SHOWN, Verdict.OVERDUE})


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; `NONE` of none."""
    return min(verdicts, key=_WORST.index, default=Verdict.NONE)


@dataclass(frozen=True, slots=True)
class ProbeLine:
    """One probe with its newest evidence. Without any, `at`, `expires_at` and `run` are 0, `entry` is -1.

    `saw` is what was seen when it ran, whether or not that still counts. `entry` is its place in the journal.
    """

    id: str
    kind: str
    does: str
    verdict: Verdict
    why: Why = Why.NONE
    saw: tuple[Said, ...] = ()
    at: int = 0
    expires_at: int = 0
    run: int = 0
    entry: int = -1


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One promise. `at` is when the oldest evidence that counts was made, 0 where there is none."""

    id: str
    title: Text
    meaning: Text
    law: tuple[str, ...]
    verdict: Verdict
    why: Why
    at: int
    probes: tuple[ProbeLine, ...]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """What the text of a clause gets wrong by its law; `clause` is "" where the text lacks it."""

    rule: str
    kind: str
    clause: str
    quote: str
    title: Text
    why: Text
    way_out: Text
    source: str


@dataclass(frozen=True, slots=True)
class DutyLine:
    """What the operator does by hand. `until` is when it must be attested next; 0 where it never was.

    `attested_by` is a login. `every` is an ISO 8601 duration.
    """

    who: Text
    what: Text
    every: str
    attested_at: int
    attested_by: str
    until: int
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One clause. `at` is when the oldest evidence that counts was made, 0 where there is none."""

    id: str
    texts: Text
    is_heading: bool
    verdict: Verdict
    why: Why
    at: int
    promises: tuple[str, ...]
    duty: DutyLine | None
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer. `run` is the newest run whose evidence is in it, 0 without any.

    `promises` are those of the clauses listed, and those of the product that no clause asks for; by id.
    `gaps` are findings that no clause listed bears.
    """

    site: str
    operator: Text
    language: str
    edition: int
    digest: str
    at: int
    run: int
    configuration: str
    journal: int
    uphold: str
    clauses: tuple[ClauseLine, ...]
    promises: Mapping[str, PromiseLine]
    gaps: tuple[FindingLine, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many clauses have each verdict, the worst first; headings are left out."""
        found = Counter(clause.verdict for clause in self.clauses)
        return {verdict: found[verdict] for verdict in _WORST if verdict and found[verdict]}

    @property
    def is_well(self) -> bool:
        """Whether no clause is broken, not shown or overdue, and no promise of the product broken."""
        promised = [line.verdict for line in self.promises.values()]
        # Promises that were asked for by name, and that no clause makes, answer for themselves.
        told = [clause.verdict for clause in self.clauses] or promised
        return Verdict.BROKEN not in promised and not _FAILS.intersection(told)

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object; its shape is in the reference."""
        return {
            "v": VERSION,
            "well": self.is_well,
            "site": self.site,
            "operator": dict(self.operator),
            "edition": self.edition,
            "policy": self.digest,
            "at": instant(self.at),
            "run": self.run or None,
            "configuration": self.configuration,
            "journal": self.journal,
            "uphold": self.uphold,
            "summary": {str(verdict): count for verdict, count in self.counts.items()},
            "clauses": [_clause(clause) for clause in self.clauses],
            "promises": [_promise(line) for line in self.promises.values()],
            "gaps": [_finding(line) for line in self.gaps],
        }


def instant(at: int) -> str | None:
    """Unix milliseconds as ISO 8601 in UTC, cut to the second; None for 0."""
    if not at:
        return None
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clause(line: ClauseLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "verdict": str(line.verdict) or None,
        "why": str(line.why) or None,
        "at": instant(line.at),
        "text": dict(line.texts),
        "promises": list(line.promises),
        "duty": None if line.duty is None else _duty(line.duty),
        "findings": [_finding(found) for found in line.findings],
    }


def _promise(line: PromiseLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "verdict": str(line.verdict),
        "why": str(line.why) or None,
        "at": instant(line.at),
        "title": dict(line.title),
        "law": list(line.law),
        "probes": [_probe(probe) for probe in line.probes],
    }


def _probe(line: ProbeLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "does": line.does,
        "verdict": str(line.verdict),
        "why": str(line.why) or None,
        "saw": [
            {"said": str(sentence), "text": sentence.text, "values": dict(sentence.values)}
            for sentence in line.saw
        ],
        "at": instant(line.at),
        "expires": instant(line.expires_at),
        "run": line.run or None,
        "entry": line.entry if line.entry >= 0 else None,
    }


def _finding(line: FindingLine) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "kind": line.kind,
        "clause": line.clause or None,
        "quote": line.quote,
        "title": dict(line.title),
        "why": dict(line.why),
        "way_out": dict(line.way_out),
        "source": line.source,
    }


def _duty(line: DutyLine) -> dict[str, Any]:
    return {
        "who": dict(line.who),
        "what": dict(line.what),
        "every": line.every,
        "attested": instant(line.attested_at),
        "by": line.attested_by or None,
        "until": instant(line.until),
        "overdue": line.is_overdue,
    }
