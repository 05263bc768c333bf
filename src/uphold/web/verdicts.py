# SPDX-License-Identifier: Apache-2.0
"""What pages show of a policy clause by clause: verdicts, evidence, findings. The conventions are those of `views`.

One verdict looks the same wherever it stands: in the console, on the public page, in the printed report.
Codes of a verdict: `broken`, `not-shown`, `over-claimed`, `overdue`, `duty`, `kept`, `fact`; empty for a
heading, which promises nothing.
"""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.views import EditionFacts


@dataclass(frozen=True, slots=True)
class Finding:
    """What the policy's text gets wrong by its law. `kind` is `gap`, `over-claim` or `contradiction`.

    `clause` and `quote` are empty where the text lacks something. `source` is where the rule comes from.
    """

    kind: str
    title: str
    why: str
    way_out: str
    source: str
    clause: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe of a promise with its last result. `kind` is `examine` or `attack`.

    `status`: `kept`, `broken`, `not-shown` or `not-applicable`; `why` says more of `not-shown`: `errored`,
    `stale`, `outdated`, `altered`, `not-run`. `at` is when it ran (0: never), `expires` until when that
    counts. `note_href` leads to the signed evidence, empty where there is none to take.
    """

    id: str
    kind: str
    does: str
    status: str
    why: str = ""
    saw: tuple[str, ...] = ()
    at: int = 0
    expires: int = 0
    note_href: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that keeps a clause. `why` is that of its probes, or `not-built`, or `unknown`."""

    id: str
    title: str
    meaning: str
    verdict: str
    why: str = ""
    law: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """What the operator does by hand. `state`: `never` attested, `attested` (until `until`), or `overdue`.

    `every` is the term in words. The clause is posted to `attest_href`, which is empty for who may not attest.
    """

    who: str
    what: str
    every: str
    state: str
    attested_at: int = 0
    attested_by: str = ""
    until: int = 0
    attest_href: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause with its verdict. `anchor`, `number`, `paragraphs`, `heading` and `depth` are as in `views.Clause`.

    `why` says more of `not-shown`: that of the promise, or `unbound`. `at` is when the oldest evidence that
    counts was made, 0 where there is none.
    """

    anchor: str
    number: str
    paragraphs: tuple[str, ...]
    verdict: str
    why: str = ""
    at: int = 0
    heading: bool = False
    depth: int = 0
    promises: tuple[Promise, ...] = ()
    duty: Duty | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many clauses have one verdict. `href` shows these alone."""

    verdict: str
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A probe that failed between two people's looks. `seen_at` is 0 until somebody has said so."""

    promise: str
    title: str
    raised_at: int
    seen_href: str
    seen_at: int = 0
    seen_by: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of the probes. `ended_at` is 0 if it has not ended; `by` is empty for the site's own."""

    number: int
    began_at: int
    ended_at: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A policy judged clause by clause, as every page of proof shows it.

    `language` is that of the clauses' text; `gaps` are findings that belong to no clause, `others` promises
    that the product keeps although no clause asks for them.
    """

    title: str
    language: str
    edition: EditionFacts
    clauses: tuple[Clause, ...]
    counts: tuple[Count, ...]
    now_at: int
    gaps: tuple[Finding, ...] = ()
    others: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleProof:
    """`/console/proof`: everything, for the owner and the officer. `only` is the verdict that is shown alone.

    `under_way`: probes run just now. Posts nothing but the token to `run_href`, which is empty for who may not
    run, and while a run is under way.
    """

    template: ClassVar[str] = "console/proof.html"
    judged: Judged
    run: Run | None
    alerts: tuple[Alert, ...] = ()
    only: str = ""
    under_way: bool = False
    run_href: str = ""
    all_href: str = "/console/proof"


@dataclass(frozen=True, slots=True)
class PublicProof:
    """`/policy/proof`: verdicts and ages. Its promises bear no probes, so that nobody learns where to push."""

    template: ClassVar[str] = "proof.html"
    judged: Judged


@dataclass(frozen=True, slots=True)
class Report:
    """What `uphold prove --html` writes: one file that needs no other, with the site and the journal's key."""

    template: ClassVar[str] = "report.html"
    judged: Judged
    run: Run | None
    origin: str
    key: str
    version: str


View = ConsoleProof | PublicProof | Report
