# SPDX-License-Identifier: Apache-2.0
"""The probe of the law's terms: each request has its clocks, reckoned right, and none runs out unnoticed.

Terms are reckoned a second time, by `assurance.reckoning`, from the data of the law alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from uphold.assurance import asked, reckoning
from uphold.assurance.asked import Letters
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene
from uphold.journal import entry
from uphold.law import profile
from uphold.law.clock import Clock
from uphold.rights import reminder, stored
from uphold.rights.stored import Stored

_KIND = "objection"
_LONG_AGO = timedelta(days=60)
# A term is at most so many days old when its last third begins; beyond, none is found near its end.
_SEARCHED = 45
_HOUR = 3_600_000
# The reminder goes out once a day, and the loop that writes it looks by the hour.
_REMINDED = 27 * _HOUR


@dataclass(frozen=True, slots=True)
class Stamp:
    """One clock that a request should have: when it is due by the second reckoning, and as it is stored."""

    request: int
    law: str
    rule: str
    due: int
    stored: int
    """0: the request has no such clock."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was found of terms. `people` counts requests of people that are open.

    `entered` are the statuses of three letters: late by now, near its end, of today. `sections` are where the
    list shows the three, `unlisted` counts requests of people that are late and in no list; `alarmed`: every page
    says that one is overdue. `extended` is whether a clock that had run out was moved. `unreminded` counts people's
    requests near their end of which nobody was told in a day.
    """

    entered: tuple[int, ...]
    stamps: tuple[Stamp, ...]
    sections: tuple[str, ...]
    alarmed: bool
    extended: bool
    people: int
    unreminded: int
    unlisted: int = 0
    applies: bool = True


def _look(scene: Scene) -> Terms:
    if not scene.edition.forms:
        return Terms(
            (), (), (), alarmed=False, extended=False, people=0, unreminded=0, applies=False
        )
    letters, today = Letters(scene), asked.today(scene)
    near = _near(scene)
    days = (today - _LONG_AGO, near, today)
    # Three rights, so that none of the letters is a duplicate of another.
    kinds = ("access", _KIND, "withdrawal")
    made = [letters.enter(kind, day.isoformat()) for kind, day in zip(kinds, days, strict=True)]
    found = [letters.stored(one.number) for one in made]
    late = made[0].number
    for step, more in (("verify", {"identity": "document"}), ("take", {})):
        letters.move(late, step, **more)
    letters.move(late, "extend", profile=scene.edition.policy.profile, told="yes")
    after = letters.stored(late)
    page = letters.get(asked.LIST)
    with scene.read() as connection:
        people = stored.open_(connection)
        reminded = reminder.last(connection)
        waiting = _waiting(scene, connection)
        listed = {one.number for one in stored.late(connection, scene.now)}
    is_silent = scene.now - reminded > _REMINDED
    return Terms(
        entered=tuple(one.status for one in made),
        stamps=tuple(
            stamp for one in (*found, *people) if one is not None for stamp in _stamps(one)
        ),
        sections=tuple(_section(page.text, one.number) for one in made),
        alarmed='class="alarm"' in page.text and f"{asked.LIST}" in _alarm(page.text),
        extended=after is not None and any(one.extended for one in after.request.clocks),
        people=len(people),
        unlisted=sum(one.request.late(scene.now) and one.number not in listed for one in people),
        unreminded=waiting if is_silent and scene.target.is_configured else 0,
    )


def _waiting(scene: Scene, connection: Connection) -> int:
    """Count people's requests near their end of which the site has known for longer than a reminder may take."""
    before = scene.now - _REMINDED
    known = stored.soon(connection, before)
    # A letter may be old on the day that it is typed in; the journal has when that was.
    return sum(entry.decode(scene.log.entry(connection, one.entry)).at_ms < before for one in known)


