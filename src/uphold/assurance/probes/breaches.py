# SPDX-License-Identifier: Apache-2.0
"""The probe of the terms that a breach starts: from its detection, moved with a reason alone, closed with a lesson.

Terms are reckoned a second time, by `assurance.reckoning`, from the data of the law alone.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from uphold.access.permission import Role
from uphold.assurance import console, html, reckoning, trail
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_shown, said
from uphold.assurance.scene import Scene
from uphold.incident import clock, stored
from uphold.incident.case import Whose
from uphold.law import breach

LIST = f"{console.HOME}/incidents"
OPENED = "incident.opened"
_HOUR = 3_600_000
_BANNER = "EXERCISE"
_DONE = 303
_ADDRESS = re.compile(r"/console/incident/([0-9]+)")


@dataclass(frozen=True, slots=True)
class Breach:
    """What became of an incident of the exercise, by status, and what its page, its draft and the journal said.

    `due` is by notice when it is due by the second reckoning, `shown` by the page (unix seconds; 0: not at all).
    `ahead` opened one that was detected tomorrow, `moved` moved a detection without a reason, `hasty` closed without
    a lesson, `closed` with one. `told`: the words stand in the journal. `apart`: people's list does not have it.
    """

    opened: int
    due: Mapping[str, int] = field(default_factory=dict)
    shown: Mapping[str, int] = field(default_factory=dict)
    ahead: int = 422
    moved: int = 422
    hasty: int = 422
    closed: int = _DONE
    banner: bool = True
    missing: bool = True
    entries: int = 1
    told: bool = False
    apart: bool = True


def _breach(scene: Scene) -> Breach:
    desk, start = console.Desk(scene, Role.OFFICER), trail.size(scene)
    at, words = (scene.now - 2 * _HOUR) // 60_000 * 60_000, f"exercise {secrets.token_hex(8)}"
    tomorrow = _typed(scene.now + 24 * _HOUR)
    ahead = desk.post(LIST, detected=tomorrow, words=words).status
    opened = desk.post(LIST, detected=_typed(at), words=words)
    found = _ADDRESS.search(opened.header("location"))
    if found is None:
        return Breach(opened.status, ahead=ahead)
    here = f"{console.HOME}/incident/{found[1]}"
    moved = desk.post(f"{here}/note", what="detected", detected=_typed(at - _HOUR), words="")
    due = _due(scene, at)
    shown = _shown(desk.visitor.get(here).text)
    first = next(iter(due), "")
    drafted = desk.visitor.get(f"{here}/{first}/en/txt").text
    hasty = _hasten(desk, here)
    lesson = {"kind": "measure", "name": "exercise-done", "due": tomorrow[:10], "words": words}
    desk.post(f"{here}/lesson", **lesson)
    closed = desk.post(f"{here}/close").status
    told = trail.since(scene, start, OPENED)
    with scene.read() as connection:
        peoples = {one.number for one in stored.listed(connection, whose=Whose.PEOPLES)}
    return Breach(
        opened=opened.status,
        due=due,
        shown=shown,
        ahead=ahead,
        moved=moved.status,
        hasty=hasty,
        closed=closed,
        banner=_BANNER in drafted,
        missing="Still missing" in drafted,
        entries=sum(
            one.proven and one.codes["staff"] == desk.staff and one.codes["detected"] == at // 1000
            for one in told
        ),
        told=any(words.encode() in raw for _, raw in trail.raw(scene, start)),
        apart=int(found[1]) not in peoples,
    )


def _hasten(desk: console.Desk, here: str) -> int:
    """Decide everything but what was learnt, then try to close it."""
    why = "It is an exercise, and no person's data are in it."
    for said_ in (
        {"what": "breached", "value": "no", "words": why},
        {"what": "risk", "value": "none", "words": why},
        {"what": "estimate", "subjects": "0", "identifiers": "0", "words": why},
    ):
        desk.post(f"{here}/note", **said_)
    return desk.post(f"{here}/close").status


def _typed(at: int) -> str:
    """A moment (unix ms) as a form takes it, in UTC."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M")


def _due(scene: Scene, at: int) -> dict[str, int]:
    """When each notice with a term is due (unix seconds), by the second reckoning."""
    zone = scene.settings.site.zone
    found: dict[str, int] = {}
    for notice in breach.notices(scene.edition.policy.laws, clock.moment_day(at, zone)):
        rules = reckoning.rules(notice.profile, "incident.detected", at, zone or "UTC")
        if notice.rule in rules:
            due = reckoning.due(notice.profile, notice.rule, at, zone or "UTC")
            found[notice.id] = due // 1000
    return found


def _shown(page: str) -> dict[str, int]:
    """When each notice is due by the page (unix seconds)."""
    found: dict[str, int] = {}
    for row in html.parse(page).all("tr"):
        times = [one.attrs.get("datetime", "") or "" for one in row.all("time")]
        name = row.attrs.get("id", "")
        if name and times:
            found[name] = int(datetime.fromisoformat(times[0]).timestamp())
    return found


def judge_breach(found: Breach) -> Outcome:
    """Judge: each term runs from the detection, and neither it nor the end is moved or reached without a word."""
    if found.opened != _DONE:
        text = N_("No incident could be opened at the console: it answers %(status)s.")
        return not_shown(said(text, status=found.opened))
    faults = [*_clocks(found), *_acts(found)]
    seen = N_("%(count)s terms of an incident run from its detection, reckoned a second time.")
    return judged(faults, said(seen, count=len(found.due)))


def _clocks(found: Breach) -> Iterator[Said]:
    missing = N_("The page of an incident shows no term of %(notice)s.")
    other = N_("%(notice)s is shown as due %(hours)s hours off the law's moment.")
    for name, due in found.due.items():
        shown = found.shown.get(name, 0)
        if not shown:
            yield said(missing, notice=name)
        elif shown != due:
            yield said(other, notice=name, hours=round((shown - due) / 3600))


def _acts(found: Breach) -> Iterator[Said]:
    faults = (
        (found.ahead == _DONE, N_("An incident could be opened as detected tomorrow.")),
        (found.moved == _DONE, N_("The detection could be moved without a reason.")),
        (found.hasty == _DONE, N_("An incident could be closed without a lesson.")),
        (found.closed != _DONE, N_("An incident could not be closed with a lesson.")),
        (not found.banner, N_("The draft of an exercise does not say that it is one.")),
        (not found.missing, N_("A draft does not say what it lacks.")),
        (found.entries != 1, N_("The journal does not have the detection of an incident once.")),
        (found.told, N_("What was written of an incident stands in the journal.")),
        (not found.apart, N_("An incident of an exercise stands among those of people.")),
    )
    yield from (said(text) for is_so, text in faults if is_so)


BREACH = Probe(
    id="law.deadlines.breach",
    promise="law.deadlines",
    kind=Kind.ATTACK,
    does=N_(
        "Opens an incident as an officer, reckons its terms anew, tries to move its detection without a reason and to"
        " close it without a lesson, and reads its draft and the journal."
    ),
    act=_breach,
    oracle=judge_breach,
)

PROBES = (BREACH,)
