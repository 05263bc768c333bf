# SPDX-License-Identifier: Apache-2.0
"""Reading is no consent, and nothing is kept in a browser but what the console needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie

from uphold.access.permission import Role
from uphold.assurance import crawl, stored
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, said
from uphold.assurance.scene import LOGIN, Scene

# The published list: what the site may set, and where it is sent back.
COOKIES = {"uphold_staff": "/console"}
# What outlives the tab; the draft of a form is kept in sessionStorage, which does not.
_KEEPS = re.compile(r"document\.cookie|localStorage|indexedDB|\bcaches\.")


@dataclass(frozen=True, slots=True)
class Visited:
    """A walk through all public pages: how many opened, which did not, the cookies' names, stray consents."""

    pages: int
    closed: tuple[str, ...]
    cookies: tuple[str, ...]
    strays: int


def walk(scene: Scene) -> Visited:
    """Read every page as a stranger, and look whether somebody is now said to have agreed."""
    with scene.read() as connection:
        before = stored.last_consent(connection)
    seen = crawl.follow(scene.stranger(), ["/", "/policy"], crawl.hosts(scene))
    with scene.read() as connection:
        strays = stored.stray_consents(connection, before)
    closed = [one.path for one in seen.pages if one.status in {303, 401, 403}]
    names = [name for one in seen.fetched for text in one.cookies for name in SimpleCookie(text)]
    return Visited(len(seen.pages), tuple(closed), tuple(names), strays)


def judge_walk(trace: Visited) -> Outcome:
    """Everything could be read, no consent came of it, and no cookie."""
    faults = [
        said(N_("Page %(path)s cannot be read without an act of the reader."), path=path)
        for path in trace.closed
    ]
    faults += [
        said(N_("A page sets the cookie %(name)s by being read."), name=name)
        for name in dict.fromkeys(trace.cookies)
    ]
    if trace.strays:
        faults.append(
            said(N_("Reading left %(count)s consents that nobody gave."), count=trace.strays)
        )
    return judged(
        faults,
        said(N_("%(count)s pages read: no consent and no cookie came of it."), count=trace.pages),
    )


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie as it was set: by whom, and the attributes that matter."""

    where: str
    name: str
    path: str
    http_only: bool
    secure: bool
    same_site: str


@dataclass(frozen=True, slots=True)
class Kept:
    """All cookies, whether people reach the site by TLS, and scripts that keep something else."""

    cookies: tuple[Cookie, ...]
    is_secure: bool
    scripts: tuple[str, ...]


def collect(scene: Scene) -> Kept:
    """Read every public page, send a form, sign in and out, and list what the browser was told to keep."""
    public = crawl.public(scene)
    found = [c for one in public.fetched for text in one.cookies for c in _read("public", text)]
    if scene.edition.forms:
        offer = scene.offer()
        sent = scene.stranger().post(offer.path, scene.filled(offer))
        found += [cookie for text in sent.all("set-cookie") for cookie in _read("form", text)]
    account = scene.exercise.account(Role.CLERK)
    fields = {"login": account.login, "password": account.password}
    entered = scene.stranger().post(LOGIN, fields)
    found += [cookie for text in entered.all("set-cookie") for cookie in _read("console", text)]
    scripts = [one.path for one in public.fetched if _is_script(one) and _KEEPS.search(one.text)]
    secure = scene.settings.site.address.startswith("https:")
    return Kept(tuple(found), secure, tuple(scripts))


def _is_script(one: crawl.Fetched) -> bool:
    return one.kind in {"text/javascript", "application/javascript"} or one.is_page


def _read(where: str, text: str) -> Iterator[Cookie]:
    for name, morsel in SimpleCookie(text).items():
        yield Cookie(
            where,
            name,
            morsel["path"],
            bool(morsel["httponly"]),
            bool(morsel["secure"]),
            morsel["samesite"].lower(),
        )


def judge_cookies(trace: Kept) -> Outcome:
    """Only the console sets one, it is on the list, and scripts and other sites cannot get at it."""
    faults = [fault for one in trace.cookies for fault in _cookie_faults(one, trace)]
    faults += [
        said(N_("Script %(path)s keeps something in the browser for good."), path=path)
        for path in trace.scripts
    ]
    return judged(
        faults, said(N_("%(count)s cookies were set, all on the list."), count=len(trace.cookies))
    )


def _cookie_faults(one: Cookie, trace: Kept) -> Iterator[Said]:
    if one.where != "console" or one.name not in COOKIES:
        yield said(
            N_("The cookie %(name)s (%(where)s) is not on the list."),
            name=one.name,
            where=one.where,
        )
        return
    if not one.http_only or one.same_site not in {"lax", "strict"}:
        yield said(N_("The cookie %(name)s lacks HttpOnly or SameSite."), name=one.name)
    if one.path != COOKIES[one.name]:
        yield said(N_("The cookie %(name)s is sent to more than the console."), name=one.name)
    if trace.is_secure and not one.secure:
        yield said(N_("The cookie %(name)s may travel without TLS."), name=one.name)


NO_CONSENT = Probe(
    id="browsing.no-consent.visit",
    promise="browsing.no-consent",
    kind=Kind.EXAMINE,
    does=N_("Reads every public page as a stranger and looks for a consent or cookie afterwards."),
    act=walk,
    oracle=judge_walk,
)
DECLARED = Probe(
    id="cookies.declared.crawl",
    promise="cookies.declared",
    kind=Kind.EXAMINE,
    does=N_("Lists what a browser is told to keep: by each page, by a form, by signing in."),
    act=collect,
    oracle=judge_cookies,
)

PROBES = (NO_CONSENT, DECLARED)