def _near(scene: Scene) -> date:
    """The day on which a letter came whose term is in its last third today, by the second reckoning."""
    today, place = asked.today(scene), asked.zone(scene)
    laws = scene.edition.policy.laws
    for ago in range(1, _SEARCHED):
        day = today - timedelta(days=ago)
        begun = int(datetime.combine(day, time(12), ZoneInfo(place)).timestamp()) * 1000
        ends = [
            reckoning.due(law, rule, begun, place)
            for law in laws
            for rule in reckoning.rules(law, f"request.{_KIND}", begun, place)
        ]
        # Near the end of one, past none.
        is_near = any(one - (one - begun) // 3 + _HOUR < scene.now for one in ends)
        if is_near and all(scene.now < one - _HOUR for one in ends):
            return day
    return today


def _stamps(one: Stored) -> Iterator[Stamp]:
    clocks = {(clock.profile, clock.rule): clock for clock in one.request.clocks}
    place = one.request.clocks[0].zone if one.request.clocks else ""
    for law in one.request.profiles:
        zone = place or profile.profile(law).zone
        for rule in reckoning.rules(law, f"request.{one.request.kind}", one.request.received, zone):
            clock = clocks.get((law, rule))
            yield Stamp(
                request=one.number,
                law=law,
                rule=rule,
                due=_due(one, law, rule, clock, zone),
                stored=clock.due if clock else 0,
            )


def _due(one: Stored, law: str, rule: str, clock: Clock | None, zone: str) -> int:
    longer = clock is not None and clock.extended
    where = clock.zone if clock else zone
    return reckoning.due(law, rule, one.request.received, where, extended=longer)


def _section(page: str, number: int) -> str:
    """Under which heading of the list a request stands; "" where it is not listed."""
    at = page.find(f'/console/request/{number}"')
    at = at if at >= 0 else page.find(f"/console/request/{number}?")
    heads = [(page.find(f'id="{name}"'), name) for name in ("late", "soon", "others")]
    before = [(place, name) for place, name in heads if 0 <= place < at]
    return max(before)[1] if before else ""


def _alarm(page: str) -> str:
    """What stands in the alarm at the head of a page."""
    return page.partition('class="alarm"')[2].partition("</div>")[0]


def judge(found: Terms) -> Outcome:
    """Judge: every clock is there and right, the list tells late and near ones, none moves once it has ended."""
    if not found.applies:
        return not_applicable(
            said(N_("The site has no form, so that nobody can ask about anything."))
        )
    if any(status != 303 for status in found.entered):
        text = N_("The desk did not take a letter in: it answers %(statuses)s.")
        return not_shown(said(text, statuses=", ".join(map(str, found.entered))))
    faults = [*_wrong(found.stamps), *_unseen(found)]
    if found.extended:
        faults.append(said(N_("A term that had ended was made longer.")))
    if found.unlisted:
        text = N_("%(count)s overdue requests of people are in no list of what is overdue.")
        faults.append(said(text, count=found.unlisted))
    if found.unreminded:
        text = N_("Of %(count)s requests near their end nobody was told by mail for a day.")
        faults.append(said(text, count=found.unreminded))
    seen = N_(
        "Reckoned a second time: %(clocks)s terms, those of %(people)s open requests of people among them; the late"
        " and the near one of the exercise are listed as such."
    )
    return judged(faults, said(seen, clocks=len(found.stamps), people=found.people))


def _wrong(stamps: tuple[Stamp, ...]) -> Iterator[Said]:
    missing = N_("Request %(request)s has no clock %(rule)s under %(law)s.")
    other = N_(
        "Request %(request)s, %(rule)s under %(law)s: due %(hours)s hours off the law's day."
    )
    for one in stamps:
        if not one.stored:
            yield said(missing, request=one.request, rule=one.rule, law=one.law)
        elif one.stored != one.due:
            hours = (one.stored - one.due) // _HOUR
            yield said(other, request=one.request, rule=one.rule, law=one.law, hours=hours)


def _unseen(found: Terms) -> Iterator[Said]:
    late, near, _ = found.sections
    if late != "late":
        yield said(N_("A request whose term has ended is not listed as overdue."))
    if near not in ("soon", "late"):
        yield said(N_("A request whose term comes to its end is not listed as due soon."))
    if not found.alarmed:
        yield said(N_("No page of the console says that a request is overdue."))


STAMPED = Probe(
    id="law.deadlines.stamped",
    promise="law.deadlines",
    kind=Kind.ATTACK,
    does=N_(
        "Enters letters at the desk, reckons every term of theirs and of people's open requests anew, looks where they"
        " are listed, and tries to extend a term that has ended."
    ),
    act=_look,
    oracle=judge,
)

PROBES = (STAMPED,)
