# SPDX-License-Identifier: Apache-2.0
"""From the room of incidents to its pages. What staff have written goes only to who may write of incidents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from uphold.access import exercise, permission, staff
from uphold.access.permission import Permission
from uphold.access.staff import State
from uphold.app import App
from uphold.detection import book
from uphold.detection.store import Alert
from uphold.incident import alarm, case as cases, clock, drafting, lesson, phrases, scope, stored
from uphold.incident.case import NATURES, TOLD, Case, Kind, Need, What, Whose
from uphold.incident.clock import Due
from uphold.incident.draft import Draft
from uphold.incident.drafting import Desk
from uphold.law import breach, profile
from uphold.law.breach import When
from uphold.policy.document import pick
from uphold.vault.unlock import KeyRing
from uphold.web import alert_pages, incident_intake, incident_views, pages
from uphold.web.incident_views import Again, Alerted, Clock, Fine, Incident, Incidents, Row, Said
from uphold.web.staffed import Visit
from uphold.web.views import Option, Problem

INCIDENTS = "/console/incidents"
REGISTER = ("csv", "json")
DRILLS = 5
"""So many alerts of exercises are offered."""


def address(number: int) -> str:
    """Return the address of an incident's page."""
    return f"/console/incident/{number}"


def own(visit: Visit) -> Whose:
    """Whose incidents somebody sees first: an exercise's accounts see theirs alone."""
    return Whose.PROBES if visit.session.actor.exercise else Whose.PEOPLES


def words_of(visit: Visit) -> KeyRing | None:
    """The keys that open what was written, for who may read it; None for who only looks."""
    return visit.app.ring if visit.may(Permission.INCIDENT_WRITE) else None


def is_barred(visit: Visit, connection: Connection, suspect: int) -> bool:
    """Whether an incident, or the alert that it is about, names whoever looks, and somebody else can handle it."""
    me = visit.session.actor.staff
    if suspect != me:
        return False
    handlers = (
        one.number
        for one in staff.accounts(connection)
        if one.state is State.ACTIVE and permission.holds(one.role, Permission.INCIDENT_WRITE)
    )
    return cases.barred(suspect, me, handlers)


def mine(visit: Visit, connection: Connection, ring: KeyRing | None, whose: Whose) -> list[Case]:
    """The incidents of a sort that somebody may see: none that names them."""
    found = stored.listed(connection, ring, whose=whose)
    return [one for one in found if not is_barred(visit, connection, one.suspect)]


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of an incident, for its page and its drafts."""

    app: App
    case: Case
    desk: Desk
    dues: tuple[Due, ...]
    names: Mapping[int, str]
    language: str
    now: int
    exercised: frozenset[int] = frozenset()
    """The accounts of runs of probes and of drills."""
    is_read: bool = True
    """Whether who looks may read what was written."""

    def draft(self, notice: str, language: str) -> Draft:
        """Draft a notice; `errors.Missing` for one that no law asks for."""
        return self.desk.draft(self.case, self.dues, notice, language, self.now)

    def lacks(self, notice: str, language: str) -> tuple[str, ...]:
        """What a draft lacks; what was written is there for those too who may not read it."""
        lines = tuple(
            replace(one, words="-") if one.what in TOLD and not self.is_read else one
            for one in self.case.lines
        )
        known = replace(self, case=replace(self.case, lines=lines))
        return tuple(one.name for one in known.draft(notice, language).items if one.lacks)


def gather(app: App, visit: Visit, connection: Connection, case: Case) -> Past:
    """Read what is known beside an incident's lines."""
    settings, every = app.settings, tuple(reversed(app.shelf.all()))
    known = drafting.desk(app.shelf.in_force(), every, settings.origin, settings.site.zone)
    dues, names = known.dues(case, visit.now), staff.names(connection)
    exercised, is_read = exercise.numbers(connection), words_of(visit) is not None
    language = visit.language
    return Past(app, case, known, dues, names, language, visit.now, exercised, is_read)


