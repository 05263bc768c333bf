# SPDX-License-Identifier: Apache-2.0
"""Probes of signing in: guessing is slowed down however many guess at once, and a session cannot be taken over."""

import ipaddress
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import SimpleCookie
from time import sleep

from uphold.access import session
from uphold.access.permission import Role
from uphold.assurance import console, guessing, trail
from uphold.assurance.guessing import Guesses
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.scene import LOGIN, Scene
from uphold.assurance.visitor import Answer

REFUSED = "staff.refused"
# Tried at once; and as many may be looked at before the rest must wait.
SPRAYED, MOST_SPRAYED = 32, 24
_MINUTE = 60_000
_LOGOUT = "/console/logout"
# A secret of 128 bits has 22 characters of base64.
SHORTEST = 22


# --- access.guessing-throttled ----------------------------------------------------------------------


def _guess(scene: Scene) -> Guesses:
    account = scene.exercise.account(Role.OFFICER)
    scene.staff(Role.OFFICER)  # signed in while it can be: other probes need the session
    guesses = [(account.login, secrets.token_urlsafe(16)) for _ in range(guessing.GUESSES)]
    source = own_address(scene.target.parts.hostname or "")
    answers = _at_once(scene, guesses, source)
    right = scene.stranger(source=source)
    fields = {"login": account.login, "password": account.password}
    status, waited = 0, 0
    # Throttled is not locked out: who waits as told and knows the password comes in.
    while status != 303 and waited < guessing.PATIENCE:
        answer = right.post(LOGIN, fields)
        status = answer.status
        if status != 303:
            pause = min(_wait(answer) or 1, guessing.PATIENCE)
            sleep(pause)
            waited += pause
    waits = sum(_wait(answer) > 0 for answer in answers)
    return Guesses(tuple(answer.status for answer in answers), waits, status)


def _spray(scene: Scene) -> Guesses | None:
    source = own_address(scene.target.parts.hostname or "")
    if not source:
        return None
    logins = [f"exercise-{secrets.token_hex(6)}" for _ in range(SPRAYED)]
    answers = _at_once(scene, [(login, secrets.token_urlsafe(16)) for login in logins], source)
    waits = sum(_wait(answer) > 0 for answer in answers)
    return Guesses(tuple(answer.status for answer in answers), waits)


def own_address(host: str) -> str:
    """An address of this machine that nobody else comes from, for a site on it; "" for a site elsewhere.

    All of 127.0.0.0/8 is this machine (RFC 1122, section 3.2.1.3), so that guesses are counted against
    nobody else.
    """
    try:
        is_loopback = host == "localhost" or ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return ""
    return (
        str(ipaddress.IPv4Address(0x7F010000 + secrets.randbelow(0xFD0000))) if is_loopback else ""
    )


def _at_once(scene: Scene, guesses: Sequence[tuple[str, str]], source: str) -> list[Answer]:
    def send(guess: tuple[str, str]) -> Answer:
        login, password = guess
        return scene.stranger(source=source).post(LOGIN, {"login": login, "password": password})

    with ThreadPoolExecutor(len(guesses), "guess") as crowd:
        return list(crowd.map(send, guesses))


def _wait(answer: Answer) -> int:
    told = answer.header("retry-after")
    return int(told) if answer.status == 429 and told.isdigit() else 0


def judge_guesses(guesses: Guesses) -> Outcome:
    """Judge guesses at one account."""
    return guessing.judge(guesses, guessing.MOST)


def judge_spray(guesses: Guesses | None) -> Outcome:
    """Judge guesses at many accounts from one place."""
    if guesses is None:
        text = N_("From another machine this would slow down everybody who shares its address.")
        return not_applicable(said(text))
    return guessing.judge(guesses, MOST_SPRAYED)


# --- access.denials-journaled -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wrong:
    """A sign-in that must be refused, and how many entries say so."""

    status: int
    entries: int


def _sign_in_wrongly(scene: Scene) -> Wrong:
    before = trail.size(scene)
    fields = {"login": f"exercise-{secrets.token_hex(6)}", "password": secrets.token_urlsafe(16)}
    source = own_address(scene.target.parts.hostname or "")
    answer = scene.stranger(source=source).post(LOGIN, fields)
    told = trail.since(scene, before, REFUSED)
    return Wrong(answer.status, sum(one.proven for one in told))


def judge_wrong(wrong: Wrong) -> Outcome:
    """Judge: refused, and in the journal. Others may be refused at the same moment, so one is the least."""
    if wrong.status not in {422, 429}:
        text = N_("A made-up login was answered %(status)s.")
        return judged([said(text, status=wrong.status)])
    faults = [] if wrong.entries else [said(N_("A refused sign-in left no entry in the journal."))]
    return judged(faults, said(N_("A refused sign-in left its entry in the journal.")))


# --- access.sessions-safe ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sessions:
    """What a session's cookie says, and what became of attempts on the session, by name.

    `forged` must all have been refused (403). `replayed` and `aged` are the statuses of the console for a
    cookie after signing out, and after the configured time without a request.
    """

    cookies: int
    http_only: bool
    same_site: str
    secure: bool
    must_be_secure: bool
    path: str
    max_age: int
    longest: int
    length: int
    forged: tuple[tuple[str, int], ...]
    replayed: int
    aged: int


