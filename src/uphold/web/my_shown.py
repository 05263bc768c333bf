# SPDX-License-Identifier: Apache-2.0
"""From what is held about a person to the pages of `/my`. No value is opened here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from uphold import typeset
from uphold.access import hold, staff
from uphold.access.disclosure import Disclosure
from uphold.access.hold import Reason
from uphold.access.reading import Reading
from uphold.journal import entry
from uphold.law import profile as profiles
from uphold.mail import outbox
from uphold.policy import phrases
from uphold.policy.document import pick
from uphold.policy.phrases import PHRASES
from uphold.retention.ends import Part
from uphold.retention.orders import Order
from uphold.rights import fulfil, identity, machine, prefill, stored
from uphold.rights.holdings import Held, Holdings
from uphold.rights.machine import Step
from uphold.rights.stored import Stored
from uphold.vault import identifier, pseudonym
from uphold.web import (
    disclosure_pages,
    documents,
    kept_fields,
    my_views,
    opinions,
    present,
    views,
    withdrawals,
)
from uphold.web.my_door import Visit

YOU, SITE = "you", "site"


def address(visit: Visit, record: int) -> str:
    """Return where the page of a submission stands."""
    return f"/my/{visit.app.ring.identifiers.encode(identifier.RECORD, record)}"


def home(visit: Visit, held: Holdings) -> my_views.Home:
    """Show everything held, newest first, and what can be done about all of it."""
    policy = visit.app.shelf.in_force().policy
    with visit.app.database.read() as connection:
        lines = tuple(_line(visit, connection, one) for one in held.records)
        asked = requests_of(visit, connection, held)
    return my_views.Home(
        address=visit.contact.text,
        idle=identity.IDLE_MS // identity.MINUTE,
        lines=lines,
        requests=tuple(request_line(visit, one) for one in asked),
        formats=formats(),
        profile=policy.profile,
        contact=policy.operator.contact,
        is_left=any(one.parts for one in held.records),
        forms=_filled_in(visit),
    )


def _filled_in(visit: Visit) -> tuple[views.FormLink, ...]:
    """The forms that come filled in for this person: there is a purpose for it, and they agreed to it."""
    edition, ground = visit.app.shelf.in_force(), visit.ground()
    with visit.app.database.read() as connection:
        if not prefill.agreed(connection, ground, visit.contact):
            return ()
    return tuple(
        views.FormLink(f"/my/f/{one.key}", pick(one.title, visit.language, edition.policy.language))
        for one in edition.forms.values()
        if prefill.serves(edition, one.key)
    )


def formats() -> tuple[str, ...]:
    """What everything can be taken away as: a PDF only where the extra `documents` is installed."""
    return ("json", "html", "pdf") if typeset.is_there() else ("json", "html")


def record(visit: Visit, held: Held) -> my_views.Record:
    """Show one submission: what was agreed to, what is kept until when, who opened it."""
    app, language = visit.app, visit.language
    public = app.ring.identifiers.encode(identifier.RECEIPT, held.record)
    href = address(visit, held.record)
    with app.database.read() as connection:
        agreed = documents.agreements(held.edition, held.acts, language)
        agreed = withdrawals.view(app, connection, held.facts, public, language, agreed)
        roles = staff.roles(connection)
        openings = tuple(_opening(visit, connection, held, one, roles) for one in held.readings)
        answers = outbox.of_record(connection, held.record)
        asked = stored.of_record(connection, held.record)
        restricted = is_restricted(connection, held.record, visit.now)
        is_asked = opinions.is_asked(app, connection, held.record)
    return my_views.Record(
        href=href,
        form_title=form_title(held, language),
        received_at=held.facts.received_at,
        language=held.facts.language,
        edition=held.edition.number,
        policy_href=f"/policy?edition={held.edition.number}",
        receipt_href=f"/receipt/{public}",
        agreements=tuple(_here(one, href) for one in agreed),
        parts=_parts(visit, held),
        gone=tuple(
            my_views.GoneRow(title(held, one.purpose, language), one.destroyed_at)
            for one in held.destroyed
        ),
        openings=tuple(reversed(openings)),
        answers=tuple(
            my_views.Sent(one.created_at, one.sent_at) for one in answers if not one.notice
        ),
        corrections=tuple(
            my_views.Correcting(
                one.at,
                _who(one.staff, roles),
                tuple(_label(held, key, language) for key in one.fields),
            )
            for one in held.corrections
        ),
        orders=orders(held),
        objections=tuple(
            views.Option(purpose, title(held, purpose, language))
            for purpose in held.purposes
            if purpose != held.edition.policy.evidence
        ),
        requests=tuple(request_line(visit, one) for one in asked),
        restricted=restricted,
        is_asked=is_asked,
        disclosed=tuple(_disclosed(visit, held, one) for one in held.disclosed),
    )


def _disclosed(visit: Visit, held: Held, one: Disclosure) -> my_views.Disclosed:
    """Show what left for whom, by which law, and what the recipient was told since."""
    language, known = visit.language, visit.app.disclosures()
    ground = disclosure_pages.ground_of(known, one, language)
    return my_views.Disclosed(
        at=one.sent_at,
        recipient=disclosure_pages.recipient_name(known, one, language),
        ground=ground.title if ground else one.ground,
        law=ground.source if ground else "",
        purpose=title(held, one.purpose, language),
        fields=disclosure_pages.field_names(
            known.edition(one.edition), one.fields, one.purpose, language
        ),
        told=tuple(
            (str(each.cause), each.outcome)
            for each in held.told
            if each.disclosure == one.number and each.told_at
        ),
    )


def requests_of(visit: Visit, connection: Connection, held: Holdings) -> tuple[Stored, ...]:
    """Every request of the person, newest first: those of the proved address, and those about their records."""
    name = pseudonym.of_contact(visit.app.ring, visit.contact)
    found = {one.number: one for one in stored.of_subject(connection, name or "")}
    for one in held.records:
        found |= {asked.number: asked for asked in stored.of_record(connection, one.record)}
    return tuple(found[number] for number in sorted(found, reverse=True))


def request_line(visit: Visit, one: Stored) -> my_views.RequestLine:
    """Show one request with the clock that ends first."""
    first = one.request.alarm
    can = machine.TABLE[one.request.state]
    return my_views.RequestLine(
        number=one.number,
        kind=str(one.request.kind),
        state=str(one.request.state),
        received_at=one.request.received,
        moved_at=one.request.moved,
        due_on=first.last_day.isoformat() if first else "",
        ground=_ground(one, visit.language),
        retract_href=f"/my/request/{one.number}/retract" if Step.RETRACT in can else "",
    )


def is_restricted(connection: Connection, record: int, now: int) -> bool:
    """Tell whether the person, or somebody for them, has suspended the use of a record."""
    return Reason.RESTRICTION in hold.of_record(connection, record, now).values()


def orders(held: Held) -> tuple[my_views.Order, ...]:
    """Show the preservation orders by which something of a submission must not be destroyed now."""
    return tuple(order(one) for one in held.barred)


def order(one: Order) -> my_views.Order:
    """Show why something is kept, and until when."""
    until = one.terms.until_at
    return my_views.Order(one.terms.ground, day(until) if until else "")


def title(held: Held, purpose: str, language: str) -> str:
    """Name a purpose; one that its edition does not know by its id."""
    known = purpose in held.edition.policy.purposes
    return present.title(held.edition, purpose, language) if known else purpose


def form_title(held: Held, language: str) -> str:
    """Name the form that a submission came by."""
    form = held.edition.forms.get(held.facts.form)
    return pick(form.title, language, held.edition.policy.language) if form else held.facts.form


def _line(visit: Visit, connection: Connection, held: Held) -> my_views.Line:
    language = visit.language
    return my_views.Line(
        href=address(visit, held.record),
        form_title=form_title(held, language),
        received_at=held.facts.received_at,
        purposes=tuple(title(held, purpose, language) for purpose in held.purposes),
        restricted=is_restricted(connection, held.record, visit.now),
    )


def _here(shown: views.Agreement, href: str) -> views.Agreement:
    """Let the button of a consent post to the person's own page, not to the receipt's."""
    if shown.withdraw is None:
        return shown
    return replace(shown, withdraw=replace(shown.withdraw, action_href=f"{href}/withdraw"))


def _parts(visit: Visit, held: Held) -> tuple[my_views.PartRow, ...]:
    """One row for each purpose, with the latest end among its parts."""
    rows = []
    for purpose in held.purposes:
        parts = [part for part in held.parts if part.purpose == purpose]
        rows.append(_part(visit, held, purpose, parts))
    return tuple(rows)


def _part(visit: Visit, held: Held, purpose: str, parts: Sequence[Part]) -> my_views.PartRow:
    language, policy = visit.language, held.edition.policy
    declared = policy.purposes.get(purpose)
    ends = [part.end.at for part in parts if part.end is not None]
    whole = len(ends) == len(parts)
    say = PHRASES.get(language, PHRASES["en"])
    data = present.labels(held.edition, held.facts.form, purpose, language)
    kept = [
        pick(policy.categories[name].title, language, policy.language)
        for name in (declared.categories if declared else ())
        if name in policy.categories
    ]
    return my_views.PartRow(
        purpose=title(held, purpose, language),
        data=", ".join(data or kept),
        ground=present.notice(held.edition, declared, language).ground if declared else "",
        end_at=max(ends) if ends and whole else 0,
        term=phrases.end(say, declared.retention, language) if declared else "",
    )


def _opening(
    visit: Visit, connection: Connection, held: Held, one: Reading, roles: Mapping[int, str]
) -> my_views.Opening:
    codes = entry.decode(visit.app.log.entry(connection, one.entry)).codes
    keys = str(codes.get("fields", "")).split("+") if codes.get("fields") else []
    return my_views.Opening(
        at=one.at,
        who=_who(one.staff, roles),
        purpose=title(held, one.purpose, visit.language),
        fields=tuple(_named(held, keys, visit.language)),
        denied=one.denied,
    )


def _named(held: Held, keys: Iterable[str], language: str) -> list[str]:
    """Name fields by what the journal calls them, where an underscore is written as a hyphen."""
    form = held.edition.forms.get(held.facts.form)
    own = {field.key.replace("_", "-"): field.key for field in form.fields} if form else {}
    own |= {key.replace("_", "-"): key for key in kept_fields.KEPT}
    return [_label(held, own[key], language) for key in keys if key in own]


def _label(held: Held, key: str, language: str) -> str:
    return kept_fields.label(held.edition, held.facts.form, key, language)


def _who(number: int, roles: Mapping[int, str]) -> str:
    return YOU if number == fulfil.SUBJECT else roles.get(number, SITE)


def _ground(one: Stored, language: str) -> str:
    for name in one.request.profiles if one.request.ground else ():
        for known in profiles.profile(name).grounds:
            if known.id == one.request.ground:
                return pick(known.title, language, "en")
    return ""


def day(at: int) -> str:
    """The day of a moment (unix ms), in UTC, as `2026-01-31`."""
    return datetime.fromtimestamp(at // 1000, UTC).date().isoformat()
