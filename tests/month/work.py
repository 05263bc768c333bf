# SPDX-License-Identifier: Apache-2.0
"""A month of ordinary work: enquiries, searches, exports, mistyped passwords, travel, vacations, night duty.

How much there is of each is what a reception of letters and forms has, and was fixed before any rule was tried on it.
"""

import random
from dataclasses import dataclass

from tests.month import people
from tests.month.people import DAY, HOUR, ZONE, Office, Person

MINUTE = 60


@dataclass
class _Day:
    """One person's working day: from when to when, at which network and browser, in which session."""

    begins: float
    ends: float
    network: str
    browser: str
    session: int = 0


def month(draw: random.Random, days: int = 30, begins: int = people.MONDAY) -> Office:
    """Return the office with everything that happened in so many days."""
    office = people.hire(draw, days, begins)
    for number in range(days):
        day(office, number)
    rare(office)
    return office


def day(office: Office, number: int) -> None:
    """One day of everybody."""
    start, draw = office.day(number), office.draw
    working = office.is_workday(start)
    clerks = [one for one in office.of_role("clerk") if number not in one.away]
    if not working:
        _duty(office, draw.choice(clerks), start + 10 * HOUR, 7 * HOUR, draw.randint(5, 25))
    _duty(office, draw.choice(clerks), start + 20.5 * HOUR, 9 * HOUR, draw.randint(0, 9))
    _program(office, start, 300 if working else 40)
    if not working:
        return
    for person in office.people:
        if number not in person.away:
            _working_day(office, person, start, number)


def _working_day(office: Office, person: Person, start: int, number: int) -> None:
    draw = office.draw
    begins = start + person.shift[0] + draw.gauss(0, 8 * MINUTE)
    ends = start + person.shift[1] + draw.gauss(0, 15 * MINUTE)
    if draw.random() < 0.06:
        ends += draw.uniform(0.5, 3) * HOUR
    network = person.home if draw.random() < person.at_home else office.network
    if number in person.travels:
        network = f"hotel-{person.number}-{number // 2}"
        if draw.random() < 0.1:
            person.browser = f"tablet-{person.number}"
    if draw.random() < 1 / 30:
        person.browser = f"browser-{person.number}-{number + 2}"
    today = _Day(begins, ends, network, person.browser)
    back = number - 1 in person.away
    _sign_in(office, person, today, begins, rusty=back)
    if draw.random() < 0.3:
        _sign_in(office, person, today, begins + (ends - begins) * 0.55)
    if draw.random() < 0.04:
        _moves(office, person, today)
    _work(office, person, today, number)
    if draw.random() < 0.7:
        office.did(person, ends, "staff.signed-out")


def _sign_in(
    office: Office, person: Person, today: _Day, at: float, *, rusty: bool = False
) -> None:
    """Sign in, mistyping now and then, more after a vacation."""
    draw = office.draw
    if draw.random() < (0.4 if rusty else person.typing):
        wrong = 1
        while draw.random() < 0.4:
            wrong += 1
        for _ in range(min(wrong, 9)):
            office.tried(person, at, "wrong", today.network, today.browser)
            at += draw.uniform(4, 40)
    if person.factor:
        office.tried(person, at, "ok", today.network, today.browser, waits=True)
        while draw.random() < 0.05:
            at += draw.uniform(5, 40)
            office.tried(person, at, "second-wrong", today.network, today.browser)
        at += draw.uniform(4, 25)
        office.tried(person, at, "second-ok", today.network, today.browser)
    else:
        office.tried(person, at, "ok", today.network, today.browser)
    office.did(person, at, "staff.signed-in")
    today.session = office.next_session()
    office.seen(person, at + 1, today.session, today.network, today.browser, changed=False)


def _moves(office: Office, person: Person, today: _Day) -> None:
    """Take the laptop elsewhere, or let the browser renew itself, within a session."""
    draw = office.draw
    at = draw.uniform(today.begins + HOUR, today.ends)
    if draw.random() < 0.35:
        today.browser = person.browser = f"{person.browser}+"
        person.seen_browsers.add(today.browser)
    else:
        today.network = f"phone-{person.number}"
        person.seen_networks.add(today.network)
    office.seen(person, at, today.session, today.network, today.browser, changed=True)


def _work(office: Office, person: Person, today: _Day, number: int) -> None:
    match person.role:
        case "clerk":
            _clerk(office, person, today)
        case "officer":
            _officer(office, person, today, number)
        case "owner":
            _owner(office, person, today)
        case "auditor":
            _auditor(office, person, today)


def _clerk(office: Office, person: Person, today: _Day) -> None:
    """Answer enquiries, look at a colleague's now and then, look people up."""
    draw = office.draw
    wanted = max(1, round(draw.gauss(11, 4) * person.pace))
    at = today.begins + draw.uniform(5, 20) * MINUTE
    mean = max(5 * MINUTE, (today.ends - at) / wanted)
    while at < today.ends:
        at = enquiry(office, person, at)
        if draw.random() < 0.04:
            _glance(office, person, at)
        at += draw.expovariate(1 / mean)
    for _ in range(_poisson(draw, 14 if person.phones else 2)):
        _search(office, person, draw.uniform(today.begins, today.ends), misses=0.15)
    for _ in range(_poisson(draw, 0.12)):
        reason = draw.choice(["record-held", "part-destroyed", "consent-withdrawn", "role-refused"])
        moment = draw.uniform(today.begins, today.ends)
        record = office.next_record()
        office.did(person, moment, "access.denied", purpose="answer", reason=reason, record=record)


