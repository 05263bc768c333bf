# SPDX-License-Identifier: Apache-2.0
"""Who works in the office, where and when, and the fields of what they do. Knows no rule and nothing of detection.

Fields are those of docs/reference/detection-events.md. Moments are unix seconds; the office is at UTC+3 and works from
Monday to Friday, 8 to 20.
"""

import random
from dataclasses import dataclass, field
from typing import Any

HOUR = 3600
DAY = 24 * HOUR
ZONE = 3 * HOUR
# Monday, 1 March 2027, 0:00 in the office.
MONDAY = 1_803_848_400
Event = dict[str, Any]


@dataclass
class Person:
    """One member of staff. `shift` is when the working day begins and ends, in seconds of the day."""

    number: int
    role: str
    login: str
    shift: tuple[int, int]
    home: str
    browser: str
    factor: bool
    at_home: float
    phones: bool = False
    typing: float = 0.07
    pace: float = 1.0
    joined: int = -1
    away: frozenset[int] = frozenset()
    travels: frozenset[int] = frozenset()
    seen_networks: set[str] = field(default_factory=set)
    seen_browsers: set[str] = field(default_factory=set)


@dataclass
class Office:
    """Everybody, and what happened: events with the name of the misuse that they belong to, "" for work."""

    draw: random.Random
    days: int
    people: list[Person]
    network: str
    program: int = 900
    begins: int = MONDAY
    told: list[tuple[Event, str]] = field(default_factory=list)
    label: str = ""
    record: int = 1000
    session: int = 100
    other: int = 10
    open_cases: dict[int, list[int]] = field(default_factory=dict)
    # Misuse happens on days from this one on.
    first: int = 0

    def day(self, number: int) -> int:
        """The midnight that a day begins with."""
        return self.begins + number * DAY

    def is_workday(self, at: float) -> bool:
        return int((at - MONDAY) // DAY) % 7 < 5

    def next_record(self) -> int:
        self.record += 1
        return self.record

    def next_number(self) -> int:
        self.other += 1
        return self.other

    def of_role(self, *roles: str) -> list[Person]:
        return [one for one in self.people if one.role in roles]

    def tell(self, at: float, kind: str, service: str, **fields: Any) -> Event:
        """Note an event; `is_` stands before names that Python keeps for itself."""
        event = {name.removeprefix("is_"): one for name, one in fields.items()}
        event |= {"at": int(at) * 1000, "kind": kind, "service": service, "exercise": False}
        self.told.append((event, self.label))
        return event

    def did(self, person: Person, at: float, kind: str, **fields: Any) -> Event:
        """Note an entry of the journal about what a member of staff did."""
        hour = int((at + ZONE) % DAY // HOUR)
        workday = self.is_workday(at)
        added = {
            "staff": person.number,
            "actor": person.number,
            "role": person.role,
            "hour": hour,
            "workday": workday,
            "off_hours": not workday or not 8 <= hour < 20,
            "session": True,
        }
        return self.tell(at, kind, "journal", **{**added, **fields})

    def opened(self, person: Person, at: float, record: int, **fields: Any) -> Event:
        """Note that a record was opened."""
        usual = {"record": record, "purpose": "answer", "is_fields": "name+email+message"}
        usual |= dict.fromkeys(
            (
                *("assigned", "taken", "in_work", "in_export", "program"),
                *("marked", "withdrawn", "of_staff", "own", "canary"),
            ),
            False,
        )
        return self.did(person, at, "record.opened", **{**usual, **fields})

    def read_by_program(self, at: float, source: str, records: int) -> None:
        """Note that the operator's program showed its token from a source, and the records it opened there."""
        program = Person(self.program, "clerk", "", (0, DAY), "", "", factor=False, at_home=0)
        self.tell(
            at,
            "web.token",
            "web",
            staff=self.program,
            outcome="ok",
            source=source,
            network=source,
            count=1,
        )
        for _ in range(records):
            self.opened(program, at, self.next_record(), program=True)

    def tried(
        self, person: Person, at: float, outcome: str, network: str, browser: str, **more: Any
    ) -> Event:
        """Note a try to sign in."""
        right = outcome in ("ok", "second-ok", "recovered")
        new_network = right and network not in person.seen_networks
        new_agent = right and browser not in person.seen_browsers
        fields = {
            "outcome": outcome,
            "login": person.login,
            "source": digest(network + "/host"),
            "network": digest(network),
            "agent": digest(browser),
            "staff": person.number,
            "new_network": new_network,
            "new_agent": new_agent,
            "first": False,
            "waits": False,
            **more,
        }
        if right and not fields["waits"]:
            person.seen_networks.add(network)
            person.seen_browsers.add(browser)
        return self.tell(at, "web.sign-in", "web", **fields)

    def seen(
        self, person: Person, at: float, session: int, network: str, browser: str, *, changed: bool
    ) -> Event:
        """Note where a session is used from."""
        return self.tell(
            at,
            "web.session",
            "web",
            staff=person.number,
            session=session,
            source=digest(network + "/host"),
            network=digest(network),
            agent=digest(browser),
            changed=changed,
        )

    def next_session(self) -> int:
        self.session += 1
        return self.session

    def finished(self) -> tuple[list[Event], dict[str, str]]:
        """Put everything in the order of time and number it; return it with the misuse that each id belongs to."""
        ordered = sorted(self.told, key=lambda pair: pair[0]["at"])
        labels: dict[str, str] = {}
        for number, (event, label) in enumerate(ordered, 1):
            event["id"] = f"{'j' if event['service'] == 'journal' else 's'}{number}"
            if label:
                labels[event["id"]] = label
        return [event for event, _ in ordered], labels


def digest(text: str) -> str:
    """Stand in for a keyed digest: 16 hex digits."""
    return f"{random.Random(text).getrandbits(64):016x}"


def hire(draw: random.Random, days: int, begins: int = MONDAY) -> Office:
    """Hire 40 people: an owner, three officers, two auditors, two analysts and 32 clerks."""
    roles = ["owner", *["officer"] * 3, *["auditor"] * 2, *["analyst"] * 2, *["clerk"] * 32]
    people = [_person(draw, number, role, days) for number, role in enumerate(roles, 1)]
    for one in draw.sample([one for one in people if one.role == "clerk"], 4):
        one.phones = True
    office = Office(draw, days, people, "office-network", begins=begins)
    for one in people:
        one.seen_networks |= {office.network} if one.at_home < 1 else set()
        one.seen_networks |= {one.home} if one.at_home > 0 else set()
        one.seen_browsers.add(one.browser)
    return office


def _person(draw: random.Random, number: int, role: str, days: int) -> Person:
    begins = draw.choice([8, 8.5, 9, 9, 9, 9.5, 10, 11])
    away: frozenset[int] = frozenset()
    if draw.random() < 0.3:
        first = draw.randrange(days)
        away = frozenset(range(first, first + draw.randint(3, 14)))
    travels: frozenset[int] = frozenset()
    if draw.random() < 0.1:
        first = draw.randrange(days)
        travels = frozenset(range(first, first + draw.randint(1, 4)))
    return Person(
        number=number,
        role=role,
        login=digest(f"login {number} {draw.random()}"),
        shift=(int(begins * HOUR), int((begins + draw.uniform(7.5, 9)) * HOUR)),
        home=f"home-{number}",
        browser=f"browser-{number}-1",
        factor=role in ("owner", "officer") or draw.random() < 0.6,
        at_home=draw.choice([0, 0, 0, 0.2, 0.4, 1]),
        typing=draw.choice([0.02, 0.05, 0.08, 0.15]),
        pace=draw.uniform(0.6, 1.5),
        away=away,
        travels=travels,
    )