def listed(
    app: App, visit: Visit, connection: Connection, problem: str = "", alert: Alert | None = None
) -> Incidents:
    """List every incident, the alerts that have none, and the lessons whose day is over."""
    laws, zone = app.shelf.in_force().policy.laws, app.settings.site.zone
    found = mine(visit, connection, None, own(visit))
    drills = [] if own(visit) is Whose.PROBES else mine(visit, connection, None, Whose.DRILL)

    def rows(chosen: Iterable[Case]) -> tuple[Row, ...]:
        return tuple(_row(one, clock.dues(one, laws, visit.now, zone)) for one in chosen)

    say = pages.translations(visit.language).gettext
    problems = (Problem(say(incident_intake.PROBLEMS[problem]), problem),) if problem else ()
    return Incidents(
        rows=rows(found),
        drills=rows(drills),
        again=tuple(
            Again(one.number, address(one.number), str(each.kind), each.name, each.due)
            for one, each in lesson.overdue(found, visit.now)
        ),
        exports=tuple((kind.upper(), f"{INCIDENTS}/register/{kind}") for kind in REGISTER),
        open=_form(visit, alert, problems) if visit.may(Permission.INCIDENT_WRITE) else None,
        alerts=_alerts(visit, connection) if visit.may(Permission.INCIDENT_WRITE) else (),
    )


def _form(visit: Visit, alert: Alert | None, problems: tuple[Problem, ...]) -> incident_views.Open:
    entered = {"detected": incident_intake.shown(visit.now), **visit.posted}
    if alert is None:
        return incident_views.Open(INCIDENTS, entered, problems=problems)
    named = alert_pages.title(_rules(visit), alert.rule, visit.language)
    begun = alarm.opening(alert, by_exercise=visit.session.actor.exercise)
    return incident_views.Open(
        *(INCIDENTS, entered, alert.number, named),
        *(begun.detected_at, begun.occurred or (0, 0), problems),
    )


def _rules(visit: Visit) -> book.Book:
    return book.to_call(visit.app.settings)


def _alerts(visit: Visit, connection: Connection) -> tuple[Alerted, ...]:
    """The alerts without an incident; people see an exercise's too, to learn by them."""
    mine, rules, language = visit.session.actor.exercise, _rules(visit), visit.language
    found = alarm.waiting(connection, exercise=mine)
    drills = () if mine else alarm.waiting(connection, exercise=True)
    return tuple(
        Alerted(
            number=one.number,
            href=f"{INCIDENTS}?alert={one.number}",
            title=alert_pages.title(rules, one.rule, language),
            raised_at=one.raised_at,
            is_exercise=bool(one.exercise),
        )
        for one in (*found, *drills[:DRILLS])
        if not is_barred(visit, connection, one.staff)
    )


def one(past: Past, visit: Visit, problem: str = "") -> Incident:
    """Show one incident; `problem` is the name of a field that was wrong."""
    case, laws = past.case, past.desk.policy.laws
    say = pages.translations(past.language).gettext
    known = [breach.law(name) for name in laws]
    notices = [due.notice for due in past.dues]
    occurred = case.occurred or (0, 0)
    return Incident(
        number=case.number,
        href=address(case.number),
        whose=case.whose.name.lower(),
        is_closed=case.is_closed,
        may_write=visit.may(Permission.INCIDENT_WRITE),
        alert=case.alert,
        detected_at=case.detected_at,
        first_detected_at=int(case.all(What.DETECTED)[0].value),
        occurred=occurred,
        nature=_codes(case),
        breached=case.value(What.BREACHED),
        risk=case.value(What.RISK),
        thresholds=tuple(pick(one.threshold, past.language) for one in known),
        identifier=tuple(pick(one.identifier, past.language) for one in known),
        clocks=tuple(_clock(past, due) for due in past.dues),
        said=tuple(_said(past, what) for what in TOLD),
        scope=_scope(past),
        fines=_fines(past),
        lessons=tuple(
            incident_views.Lesson(
                *(str(each.kind), each.name, each.due, past.names.get(each.staff, "")), each.words
            )
            for each in case.lessons
        ),
        lines=tuple(_line(past, each) for each in reversed(case.lines)),
        bars=_bars(past),
        natures=NATURES,
        kinds=tuple(map(str, Kind)),
        counts=_counts(case),
        people=_accounts(past),
        suspect=str(case.suspect or ""),
        now=incident_intake.shown(past.now),
        since=incident_intake.shown(occurred[0]),
        until=incident_intake.shown(occurred[1] or past.now),
        detected=incident_intake.shown(case.detected_at),
        asks_risk=any(notice.when is not When.BREACHED for notice in notices),
        asks_breached=any(notice.when is When.BREACHED for notice in notices),
        entered=visit.posted,
        problems=(Problem(say(incident_intake.PROBLEMS[code_of(problem)]), problem),)
        if problem
        else (),
    )


