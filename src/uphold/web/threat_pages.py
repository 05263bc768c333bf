# SPDX-License-Identifier: Apache-2.0
"""From a site as it was judged to the page of threats: what needs a decision first, under what would close it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import Connection

from uphold.access import staff
from uphold.app import App
from uphold.assurance import threatened
from uphold.detection import book
from uphold.journal import entry
from uphold.policy.document import Edition, Text, pick
from uphold.threats import acceptance, attestation, diagram, draw, measure, rule, stored, words
from uphold.threats.acceptance import Acceptance
from uphold.threats.attestation import Attested
from uphold.threats.element import SITE, ZONES, Element, Model
from uphold.threats.judge import Against, Finding, Held, State
from uphold.threats.report import ORDER, Report
from uphold.threats.stored import Standing, Told
from uphold.web import threat_views as views

THREATS: Final = "/console/threats"
ACCEPT: Final = f"{THREATS}/accept"
ATTEST: Final = f"{THREATS}/attest"
PROOF: Final = "/console/proof"
FILES: Final = {"json": "JSON", "md": "Markdown"}
MOST: Final = 10
"""So many findings are shown at first; a page of a hundred decides nothing."""
_CHANGES: Final = 10
_GOOD: Final = (Held.KEPT, Held.NOT_APPLICABLE)
_UNTRIED: Final = (Held.NOT_SHOWN, Held.STALE, Held.OUTDATED)


@dataclass(frozen=True, slots=True)
class May:
    """What the reader of the page may do there."""

    accept: bool
    attest: bool


def report(app: App, connection: Connection, now: int, changes: int = 10_000) -> Report:
    """Judge the site as it is at `now` (unix ms), with what people answer for; `changes` are the newest so many."""
    site = app.modelled()
    judged = threatened.judge(connection, site, app.log.verifier, now)
    accepted = acceptance.newest(connection)
    return Report(
        at=now,
        model=judged.model,
        findings=acceptance.applied(accepted, judged.findings, now),
        changes=stored.changes(connection, most=changes),
        edition=site.edition,
    )


def page(app: App, language: str, now: int, may: May, only: str = "") -> views.Threats:
    """Make the page; `only` leaves the findings of one state, all of them."""
    with app.database.read() as connection:
        found = report(app, connection, now, _CHANGES)
        said = _Said(
            found,
            language,
            accepted=acceptance.newest(connection),
            standing=stored.findings(connection),
            logins=staff.names(connection),
            causes=_causes(app, connection, found.changes),
            attested=attestation.newest(connection),
            may=may,
        )
    return said.page(only if only in set(ORDER) else "")


def _causes(app: App, connection: Connection, changes: Iterable[Told]) -> Mapping[int, str]:
    """Return the kinds of the entries that caused changes, by their index."""
    wanted = {one.cause for one in changes if one.cause >= 0}
    return {index: entry.decode(app.log.entry(connection, index)).kind for index in sorted(wanted)}


@dataclass(frozen=True, slots=True)
class _Said:
    """A report in one language."""

    found: Report
    language: str
    accepted: Mapping[str, Acceptance]
    standing: Mapping[str, Standing]
    logins: Mapping[int, str]
    causes: Mapping[int, str]
    attested: Mapping[str, Attested]
    may: May

    def page(self, only: str) -> views.Threats:
        model = self.found.model
        wanted = [one for one in self.found.sorted() if one.state == (only or State.OPEN)]
        shown = wanted if only else wanted[:MOST]
        site = model.element(SITE)
        level = None if site is None else site.value("level")
        today = datetime.fromtimestamp(self.found.at / 1000, UTC).date()
        longest = timedelta(milliseconds=acceptance.LONGEST_MS)
        return views.Threats(
            counts=self.counts(),
            only=only,
            only_said=self.say("states", only) if only else "",
            groups=self.groups(shown),
            hidden=len(wanted) - len(shown),
            all_href=f"{THREATS}?only={State.OPEN}",
            here_href=THREATS,
            untried=sum(
                one.state is State.OPEN and _is_untried(one) for one in self.found.findings
            ),
            proof_href=PROOF,
            soonest=(today + timedelta(days=1)).isoformat(),
            latest=(today + longest - timedelta(days=1)).isoformat(),
            duties=tuple(map(self.duty, attestation.duties())),
            drawing=drawing(model, self.found.edition, self.language),
            changes=tuple(map(self.change, self.found.changes)),
            unknown=self.unknown(model),
            level=level if isinstance(level, int) else 0,
            elements=len(model.elements),
            digest=model.digest,
            files=tuple((said, f"{THREATS}/file/{code}") for code, said in FILES.items()),
        )

    def say(self, topic: str, code: str) -> str:
        return words.say(topic, code, self.language)

    def name(self, id_: str) -> str:
        kind, _, code = id_.partition(":")
        shipped = _rules().get(code) if kind == "rule" else None
        if shipped is not None:
            return pick(shipped, self.language)
        return words.title(id_, self.found.edition, self.language)

    def counts(self) -> tuple[views.Count, ...]:
        counted, severities = self.found.counts(), range(rule.WORST, 0, -1)
        return tuple(
            views.Count(
                state=state,
                said=self.say("states", state),
                severities=tuple(
                    (self.say("severity", str(n)), counted.get((state, n), 0)) for n in severities
                ),
                total=sum(counted.get((state, n), 0) for n in severities),
                href=f"{THREATS}?only={state}",
            )
            for state in ORDER
        )

    def groups(self, shown: Sequence[Finding]) -> tuple[views.Group, ...]:
        """Put each finding under the measure that most of them wait for; the worst group first."""
        waits = Counter(one.id for finding in shown for one in _missing(finding))
        by_measure: dict[str, list[Finding]] = {}
        for finding in shown:
            missing = sorted(_missing(finding), key=lambda one: (-waits[one.id], one.id))
            by_measure.setdefault(missing[0].id if missing else "", []).append(finding)
        found = []
        for id_, findings in by_measure.items():
            against = next((one for one in findings[0].measures if one.id == id_), None)
            known = measure.catalogue().get(id_)
            found.append(
                views.Group(
                    measure=None if against is None else self.against(against),
                    does="" if known is None else pick(known.does, self.language),
                    findings=tuple(map(self.finding, findings)),
                    duty="" if known is None else known.duty,
                    attest_href=ATTEST if known and known.duty and self.may.attest else "",
                )
            )
        return tuple(sorted(found, key=lambda one: (-one.findings[0].level, -len(one.findings))))

    def against(self, one: Against) -> views.Against:
        known = measure.catalogue().get(one.id)
        title = one.id if known is None else pick(known.title, self.language)
        return views.Against(title, one.status, self.say("held", one.status), one.expires)

    def finding(self, one: Finding) -> views.Finding:
        known = rule.catalogue()[one.rule]
        element = self.found.model.element(one.element) or Element(one.element, "", "", {})
        stands, given = self.standing.get(one.uid), self.accepted.get(one.uid)
        is_given = one.state is State.ACCEPTED and given is not None
        return views.Finding(
            uid=one.uid,
            title=pick(known.title, self.language),
            why=rule.say(self.why(known.why, element), element),
            element=self.name(one.element),
            element_id=one.element,
            level=one.severity,
            severity=self.say("severity", str(one.severity)),
            state=one.state,
            said=self.say("state", one.state),
            consequence=self.say("consequence", known.consequence),
            because=one.because,
            measures=tuple(map(self.against, one.measures)),
            since=0 if stands is None or stands.state != one.state else stands.since,
            accepted_by=self.who(given) if is_given and given is not None else "",
            until=given.until if is_given and given is not None else 0,
            words=given.why if is_given and given is not None else "",
            # What the register has not seen yet, nobody can answer for.
            accept_href=ACCEPT if self.may.accept and stands and one.state is State.OPEN else "",
        )

    def why(self, told: Text, element: Element) -> str:
        """Say what may happen, with the element's name in the place of its id."""
        name = self.name(element.id)
        quoted = f"«{name}»" if self.language == "ru" else f"“{name}”"
        return pick(told, self.language).replace("{id}", quoted)

    def who(self, given: Acceptance) -> str:
        return self.logins.get(given.staff, str(given.staff))

    def duty(self, name: str) -> views.Duty:
        known = next(one for one in measure.catalogue().values() if one.duty == name)
        last = self.attested.get(name)
        made = views.Duty(
            duty=name,
            title=pick(known.title, self.language),
            does=pick(known.does, self.language),
            state="never",
            attest_href=ATTEST if self.may.attest else "",
        )
        if last is None:
            return made
        by = self.logins.get(last.staff, str(last.staff))
        state = "attested" if self.found.at < last.until else "overdue"
        return replace(made, state=state, at=last.at, by=by, until=last.until)

    def change(self, one: Told) -> views.Change:
        known = rule.catalogue().get(one.rule)
        return views.Change(
            at=one.at,
            kind=self.say("change", one.kind),
            title=one.rule if known is None else pick(known.title, self.language),
            element=self.name(one.element),
            because=one.because,
            cause=one.cause,
            what=self.causes.get(one.cause, ""),
        )

    def unknown(self, model: Model) -> tuple[views.Unknown, ...]:
        found: dict[str, list[str]] = {}
        for one, fact in model.unknown():
            found.setdefault(one.id, []).append(fact)
        return tuple(
            views.Unknown(self.name(id_), id_, tuple(facts)) for id_, facts in found.items()
        )


