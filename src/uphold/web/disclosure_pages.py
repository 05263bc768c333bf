# SPDX-License-Identifier: Apache-2.0
"""From the register of disclosures to the desk's pages. What would leave is shown by `extract` alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold import errors
from uphold.access import disclosure, gate, procedure, staff
from uphold.access.disclosure import Desk, Disclosure
from uphold.access.extract import Extract, Shown
from uphold.access.permission import Permission
from uphold.access.procedure import Outcome, Reason, Step
from uphold.app import App
from uphold.law import disclosure as grounds
from uphold.law.disclosure import Ground
from uphold.law.profile import MARKS
from uphold.mail import letter
from uphold.policy.document import Edition, pick
from uphold.rights import telling
from uphold.rights.telling import Telling
from uphold.submission import record
from uphold.submission.record import Facts
from uphold.vault import identifier
from uphold.vault.paper import Paper
from uphold.web import disclosure_views, kept_fields, pages, present, views
from uphold.web.disclosure_views import Entered, Notice, Row
from uphold.web.messages import N_
from uphold.web.staffed import Visit

DISCLOSURES = "/console/disclosures"
NEW = f"{DISCLOSURES}/new"
DECLINE = f"{DISCLOSURES}/decline"
ANSWERS = "answers"
"""Stands on the form for everything that was answered."""

# Why somebody is turned away or a disclosure is refused; the end of an exercise is no reason of people's.
REASONS = tuple(str(one) for one in Reason if one is not Reason.EXERCISE)

PROBLEMS: Mapping[str, str] = {
    "ground": N_("Choose the ground of the law"),
    "requester": N_("Write who asks, in 300 characters at most"),
    "document": N_("Write the document's name, number and date, in 1,000 characters at most"),
    "receipts": N_("Enter the receipt numbers; one is wrong, or its data are gone"),
    "fields": N_("Choose at least one field"),
    "key": N_("Enter the recipient's public key, which begins with age1"),
    "silence": N_(
        "Choose a day after today, within five years, and only where the ground allows it"
    ),
    "reason": N_("Choose why"),
    "unfit": N_("A submission holds nothing of what was chosen for this purpose"),
}
"""What is wrong with what was entered at the desk."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the tables say of a disclosure; `paper` is None for who takes no part, or once it is deleted."""

    found: Disclosure
    names: Mapping[int, str]
    facts: Mapping[int, Facts]
    notices: tuple[Telling, ...]
    paper: Paper | None


def desk(app: App) -> Desk:
    """Return what disclosures are judged by."""
    return app.disclosures()


def address(number: int) -> str:
    """Return the address of a disclosure's page."""
    return f"/console/disclosure/{number}"


def problem(code: str, language: str) -> views.Problem:
    """Say what is wrong, by a code of `PROBLEMS`, at the input of that name."""
    anchor = "fields" if code == "unfit" else code
    return views.Problem(pages.translations(language).gettext(PROBLEMS[code]), anchor)


def gather(app: App, visit: Visit, connection: Connection, found: Disclosure) -> Past:
    """Read what is known of a disclosure; what its paper says only for who takes part in disclosures."""
    takes_part = visit.may(Permission.DISCLOSURE_PREPARE)
    return Past(
        found,
        staff.names(connection),
        record.facts(connection, found.records),
        telling.of_disclosure(connection, found.number),
        disclosure.papers(connection, app.ring, found.number) if takes_part else None,
    )


def listed(
    app: App, visit: Visit, connection: Connection, shows: str
) -> disclosure_views.Disclosures:
    """List what is open, or what has ended, and whom somebody must still tell."""
    mine, language = visit.session.actor.exercise, visit.language
    ended = shows == "ended"
    every = disclosure.listed(connection, exercise=mine, open_only=not ended)
    names, known = staff.names(connection), desk(app)
    waiting = () if ended else telling.open_(connection, exercise=mine)
    return disclosure_views.Disclosures(
        shows="ended" if ended else "open",
        rows=tuple(row(known, one, names, language) for one in every if one.open is not ended),
        notices=tuple(
            notice(app, one, disclosure.find(connection, one.disclosure), names, language)
            for one in waiting
        ),
        prepare_href=NEW if visit.may(Permission.DISCLOSURE_PREPARE) else "",
    )


def row(known: Desk, one: Disclosure, names: Mapping[int, str], language: str) -> Row:
    """Show one disclosure in a line."""
    ground = ground_of(known, one, language)
    return Row(
        number=one.number,
        href=address(one.number),
        recipient=recipient_name(known, one, language),
        ground=ground.title if ground else "",
        state=str(one.state),
        prepared_at=one.prepared_at,
        person=names.get(one.prepared_by, ""),
        records=len(one.records),
        until=one.silence_until,
    )


def recipient_name(known: Desk, one: Disclosure, language: str) -> str:
    """Name the recipient as the edition did that it was prepared under; "" where somebody was turned away."""
    policy = known.edition(one.edition).policy
    found = policy.recipients.get(one.recipient)
    return pick(found.name, language, policy.language) if found else ""