def enquiry(office: Office, person: Person, at: float) -> float:
    """Work on an enquiry: look, take, read again, answer. Returns when it is done."""
    draw, record = office.draw, office.next_record()
    if draw.random() < 0.4:
        office.opened(person, at, record)
        at += draw.uniform(20, 200)
    office.did(person, at, "enquiry.moved", record=record, is_from="new", to="in-work", own=False)
    at += draw.uniform(3, 40)
    of_staff = draw.random() < 0.0005
    office.opened(person, at, record, assigned=True, in_work=True, of_staff=of_staff)
    office.open_cases.setdefault(person.number, []).append(record)
    at += draw.expovariate(1 / (7 * MINUTE))
    if draw.random() < 0.25:
        office.opened(person, at, record, assigned=True, in_work=True)
        at += draw.uniform(30, 200)
    if draw.random() < 0.85:
        office.did(person, at, "answer.sealed", purpose="answer", record=record, own=False)
        office.did(
            person, at, "enquiry.moved", record=record, is_from="in-work", to="answered", own=False
        )
    return at


def _glance(office: Office, person: Person, at: float) -> None:
    """Look at what a colleague works on: asked for help, standing in, or because the two belong together."""
    draw = office.draw
    others = [one for one in office.open_cases if one != person.number]
    if not others:
        return
    for _ in range(1 if draw.random() < 0.8 else draw.randint(2, 4)):
        record = draw.choice(office.open_cases[draw.choice(others)][-30:])
        office.opened(person, at, record, taken=True, in_work=True, marked=draw.random() < 0.002)
        at += draw.uniform(20, 200)


def _search(office: Office, person: Person, at: float, misses: float) -> None:
    hits = 0 if office.draw.random() < misses else office.draw.choice([1, 1, 1, 2, 3])
    office.did(person, at, "search.made", purpose="answer", hits=hits)
    # What somebody wrote before was mostly answered by somebody else.
    if hits and office.draw.random() < 0.6:
        record = office.next_record()
        office.opened(person, at + 20, record, taken=office.draw.random() < 0.85)


def _officer(office: Office, person: Person, today: _Day, number: int) -> None:
    """See to requests under the law, to exports and to disclosures."""
    draw = office.draw
    for _ in range(_poisson(draw, 4)):
        at, record = draw.uniform(today.begins, today.ends), office.next_record()
        office.opened(person, at, record)
        if draw.random() < 0.2:
            office.did(
                person,
                at + 90,
                "record.corrected",
                record=record,
                purpose="answer",
                request=3,
                own=False,
            )
        elif draw.random() < 0.15:
            office.did(
                person,
                at + 120,
                "record.erased",
                record=record,
                request=3,
                purposes=2,
                kept=0,
                own=False,
            )
    for _ in range(_poisson(draw, 1)):
        _search(office, person, draw.uniform(today.begins, today.ends), misses=0.3)
    if draw.random() < 0.15:
        several(office, person, draw.uniform(today.begins, today.ends), draw.randint(3, 15))
    # Reports are due when a month ends.
    if draw.random() < (0.5 if number % 30 in (28, 29, 0, 1) else 0.12):
        export(
            office, person, draw.uniform(today.begins, today.ends), int(draw.lognormvariate(4, 0.8))
        )
    if draw.random() < 0.05:
        _disclosure(office, person, draw.uniform(today.begins, today.ends))


def several(office: Office, person: Person, at: float, records: int) -> None:
    """Open several records in one act."""
    for _ in range(records):
        office.opened(person, at, office.next_record())
    office.did(person, at, "copy.opened", purpose="answer", records=records, denied=0)


def export(office: Office, person: Person, at: float, records: int) -> None:
    """Make an export and take it as a file some minutes later."""
    export, records = office.next_number(), max(3, min(records, 500))
    made = {"export": export, "records": records, "export_records": records}
    office.did(person, at, "export.made", purpose="answer", reason="inspection", ends=0, **made)
    at += office.draw.uniform(10, 900)
    office.did(person, at, "export.taken", **made)
    for _ in range(records):
        office.opened(person, at + 1, office.next_record(), in_export=True)


def _disclosure(office: Office, person: Person, at: float) -> None:
    """Prepare a disclosure, have it approved by the owner, send it."""
    draw, number = office.draw, office.next_number()
    owner = office.of_role("owner")[0]
    recipient = draw.choice(["court", "police", "tax-office"])
    office.did(
        person, at, "disclosure.prepared", disclosure=number, recipient=recipient,
        ground="court-order", purpose="answer", is_fields="name", until=0,
    )  # fmt: skip
    at += draw.uniform(15 * MINUTE, 6 * HOUR)
    office.did(owner, at, "disclosure.approved", disclosure=number)
    at += draw.uniform(2 * MINUTE, 2 * HOUR)
    office.did(person, at, "disclosure.sent", disclosure=number, file="0" * 64)


