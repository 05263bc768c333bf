# SPDX-License-Identifier: Apache-2.0
"""What the pages of alerts are made of: one look at alerts and at what binds, for one visit."""

from collections.abc import Iterator, Mapping
from itertools import islice

from sqlalchemy import Connection

from uphold import errors
from uphold.access import exercise, hold, lift, restraint, signal, staff
from uphold.access.lift import Step as Lift
from uphold.access.permission import Permission
from uphold.access.restraint import NOBODY, Restraint
from uphold.app import App
from uphold.detection import book
from uphold.detection.book import Book
from uphold.detection.counted import OfRule
from uphold.detection.rule import State
from uphold.detection.store import Alert, Verdict
from uphold.journal import entry
from uphold.vault import identifier
from uphold.web import alert_views, journal_desk, journal_words, pages
from uphold.web.alert_views import AlertRow, Behind, Bond, Judged, RuleRow, Step
from uphold.web.messages import N_
from uphold.web.staffed import Visit

ALERTS = "/console/alerts"
SHOWN = 25
"""How many of the events behind an alert are shown."""

# Rules over what is laid out for nobody to touch: where it lies is told on no page.
_HIDDEN = "canar"

NOTICED: Mapping[str, str] = {
    "web.sign-in": N_("A try to sign in"),
    "web.session": N_("A session was used from another place"),
    "web.refused": N_("A page was refused"),
    "web.missing": N_("Pages that there are not were asked for"),
    "web.probe": N_("What looks like an attack on a form or an address"),
    "web.forged": N_("A forged address of origin"),
    "web.token": N_("A token was shown"),
    "web.overflow": N_("More was noticed at the doors than could be kept"),
    "site.canary": N_("Something that is laid out for nobody was touched"),
    "site.clock": N_("The clock of the machine jumped"),
    "site.sweep-late": N_("The destruction of what is due is late"),
    "site.journal": N_("The journal is damaged"),
    "site.backup-read": N_("A backup was read"),
    "site.settings": N_("The settings were changed"),
    "site.rules": N_("Rules of detection are switched off or tried out"),
    "site.unusual": N_("More, or at other hours, than usual"),
}
"""What the doors and the site notice beside the journal, by kind of signal."""


def path(number: int) -> str:
    """The page of an alert."""
    return f"{ALERTS}/alert/{number}"


def title(known: Book, name: str, language: str) -> str:
    """Call a rule by its title, and one that there is no more by its name."""
    rule = next((one for one in known.rules.every if one.name == name), None)
    return (_said(rule.title, language) if rule else "") or name


def verdicts(found: Alert) -> tuple[str, ...]:
    """What an alert can be found to be: that of an exercise is one, unless it is wrong."""
    right = Verdict.DRILL if found.exercise else Verdict.TRUE
    return (str(right), str(Verdict.FALSE))


def rules(app: App, found: Mapping[str, OfRule], language: str) -> tuple[RuleRow, ...]:
    """Show every rule that raises alerts, the severest first."""
    known = book.of_site(app.settings)
    rows = (
        RuleRow(
            name=one.name,
            title=_said(one.title, language) or one.name,
            why=_said(one.why, language),
            severity=one.severity,
            state=str(known.states.get(one.name, State.ON)),
            responses=tuple(str(step) for step in one.respond),
            fired_at=found[one.name].last_at if one.name in found else 0,
            raised=found[one.name].raised if one.name in found else 0,
            false_alarms=found[one.name].false if one.name in found else 0,
            may_spoof=one.spoofable,
            asks=one.confirm,
        )
        for one in known.rules.alerting
    )
    return tuple(sorted(rows, key=lambda row: (-row.severity, row.title)))


