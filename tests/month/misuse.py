# SPDX-License-Identifier: Apache-2.0
"""What people do who must not: scenarios whose who, when, how fast and how many are drawn anew at each run.

Each is mixed with the ordinary work of the same people. How strong they are was fixed by what would be worth doing to
a thief or a curious colleague, not by what a rule sees. Knows no rule and nothing of detection.
"""

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.month import people, work
from tests.month.people import DAY, HOUR, Office, Person

MINUTE = 60


def stage(office: Office) -> dict[str, int]:
    """Play each scenario once, on a drawn day; returns when each began (unix ms)."""
    began: dict[str, int] = {}
    for name, play in SCENARIOS.items():
        office.label = name
        before = len(office.told)
        play(office, office.draw)
        mine = [event["at"] for event, _ in office.told[before:]]
        began[name] = min(mine)
    office.label = ""
    return began


def _moment(office: Office, person: Person | None = None, *, night: bool = False) -> float:
    """A moment of a working day on which a person is there; in the evening or at night if wanted."""
    draw = office.draw
    days = [
        number
        for number in range(office.first + 2, office.days - 2)
        if office.is_workday(office.day(number))
    ]
    gone = set() if person is None else person.away | person.travels
    days = [number for number in days if number not in gone] or days
    hour = draw.choice([20.5, 21.5, 22.5, 1, 3]) if night else draw.uniform(9.5, 15)
    return office.day(draw.choice(days)) + hour * HOUR


def _clerk(office: Office) -> Person:
    return office.draw.choice(office.of_role("clerk"))


def _officer(office: Office) -> Person:
    return office.draw.choice(office.of_role("officer"))


def _thief(office: Office) -> tuple[str, str]:
    """A network and a browser that nobody here has."""
    number = office.next_number()
    return f"thief-{number}", f"thief-browser-{number}"


def _spread(draw: random.Random, at: float, length: float, times: int) -> list[float]:
    """Moments within a length of time, at a human's uneven pace; the first at its beginning."""
    return sorted([at, *(at + draw.uniform(0, length) for _ in range(times - 1))])


def guess_a_password(office: Office, draw: random.Random) -> None:
    """A stranger tries the passwords of one login, and sometimes finds it."""
    victim, (network, browser) = _clerk(office), _thief(office)
    moments = _spread(draw, _moment(office), draw.uniform(3, 60) * MINUTE, draw.randint(15, 200))
    for at in moments:
        outcome = "wrong" if draw.random() < 0.6 else "throttled"
        office.tried(victim, at, outcome, network, browser)
    if draw.random() < 0.3:
        office.tried(victim, moments[-1] + 20, "ok", network, browser, waits=victim.factor)


def spray(office: Office, draw: random.Random) -> None:
    """A stranger tries one password on everybody it can name."""
    network, browser = _thief(office)
    victims = draw.sample(office.people, draw.randint(8, 35))
    at, pace = _moment(office), draw.uniform(5, 90)
    for victim in victims:
        office.tried(victim, at, "wrong", network, browser)
        at += draw.expovariate(1 / pace)
        if draw.random() < 0.4:
            login = people.digest(f"nobody {draw.random()}")
            office.tried(victim, at, "unknown", network, browser, login=login, staff=0)


def guess_slowly(office: Office, draw: random.Random) -> None:
    """Many machines try one login all day."""
    victim = _clerk(office)
    nets = [_thief(office)[0] for _ in range(draw.randint(5, 60))]
    for at in _spread(draw, _moment(office), draw.uniform(6, 20) * HOUR, draw.randint(30, 120)):
        office.tried(victim, at, "wrong", draw.choice(nets), "robot")


def steal_a_session(office: Office, draw: random.Random) -> None:
    """A cookie is used elsewhere while its owner works."""
    victim, (network, browser) = _clerk(office), _thief(office)
    at, session = _moment(office, victim), office.next_session()
    home = office.network if victim.at_home < 1 else victim.home
    office.seen(victim, at, session, home, victim.browser, changed=False)
    at += draw.uniform(10 * MINUTE, 2 * HOUR)
    office.seen(victim, at, session, network, browser, changed=True)
    for moment in _spread(draw, at + 10, draw.uniform(5, 60) * MINUTE, draw.randint(5, 60)):
        office.opened(victim, moment, office.next_record())
    for moment in _spread(draw, at + 60, 20 * MINUTE, draw.randint(0, 6)):
        office.seen(victim, moment, session, home, victim.browser, changed=True)


def steal_a_password(office: Office, draw: random.Random) -> None:
    """Somebody signs in from elsewhere with what was phished, and reads or carries away."""
    victim, (network, browser) = draw.choice([_clerk, _officer])(office), _thief(office)
    at = _moment(office, victim, night=draw.random() < 0.5)
    browser = victim.browser if draw.random() < 0.2 else browser
    office.tried(victim, at, "ok", network, browser)
    office.seen(victim, at, office.next_session(), network, browser, changed=False)
    if victim.role == "officer":
        work.export(office, victim, at + draw.uniform(1, 40) * MINUTE, draw.randint(50, 400))
    for moment in _spread(draw, at + 60, draw.uniform(10, 90) * MINUTE, draw.randint(20, 120)):
        office.opened(victim, moment, office.next_record())


