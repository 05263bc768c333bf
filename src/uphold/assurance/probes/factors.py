# SPDX-License-Identifier: Apache-2.0
"""Probes of proving who one is: one-time codes, the lock, guesses at both, and passwords that everybody knows.

Each has an account of its own, which no other probe uses.
"""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from uphold.access import exercise as accounts, session, totp
from uphold.access.permission import Role
from uphold.assurance import console, guessing, html
from uphold.assurance.guessing import Guesses
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_shown, said
from uphold.assurance.scene import LOGIN, Account, Scene
from uphold.assurance.visitor import Answer, Visitor

CODE = f"{LOGIN}/code"
AGAIN = f"{console.HOME}/again"
FACTOR = f"{console.ACCOUNT}/factor"
# A page of the auditor's, which stands for all that is not one's own account.
BEHIND = f"{console.HOME}/proof"
WELCOME = f"{console.HOME}/welcome"
_MINUTE = 60_000
# Long enough, and among the first that anybody tries: from the lists of what leaked, with a year, in another layout.
KNOWN = (
    *("password12345", "P@ssw0rd1234", "qwertyuiop12", "1qaz2wsx3edc", "iloveyou123456"),
    *("liverpool2024", "correct horse battery staple", "Привет123456", "aaaaaaaaaaaa"),
)


def _post(visitor: Visitor, path: str, at: str, **fields: str) -> Answer:
    """Post with the token of the page at `at`."""
    return visitor.post(path, {console.CSRF: _token(visitor.get(at)), **fields})


def _token(page: Answer) -> str:
    forms = html.forms(html.parse(page.text))
    return next((one.hidden[console.CSRF] for one in forms if console.CSRF in one.hidden), "")


def _enter(scene: Scene, account: Account) -> Visitor:
    visitor = scene.stranger()
    visitor.post(LOGIN, {"login": account.login, "password": account.password})
    return visitor


def _is_in(visitor: Visitor) -> bool:
    return visitor.get(BEHIND).status == 200


@dataclass(frozen=True, slots=True)
class _Set:
    """Codes that were set up: the secret, the step of the code that confirmed them, the recovery codes.

    `early` tells whether the console was open before, to an account that had only begun.
    """

    secret: bytes = field(repr=False)
    step: int
    recovery: tuple[str, ...] = field(repr=False)
    early: bool


def _set_up(scene: Scene, account: Account) -> _Set | None:
    """Set codes up as a person does; None where the pages do not let it."""
    visitor = _enter(scene, account)
    _post(visitor, FACTOR, console.ACCOUNT)
    shown = html.parse(visitor.get(console.ACCOUNT).text).all("pre")
    secret = totp.read(shown[0].text) if shown else None
    if secret is None:
        return None
    early, step = _is_in(visitor), totp.step(scene.now)
    done = _post(visitor, f"{FACTOR}/confirm", console.ACCOUNT, code=totp.code(secret, step))
    codes = html.parse(done.text).all("pre")
    if done.status != 200 or not codes or not _is_in(visitor):
        return None
    return _Set(secret, step, tuple(codes[0].text.split()), early)


# --- access.sessions-safe: one-time codes -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Codes:
    """What became of codes at the second step, each with whether it opened the console.

    `right` and `recovered` are of a fresh code and of a recovery code, `wrong` of all others by what was wrong.
    `is_demanded`: the site lets nobody go on without a second factor; `early` then must be False.
    """

    right: bool
    recovered: bool
    wrong: tuple[tuple[str, bool], ...]
    is_demanded: bool
    early: bool


