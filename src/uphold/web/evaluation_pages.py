# SPDX-License-Identifier: Apache-2.0
"""From evidence, threats, alerts and statements to the pages on evaluation. Nothing is opened here; nobody is named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from uphold import typeset
from uphold.access import permission, staff
from uphold.access.permission import Permission
from uphold.assurance import assessed, evaluated, headline, modelled, statement, written
from uphold.assurance.evaluated import Looked
from uphold.assurance.statement import Kind, Statement
from uphold.law import harm, protection
from uphold.policy import term
from uphold.policy.document import pick
from uphold.threats import measure
from uphold.web import pages, proof_views
from uphold.web.evaluation_views import (
    Demand,
    Evaluation,
    Figures,
    Ground,
    Harm,
    Kind as KindView,
    Level,
    OrderRow,
    Paper,
    Signed,
)
from uphold.web.messages import N_
from uphold.web.staffed import Visit
from uphold.web.views import Problem

EVALUATION: Final = f"{proof_views.PROOF}/evaluation"
HARM: Final = f"{EVALUATION}/harm"
THREATS: Final = "/console/threats"
_MISSING: Final = N_("Answer yes or no: %(what)s")


def page(visit: Visit, language: str) -> Evaluation:
    """Show how things stand at this moment."""
    app = visit.app
    with app.database.read() as connection:
        looked = evaluated.look(connection, app.modelled(), app.log.verifier, visit.now)
        return _Page(visit, language, connection, looked).page()


def harm_page(visit: Visit, language: str, posted: Mapping[str, str] | None = None) -> Harm:
    """Ask for each ground; `posted` are answers of which some are missing."""
    app = visit.app
    with app.database.read() as connection:
        proposed = assessed.propose(modelled.derive(connection, app.modelled(), visit.now))
    said = pages.translations(language).gettext(_MISSING)
    entered = dict(posted or {})
    missing = [
        one
        for one in harm.grounds()
        if posted is not None and entered.get(one.id) not in (assessed.YES, assessed.NO)
    ]
    return Harm(
        grounds=tuple(_ground(one, proposed, language) for one in harm.grounds()),
        entered={one.id: entered[one.id] for one in harm.grounds() if one.id in entered},
        problems=tuple(
            Problem(said % {"what": pick(one.what, language)}, one.id) for one in missing
        ),
        action_href=HARM,
        back_href=EVALUATION,
    )


def _ground(one: harm.Ground, proposed: Mapping[str, assessed.Proposal], language: str) -> Ground:
    found = proposed.get(one.id)
    said = "" if found is None else assessed.YES if found.applies else assessed.NO
    because = () if found is None else found.because
    return Ground(one.id, str(one.degree), pick(one.what, language), said, because)


@dataclass(frozen=True, slots=True)
class _Page:
    visit: Visit
    language: str
    connection: Connection
    looked: Looked

    def page(self) -> Evaluation:
        return Evaluation(
            figures=self.figures(),
            threats_href=THREATS,
            level=self.level(),
            order=tuple(self.order()),
            kinds=tuple(self.kind(kind) for kind in Kind),
            proof_href=proof_views.PROOF,
        )

    def figures(self) -> Figures:
        found = headline.of(self.connection, self.looked, self.visit.now)
        return Figures(
            measures=found.measures,
            fresh=found.fresh,
            caught=found.caught,
            sabotages=found.sabotages,
            noticed=found.noticed,
            rules=found.rules,
            lag=found.lag,
            lag_most=found.lag_most,
            alerts=found.alerts,
            judged=found.judged,
            false=found.false,
            days=headline.DAYS,
            per_day=found.per_day,
            threats=found.threats,
        )

    def level(self) -> Level:
        settings, found = self.visit.app.settings.threats, self.looked
        number = found.seen.level
        return Level(
            number=number,
            category=found.category,
            threat_type=found.seen.threat_type,
            people=found.people,
            warn=settings.subjects_warn,
            threshold=protection.threshold(),
            demands=tuple(
                Demand(pick(one.title, self.language), one.source, one.mark)
                for one in protection.demands(number or 4)
            ),
        )

    def order(self) -> Iterable[OrderRow]:
        known = measure.catalogue()
        for line in self.looked.seen.order21:
            by = tuple(
                (pick(known[name].title, self.language), str(status)) for name, status in line.by
            )
            yield OrderRow(
                line.demanded.id,
                pick(line.demanded.group, self.language),
                pick(line.demanded.title, self.language),
                by,
                str(line.status or ""),
            )

    def kind(self, kind: Kind) -> KindView:
        edition = self.visit.app.shelf.in_force()
        due = statement.due_at(self.connection, kind, edition)
        standing = "never" if not due else "overdue" if due <= self.visit.now else "signed"
        newest = statement.newest(self.connection, kind)
        may = self._may(Permission.DUTY_ATTEST)
        make = HARM if kind is Kind.HARM else f"{EVALUATION}/make/{kind}"
        return KindView(
            code=str(kind),
            standing=standing,
            due_at=due,
            term=term.words(statement.term(edition, kind), self.language),
            clauses=statement.clauses(edition, kind),
            newest=self.paper(newest) if newest else None,
            changed=self.changed(newest),
            make_href=make if may else "",
        )

    def changed(self, newest: Statement | None) -> tuple[str, ...]:
        if newest is None or newest.kind is not Kind.HARM:
            return ()
        return assessed.outdated(newest.told, assessed.propose(self.looked.model))

    def paper(self, made: Statement) -> Paper:
        names = staff.names(self.connection)
        mine = self.visit.session.actor.staff
        has_signed = mine in {one.staff for one in made.signatures}
        may = self._may(Permission.STATEMENT_SIGN) and not has_signed
        at = f"{EVALUATION}/{made.number}"
        return Paper(
            number=made.number,
            made_at=made.at,
            signatures=tuple(Signed(names.get(one.staff, ""), one.at) for one in made.signatures),
            papers=tuple(
                (code, f"{at}/{code}/pdf" if typeset.is_there() else "", f"{at}/{code}/json")
                for code in written.LANGUAGES
            ),
            sign_href=f"{at}/sign" if may else "",
        )

    def _may(self, wanted: Permission) -> bool:
        actor = self.visit.session.actor
        return permission.may(actor, wanted) and permission.within(actor, wanted)
