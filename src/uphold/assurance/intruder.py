# SPDX-License-Identifier: Apache-2.0
"""An intruder of an exercise: an account of its own, made to feel what its alerts do, at the doors that people use.

    with intruder.let_in(scene, Role.CLERK) as who:
        who.open(record, purpose)      an answer; who.blocked tells how the first refusal came

No other account of the exercise feels anything, and people's accounts never. What was put upon the intruder ends
with the block, the account itself and its records with the exercise.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from uphold.access import exercise as accounts, restraint
from uphold.access.exercise import Opened
from uphold.access.permission import Role
from uphold.assurance import console
from uphold.assurance.scene import LOGIN, Scene
from uphold.assurance.visitor import Answer, Visitor

AGAIN, CODE = "/console/again", "/console/login/code"
_STOPPED = frozenset({403, 409, 410, 422, 429})


@dataclass(frozen=True, slots=True)
class Blocked:
    """The first refusal: how (a code of `HOW`), when (unix ms), after how many acts."""

    how: str
    at: int
    acts: int


HOW = ("proof", "signed-out", "locked", "slowed", "frozen", "held")
"""A new proof is asked for; the session is over; no sign-in; come again later; no exports; nothing is opened."""


class Intruder:
    """One exercise account that misbehaves."""

    def __init__(self, scene: Scene, opened: Opened, visitor: Visitor) -> None:
        """Take an account, and the browser that it sits at."""
        self._scene = scene
        self.account = opened
        self.visitor = visitor
        self.acts = 0
        self.acted_at = 0
        self.blocked: Blocked | None = None
        self._csrf = ""

    @property
    def staff(self) -> int:
        """The account's number."""
        return self.account.number

    def sign_in(self, password: str | None = None) -> Answer:
        """Try to sign in, with the right password unless another is told."""
        given = self.account.password if password is None else password
        answer = self.visitor.post(LOGIN, {"login": self.account.login, "password": given})
        self._csrf = ""
        return self._seen(answer)

    def open(self, record: int, purpose: str) -> Answer:
        """Open a record for a purpose."""
        return self.post(f"{console.enquiry(self._scene, record)}/open", purpose=purpose)

    def post(self, path: str, **fields: str) -> Answer:
        """Post at the console as a page's own form does."""
        if not self._csrf:
            page = self._seen(self.visitor.get(console.ACCOUNT))
            if self.blocked is not None and page.status != 200:
                return page
            self._csrf = console.token(self.visitor)
        return self._seen(self.visitor.post(path, {console.CSRF: self._csrf, **fields}))

    def get(self, path: str) -> Answer:
        """Look at a page."""
        return self._seen(self.visitor.get(path))

    def _seen(self, answer: Answer) -> Answer:
        now, how = self._scene.now, refusal(answer)
        self.acts += 1
        if not how:
            self.acted_at = now
        elif self.blocked is None:
            self.blocked = Blocked(how, now, self.acts)
        return answer


def refusal(answer: Answer) -> str:
    """Tell how an answer refuses, a code of `HOW`; "" where it does not (pure)."""
    where = urlsplit(answer.header("location")).path
    if answer.status in {302, 303}:
        return {AGAIN: "proof", LOGIN: "signed-out"}.get(where, "")
    if answer.status not in _STOPPED:
        return ""
    for sign, how in (
        ("Is it still you?", "proof"),
        ("This account is locked", "locked"),
        ("Exports are stopped", "frozen"),
        ("Your access is suspended", "held"),
    ):
        if sign in answer.text:
            return how
    return "slowed" if answer.status == 429 else ""


@contextmanager
def let_in(scene: Scene, role: Role, source: str = "") -> Iterator[Intruder]:
    """Make an account that feels what its alerts do, not signed in yet; in the end all that binds it is ended."""
    opened = accounts.open_account(scene.writer, scene.run, role)
    scene.writer.run(lambda tx: restraint.begin_drill(tx, opened.number, scene.run))
    try:
        yield Intruder(scene, opened, scene.stranger(source=source))
    finally:
        scene.writer.run(lambda tx: restraint.end_drill(tx, scene.run))