def _show(scene: Scene) -> Codes | None:
    account = accounts.open_account(scene.writer, scene.run, Role.AUDITOR)
    made = _set_up(scene, account)
    if made is None:
        return None
    # The next one: the one of now was used to set them up, unless a step of time has passed since.
    fresh = totp.code(made.secret, max(made.step + 1, totp.step(scene.now)))
    wrong = [("none", _is_in(_enter(scene, account)))]

    def show(what: str, code: str) -> bool:
        visitor = _enter(scene, account)
        _post(visitor, CODE, CODE, given=code)
        is_in = _is_in(visitor)
        if what:
            wrong.append((what, is_in))
        return is_in

    show("used", totp.code(made.secret, made.step))
    show("old", totp.code(made.secret, made.step - 40))
    right = show("", fresh)
    show("again", fresh)
    recovered = show("", made.recovery[0])
    show("recovery-again", made.recovery[0])
    is_demanded = scene.settings.console.second_factor == "required"
    return Codes(right, recovered, tuple(wrong), is_demanded, made.early)


def judge_codes(codes: Codes | None) -> Outcome:
    """Judge: a fresh code and a recovery code open the console once each, and nothing else does."""
    if codes is None:
        return not_shown(said(N_("An exercise account could not set one-time codes up.")))
    faults = [
        said(N_("The password and this (%(what)s) opened the console."), what=what)
        for what, opened in codes.wrong
        if opened
    ]
    if not codes.right:
        faults.append(said(N_("A right code did not open the console.")))
    if not codes.recovered:
        faults.append(said(N_("A recovery code did not open the console.")))
    if codes.is_demanded and codes.early:
        text = N_("The site demands a second factor, and an account without one could go on.")
        faults.append(said(text))
    seen = N_("Codes that were wrong, used or old and were refused: %(count)s.")
    return judged(faults, said(seen, count=len(codes.wrong)))


# --- access.sessions-safe: the lock -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lock:
    """What a session that did nothing for the configured time could do, by status, and how it was unlocked.

    `kept` tells whether the page that asks for the proof carries what was posted; `guessed` is the status of the
    page behind after a wrong password, `unlocked` after the right one. `is_short`: the session ends before it locks.
    """

    looked: int
    acted: int
    kept: bool
    guessed: int
    unlocked: int
    is_short: bool


def _be_locked(scene: Scene) -> Lock:
    account = accounts.open_account(scene.writer, scene.run, Role.AUDITOR)
    visitor, mark = _enter(scene, account), secrets.token_hex(8)
    csrf = {console.CSRF: _token(visitor.get(console.ACCOUNT))}
    token, terms = next(iter(visitor.cookies.values())), scene.settings.console
    scene.writer.run(lambda tx: session.grow_old(tx, token, terms.lock_minutes * _MINUTE))
    looked = visitor.get(BEHIND).status
    acted = visitor.post(FACTOR, {**csrf, "words": mark})
    visitor.post(AGAIN, {**csrf, "given": secrets.token_urlsafe(16)})
    guessed = visitor.get(BEHIND).status
    visitor.post(AGAIN, {**csrf, "given": account.password})
    return Lock(
        looked=looked,
        acted=acted.status,
        kept=mark in acted.text,
        guessed=guessed,
        unlocked=visitor.get(BEHIND).status,
        is_short=terms.idle_minutes <= terms.lock_minutes,
    )


def judge_lock(lock: Lock) -> Outcome:
    """Judge: locked, nothing is shown or done; the password opens it, and what was posted was not lost."""
    faults = []
    if lock.looked == 200 or lock.guessed == 200:
        faults.append(said(N_("A session that did nothing for the configured time showed a page.")))
    # 303 leads on from what was done; from an ended session it leads to the sign-in.
    if lock.acted != 403 and not (lock.is_short and lock.acted == 303):
        text = N_(
            "A session that did nothing for the configured time could act (status %(status)s)."
        )
        faults.append(said(text, status=lock.acted))
    elif not lock.kept and not lock.is_short:
        faults.append(said(N_("What a locked session posted is lost.")))
    if lock.unlocked != 200 and not lock.is_short:
        faults.append(said(N_("The right password did not unlock a session.")))
    seen = N_(
        "A session that did nothing was locked, kept what was posted, and opened by its proof."
    )
    return judged(faults, said(seen))