def ground_of(known: Desk, one: Disclosure, language: str) -> disclosure_views.Ground | None:
    """Show the ground as it was law when it was prepared; None where there was none."""
    laws = known.edition(one.edition).policy.laws
    found = grounds.on(laws, disclosure.moment(one.prepared_at).date()).get(one.ground)
    return ground(found, language) if found else None


def ground(one: Ground, language: str) -> disclosure_views.Ground:
    """Show one ground of the law."""
    return disclosure_views.Ground(
        id=one.id,
        title=pick(one.title, language),
        what=pick(one.what, language),
        source=one.source,
        obliges=one.obliges,
        silence=one.silence,
        unsure=one.mark == MARKS[-1],
    )


def notice(
    app: App, one: Telling, about: Disclosure, names: Mapping[int, str], language: str
) -> Notice:
    """Show one notice to a recipient, or that it is due."""
    known, href = desk(app), address(one.disclosure)
    files = [step.file for step in about.moves if step.file]
    return Notice(
        number=one.number,
        href=href,
        recipient=recipient_name(known, about, language),
        cause=str(one.cause),
        fields=field_names(known.edition(about.edition), one.fields, about.purpose, language),
        caused_at=one.caused_at,
        state=str(one.state),
        disclosure=one.disclosure,
        at=about.records.index(one.record) + 1,
        file=files[-1] if files else "",
        letter_href=f"{href}/notice/{one.number}",
        channel=one.channel,
        told_at=one.told_at,
        told_by=names.get(one.told_by, ""),
        outcome=one.outcome,
        answered_at=one.answered_at,
    )


def field_names(
    edition: Edition, keys: Iterable[str], purpose: str, language: str
) -> tuple[str, ...]:
    """Name fields by the forms of an edition that hold them for a purpose, those of answers together."""
    wanted = set(keys)
    return tuple(one.label for one in options(edition, purpose, language) if one.value in wanted or (
        one.value == ANSWERS and wanted & letter.FIELDS))  # fmt: skip


def options(edition: Edition, purpose: str, language: str) -> tuple[views.Option, ...]:
    """List what the forms of an edition hold for a purpose, each field once."""
    found: dict[str, str] = {}
    for form in edition.forms.values():
        every = gate.fields(edition, edition, form.key, purpose)
        order = [one.key for one in form.fields if one.key in every]
        for key in [*order, *sorted(every - set(order) - letter.FIELDS)]:
            found.setdefault(key, kept_fields.label(edition, form.key, key, language))
        if every & letter.FIELDS:
            found.setdefault(ANSWERS, pages.translations(language).gettext(N_("Answers sent")))
    answers = {ANSWERS: found.pop(ANSWERS)} if ANSWERS in found else {}
    return tuple(views.Option(key, label) for key, label in {**found, **answers}.items())


def preparing(
    app: App,
    visit: Visit,
    chosen: tuple[str, str],
    entered: Entered = Entered(),  # noqa: B008 - frozen, and always the same
    problems: Sequence[str] = (),
) -> disclosure_views.Prepare:
    """Show the form: its first step, or the second for a recipient and a purpose that the policy has."""
    language, known = visit.language, desk(app)
    policy = known.current.policy
    may_ask = {one.id: one for one in policy.recipients.values() if one.grounds}
    recipient, purpose = chosen
    is_second = recipient in may_ask and purpose in policy.purposes
    first = disclosure_views.Prepare(
        action_href=NEW,
        decline_href=DECLINE,
        recipients=tuple(
            views.Option(one.id, pick(one.name, language, policy.language))
            for one in may_ask.values()
        ),
        purposes=tuple(
            views.Option(name, present.title(known.current, name, language))
            for name in policy.purposes
        ),
        reasons=REASONS,
        entered=entered,
        problems=tuple(problem(code, language) for code in problems),
    )
    return _second(app, visit, first, chosen) if is_second else first


def _second(
    app: App, visit: Visit, first: disclosure_views.Prepare, chosen: tuple[str, str]
) -> disclosure_views.Prepare:
    language, known, (recipient, purpose) = visit.language, desk(app), chosen
    policy = known.current.policy
    law = grounds.on(policy.laws, disclosure.moment(visit.now).date())
    who = policy.recipients[recipient]
    with app.database.read() as connection:
        key = disclosure.known_key(connection, recipient)
    return disclosure_views.Prepare(
        action_href=first.action_href,
        decline_href=first.decline_href,
        recipients=first.recipients,
        purposes=first.purposes,
        reasons=first.reasons,
        recipient=recipient,
        purpose=purpose,
        recipient_name=pick(who.name, language, policy.language),
        purpose_title=present.title(known.current, purpose, language),
        grounds=tuple(
            ground(law[name], language)
            for name in who.grounds
            if name in law and who.kind in law[name].to
        ),
        fields=options(known.current, purpose, language),
        known_key=key,
        entered=first.entered,
        problems=first.problems,
    )