def sweep(office: Office, draw: random.Random) -> None:
    """A clerk goes through records one after another, beside the day's work."""
    clerk = _clerk(office)
    at, length = _moment(office, clerk), draw.uniform(20, 120) * MINUTE
    for moment in _spread(draw, at, length, draw.randint(50, 350)):
        office.opened(clerk, moment, office.next_record())


def sweep_slowly(office: Office, draw: random.Random) -> None:
    """A clerk does the same evenly over a whole shift."""
    clerk = _clerk(office)
    for moment in _spread(draw, _moment(office, clerk) - HOUR, 8 * HOUR, draw.randint(90, 260)):
        office.opened(clerk, moment, office.next_record())


def sweep_by_two(office: Office, draw: random.Random) -> None:
    """Two clerks share a sweep."""
    pair = draw.sample(office.of_role("clerk"), 2)
    at, length = _moment(office), draw.uniform(30, 90) * MINUTE
    for moment in _spread(draw, at, length, draw.randint(120, 400)):
        office.opened(draw.choice(pair), moment, office.next_record())


def be_curious(office: Office, draw: random.Random) -> None:
    """A clerk reads what colleagues work on, for days."""
    clerk, days = _clerk(office), draw.randint(1, 4)
    cases = [one for who, one in office.open_cases.items() if who != clerk.number]
    at, fresh = _moment(office, clerk), draw.uniform(0.5, 1)
    for _ in range(draw.randint(15, 70)):
        moment = at + draw.randrange(days) * DAY + draw.uniform(0, 5 * HOUR)
        in_work = draw.random() < fresh
        office.opened(clerk, moment, draw.choice(draw.choice(cases)), taken=True, in_work=in_work)


def look_at_somebody_known(office: Office, draw: random.Random) -> None:
    """Word goes round that somebody known has written, and everybody looks."""
    record, at = office.next_record(), _moment(office)
    for clerk in draw.sample(office.of_role("clerk"), draw.randint(5, 18)):
        moment = at + draw.uniform(0, 6 * HOUR)
        office.opened(clerk, moment, record, taken=True)


def look_at_a_colleague(office: Office, draw: random.Random) -> None:
    """Somebody reads what a colleague wrote to the operator as a person."""
    clerk = _clerk(office)
    at = _moment(office, clerk)
    for _ in range(draw.randint(1, 3)):
        office.opened(clerk, at, office.next_record(), of_staff=True)
        at += draw.uniform(20, 900)


def work_at_night(office: Office, draw: random.Random) -> None:
    """Somebody stays when everybody has gone, and reads in bulk."""
    clerk = _clerk(office)
    at = _moment(office, clerk, night=True)
    for moment in _spread(draw, at, draw.uniform(20, 150) * MINUTE, draw.randint(20, 150)):
        office.opened(clerk, moment, office.next_record())


def fish(office: Office, draw: random.Random) -> None:
    """Somebody checks a list of addresses against the site."""
    clerk, misses = _clerk(office), draw.uniform(0.5, 0.95)
    for moment in _spread(
        draw, _moment(office, clerk), draw.uniform(20, 240) * MINUTE, draw.randint(20, 90)
    ):
        hits = 0 if draw.random() < misses else 1
        office.did(clerk, moment, "search.made", purpose="answer", hits=hits)


def carry_away(office: Office, draw: random.Random) -> None:
    """An officer who leaves soon takes the people along as files."""
    officer = _officer(office)
    at = _moment(office, officer, night=draw.random() < 0.4)
    for _ in range(draw.randint(2, 8)):
        work.export(office, officer, at, draw.randint(150, 450))
        at += draw.uniform(3, 60) * MINUTE


def use_power_for_a_moment(office: Office, draw: random.Random) -> None:
    """The owner makes an account, reads through it, and removes it."""
    owner, number = office.of_role("owner")[0], office.next_number() + 6000
    ghost = Person(number, "clerk", "", (0, DAY), "", "", factor=False, at_home=0)
    at = _moment(office)
    office.did(owner, at, "staff.invited", staff=number, by=owner.number, role="clerk")
    at += draw.uniform(5 * MINUTE, 20 * HOUR)
    for moment in _spread(draw, at, draw.uniform(5, 60) * MINUTE, draw.randint(2, 35)):
        office.opened(ghost, moment, office.next_record())
    at += HOUR + draw.uniform(5 * MINUTE, 40 * HOUR)
    office.did(owner, at, "staff.closed", staff=number, by=owner.number)


def guess_second_factors(office: Office, draw: random.Random) -> None:
    """Somebody who knows a password tries code after code."""
    victim, (network, browser) = _officer(office), _thief(office)
    at = _moment(office)
    office.tried(victim, at, "ok", network, browser, waits=True)
    for moment in _spread(draw, at + 5, draw.uniform(2, 40) * MINUTE, draw.randint(6, 60)):
        office.tried(victim, moment, "second-wrong", network, browser)