@cache
def _rules() -> Mapping[str, Text]:
    """The titles of the rules of detection that are shipped, by their names."""
    return {one.name: one.title for one in book.pack().every}


def drawing(model: Model, edition: Edition | None, language: str) -> views.Drawing:
    """Draw the flows of a model, and say the same in rows."""
    shown = diagram.of(model)
    names = {
        box.id: words.title(box.id, edition, language)
        if box.count == 1
        else words.say("several", box.kind, language).format(count=box.count)
        for box in shown.boxes
    }
    zones = {zone: words.say("zone", zone, language) for zone in ZONES}
    told = draw.Words(
        names,
        zones,
        words.say("paper", "flows", language),
        words.say("paper", "flows-told", language),
    )
    return views.Drawing(
        drawn=draw.draw(shown, told),
        flows=tuple(
            views.Flow(
                number=way.number,
                from_name=names[way.from_id],
                to_name=names[way.to_id],
                whats=tuple(words.title(flow, edition, language) for flow in way.flows),
                personal=way.personal,
                bare=way.bare,
            )
            for way in shown.ways
        ),
    )


def _missing(one: Finding) -> list[Against]:
    return [each for each in one.measures if each.status not in _GOOD]


def _is_untried(one: Finding) -> bool:
    missing = _missing(one)
    return bool(missing) and all(each.status in _UNTRIED for each in missing)
