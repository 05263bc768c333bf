# SPDX-License-Identifier: Apache-2.0
"""From the store of requests to the desk's pages. Nothing is opened here: who asks is a number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from uphold.access import staff
from uphold.access.permission import Permission
from uphold.app import App
from uphold.law import clock, profile
from uphold.law.clock import Clock
from uphold.mail import letter, outbox
from uphold.policy.document import pick
from uphold.retention import orders
from uphold.rights import machine, request
from uphold.rights.machine import Kind, Step
from uphold.rights.stored import PROVEN, Channel, Identity, Moved, Representative, Stored
from uphold.submission import record
from uphold.submission.record import Facts
from uphold.vault import identifier, remains
from uphold.web import desk_views, pages, present, request_views, views
from uphold.web.messages import N_
from uphold.web.request_views import About, ClockLine, Entered, RequestRow
from uphold.web.staffed import Visit

REQUESTS = "/console/requests"
ENTER = f"{REQUESTS}/enter"
# Those that have ended are shown so far back.
ENDED_SHOWN = 100
# What is done on a button; fulfilment has a form of its own, and nobody but the intake joins.
BUTTONS = (Step.ASK_IDENTITY, Step.VERIFY, Step.TAKE, Step.EXTEND, Step.REFUSE, Step.RETRACT)
_INPUTS = {"email": "email", "phone": "tel", "date": "date", "long-text": "textarea"}
# By the way that they come in on, what staff may enter.
BY_HAND = (Channel.PAPER, Channel.PHONE, Channel.MAIL)
# A link that was sent to an address is seen by the software alone.
SEEN = tuple(one for one in Identity if one in PROVEN - {Identity.CONTACT})

PROBLEMS: Mapping[str, str] = {
    "kind": N_("Choose what is asked"),
    "channel": N_("Choose how it came"),
    "received": N_("Enter the day it came: today or a day of the last year"),
    "receipts": N_("A receipt number is wrong, or its data are gone"),
    "receipts-differ": N_("These submissions are of different people; enter a request for each"),
    "contact": N_("Enter an e-mail address or a telephone number"),
    "contact-other": N_("A submission with this receipt number does not name this address"),
    "who": N_("Enter a receipt number, or the address that the person gave"),
    "identity": N_("Say how it was checked who asks"),
    "representative": N_("Choose who asks"),
    "ground": N_("Choose the ground of the refusal"),
    "profile": N_("Choose the law whose term is extended"),
    "told": N_("First send the person the reasoned notice, then tick the box"),
    "nothing": N_("Enter at least one new value"),
}
"""What is wrong with what was entered at the desk."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the tables say of a request."""

    stored: Stored
    history: tuple[Moved, ...]
    names: Mapping[int, str]
    facts: Mapping[int, Facts]
    live: Mapping[int, bool]
    barred: frozenset[int]
    letters: tuple[outbox.Item, ...] = ()


def gather(connection: Connection, stored: Stored, now: int) -> Past:
    """Read what is known of a request without opening anything."""
    standing = orders.in_force(connection, now)
    held = {number: remains.live(connection, number) for number in stored.records}
    return Past(
        stored=stored,
        history=request.history(connection, stored.number),
        names=staff.names(connection),
        facts=record.facts(connection, stored.records),
        live={number: bool(parts) for number, parts in held.items()},
        barred=frozenset(
            number
            for number, parts in held.items()
            if any(orders.barring(standing, number, purpose, now) for _, purpose in parts)
        ),
        letters=tuple(
            one
            for one in outbox.told(connection, stored.records)
            if one.codes.get("request") == stored.number
        ),
    )


def requests(visit: Visit, connection: Connection, shows: str) -> request_views.Requests:
    """List what is open, by what is due, or what has ended."""
    mine, now = visit.session.actor.exercise, visit.now
    enter = ENTER if visit.may(Permission.REQUEST_ENTER) else ""
    language = visit.language
    if shows == "ended":
        found = request.ended(connection, ENDED_SHOWN, exercise=mine)
        return request_views.Requests(shows, (), (), _rows(found, now, language), enter)
    late = request.late(connection, now, exercise=mine)
    soon = request.soon(connection, now, exercise=mine)
    known = {one.number for one in late}
    near = [one for one in soon if one.number not in known]
    known |= {one.number for one in near}
    others = [one for one in request.open_(connection, exercise=mine) if one.number not in known]
    others.sort(key=request.due)
    return request_views.Requests(
        "open",
        _rows(late, now, language),
        _rows(near, now, language),
        _rows(others, now, language),
        enter,
    )