def destroy(office: Office, draw: random.Random) -> None:
    """Somebody throws away what they were told to keep."""
    owner = office.of_role("owner")[0]
    for moment in _spread(
        draw, _moment(office), draw.uniform(5, 50) * MINUTE, draw.randint(28, 200)
    ):
        if draw.random() < 0.3:
            office.did(
                owner,
                moment,
                "record.erased",
                record=office.next_record(),
                request=0,
                purposes=1,
                kept=0,
                own=False,
            )
        else:
            office.did(
                owner,
                moment,
                "enquiry.moved",
                record=office.next_record(),
                is_from="new",
                to="discarded",
                own=False,
            )


def switch_off_and_read(office: Office, draw: random.Random) -> None:
    """The rules are switched off in part, and then somebody reads."""
    at, clerk = _moment(office), _clerk(office)
    if draw.random() < 0.5:
        office.tell(
            at, "site.settings", "site", changed=draw.choice(["detection", "detection+mail"])
        )
    office.tell(at + 1, "site.rules", "site", disabled=draw.randint(0, 3), dry=draw.randint(1, 5))
    for moment in _spread(draw, at + 60, HOUR, draw.randint(10, 60)):
        office.opened(clerk, moment, office.next_record())


def step_on_a_canary(office: Office, draw: random.Random) -> None:
    """Somebody goes through a few dozen records; one of them is there for nobody."""
    clerk = _clerk(office)
    moments = _spread(
        draw, _moment(office, clerk), draw.uniform(20, 90) * MINUTE, draw.randint(12, 35)
    )
    trap = draw.randrange(2, len(moments))
    for number, moment in enumerate(moments):
        office.opened(clerk, moment, office.next_record(), canary=number == trap)


def audit_everything(office: Office, draw: random.Random) -> None:
    """An auditor reads the history of everybody."""
    auditor = draw.choice(office.of_role("auditor"))
    for moment in _spread(
        draw, _moment(office, auditor), draw.uniform(1, 7) * HOUR, draw.randint(50, 300)
    ):
        office.did(
            auditor, moment, "journal.read", of="one-record", read=0, record=office.next_record()
        )


def disclose_in_haste(office: Office, draw: random.Random) -> None:
    """Two who agree let data out without looking."""
    officer, owner, number = _officer(office), office.of_role("owner")[0], office.next_number()
    at = _moment(office, officer)
    office.did(
        officer,
        at,
        "disclosure.prepared",
        disclosure=number,
        recipient="police",
        ground="court-order",
        purpose="answer",
    )
    at += draw.uniform(10, 200)
    office.did(owner, at, "disclosure.approved", disclosure=number)
    office.did(officer, at + draw.uniform(10, 200), "disclosure.sent", disclosure=number)


def copy_a_token(office: Office, draw: random.Random) -> None:
    """A program's token is used from elsewhere beside the program, for some hours."""
    places = [people.digest(_thief(office)[0]) for _ in range(draw.randint(2, 6))]
    for moment in _spread(
        draw, _moment(office), draw.uniform(20, 90) * MINUTE, draw.randint(15, 90)
    ):
        office.read_by_program(moment, draw.choice(places), 1)


def try_other_purposes(office: Office, draw: random.Random) -> None:
    """Somebody asks for records under one purpose after another that is not theirs."""
    clerk = _clerk(office)
    for moment in _spread(
        draw, _moment(office, clerk), draw.uniform(3, 40) * MINUTE, draw.randint(5, 30)
    ):
        reason = draw.choice(["role-refused", "role-refused", "purpose-undeclared"])
        office.did(
            clerk,
            moment,
            "access.denied",
            purpose="evidence",
            reason=reason,
            record=office.next_record(),
        )


def probe_the_face(office: Office, draw: random.Random) -> None:
    """A stranger's tool tries forms and addresses."""
    source, at = people.digest(_thief(office)[0]), _moment(office)
    for moment in _spread(draw, at, draw.uniform(2, 30) * MINUTE, draw.randint(12, 90)):
        office.tell(
            moment, "web.probe", "web", source=source, where=draw.choice(["form", "query", "path"]), form="",
            is_class=draw.choice(["sql", "script", "path", "command"]), count=draw.randint(1, 4),
        )  # fmt: skip
        office.tell(moment + 1, "web.missing", "web", source=source, count=draw.randint(1, 9))


Scenario = Callable[[Office, random.Random], None]
SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        play.__name__.replace("_", "-"): play
        for play in (
            guess_a_password,
            spray,
            guess_slowly,
            steal_a_session,
            steal_a_password,
            sweep,
            sweep_slowly,
            sweep_by_two,
            be_curious,
            look_at_somebody_known,
            look_at_a_colleague,
            work_at_night,
            fish,
            carry_away,
            use_power_for_a_moment,
            guess_second_factors,
            destroy,
            switch_off_and_read,
            step_on_a_canary,
            audit_everything,
            disclose_in_haste,
            copy_a_token,
            try_other_purposes,
            probe_the_face,
        )
    }
)
