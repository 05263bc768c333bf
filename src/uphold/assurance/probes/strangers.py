# SPDX-License-Identifier: Apache-2.0
"""Whoever is not signed in gets nothing of the console, and no file of the site by any address."""

from dataclasses import dataclass

from uphold.assurance import crawl, doors, html
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, said
from uphold.assurance.scene import LOGIN, Scene
from uphold.assurance.visitor import Answer, Visitor

# Open to everybody, because it is the way in.
_WAY_IN = (LOGIN, "/console/welcome/")
# Where programs leave what nobody should fetch; and ways to climb out of the folder of static files.
PLACES = (
    "/uphold.toml",
    "/policy/policy.toml",
    "/forms/feedback.toml",
    "/keys/ring.json",
    "/keys/head",
    "/data/uphold.sqlite",
    "/static/../../uphold.toml",
    "/static/..%2f..%2fuphold.toml",
    "/static/%2e%2e/server.py",
    "/static/",
    "/journal/tile/entries/000",
    "/journal/tile/entries/000.p/1",
    "/receipt/",
    "/.env",
    "/.git/config",
    "/debug",
    "/metrics",
    "/admin",
    "/docs",
    "/openapi.json",
    "/server-status",
)
# A session's token as a stranger might make one up.
_FORGED = {"nobody": "", "forged": "A" * 43, "broken": "%00"}


@dataclass(frozen=True, slots=True)
class Tried:
    """A request of somebody who is not signed in, and what came of it.

    `leaks` counts values that the exercise had typed, `turned_away` says that it led to the way in.
    """

    method: str
    path: str
    how: str
    status: int
    turned_away: bool
    leaks: int
    sets_cookie: bool


def knock(scene: Scene) -> tuple[Tried, ...]:
    """Take every address that the owner's console leads to, and every known door, and try them as nobody."""
    sent = scene.submission() if scene.edition.forms else None
    marks = sent.marks if sent else ()
    inside = crawl.inside(scene)
    wanted = {("GET", _bare(one.path)) for one in inside.fetched if one.status == 200}
    wanted |= {
        ("POST", _bare(form.action))
        for one in inside.pages
        for form in html.forms(one.page)
        if form.method == "post"
    }
    wanted |= {
        (door.method, door.path.replace("{id}", sent.id if sent else "a")) for door in doors.doors()
    }
    found = []
    for how, token in _FORGED.items():
        visitor = scene.stranger({"cookie": f"uphold_staff={token}"} if token else None)
        for method, path in sorted(wanted):
            if path.startswith("/console") and not path.startswith(_WAY_IN):
                found.append(_tried(visitor, method, path, how, marks))
    return tuple(found)


def _bare(path: str) -> str:
    return path.partition("?")[0]


def _tried(visitor: Visitor, method: str, path: str, how: str, marks: tuple[str, ...]) -> Tried:
    answer = visitor.get(path) if method == "GET" else visitor.post(path, {"to": "closed"})
    return Tried(
        method,
        path,
        how,
        answer.status,
        _is_way_in(answer),
        sum(mark in answer.text for mark in marks),
        bool(answer.all("set-cookie")),
    )


def _is_way_in(answer: Answer) -> bool:
    return answer.status == 303 and answer.header("location").startswith(LOGIN)


def judge_knocks(trace: tuple[Tried, ...]) -> Outcome:
    """Each was led to the way in, and nothing was shown."""
    faults = [
        said(
            N_("%(method)s %(path)s answered somebody who is not signed in (%(how)s): %(status)s."),
            method=one.method,
            path=one.path,
            how=one.how,
            status=one.status,
        )
        for one in trace
        if not one.turned_away or one.leaks or one.sets_cookie
    ]
    if not trace:
        faults.append(said(N_("The console has no address at all: the probe looked in vain.")))
    return judged(
        faults,
        said(
            N_("%(count)s requests to the console led a stranger to the sign-in."), count=len(trace)
        ),
    )


def rummage(scene: Scene) -> tuple[Tried, ...]:
    """Ask for the site's files and for what programs leave about."""
    visitor = scene.stranger()
    marks = scene.submission().marks if scene.edition.forms else ()
    return tuple(_tried(visitor, "GET", path, "nobody", marks) for path in PLACES)


def judge_rummage(trace: tuple[Tried, ...]) -> Outcome:
    """Nothing is there."""
    faults = [
        said(N_("%(path)s answered a stranger with %(status)s."), path=one.path, status=one.status)
        for one in trace
        if one.status not in {400, 404}
    ]
    return judged(
        faults, said(N_("%(count)s addresses of files answered nothing."), count=len(trace))
    )


CONSOLE = Probe(
    id="access.strangers-refused.console",
    promise="access.strangers-refused",
    kind=Kind.ATTACK,
    does=N_("Tries every address of the console as nobody and with made-up sessions."),
    act=knock,
    oracle=judge_knocks,
)
FILES = Probe(
    id="access.strangers-refused.files",
    promise="access.strangers-refused",
    kind=Kind.ATTACK,
    does=N_("Asks for the site's own files and for what programs leave about."),
    act=rummage,
    oracle=judge_rummage,
)

PROBES = (CONSOLE, FILES)