def one(
    app: App, visit: Visit, past: Past, denied: str = "", problems: Sequence[str] = ()
) -> disclosure_views.Disclosure:
    """Show one disclosure: what leaves to whom, its history, what can be done now."""
    found, language, known = past.found, visit.language, desk(app)
    edition = known.edition(found.edition)
    who = edition.policy.recipients.get(found.recipient)
    is_mine = found.prepared_by == visit.session.actor.staff
    acts = _acts(visit, found)
    said = past.paper
    return disclosure_views.Disclosure(
        row=row(known, found, past.names, language),
        place=", ".join(filter(None, (pick(who.address, language), who.country))) if who else "",
        ground=ground_of(known, found, language),
        purpose=present.title(edition, found.purpose, language) if found.purpose else "",
        fields=field_names(edition, found.fields, found.purpose, language),
        about=tuple(
            _about(app, past.facts[number], at, language)
            for at, number in enumerate(found.records, 1)
        ),
        history=tuple(
            disclosure_views.Step(
                at=step.at,
                step=str(step.step),
                person=past.names.get(step.staff, ""),
                index=step.entry,
                reason=step.reason,
                file=step.file,
            )
            for step in reversed(found.moves)
        ),
        index=found.entry,
        key=found.key,
        is_mine=is_mine,
        requester=said.requester if said else "",
        document=said.document if said else "",
        **acts,
        waits_for_another=is_mine and Step.APPROVE in procedure.TABLE[found.state],
        reasons=REASONS,
        outcomes=tuple(str(each) for each in Outcome),
        channels=tuple(str(each) for each in telling.Channel),
        answers=tuple(str(each) for each in telling.Outcome),
        notices=tuple(
            notice(app, each, found, past.names, language) for each in past.notices
        ),
        denied=denied,
        problems=tuple(problem(code, language) for code in problems),
    )  # fmt: skip


def _acts(visit: Visit, found: Disclosure) -> dict[str, str]:
    """Where each act is posted to that can be done now, by this person."""
    href, leads = address(found.number), procedure.TABLE[found.state]
    needed = {
        "look_href": (found.open, Permission.DISCLOSURE_OPEN, "look"),
        "refuse_href": (Step.REFUSE in leads, Permission.DISCLOSURE_PREPARE, "refuse"),
        "send_href": (Step.SEND in leads, Permission.DISCLOSURE_SEND, "send"),
        "confirm_href": (Step.CONFIRM in leads, Permission.DISCLOSURE_PREPARE, "confirm"),
        "tell_href": (True, Permission.DISCLOSURE_PREPARE, "tell"),
    }
    return {
        name: f"{href}/{act}" if can and visit.may(permission) else ""
        for name, (can, permission, act) in needed.items()
    }


def extract(
    app: App, visit: Visit, made: Extract, names: Mapping[int, str]
) -> disclosure_views.Extract:
    """Show what would leave, once."""
    found, language, known = made.disclosure, visit.language, desk(app)
    edition, actor = known.edition(found.edition), visit.session.actor
    href, leads = address(found.number), procedure.TABLE[found.state]
    is_mine = found.prepared_by == actor.staff
    decides = Step.APPROVE in leads and not is_mine and visit.may(Permission.DISCLOSURE_APPROVE)
    return disclosure_views.Extract(
        row=row(known, found, names, language),
        ground=ground_of(known, found, language),
        purpose=present.title(edition, found.purpose, language),
        held=made.held,
        records=tuple(_record(app, each, at, language) for at, each in enumerate(made.records, 1)),
        back_href=href,
        approve_href=f"{href}/approve" if decides else "",
        refuse_href=f"{href}/refuse" if decides else "",
        reasons=REASONS,
        is_mine=is_mine,
    )


def _record(app: App, shown: Shown, at: int, language: str) -> disclosure_views.Record:
    with app.database.read() as connection:
        facts = record.facts(connection, [shown.record])[shown.record]
    edition = app.shelf.edition(facts.edition)
    answer = pages.translations(language).gettext(N_("Answer"))
    about = _about(app, facts, at, language)
    fields = kept_fields.shown(edition, shown.form, shown.values, language)
    letters = tuple((answer, str(one.get(letter.TEXT, "")), True) for one in shown.answers)
    return disclosure_views.Record(
        at, about.short, about.form_title, about.received_at, (*fields, *letters)
    )


def _about(app: App, facts: Facts, at: int, language: str) -> disclosure_views.About:
    ids, edition = app.ring.identifiers, app.shelf.edition(facts.edition)
    return disclosure_views.About(
        at=at,
        short=letter.short(ids.encode(identifier.RECEIPT, facts.number)),
        href=f"/console/enquiry/{ids.encode(identifier.ENQUIRY, facts.number)}",
        form_title=pick(edition.form(facts.form).title, language, edition.policy.language),
        received_at=facts.received_at,
    )


def find(visit: Visit, connection: Connection, text: str) -> Disclosure:
    """Find a disclosure among one's own: people's for people, an exercise's for its accounts."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        found = disclosure.find(connection, int(text))
        if found.exercise is visit.session.actor.exercise:
            return found
    raise errors.Missing("There is no such disclosure.", "Look at the list of disclosures.")
