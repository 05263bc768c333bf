# SPDX-License-Identifier: Apache-2.0
"""The probe of passkeys: with one set the password alone opens nothing, and no wrong answer stands for it.

It has a device of its own in software, and an account that nobody else in the run uses.
"""

from dataclasses import dataclass, replace
from typing import Any

from uphold.access import exercise as accounts, webauthn
from uphold.access.permission import Role
from uphold.assurance import console, html
from uphold.assurance.authenticator import Authenticator
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_applicable, not_shown, said
from uphold.assurance.scene import LOGIN, Account, Scene
from uphold.assurance.visitor import Answer, Visitor

PASSKEY = f"{console.ACCOUNT}/passkey"
CODE = f"{LOGIN}/code"
AGAIN = f"{console.HOME}/again"
ELSEWHERE = "https://elsewhere.example"


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of answers for a passkey, each with whether the site took it.

    `made` is the status of making one, `right` whether the right answer opened the console, `wrong` the others,
    by what was wrong with them.
    """

    made: int
    right: bool
    wrong: tuple[tuple[str, bool], ...]


@dataclass(slots=True)
class _Someone:
    """Somebody at the second step of an account's sign-in."""

    visitor: Visitor

    def ask(self, at: str = CODE) -> Any:
        """Fetch what the browser is asked for; None where nothing is."""
        return self.post(f"{at}/options", at).json()

    def post(self, path: str, at: str = CODE, **fields: str) -> Answer:
        """Post with the token of the page at `at`."""
        page = html.forms(html.parse(self.visitor.get(at).text))
        token = next((one.hidden[console.CSRF] for one in page if console.CSRF in one.hidden), "")
        return self.visitor.post(path, {console.CSRF: token, **fields})

    def is_in(self) -> bool:
        """Tell whether the console is open to them."""
        return self.visitor.get(console.ACCOUNT).status == 200

    def gets_in(self, answer: str) -> bool:
        """Show an answer, and tell whether it opened the console."""
        self.post(CODE, credential=answer)
        return self.is_in()


def _show(scene: Scene) -> Shown | None:
    site = webauthn.site(scene.settings.site.address)
    if site is None:
        return None
    account = accounts.open_account(scene.writer, scene.exercise.run, Role.AUDITOR)
    owner = _enter(scene, account)
    # A counter would refuse what is played again even where the challenge does not: the first has none.
    plain = Authenticator(site.origin, site.host, counts=False)
    counting = Authenticator(site.origin, site.host)
    for device in (plain, counting):
        asked = owner.post(f"{PASSKEY}/options", console.ACCOUNT)
        if asked.status != 200:
            return Shown(asked.status, right=False, wrong=())
        answer = device.make(asked.json())
        made = owner.post(PASSKEY, console.ACCOUNT, credential=answer)
        if made.status not in {200, 303}:
            return Shown(made.status, right=False, wrong=())
    return _try(scene, account, plain, counting)


def _try(scene: Scene, account: Account, plain: Authenticator, counting: Authenticator) -> Shown:
    """Show passkeys rightly and wrongly, each in a session of its own.

    Wrong answers stay below what would make the account wait; a copy comes last, because it blocks the key.
    """
    someone, other = _enter(scene, account), _enter(scene, account)
    if someone.is_in():
        return Shown(200, right=True, wrong=(("none", True),))
    answer = plain.show(someone.ask())
    right = someone.gets_in(answer) and other.gets_in(counting.show(other.ask()))
    again = someone.post(AGAIN, AGAIN, credential=answer).status == 303
    later = _enter(scene, account)
    later.ask()
    wrong = [("none", False), ("again", again), ("elsewhere", later.gets_in(answer))]
    for what, device in (
        ("origin", replace(plain, origin=ELSEWHERE)),
        ("key", Authenticator(plain.origin, plain.host, 9, credential=plain.credential)),
        ("copy", replace(counting, counter=0)),
    ):
        another = _enter(scene, account)
        wrong.append((what, another.gets_in(device.show(another.ask()))))
    return Shown(200, right, tuple(wrong))


def _enter(scene: Scene, account: Account) -> _Someone:
    visitor = scene.stranger()
    visitor.post(LOGIN, {"login": account.login, "password": account.password})
    return _Someone(visitor)


def judge_passkeys(shown: Shown | None) -> Outcome:
    """Judge: the right answer opened the console, and nothing else did."""
    if shown is None:
        return not_applicable(said(N_("Browsers make no passkeys for this site's address.")))
    if shown.made != 200:
        text = N_("An exercise account could not make a passkey (status %(status)s).")
        return not_shown(said(text, status=shown.made))
    if not shown.right:
        return not_shown(said(N_("The passkey of an exercise account did not open the console.")))
    text = N_("The console opened without the passkey; what was wrong with the answer: %(what)s.")
    faults = [said(text, what=what) for what, is_in in shown.wrong if is_in]
    seen = N_("The passkey opened the console, wrong answers did not: %(count)s.")
    return judged(faults, said(seen, count=len(shown.wrong)))


PASSKEYS = Probe(
    id="access.sessions-safe.passkey",
    promise="access.sessions-safe",
    kind=Kind.ATTACK,
    does=N_(
        "Sets a passkey for an exercise account; then signs in without it, with a foreign one, and with a copy."
    ),
    act=_show,
    oracle=judge_passkeys,
)

PROBES = (PASSKEYS,)
