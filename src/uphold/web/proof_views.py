# SPDX-License-Identifier: Apache-2.0
"""From the report on proof to its pages: the console's, the public one, and the file of `uphold prove --html`."""

import gettext
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from uphold.access import staff
from uphold.app import App
from uphold.assurance import alert, exercise, proof, runs
from uphold.assurance.alert import Alert
from uphold.assurance.probe import Said
from uphold.assurance.report import (
    ClauseLine,
    DutyLine,
    FindingLine,
    ProbeLine,
    PromiseLine,
    Report,
)
from uphold.policy import page, promise, term
from uphold.policy.document import Edition, pick
from uphold.policy.page import ClauseView
from uphold.web import documents, pages, policy_views, verdicts, views

PROOF: Final = "/console/proof"
ATTEST: Final = f"{PROOF}/attest"
RUN: Final = f"{PROOF}/run"
# Alerts that were seen are shown a while longer, so that one sees who has seen them.
_SEEN_SHOWN: Final = 5
# The public page is read from what is stored, once in so many seconds however many ask.
RECENT_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class May:
    """What the reader of a console page may do there."""

    run: bool
    attest: bool
    see: bool


def report(app: App) -> Report:
    """Judge the site by what is stored, now; `errors.Missing` before a policy is in force."""
    now = time.time_ns() // 1_000_000
    with app.database.read() as connection:
        return proof.report(connection, app.ground(), now)


class Recent:
    """A report that is at most some seconds old, for pages that anybody may ask for."""

    def __init__(self, app: App) -> None:
        """Judge nothing yet."""
        self._app = app
        self._last: Report | None = None

    def report(self) -> Report:
        """Return the report, made anew when it is old or another edition is in force."""
        last, now = self._last, time.time_ns() // 1_000_000
        number = self._app.shelf.in_force().number
        if last is None or last.edition != number or not 0 <= now - last.at < RECENT_MS:
            last = self._last = report(self._app)
        return last


def console(app: App, language: str, may: May, only: str = "") -> verdicts.ConsoleProof:
    """Show everything to the owner and the officer; `only` leaves the clauses of one verdict."""
    found = report(app)
    edition = app.shelf.edition(found.edition)
    judged = _Judged(found, edition, language, attests=may.attest, links=True).judged()
    known = {count.verdict for count in judged.counts}
    only = only if only in known else ""
    if only:
        clauses = tuple(clause for clause in judged.clauses if clause.verdict == only)
        judged = replace(judged, clauses=clauses)
    with app.database.read() as connection:
        last = runs.last(connection)
        told = [*alert.standing(connection)]
        told += [one for one in alert.latest(connection) if one.seen_at][:_SEEN_SHOWN]
        names = staff.names(connection)
    under_way = exercise.is_under_way(app.settings)
    return verdicts.ConsoleProof(
        judged=judged,
        run=verdicts.Run(last.number, last.began_at, last.ended_at, last.by) if last else None,
        alerts=tuple(_alert(one, edition, language, names, sees=may.see) for one in told),
        only=only,
        under_way=under_way,
        run_href=RUN if may.run and not under_way else "",
    )


def public(found: Report, edition: Edition, language: str) -> verdicts.PublicProof:
    """Show what may be known to anybody: of each clause its verdict, its age and what keeps it.

    Not which of its promises failed, nor how that was seen: it would tell an attacker where to push. Nor what
    the text gets wrong: that is for the operator to mend.
    """
    judged = _Judged(found, edition, language, attests=False, links=False).judged()
    clauses = tuple(
        replace(
            clause,
            why="",
            findings=(),
            promises=tuple(replace(one, verdict="", why="", probes=()) for one in clause.promises),
            duty=replace(clause.duty, attested_by="") if clause.duty else None,
        )
        for clause in judged.clauses
    )
    return verdicts.PublicProof(replace(judged, clauses=clauses, gaps=(), others=()))


def html(app: App, found: Report) -> bytes:
    """Render a report as one file of HTML that needs no other, in the policy's first language."""
    edition = app.shelf.edition(found.edition)
    first = edition.policy.language
    language = first if first in pages.LANGUAGES else next(iter(pages.LANGUAGES))
    judged = _Judged(found, edition, language, attests=False, links=False).judged()
    with app.database.read() as connection:
        last = runs.last(connection)
    run = verdicts.Run(last.number, last.began_at, last.ended_at, last.by) if last else None
    frame = views.Frame(
        language=language,
        site=edition.policy.domain,
        operator=pick(edition.policy.operator.name, language, first),
    )
    view = verdicts.Report(judged, run, app.log.origin, app.log.vkey, found.uphold)
    return pages.render(view, frame)