# --- access.guessing-throttled ----------------------------------------------------------------------


def _guess_codes(scene: Scene) -> Guesses | None:
    account = accounts.open_account(scene.writer, scene.run, Role.AUDITOR)
    if _set_up(scene, account) is None:
        return None
    waiting = _enter(scene, account)
    csrf = _token(waiting.get(CODE))

    def guess(_: int) -> Answer:
        visitor = scene.stranger()
        visitor.cookies = dict(waiting.cookies)
        # Letters are never right: the probe must not let itself in by chance.
        fields = {console.CSRF: csrf, "given": secrets.token_hex(3) + "x"}
        return visitor.post(CODE, fields)

    with ThreadPoolExecutor(guessing.GUESSES, "code") as crowd:
        answers = list(crowd.map(guess, range(guessing.GUESSES)))
    waits = sum(one.status == 429 and one.header("retry-after").isdigit() for one in answers)
    return Guesses(tuple(one.status for one in answers), waits)


def judge_code_guesses(guesses: Guesses | None) -> Outcome:
    """Judge guesses at the codes of one account."""
    if guesses is None:
        return not_shown(said(N_("An exercise account could not set one-time codes up.")))
    return guessing.judge(guesses)


@dataclass(frozen=True, slots=True)
class Passwords:
    """The statuses of passwords that everybody knows, of one with the login in it, and of a good one at last."""

    known: tuple[int, ...]
    login: int
    good: int


def _choose(scene: Scene) -> Passwords:
    link = scene.writer.run(lambda tx: accounts.invite(tx, scene.run, Role.AUDITOR))
    visitor = scene.stranger()

    def choose(password: str) -> int:
        fields = {"password": password, "again": password}
        return visitor.post(f"{WELCOME}/{link.token}", fields).status

    known = tuple(choose(one) for one in KNOWN)
    return Passwords(known, choose(f"{link.login} 7"), choose(secrets.token_urlsafe(18)))


def judge_passwords(found: Passwords) -> Outcome:
    """Judge: what everybody knows is refused, and a good one is taken."""
    # Once one is taken the link is spent, and the others are refused for that.
    taken = sum(status == 303 for status in (*found.known, found.login))
    if taken:
        return judged(
            [said(N_("A password that everybody knows, or that holds the login, was taken."))]
        )
    if found.good != 303:
        text = N_("A good password was refused as well (status %(status)s).")
        return not_shown(said(text, status=found.good))
    text = N_("Passwords that everybody knows and that were refused: %(count)s.")
    return judged([], said(text, count=len(found.known) + 1))


CODES = Probe(
    id="access.sessions-safe.codes",
    promise="access.sessions-safe",
    kind=Kind.ATTACK,
    does=N_(
        "Sets one-time codes up for an exercise account and signs in with right, used, old and no codes."
    ),
    act=_show,
    oracle=judge_codes,
)
LOCK = Probe(
    id="access.sessions-safe.lock",
    promise="access.sessions-safe",
    kind=Kind.ATTACK,
    does=N_(
        "Leaves a session alone for the configured time, then looks, acts, guesses and unlocks it."
    ),
    act=_be_locked,
    oracle=judge_lock,
)
GUESSING_CODES = Probe(
    id="access.guessing-throttled.codes",
    promise="access.guessing-throttled",
    kind=Kind.ATTACK,
    does=N_("Guesses the one-time code of an exercise account, many times at once."),
    act=_guess_codes,
    oracle=judge_code_guesses,
)
PASSWORDS = Probe(
    id="access.guessing-throttled.passwords",
    promise="access.guessing-throttled",
    kind=Kind.ATTACK,
    does=N_("Tries to set passwords that everybody knows for an exercise account."),
    act=_choose,
    oracle=judge_passwords,
)

PROBES = (CODES, LOCK, GUESSING_CODES, PASSWORDS)
