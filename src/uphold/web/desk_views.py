# SPDX-License-Identifier: Apache-2.0
"""From the desk to the console's pages. Only `opened` and its answer form ever hold a person's data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from uphold.access import gate, glass, reading, staff
from uphold.access.permission import Permission
from uphold.access.reading import Denied, Opened, Question, Reading
from uphold.access.staff import Account, State as Standing
from uphold.app import App
from uphold.consent import ledger, renewal
from uphold.consent.ledger import Act
from uphold.enquiry import desk, reply as answers, surplus
from uphold.enquiry.desk import Item, Line, Moved, State
from uphold.mail import letter, outbox
from uphold.policy.document import Edition, Purpose, pick
from uphold.submission.record import Facts
from uphold.vault import identifier, remains
from uphold.web import console_views, documents, kept_fields, messages, pages, present, views
from uphold.web.staffed import Visit

_TABS = (State.NEW, State.IN_WORK, State.ANSWERED, State.CLOSED, State.ASIDE)
_MESSAGE = "long-text"
# Released and discarded are offered on the page of what was set aside, not as a move.
_BUTTONS = (State.IN_WORK, State.ANSWERED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Past:
    """What the tables say of a record without opening it."""

    acts: Sequence[Act]
    readings: Sequence[Reading]
    moves: Sequence[Moved]
    answers: Sequence[outbox.Item]
    names: Mapping[int, str]
    live: frozenset[str]


def gather(connection: Connection, number: int) -> Past:
    """Read what is known of a record without opening it."""
    return Past(
        ledger.acts(connection, number),
        reading.history(connection, number),
        desk.history(connection, number),
        sorted(
            [*outbox.of_record(connection, number), *outbox.told(connection, [number])],
            key=lambda one: one.number,
        ),
        staff.names(connection),
        frozenset(purpose for _, purpose in remains.live(connection, number)),
    )


def tab_of(state: State, count: int, href: str) -> console_views.Tab:
    """One state with its count, as far as it was counted."""
    return console_views.Tab(str(state), min(count, desk.MOST), href, count > desk.MOST)


def enquiries(
    app: App,
    visit: Visit,
    state: State,
    counts: Mapping[State, int],
    lines: Sequence[Line],
    size: int,
) -> console_views.Enquiries:
    """Show the list of one state; `lines` holds one more than `size` where there is a further page."""
    shown = lines[:size]
    older = f"/console?state={state}&before={shown[-1].item.record}" if len(lines) > size else ""
    return console_views.Enquiries(
        state=str(state),
        tabs=tuple(tab_of(one, counts[one], f"/console?state={one}") for one in _TABS),
        rows=tuple(row(app, visit, line) for line in shown),
        now_at=visit.now,
        previous_href=f"/console?state={state}" if "before" in visit.request.query_params else "",
        next_href=older,
        search_href="/console/search" if visit.may(Permission.CONTACT_SEARCH) else "",
        several_href="/console/several" if visit.may(Permission.RECORDS_OPEN) else "",
        exports_href="/console/exports" if visit.may(Permission.EXPORT_LIST) else "",
    )


def enquiry(
    app: App, visit: Visit, item: Item, facts: Facts, past: Past, problem: str = ""
) -> console_views.Enquiry:
    """Show one enquiry before it is opened; `problem` is a text of `messages`."""
    shown = told(app, visit, item, facts)
    return console_views.Enquiry(
        facts=shown,
        agreements=_agreements(app, visit, facts, past),
        history=_history(app, visit, facts, past),
        purposes=_purposes(app, visit, facts, past),
        open_href=f"{shown.href}/open",
        move_href=f"{shown.href}/move",
        moves=_moves(visit, item),
        answers=tuple(sent(one, past.names) for one in past.answers),
        problem=pages.translations(visit.language).gettext(problem) if problem else "",
        glass_href=f"{shown.href}/glass" if _may_break(app, visit, facts, past) else "",
        journal_href=shown.href.replace("/enquiry/", "/journal/record/")
        if visit.may(Permission.HISTORY_READ)
        else "",
    )


def sent(one: outbox.Item, names: Mapping[int, str]) -> console_views.Answer:
    """Show how far an answer or a notice is on its way, without its words."""
    return console_views.Answer(
        written_at=one.created_at,
        person=names.get(one.staff, ""),
        state=one.state,
        sent_at=one.bounced_at or one.sent_at,
        reason=one.reason,
        kind=one.notice or "answer",
    )


def aside(app: App, visit: Visit, item: Item, facts: Facts, past: Past) -> console_views.Aside:
    """Show a post that was set aside, for review."""
    shown = told(app, visit, item, facts)
    return console_views.Aside(
        facts=shown,
        reasons=item.reasons,
        history=_history(app, visit, facts, past),
        move_href=f"{shown.href}/move",
        may_discard=visit.may(Permission.ENQUIRY_DISCARD),
        may_release=visit.may(Permission.ENQUIRY_RELEASE),
    )


def opened(
    app: App,
    visit: Visit,
    item: Item,
    facts: Facts,
    outcome: Opened,
    form: console_views.Reply | None,
) -> console_views.Opened:
    """Show the fields of one purpose, after the gate said yes and the journal kept it."""
    edition = app.shelf.edition(facts.edition)
    shown = told(app, visit, item, facts)
    language = visit.language
    return console_views.Opened(
        facts=shown,
        purpose=present.title(edition, outcome.purpose, language),
        index=outcome.entry,
        opened_at=outcome.at,
        fields=tuple(opened_fields(edition, facts, outcome, language)),
        letters=tuple(console_views.Letter(sent.subject, sent.text) for sent in outcome.answers),
        reply=form,
        move_href=f"{shown.href}/move",
        moves=_moves(visit, item),
    )


def answer_form(
    app: App, visit: Visit, item: Item, facts: Facts, question: Question, outcome: Opened
) -> console_views.Reply | None:
    """Offer to answer, where the enquiry can be answered for this purpose, and by whoever looks at it."""
    field, may = answers.address_field(question), visit.may(Permission.ENQUIRY_ANSWER)
    if not may or field is None or item.state not in {State.NEW, State.IN_WORK, State.ANSWERED}:
        return None
    href = told(app, visit, item, facts).href
    return console_views.Reply(
        action_href=f"{href}/answer",
        purpose=question.purpose,
        address=str(outcome.values.get(field, "")),
    )


def with_problem(
    form: console_views.Reply | None, visit: Visit, fault: str
) -> console_views.Reply | None:
    """Keep what was typed, and say at the right place what is wrong, by a code of `messages.ANSWERS`."""
    if form is None:
        return None
    subject, text = visit.posted.get("subject", ""), visit.posted.get("text", "")
    about_subject = fault == letter.Fault.SUBJECT_LONG
    limit = letter.LONGEST_SUBJECT if about_subject else letter.LONGEST_TEXT
    said = messages.answer(fault, limit, pages.translations(visit.language))
    problem = views.Problem(said, "subject" if about_subject else "text" if form.address else "")
    return replace(form, subject=subject, text=text, problems=(problem,))


def denied(
    app: App, visit: Visit, item: Item, facts: Facts, purpose: str, outcome: Denied
) -> console_views.Denied:
    """Show that the gate said no, and why."""
    edition = app.shelf.edition(facts.edition)
    known = purpose in edition.policy.purposes
    shown = told(app, visit, item, facts)
    may_break = outcome.reason is gate.Reason.ROLE_REFUSED and visit.may(Permission.GLASS_BREAK)
    return console_views.Denied(
        facts=shown,
        glass_href=f"{shown.href}/glass" if may_break else "",
        purpose=present.title(edition, purpose, visit.language) if known else purpose,
        reason=str(outcome.reason),
        index=outcome.entry,
        denied_at=outcome.at,
    )


def account(app: App, known: Account, *, renews: bool = True) -> console_views.StaffRow:
    """Show one account; unless `renews`, without a way to make a new link for it."""
    name = app.ring.identifiers.encode(identifier.STAFF, known.number)
    return console_views.StaffRow(
        number=known.number,
        login=known.login,
        role=str(known.role),
        state=str(known.state),
        seen_at=known.signed_in_at,
        renew_href=f"/console/staff/{name}/renew"
        if renews and known.state != Standing.CLOSED
        else "",
        href=f"/console/staff/{name}" if renews else "",
    )


def told(app: App, visit: Visit, item: Item, facts: Facts) -> console_views.EnquiryFacts:
    """Tell what is known of an enquiry without opening it."""
    ids = app.ring.identifiers
    number = ids.encode(identifier.RECEIPT, facts.number)
    edition = app.shelf.edition(facts.edition)
    title = edition.form(facts.form).title
    return console_views.EnquiryFacts(
        number=number,
        short=letter.short(number),
        form_title=pick(title, visit.language, edition.policy.language),
        received_at=facts.received_at,
        state=str(item.state),
        language=facts.language,
        edition=facts.edition,
        href=f"/console/enquiry/{ids.encode(identifier.ENQUIRY, facts.number)}",
    )


def row(app: App, visit: Visit, line: Line) -> console_views.EnquiryRow:
    """Show one enquiry in a list."""
    facts = Facts(line.item.record, line.form, line.edition, line.language, "", line.received_at, 0)
    shown = told(app, visit, line.item, facts)
    return console_views.EnquiryRow(
        short=shown.short,
        href=shown.href,
        form_title=shown.form_title,
        received_at=line.received_at,
        state=shown.state,
        language=line.language,
    )


def _agreements(app: App, visit: Visit, facts: Facts, past: Past) -> tuple[views.Agreement, ...]:
    edition = app.shelf.edition(facts.edition)
    return documents.agreements(edition, past.acts, visit.language)


def _purposes(
    app: App, visit: Visit, facts: Facts, past: Past
) -> tuple[console_views.PurposeChoice, ...]:
    """List the purposes that this person may ask for and that something is held for."""
    me = visit.session.actor
    with app.database.read() as connection:
        broken = glass.purposes(connection, me.staff, facts.number, visit.now)
    role = str(me.role)
    return _choices(app, visit, facts, past, lambda one: role in one.roles or one.id in broken)


def closed(
    app: App, visit: Visit, facts: Facts, past: Past
) -> tuple[console_views.PurposeChoice, ...]:
    """List the purposes that something is held for and that this role may not ask for, but in an emergency."""
    role, current = str(visit.session.actor.role), app.shelf.in_force().policy.purposes
    return _choices(
        app,
        visit,
        facts,
        past,
        lambda one: role not in one.roles or role not in current[one.id].roles,
    )


def _choices(
    app: App, visit: Visit, facts: Facts, past: Past, wanted: Callable[[Purpose], bool]
) -> tuple[console_views.PurposeChoice, ...]:
    kept, current = app.shelf.edition(facts.edition), app.shelf.in_force()
    governing = renewal.governing(past.acts)
    language = visit.language
    choices = []
    for name in kept.policy.purposes:
        given = app.shelf.edition(governing.get(name, kept.number))
        declared = given.policy.purposes.get(name)
        if (
            declared
            and visit.may(Permission.RECORD_OPEN)
            and name in past.live & current.policy.purposes.keys()
            and wanted(declared)
        ):
            choices.append((name, given, gate.fields(given, current, facts.form, name)))
    return tuple(
        console_views.PurposeChoice(
            name,
            present.title(given, name, language),
            _shown(given, facts.form, name, language, fields),
        )
        for name, given, fields in choices
        if fields
    )


def _may_break(app: App, visit: Visit, facts: Facts, past: Past) -> bool:
    return visit.may(Permission.GLASS_BREAK) and bool(closed(app, visit, facts, past))


def _shown(
    edition: Edition, form: str, purpose: str, language: str, fields: frozenset[str]
) -> tuple[str, ...]:
    asked = present.labels(edition, form, purpose, language)
    catalogue = pages.translations(language)
    return tuple(asked) or tuple(
        catalogue.gettext(label) for key, label in kept_fields.KEPT.items() if key in fields
    )


def opened_fields(
    edition: Edition, facts: Facts, outcome: Opened, language: str
) -> list[console_views.OpenedField]:
    """Show what was opened, field by field, as the form that it came by has them."""
    form = edition.form(facts.form)
    declared = [field for field in form.fields if outcome.purpose in field.purposes]
    if not declared:
        catalogue = pages.translations(language)
        return [
            console_views.OpenedField(
                catalogue.gettext(kept_fields.KEPT.get(name, name)),
                kept_fields.plain(value, is_time=name.endswith("at")),
            )
            for name, value in outcome.values.items()
        ]
    return [
        console_views.OpenedField(
            pick(field.label, language, edition.policy.language),
            str(outcome.values.get(field.key, "")),
            "textarea" if field.type == _MESSAGE else "text",
            _surplus(outcome, field.key) if field.type == _MESSAGE else (),
        )
        for field in declared
    ]


def _surplus(outcome: Opened, key: str) -> tuple[str, ...]:
    """Tell what kinds of data a message seems to hold that no other field asked for."""
    others = [str(value) for name, value in outcome.values.items() if name != key]
    return tuple(map(str, surplus.kinds(str(outcome.values.get(key, "")), others)))


def _moves(visit: Visit, item: Item) -> tuple[console_views.Move, ...]:
    return tuple(
        console_views.Move(str(to))
        for to in _BUTTONS
        if to in desk.allowed(item.state) and visit.may(desk.needed(item.state, to))
    )


def _history(app: App, visit: Visit, facts: Facts, past: Past) -> tuple[console_views.Event, ...]:
    edition = app.shelf.edition(facts.edition)
    language, person = visit.language, visit.session.actor.staff
    everybody = visit.may(Permission.HISTORY_READ)

    def purpose(name: str) -> str:
        known = name in edition.policy.purposes
        return present.title(edition, name, language) if known else name

    events = [console_views.Event(facts.received_at, "record.stored", facts.entry)]
    events += [
        console_views.Event(act.at, f"consent.{act.act}", act.entry, purpose=purpose(act.purpose))
        for act in past.acts
    ]
    events += [
        console_views.Event(
            one.at,
            "access.denied" if one.denied else "record.opened",
            one.entry,
            past.names.get(one.staff, ""),
            purpose(one.purpose),
            one.denied,
        )
        for one in past.readings
        if everybody or one.staff == person
    ]
    events += [
        console_views.Event(
            move.at, "enquiry.moved", move.entry, past.names.get(move.staff, ""), "", str(move.to)
        )
        for move in past.moves
    ]
    return tuple(sorted(events, key=lambda event: -event.index))