def code_of(problem: str) -> str:
    """The message's code of a field: the notice that it is of makes no difference."""
    last = problem.rpartition("-")[2]
    return problem if problem in incident_intake.PROBLEMS else last


def _row(case: Case, dues: tuple[Due, ...]) -> Row:
    first, total = clock.watched(dues), scope.total(case)
    return Row(
        number=case.number,
        href=address(case.number),
        nature=_codes(case),
        detected_at=case.detected_at,
        is_closed=case.is_closed,
        stand=str(first.stand) if first and not case.is_closed else "",
        due_at=first.due if first and not case.is_closed else 0,
        is_known=total.is_known,
        subjects=total.subjects,
        identifiers=total.identifiers,
        alert=case.alert,
        lessons=len(case.lessons),
    )


def _codes(case: Case) -> tuple[str, ...]:
    value = case.value(What.NATURE)
    return tuple(value.split("+")) if value else ()


def _clock(past: Past, due: Due) -> Clock:
    notice, case, language = due.notice, past.case, past.language
    below = f"{address(case.number)}/{notice.id}"
    labels = [
        (f"{kind.upper()}, {of}", f"{below}/{of}/{kind}")
        for of in phrases.LANGUAGES
        for kind in ("pdf", "txt")
    ]
    given, withheld = case.given(notice.id), case.withheld(notice.id)
    drafted = language if language in phrases.LANGUAGES else phrases.LANGUAGES[0]
    is_needed = due.need is not Need.NOT_NEEDED and due.stand not in clock.ENDED
    return Clock(
        id=notice.id,
        title=pick(notice.title, language),
        by=pick(profile.profile(notice.profile).title, language),
        when=str(notice.when),
        need=str(due.need),
        stand=str(due.stand),
        is_at_once=not notice.rule,
        is_open=is_needed and not case.is_closed,
        due_at=due.due,
        given_at=due.given_at,
        missing=past.lacks(notice.id, drafted),
        drafts=tuple(labels),
        reason=withheld.words if withheld else "",
        reference=given.reference if given else "",
    )


def _said(past: Past, what: What) -> Said:
    every, last = past.case.all(what), past.case.last(what)
    return Said(
        what=str(what),
        texts=past.case.words(what),
        value=last.value if last else "",
        at=last.at if last else 0,
        person=past.names.get(last.staff, "") if last else "",
        count=len(every),
    )