def one(
    app: App, visit: Visit, past: Past, problems: Sequence[views.Problem] = ()
) -> request_views.Request:
    """Show one request: its clocks, its history, what can be done now."""
    stored, language, now = past.stored, visit.language, visit.now
    leads = machine.TABLE[stored.request.state]
    may_move = visit.may(Permission.REQUEST_MOVE)
    fulfils = Step.FULFIL in leads and visit.may(Permission.REQUEST_FULFIL)
    longer = machine.extendable(stored.request, now)
    steps = [
        step for step in BUTTONS if step in leads and may_move and (step != Step.EXTEND or longer)
    ]
    current = app.shelf.in_force()
    href = address(stored.number)
    return request_views.Request(
        row=_row(stored, now, language),
        clocks=tuple(_line(each, now, language, stored) for each in stored.request.clocks),
        history=tuple(_step(each, past, language) for each in reversed(past.history)),
        about=tuple(_about(app, past, number, language) for number in stored.records),
        subject=stored.intake.subject,
        identity=stored.intake.identity,
        representative=stored.intake.representative or "",
        language=stored.intake.language,
        person=past.names.get(stored.intake.staff, ""),
        index=stored.entry,
        steps=tuple(str(step) for step in steps),
        blocks=stored.request.blocking,
        purposes=tuple(
            present.title(current, purpose, language)
            if purpose in current.policy.purposes
            else purpose
            for purpose in stored.intake.purposes
        ),
        joined_href=address(stored.joined) if stored.joined else "",
        refused=_ground(stored.request.profiles, stored.request.ground, language),
        move_href=f"{href}/move" if steps else "",
        fulfil_href=f"{href}/fulfil" if fulfils else "",
        package_href=f"{href}/package" if fulfils and _shows(stored) else "",
        grounds=tuple(
            request_views.Ground(each.id, pick(each.title, language), each.source)
            for each in machine.grounds(stored.request)
        ),
        longer=tuple(_longer(name, stored, language) for name in longer),
        identities=tuple(str(each) for each in SEEN),
        fields=_correctable(app, past, language) if fulfils else (),
        problems=tuple(problems),
        letters=tuple(desk_views.sent(each, past.names) for each in past.letters),
    )


def enter(
    app: App, visit: Visit, entered: Entered, problems: Sequence[views.Problem] = ()
) -> request_views.Enter:
    """Show the form of intake, empty or with what was typed."""
    edition, language = app.shelf.in_force(), visit.language
    return request_views.Enter(
        action_href=ENTER,
        entered=entered,
        today=today(app, visit.now).isoformat(),
        kinds=tuple(str(each) for each in Kind),
        channels=tuple(str(each) for each in BY_HAND),
        identities=tuple(str(each) for each in (Identity.NONE, *SEEN)),
        representatives=tuple(str(each) for each in Representative),
        purposes=tuple(
            views.Option(name, present.title(edition, name, language))
            for name, purpose in edition.policy.purposes.items()
            if purpose.asks_consent
        ),
        problems=tuple(problems),
    )


def problem(code: str, language: str, anchor: str = "") -> views.Problem:
    """Say what is wrong, by a code of `PROBLEMS`, at the input of that name."""
    text = pages.translations(language).gettext(PROBLEMS[code])
    return views.Problem(text, anchor or code)


def address(number: int) -> str:
    """Return the address of a request's page."""
    return f"/console/request/{number}"


def today(app: App, now: int) -> date:
    """Return the operator's day."""
    return clock.moment(now).astimezone(clock.zone(zone(app))).date()


def zone(app: App) -> str:
    """Return the time zone whose days are counted: the operator's, else that of the policy's law."""
    return app.settings.site.zone or profile.profile(app.shelf.in_force().policy.profile).zone


def input_name(number: int, key: str) -> str:
    """Return the name of the input that corrects a field of a record."""
    return f"new.{number}.{key}"