class Look:
    """One look, for one visit."""

    def __init__(self, app: App, visit: Visit, connection: Connection) -> None:
        """Read who is who."""
        self._app, self._visit, self._connection = app, visit, connection
        self._language = visit.language
        self._say = pages.translations(self._language)
        self._people, self._marked = staff.names(connection), exercise.numbers(connection)
        self._asked = lift.asked(connection)
        self._book: Book = book.to_call(app.settings)

    def require(self, number: int) -> None:
        """Raise `errors.Missing` for what binds another kind of account than the one that looks: kept apart."""
        if not self._is_own(number):
            raise errors.Missing("There is nothing of this number.", "Look at the list.")

    def row(self, found: Alert) -> AlertRow:
        """Show one alert in the list."""
        rule = next((one for one in self._book.rules.every if one.name == found.rule), None)
        return AlertRow(
            href=path(found.number),
            number=found.number,
            title=(_said(rule.title, self._language) if rule else "") or found.rule,
            why=_said(rule.why, self._language) if rule else "",
            severity=found.severity,
            login=self._login(found.staff),
            raised_at=found.raised_at,
            steps=tuple(_step(one) for one in found.responses),
            verdict=found.verdict,
            is_dry=found.dry_run,
        )

    def alert(self, found: Alert, problem: str) -> alert_views.Alert:
        """Show one alert whole."""
        visit, ids = self._visit, self._app.ring.identifiers
        is_hidden = _HIDDEN in found.rule
        may_read = (
            visit.may(Permission.HISTORY_READ) and not is_hidden and self._is_own(found.staff)
        )
        may_judge = visit.may(Permission.ALERT_JUDGE) and found.staff != visit.session.actor.staff
        may_judge = may_judge and not visit.session.actor.exercise
        about = f"/console/journal/staff/{ids.encode(identifier.STAFF, found.staff)}"
        opens = visit.may(Permission.INCIDENT_WRITE)
        judged = Judged(found.verdict, self._login(found.seen_by), found.seen_at)
        return alert_views.Alert(
            row=self.row(found),
            first_at=found.first_at,
            last_at=found.last_at,
            count=found.count,
            events=() if is_hidden else tuple(self._behind(found)),
            bonds=tuple(
                self._bond(one) for one in restraint.of_alert(self._connection, found.number)
            ),
            back_href=f"{ALERTS}?of=exercises" if found.exercise else ALERTS,
            journal_href=about if may_read and found.staff in self._people else "",
            judge_href=f"{path(found.number)}/judge" if may_judge else "",
            incident_href=f"/console/incidents?alert={found.number}" if opens else "",
            verdicts=verdicts(found),
            judged=judged if found.verdict else None,
            is_hidden=is_hidden,
            is_exercise=bool(found.exercise),
            problem=problem,
        )

    def bonds(self) -> tuple[Bond, ...]:
        """Show what alerts have put in force and is so now."""
        now = self._visit.now
        found = [
            one for one in restraint.in_force(self._connection, now) if self._is_own(one.staff)
        ]
        stops = [one for one in hold.in_force(self._connection, now) if self._is_rules(one)]
        return (*(self._stop(one) for one in stops), *(self._bond(one) for one in found))

    def past(self, limit: int) -> tuple[Bond, ...]:
        """Show what alerts had put in force."""
        found = restraint.over(self._connection, self._visit.now, limit)
        return tuple(self._bond(one) for one in found if self._is_own(one.staff))

    def _is_own(self, number: int) -> bool:
        """Keep people and exercises apart: what is of nobody in particular is people's."""
        return (number in self._marked) is self._visit.session.actor.exercise

    def _is_rules(self, one: hold.Placed) -> bool:
        """Tell whether a rule has stopped this reading, and not a person."""
        held = one.hold
        by_rule = one.placed_by == hold.NOBODY and one.reason is hold.Reason.SUSPICION
        return by_rule and held.record is None and self._is_own(held.staff or NOBODY)

    def _bond(self, one: Restraint) -> Bond:
        over = one.lifted_at or one.until_at <= self._visit.now
        may = self._may_lift() and not over and one.staff != self._visit.session.actor.staff
        return Bond(
            what=str(one.what),
            login=self._login(one.staff),
            title=self._title(one.reason),
            placed_at=one.placed_at,
            until_at=one.until_at,
            lifted_at=one.lifted_at,
            lifted_by=self._login(one.lifted_by),
            lift_href=f"{ALERTS}/restraint/{one.number}/lift" if may else "",
            number=one.number,
        )

    def _stop(self, one: hold.Placed) -> Bond:
        asked = self._asked.get(one.number, 0)
        step = lift.judge(one, asked, self._visit.session.actor.staff, self._visit.now)
        may = self._may_lift() and step in {Lift.LIFTED, Lift.ASKED}
        return Bond(
            what="vault" if one.hold.stops_all else "reading",
            login=self._login(one.hold.staff or NOBODY),
            title="",
            placed_at=one.placed_at,
            until_at=one.hold.until_at,
            asked_by=self._login(asked),
            lift_href=f"{ALERTS}/hold/{one.number}/lift" if may else "",
            number=one.number,
        )

    def _may_lift(self) -> bool:
        actor = self._visit.session.actor
        return self._visit.may(Permission.RESTRAINT_LIFT) and not actor.exercise

    def _login(self, number: int) -> str:
        return self._people.get(number, "") if number else ""

    def _title(self, name: str) -> str:
        return title(self._book, name, self._language)

    def _behind(self, found: Alert) -> Iterator[Behind]:
        """Say what each of the latest events was, the newest first; no record is named."""
        known = journal_desk.glossary(self._app, self._language, self._people)
        for name in islice(reversed(found.events), SHOWN):
            service, number = name[:1], int(name[1:])
            if service == "j":
                raw = self._app.log.entry(self._connection, number)
                told = entry.decode(raw)
                text = journal_words.sentence(told.kind, told.codes, known)
                who = journal_words.person(told.codes, known)
                yield Behind(number, told.at_ms, f"{text} ({who})" if who else text)
                continue
            seen = signal.find(self._connection, number) if service == "s" else None
            if seen is not None:
                kind = str(seen.kind)
                yield Behind(0, seen.at, self._say.gettext(NOTICED.get(kind, kind)))


def _step(code: str) -> Step:
    step, _, done = code.partition(":")
    return Step(step, done or "applied")


def _said(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en", "")
