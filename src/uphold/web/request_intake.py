# SPDX-License-Identifier: Apache-2.0
"""Read the form by which staff enter a request that came on paper, by telephone or in a letter.

The address that the person gave is used here to find their records, and is kept nowhere.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from uphold.app import App
from uphold.law import clock
from uphold.rights import holdings
from uphold.rights.machine import Kind
from uphold.rights.stored import Identity, Intake, Representative
from uphold.submission import record
from uphold.vault import contact as contacts, identifier, pseudonym, remains
from uphold.vault.contact import Contact
from uphold.web import pages, request_pages, views
from uphold.web.request_pages import BY_HAND, SEEN
from uphold.web.request_views import Entered
from uphold.web.staffed import Visit

LONGEST = timedelta(days=366)
"""How long ago a request can have come in: a longer time is a slip of the pen."""

_APART = re.compile(r"[,;\n]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that can be taken in, and when it came (unix ms; 0: now)."""

    intake: Intake
    came: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was typed, and what is wrong with it."""

    entered: Entered
    problems: tuple[views.Problem, ...]


def read(app: App, visit: Visit) -> Asked | Wrong:
    """Read what was posted. Looks records up by receipt and address; opens nothing."""
    entered = _entered(visit)
    codes: list[str] = []
    came = _came(app, entered.received, visit.now)
    named = _receipts(app, entered.receipts)
    given = _contact(entered.contact)
    seen = {str(one) for one in (Identity.NONE, *SEEN)}
    codes += [
        code
        for code, fails in {
            "kind": entered.kind not in set(Kind),
            "channel": entered.channel not in set(BY_HAND),
            "received": came is None,
            "receipts": named is None,
            "contact": bool(entered.contact) and given is None,
            "who": not entered.receipts and not entered.contact,
            "identity": entered.identity not in seen,
            "representative": entered.representative not in {"", *map(str, Representative)},
        }.items()
        if fails
    ]
    found: tuple[str, tuple[int, ...]] = ("", ())
    if not codes and named is not None:
        with app.database.read() as connection:
            looked = _records(app, connection, visit, named, given)
        if isinstance(looked, str):
            codes.append(looked)
        else:
            found = looked
    if codes or came is None:
        language = visit.language
        return Wrong(entered, tuple(_problem(code, language) for code in codes))
    return Asked(_intake(entered, visit, *found), came)


def _intake(entered: Entered, visit: Visit, subject: str, records: tuple[int, ...]) -> Intake:
    return Intake(
        kind=Kind(entered.kind),
        records=records,
        subject=subject,
        channel=next(one for one in BY_HAND if one == entered.channel),
        identity=Identity(entered.identity),
        language=entered.language,
        staff=visit.session.actor.staff,
        representative=Representative(entered.representative) if entered.representative else None,
        purposes=entered.purposes,
        exercise=visit.session.actor.exercise,
    )


def _entered(visit: Visit) -> Entered:
    posted = visit.posted
    declared = visit.app.shelf.in_force().policy.purposes
    spoken = posted.get("language", "")
    return Entered(
        kind=posted.get("kind", ""),
        channel=posted.get("channel", ""),
        received=posted.get("received", "").strip(),
        receipts=posted.get("receipts", "").strip(),
        contact=posted.get("contact", "").strip(),
        identity=posted.get("identity", ""),
        representative=posted.get("representative", ""),
        language=spoken if spoken in pages.LANGUAGES else visit.language,
        purposes=tuple(name for name in declared if posted.get(f"purpose.{name}") == "yes"),
    )


def _came(app: App, text: str, now: int) -> int | None:
    """When it came: of an earlier day its noon, of which the law counts only the day; None for no such day."""
    today = request_pages.today(app, now)
    if not text:
        return 0
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if day == today:
        return 0
    if not today - LONGEST <= day < today:
        return None
    noon = datetime.combine(day, time(12), clock.zone(request_pages.zone(app)))
    return int(noon.timestamp()) * 1000


def _receipts(app: App, text: str) -> list[int] | None:
    """The records of the receipt numbers that were typed, with or without gaps; None for a wrong one."""
    numbers = []
    for one in filter(str.strip, _APART.split(text)):
        plain = "".join(one.split()).lower()
        number = app.ring.identifiers.decode(identifier.RECEIPT, plain)
        if number is None:
            return None
        numbers.append(number)
    return sorted(set(numbers))


def _contact(text: str) -> Contact | None:
    given = Contact(contacts.EMAIL if "@" in text else contacts.PHONE, text)
    return given if contacts.normalise(given) else None


def _records(
    app: App, connection: Connection, visit: Visit, named: list[int], given: Contact | None
) -> tuple[str, tuple[int, ...]] | str:
    """The person's number and records, among one's own; or the code of what is wrong."""
    facts = record.facts(connection, named)
    own = visit.session.actor.exercise
    if any(
        number not in facts
        or facts[number].is_exercise is not own
        or not remains.live(connection, number)
        for number in named
    ):
        return "receipts"
    if given is None:
        people = {pseudonym.of_record(connection, app.ring, number) for number in named}
        return (people.pop(), tuple(named)) if len(people) == 1 else "receipts-differ"
    held = holdings.records_of(connection, app.ring, given)
    if not set(named) <= set(held):
        return "contact-other"
    known = record.facts(connection, held)
    mine = tuple(number for number in held if known[number].is_exercise is own)
    subject = pseudonym.of_contact(app.ring, given)
    return (subject or "", tuple(named) or mine)


def _problem(code: str, language: str) -> views.Problem:
    anchors = {"who": "receipts", "receipts-differ": "receipts", "contact-other": "contact"}
    return request_pages.problem(code, language, anchors.get(code, code))