def _rows(found: Iterable[Stored], now: int, language: str) -> tuple[RequestRow, ...]:
    return tuple(_row(each, now, language) for each in found)


def _row(stored: Stored, now: int, language: str) -> RequestRow:
    first = stored.request.alarm
    return RequestRow(
        number=stored.number,
        href=address(stored.number),
        kind=str(stored.request.kind),
        state=str(stored.request.state),
        channel=str(stored.intake.channel),
        received_at=stored.request.received,
        received_on=_day(stored) if stored.intake.channel in BY_HAND else "",
        due=_line(first, now, language, stored) if first else None,
    )


def _shows(stored: Stored) -> bool:
    """Whether there is something to be handed out."""
    return bool(stored.records) and stored.request.kind in (Kind.ACCESS, Kind.PORTABILITY)


def _day(stored: Stored) -> str:
    """The day it came, where its law counts days."""
    law = profile.profile(stored.request.profiles[0])
    place = stored.request.clocks[0].zone if stored.request.clocks else law.zone
    return clock.moment(stored.request.received).astimezone(clock.zone(place)).date().isoformat()


def _line(each: Clock, now: int, language: str, stored: Stored) -> ClockLine:
    law, place = profile.profile(each.profile), clock.zone(each.zone)
    rule = law.rule(each.rule, clock.moment(each.started).astimezone(place).date())
    state = "late" if each.late(now) else "soon" if each.soon(now) else "running"
    return ClockLine(
        law=pick(law.title, language),
        duty=pick(rule.duty, language),
        source=rule.source,
        last_on=each.last_day.isoformat(),
        days=(each.last_day - clock.moment(now).astimezone(place).date()).days,
        state=state if stored.request.open else "ended",
        extended=each.extended,
        certain=each.certain,
    )


def _longer(name: str, stored: Stored, language: str) -> request_views.Longer:
    law = profile.profile(name)
    conditions = []
    for each in stored.request.clocks:
        started = clock.moment(each.started).astimezone(clock.zone(each.zone)).date()
        rule = law.rule(each.rule, started) if each.profile == name else None
        if rule is not None and rule.extension is not None:
            conditions.append(pick(rule.extension.condition, language))
    return request_views.Longer(name, pick(law.title, language), "; ".join(conditions))


def _step(each: Moved, past: Past, language: str) -> request_views.Step:
    laws = past.stored.request.profiles
    ground = _ground(laws, each.ground, language)
    if each.step == Step.EXTEND:
        ground = pick(profile.profile(each.ground).title, language)
    return request_views.Step(
        at=each.at,
        step=str(each.step),
        to=str(each.to),
        person=past.names.get(each.staff, ""),
        index=each.entry,
        ground=ground,
        before=each.before,
        after=each.after,
    )


def _ground(laws: Iterable[str], ground: str, language: str) -> str:
    for name in laws:
        for each in profile.profile(name).grounds:
            if each.id == ground:
                return pick(each.title, language)
    return ""


def _about(app: App, past: Past, number: int, language: str) -> About:
    facts, ids = past.facts[number], app.ring.identifiers
    edition = app.shelf.edition(facts.edition)
    return About(
        number=number,
        short=letter.short(ids.encode(identifier.RECEIPT, number)),
        href=f"/console/enquiry/{ids.encode(identifier.ENQUIRY, number)}",
        form_title=pick(edition.form(facts.form).title, language, edition.policy.language),
        received_at=facts.received_at,
        left=past.live[number],
        barred=number in past.barred,
    )


def _correctable(app: App, past: Past, language: str) -> tuple[request_views.Correctable, ...]:
    if past.stored.request.kind != Kind.RECTIFICATION:
        return ()
    found = []
    for number, facts in past.facts.items():
        edition = app.shelf.edition(facts.edition)
        fields = edition.form(facts.form).fields if past.live[number] else ()
        short = letter.short(app.ring.identifiers.encode(identifier.RECEIPT, number))
        asked = tuple(
            (
                input_name(number, field.key),
                pick(field.label, language, edition.policy.language),
                _INPUTS.get(field.type, "text"),
            )
            for field in fields
        )
        if asked:
            found.append(request_views.Correctable(short, asked))
    return tuple(found)