class _Judged:
    """One report in one language."""

    def __init__(
        self, found: Report, edition: Edition, language: str, *, attests: bool, links: bool
    ) -> None:
        self.found, self.edition, self.language = found, edition, language
        self.attests, self.links = attests, links
        self.catalogue: gettext.NullTranslations = pages.translations(language)
        self.promises = {name: self.promise(line) for name, line in found.promises.items()}

    def judged(self) -> verdicts.Judged:
        shown = page.view(self.edition, self.language)
        lines = {line.id: line for line in self.found.clauses}
        asked = {name for line in self.found.clauses for name in line.promises}
        return verdicts.Judged(
            title=shown.title,
            language=shown.language,
            edition=documents.facts(self.edition, self.edition),
            clauses=tuple(
                self.clause(one, lines[one.anchor]) for one in shown.clauses if one.anchor in lines
            ),
            counts=tuple(
                verdicts.Count(code, count, f"{PROOF}?only={code}" if self.links else "")
                for code, count in self.found.counts.items()
            ),
            now_at=self.found.at,
            gaps=self.findings(self.found.gaps),
            others=tuple(one for name, one in self.promises.items() if name not in asked),
        )

    def clause(self, shown: ClauseView, line: ClauseLine) -> verdicts.Clause:
        return verdicts.Clause(
            anchor=shown.anchor,
            number=shown.number,
            paragraphs=policy_views.safe(shown.paragraphs),
            verdict=line.verdict,
            why=line.why,
            at=line.at,
            heading=line.is_heading,
            depth=shown.depth,
            promises=tuple(self.promises[name] for name in line.promises if name in self.promises),
            duty=self.duty(line.duty) if line.duty else None,
            findings=self.findings(line.findings),
        )

    def promise(self, line: PromiseLine) -> verdicts.Promise:
        return verdicts.Promise(
            id=line.id,
            title=pick(line.title, self.language) or line.id,
            meaning=pick(line.meaning, self.language),
            verdict=line.verdict,
            why=line.why,
            law=line.law,
            probes=tuple(self.probe(one) for one in line.probes),
        )

    def probe(self, line: ProbeLine) -> verdicts.Probe:
        there = self.links and line.entry >= 0
        return verdicts.Probe(
            id=line.id,
            kind=line.kind,
            does=self.catalogue.gettext(line.does),
            status=line.verdict,
            why=line.why,
            saw=tuple(self.said(one) for one in line.saw),
            at=line.at,
            expires=line.expires_at,
            note_href=f"{PROOF}/evidence/{line.run}/{line.id}" if there else "",
        )

    def said(self, one: Said) -> str:
        """One sentence of evidence in the reader's language."""
        return str(replace(one, text=self.catalogue.gettext(one.text)))

    def duty(self, line: DutyLine) -> verdicts.Duty:
        state = "overdue" if line.is_overdue else "attested"
        return verdicts.Duty(
            who=pick(line.who, self.language),
            what=pick(line.what, self.language),
            every=term.words(line.every, self.language),
            state=state if line.attested_at else "never",
            attested_at=line.attested_at,
            attested_by=line.attested_by,
            until=line.until,
            attest_href=ATTEST if self.attests else "",
        )

    def findings(self, lines: Iterable[FindingLine]) -> tuple[verdicts.Finding, ...]:
        return tuple(
            verdicts.Finding(
                kind=one.kind,
                title=pick(one.title, self.language),
                why=pick(one.why, self.language),
                way_out=pick(one.way_out, self.language),
                source=one.source,
                clause=one.clause,
                quote=one.quote,
            )
            for one in lines
        )


def _alert(
    one: Alert, edition: Edition, language: str, names: Mapping[int, str], *, sees: bool
) -> verdicts.Alert:
    known = promise.catalogue().get(one.promise)
    return verdicts.Alert(
        promise=one.promise,
        title=pick(known.title, language) if known else one.promise,
        raised_at=one.raised_at,
        seen_href=f"{PROOF}/alert/{one.number}" if sees and not one.seen_at else "",
        seen_at=one.seen_at,
        seen_by=names.get(one.seen_by, ""),
        clauses=tuple(
            clause
            for clause, bound in edition.policy.bindings.items()
            if one.promise in bound.promises
        ),
    )