def _take_over(scene: Scene) -> Sessions:
    account = scene.exercise.account(Role.CLERK)
    fields = {"login": account.login, "password": account.password}
    mine = scene.stranger()
    entered = mine.post(LOGIN, fields)
    set_ = entered.all("set-cookie")
    cookie = next(iter(SimpleCookie(set_[0] if set_ else "").values()), None)
    forged = (*_forge(scene, mine.cookies), ("login", _login_elsewhere(scene, fields)))
    kept = dict(mine.cookies)
    # What went through above has ended the session already.
    if mine.get(console.HOME).status == 200:
        mine.post(_LOGOUT, {console.CSRF: console.token(mine)})
    replay = scene.stranger()
    replay.cookies = kept
    return Sessions(
        cookies=len(set_),
        http_only=bool(cookie and cookie["httponly"]),
        same_site=str(cookie["samesite"]).lower() if cookie else "",
        secure=bool(cookie and cookie["secure"]),
        must_be_secure=scene.settings.secure,
        path=str(cookie["path"]) if cookie else "",
        max_age=int(cookie["max-age"] or 0) if cookie else 0,
        longest=scene.settings.console.longest_minutes * 60,
        length=len(cookie.value) if cookie else 0,
        forged=forged,
        replayed=replay.get(console.HOME).status,
        aged=_grow_old(scene),
    )


def _forge(scene: Scene, cookies: dict[str, str]) -> tuple[tuple[str, int], ...]:
    """Post with the session's cookie what the person never meant, in every way another page could."""
    victim = scene.stranger()
    victim.cookies = dict(cookies)
    own = console.token(victim)
    other = console.token(scene.staff(Role.CLERK))
    foreign = {"origin": "https://elsewhere.example"}
    ways: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
        ("no-token", {}, {}),
        ("made-up-token", {console.CSRF: secrets.token_urlsafe(32)}, {}),
        ("token-of-another-session", {console.CSRF: other}, {}),
        ("foreign-origin", {console.CSRF: own}, foreign),
        ("cross-site", {console.CSRF: own}, {"sec-fetch-site": "cross-site"}),
    )
    return tuple((name, victim.post(_LOGOUT, sent, headers).status) for name, sent, headers in ways)


def _login_elsewhere(scene: Scene, fields: dict[str, str]) -> int:
    """Sign in from another site's page: whoever is signed in so works unknowingly under another's name."""
    return scene.stranger().post(LOGIN, fields, {"origin": "https://elsewhere.example"}).status


def _grow_old(scene: Scene) -> int:
    """Make a session of this run as old as the configured term says, which is the only way not to wait for it."""
    visitor = scene.sign_in(Role.CLERK)
    token = next(iter(visitor.cookies.values()))
    by = (scene.settings.console.idle_minutes + 1) * _MINUTE
    scene.writer.run(lambda tx: session.grow_old(tx, token, by))
    # A session that is only locked still shows this page, where it is proven anew; one that ended does not.
    return visitor.get(f"{console.HOME}/again").status


def judge_sessions(found: Sessions) -> Outcome:
    """Judge the cookie's flags, the refusals, and the ends of a session."""
    if found.cookies == 0:
        return not_shown(said(N_("Signing in set no cookie.")))
    flags = (
        ("HttpOnly", found.http_only),
        ("SameSite", found.same_site in {"lax", "strict"}),
        ("Secure", found.secure or not found.must_be_secure),
        ("Path", found.path.startswith(console.HOME)),
        ("Max-Age", found.max_age <= found.longest),
        ("length", found.length >= SHORTEST),
    )
    text = N_("The cookie of a session lacks a good %(name)s.")
    faults = [said(text, name=name) for name, is_good in flags if not is_good]
    text = N_("A forged request (%(way)s) was answered %(status)s.")
    faults += [said(text, way=way, status=status) for way, status in found.forged if status != 403]
    if found.replayed == 200:
        faults.append(said(N_("A cookie opened the console after signing out.")))
    if found.aged == 200:
        faults.append(said(N_("A session outlived the configured time without a request.")))
    seen = N_(
        "Forged requests that were refused: %(count)s; the session ended by signing out and by idleness."
    )
    return judged(faults, said(seen, count=len(found.forged)))


GUESSING = Probe(
    id="access.guessing-throttled.one-account",
    promise="access.guessing-throttled",
    kind=Kind.ATTACK,
    does=N_(
        "Guesses the password of an exercise account, many times at once; then waits and signs in."
    ),
    act=_guess,
    oracle=judge_guesses,
)
SPRAYING = Probe(
    id="access.guessing-throttled.many-accounts",
    promise="access.guessing-throttled",
    kind=Kind.ATTACK,
    does=N_("Guesses at many made-up accounts at once from one address."),
    act=_spray,
    oracle=judge_spray,
)
WRONG = Probe(
    id="access.denials-journaled.sign-in",
    promise="access.denials-journaled",
    kind=Kind.ATTACK,
    does=N_("Signs in under a made-up name and looks for the refusal in the journal."),
    act=_sign_in_wrongly,
    oracle=judge_wrong,
)
SESSIONS = Probe(
    id="access.sessions-safe.take-over",
    promise="access.sessions-safe",
    kind=Kind.ATTACK,
    does=N_(
        "Forges requests under an exercise account's session, replays its cookie, and lets it grow old."
    ),
    act=_take_over,
    oracle=judge_sessions,
)

PROBES = (GUESSING, SPRAYING, WRONG, SESSIONS)