def _owner(office: Office, person: Person, today: _Day) -> None:
    """Look in, and throw away what is junk."""
    draw = office.draw
    for _ in range(_poisson(draw, 3)):
        office.opened(person, draw.uniform(today.begins, today.ends), office.next_record())
    if draw.random() < 0.4:
        at = draw.uniform(today.begins, today.ends)
        for _ in range(min(60, int(draw.lognormvariate(1.6, 0.7)))):
            office.did(
                person,
                at,
                "enquiry.moved",
                record=office.next_record(),
                is_from="aside",
                to="discarded",
                own=False,
            )
            at += draw.uniform(5, 60)


def _auditor(office: Office, person: Person, today: _Day) -> None:
    draw = office.draw
    if draw.random() < 0.4:
        for _ in range(min(60, int(draw.lognormvariate(2, 0.6)))):
            at = draw.uniform(today.begins, today.ends)
            office.did(
                person, at, "journal.read", of="one-record", read=0, record=office.next_record()
            )


def _duty(office: Office, person: Person, at: float, length: float, enquiries: int) -> None:
    """Sit alone on a weekend or at night, and answer what cannot wait."""
    draw = office.draw
    today = _Day(at, at + length, person.home if person.at_home else office.network, person.browser)
    _sign_in(office, person, today, at)
    for moment in sorted(draw.uniform(at + 300, at + length) for _ in range(enquiries)):
        enquiry(office, person, moment)


def _program(office: Office, start: int, records: int) -> None:
    """A program of the operator's own reads what came in, every few minutes."""
    draw = office.draw
    source = people.digest("program's host")
    for quarter in range(96):
        at = start + quarter * 15 * MINUTE + draw.uniform(0, 20)
        office.read_by_program(at, source, _poisson(draw, records / 96))


def rare(office: Office) -> None:
    """What happens once in a month or not at all."""
    draw = office.draw
    clerks, owner = office.of_role("clerk"), office.of_role("owner")[0]

    def moment() -> float:
        days = [one for one in range(office.days) if office.is_workday(office.day(one))]
        return office.day(draw.choice(days)) + draw.uniform(9, 17) * HOUR

    for _ in range(_poisson(draw, 0.5)):
        lost = draw.choice(clerks)
        office.did(lost, moment(), "staff.factor-removed", by=owner.number, actor=owner.number)
    for _ in range(_poisson(draw, 0.7)):
        new = office.next_number() + 5000
        at = moment()
        office.did(owner, at, "staff.invited", staff=new, role="clerk", by=owner.number)
        if draw.random() < 0.7:
            joins = Person(
                new,
                "clerk",
                people.digest(f"login {new}"),
                (9 * HOUR, 17 * HOUR),
                "",
                "",
                factor=False,
                at_home=0,
            )
            for _ in range(draw.randint(5, 20)):
                at = enquiry(office, joins, at + draw.uniform(300, 3000))
    for _ in range(_poisson(draw, 1.0)):
        office.did(
            draw.choice(clerks), moment(), "glass.broken", glass=office.next_number(), purpose="answer",
            reason="danger-to-life", until=0, record=office.next_record(),
        )  # fmt: skip
    for _ in range(_poisson(draw, 0.4)):
        record = draw.choice(draw.choice(list(office.open_cases.values())))
        office.opened(draw.choice(clerks), moment(), record, of_staff=True)
    for _ in range(_poisson(draw, 0.3)):
        office.opened(draw.choice(clerks), moment(), office.next_record(), own=True, of_staff=True)
    for _ in range(_poisson(draw, 1.0)):
        changed = draw.choice(["site", "mail", "limits", "mail+site", "visits", "backup"])
        office.tell(moment(), "site.settings", "site", changed=changed)
    for _ in range(_poisson(draw, 0.2)):
        office.tell(moment(), "site.sweep-late", "site", hours=draw.randint(26, 60))
    _strangers(office)


def _strangers(office: Office) -> None:
    """The background of the open net: scanners, and people who mistype an address or write odd things."""
    draw = office.draw
    for number in range(office.days):
        for _ in range(_poisson(draw, 6)):
            at = office.day(number) + draw.uniform(0, DAY)
            source = people.digest(f"visitor {draw.random()}")
            office.tell(at, "web.missing", "web", source=source, count=draw.choice([1, 1, 2, 4]))
        for _ in range(_poisson(draw, 1.5)):
            at = office.day(number) + draw.uniform(0, DAY)
            source = people.digest(f"visitor {draw.random()}")
            office.tell(
                at, "web.probe", "web", source=source, where="form", form="contact", count=1,
                is_class=draw.choice(["sql", "script", "template"]),
            )  # fmt: skip


def _poisson(draw: random.Random, mean: float) -> int:
    """Draw how often something happens that does so `mean` times."""
    count, passed = 0, draw.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + draw.expovariate(1.0)
    return count


__all__ = ["DAY", "HOUR", "ZONE", "day", "enquiry", "export", "month", "rare", "several"]