def _scope(past: Past) -> incident_views.Scope | None:
    total, line = scope.total(past.case), past.case.last(What.SCOPE)
    if not total.is_known:
        return None
    counted, added = total.counted, total.added or (0, 0)
    names = counted.categories if counted else ()
    why = past.case.words(What.ESTIMATE)
    return incident_views.Scope(
        is_counted=counted is not None,
        subjects=total.subjects,
        identifiers=total.identifiers,
        records=counted.records if counted else 0,
        emails=counted.emails if counted else 0,
        phones=counted.phones if counted else 0,
        nameless=counted.nameless if counted else 0,
        gone=counted.gone if counted else 0,
        opened=counted.opened if counted else 0,
        disclosed=counted.disclosed if counted else 0,
        exports=counted.exports if counted else 0,
        since=counted.since if counted else 0,
        until=counted.until if counted else 0,
        of=counted.of if counted else (),
        person=past.names.get(counted.staff, "") if counted else "",
        categories=tuple(
            pick(past.desk.categories[one], past.language)
            for one in names
            if one in past.desk.categories
        ),
        special=bool(counted and (counted.special or counted.biometric)),
        added_subjects=added[0],
        added_identifiers=added[1],
        added_why=" ".join(why) if line or why else "",
    )


def _fines(past: Past) -> tuple[Fine, ...]:
    leak = scope.total(past.case).leak(late=clock.is_late(past.dues))
    day = clock.moment_day(past.case.detected_at, past.app.settings.site.zone)
    return tuple(
        Fine(
            pick(one.title, past.language),
            pick(one.amount, past.language),
            phrases.place(one.source, past.language),
            one.mark == profile.MARKS[-1],
        )
        for one in breach.fines(past.desk.policy.laws, leak, day)
    )


def _accounts(past: Past) -> tuple[Option, ...]:
    """Whose reading can be counted: people's accounts, or those of exercises; never both in one list."""
    is_drill = past.case.whose is not Whose.PEOPLES
    return tuple(
        Option(str(number), name)
        for number, name in sorted(past.names.items())
        if (number in past.exercised) is is_drill
    )


def _line(past: Past, one: cases.Line) -> incident_views.Line:
    return incident_views.Line(
        at=one.at,
        what=str(one.what),
        value=_value(past, one),
        person=past.names.get(one.staff, ""),
        index=one.entry,
        words=one.words,
    )


def _value(past: Past, one: cases.Line) -> str:
    """A line's value as it is read: moments in UTC, counts short, codes as they are."""
    zone = past.app.settings.site.zone
    if one.what in {What.DETECTED, What.OCCURRED}:
        moments = [int(each) for each in one.value.split("+") if each]
        return " – ".join(dict.fromkeys(phrases.moment(at, past.language, zone) for at in moments))
    if one.what is What.NATURE:
        return phrases.nature(one.value, past.language)
    if one.what is What.SCOPE:
        counted = scope.of(one.value)
        return f"{counted.subjects} / {counted.identifiers}"
    if one.what is What.RULE:
        rules = book.to_call(past.app.settings)
        return alert_pages.title(rules, one.value, past.language)
    if one.what is What.RESPONDED:
        done = (phrases.RESPONSES.get(each, {}) for each in one.value.split("+"))
        return ", ".join(pick(each, past.language) for each in done if each)
    if one.what in {What.GIVEN, What.WITHHELD}:
        # Beside a notice that was given stand its moments and the digest of its draft.
        notice = one.value.partition("+")[0]
        return next(
            (pick(d.notice.title, past.language) for d in past.dues if d.notice.id == notice),
            notice,
        )
    if one.what is What.LESSON:
        learnt = cases.Lesson.of(one)
        return f"{learnt.name}, {phrases.moment(learnt.due, past.language, zone)}"
    return one.value.replace("+", " / ")


def _bars(past: Past) -> tuple[str, ...]:
    """What keeps it from being closed: codes, or the titles of notices."""
    titles = {due.notice.id: pick(due.notice.title, past.language) for due in past.dues}
    found = cases.bars(past.case, [due.notice for due in past.dues])
    return tuple(titles.get(one, one) for one in found)


def _counts(case: Case) -> tuple[str, ...]:
    """What the form offers to count: the record only where an alert names one."""
    return tuple(str(one) for one in scope.Of if one is not scope.Of.RECORD or case.record)
