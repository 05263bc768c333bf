# SPDX-License-Identifier: Apache-2.0
"""Attacks that are played against the running site, each by an exercise's own account on the exercise's own records.

    played = attacks.play(scene, "sweep")       what was done, which alert came of it when, and what it refused when

Nothing of people's is read, held or slowed down by them. What a play does comes to the rules as anybody's acts do, by
the journal and the doors; it is marked as an exercise and let off nothing.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from uphold.access import decoy, export, restraint
from uphold.access.permission import Role
from uphold.assurance import intruder, offered, trail
from uphold.assurance.console import Desk
from uphold.assurance.intruder import Blocked, Intruder
from uphold.assurance.probe import N_, Said, said
from uphold.assurance.scene import JSON, Scene
from uphold.detection import book, store
from uphold.detection.book import Book
from uphold.detection.store import Alert
from uphold.submission import form as forms

PATIENCE_MS = 12_000
"""How long an alert, and what it does, is waited for."""

EXPORTS = "/console/exports"
HOME = "/console"
_LOOK_SECONDS = 0.1
_WRONG = "wrong-on-purpose"
# What scanners try first; each is of another kind.
_INJECTIONS = (
    "' OR '1'='1' --",
    "<script>alert(document.cookie)</script>",
    "../../../../etc/passwd",
    "; cat /etc/passwd #",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "1' UNION SELECT login, password FROM users --",
    "<img src=x onerror=alert(1)>",
    "../../../../etc/shadow",
)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of an attack. Times are unix ms; `completed_at` is of the act after which the alert was due.

    `alert` is None where none came, `blocked` where nothing was refused. `cited` tells whether every event that the
    alert names is the intruder's own; `worked` whether colleagues of the exercise worked on meanwhile; `touched` how
    many restraints bound others. `why` says why it could not be played.
    """

    attack: str
    rules: tuple[str, ...]
    blocks: bool
    acts: int = 0
    began_at: int = 0
    completed_at: int = 0
    alert: Alert | None = None
    blocked: Blocked | None = None
    cited: bool = False
    worked: bool = False
    touched: int = 0
    why: Said | None = None

    @property
    def alert_ms(self) -> int:
        """From the completing act to the alert; -1 without one."""
        return -1 if self.alert is None else max(0, self.alert.raised_at - self.completed_at)

    @property
    def block_ms(self) -> int:
        """From the completing act to the first refusal; -1 without one."""
        return -1 if self.blocked is None else max(0, self.blocked.at - self.completed_at)


class CannotPlay(Exception):
    """An attack cannot be played on this site; says why."""

    def __init__(self, why: Said) -> None:
        """Take the reason."""
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: what it is about (marked with N_), which rules may notice it, whether that refuses anything."""

    name: str
    does: str
    rules: tuple[str, ...]
    blocks: bool
    act: Callable[["Stage"], None]
    role: Role | None = None


class Stage:
    """What an attack is played with."""

    def __init__(self, scene: Scene, known: Book, who: Intruder, purpose: str) -> None:
        """Take the intruder, and the purpose for which they read."""
        self.scene, self.book, self.who, self.purpose = scene, known, who, purpose
        self.completed_at = 0

    def least(self, rule: str) -> int:
        """How many acts a rule takes; raises `CannotPlay` where it is off."""
        found = next((one for one in self.book.in_force.every if one.name == rule), None)
        if found is None or found.correlation is None:
            raise CannotPlay(said(N_("The rule %(rule)s is off."), rule=rule))
        return found.correlation.least

    def completed(self) -> None:
        """Say that what was done so far should be noticed."""
        self.completed_at = self.who.acted_at or self.scene.now


def sweep(stage: Stage) -> None:
    """Read one record after another."""
    least = stage.least("record-sweep")
    own = [stage.scene.submitted().record for _ in range(least)]
    stage.who.sign_in()
    for record in own:
        # Outside working hours fewer are too many.
        if stage.who.blocked is None:
            stage.who.open(record, stage.purpose)
    stage.completed()
    _until_blocked(stage, lambda: stage.who.open(own[0], stage.purpose))


def guess(stage: Stage) -> None:
    """Guess a password, then come in with the right one."""
    for _ in range(stage.least("sign-in-failures")):
        stage.who.sign_in(_WRONG)
    deadline = stage.scene.now + PATIENCE_MS
    while stage.who.sign_in().status != 303 and stage.scene.now < deadline:
        time.sleep(_LOOK_SECONDS * 5)
    # What was refused while guessing is the site's own pace, and no answer to an alert.
    stage.who.blocked = None
    stage.completed()
    _until_blocked(stage, lambda: stage.who.get(HOME))


def carry_off(stage: Stage) -> None:
    """Make one export after another."""
    least = stage.least("export-run")
    stage.scene.submission()
    stage.who.sign_in()
    for _ in range(least):
        _export(stage)
    stage.completed()
    _until_blocked(stage, lambda: _export(stage))


def steal(stage: Stage) -> None:
    """Go on in a session from another browser and another network."""
    first, second = _places(stage.scene, 2)
    stage.who.visitor = stage.scene.stranger({"user-agent": "Mozilla/5.0 Firefox/141.0"}, first)
    stage.who.sign_in()
    stage.who.get(HOME)
    thief = stage.scene.stranger({"user-agent": "Mozilla/5.0 Chrome/140.0 Safari"}, second)
    thief.cookies.update(stage.who.visitor.cookies)
    stage.who.visitor = thief
    stage.who.get(HOME)
    stage.completed()
    _until_blocked(stage, lambda: stage.who.get(HOME))


def touch(stage: Stage) -> None:
    """Open a record that nobody has any work with: one of the exercise's own, as those of the site are no play."""
    record, writer = stage.scene.submitted().record, stage.scene.writer
    writer.run(lambda tx: decoy.mark(tx, decoy.What.RECORD, record))
    try:
        stage.who.sign_in()
        stage.who.open(record, stage.purpose)
        stage.completed()
        _until_blocked(stage, lambda: stage.who.get(HOME))
        # The account is locked too: not even the right password lets it in.
        stage.who.sign_in()
    finally:
        writer.run(lambda tx: decoy.unmark(tx, decoy.What.RECORD, record))


def inject(stage: Stage) -> None:
    """Try attacks on a public form."""
    (place,) = _places(stage.scene, 1)
    key = stage.scene.form().key
    fields = [one.key for one in stage.scene.form().fields if one.type in {"text", "long-text"}]
    if not fields:
        raise CannotPlay(said(N_("No form has a field for words.")))
    stranger = stage.scene.stranger(source=place)
    shown = offered.read(key, "en", f"/f/{key}", stage.scene.now, stranger.get(f"/f/{key}").text)
    for text in _INJECTIONS:
        # Without its boxes the form is shown again; nothing of it is stored.
        stranger.post(f"/f/{key}", {forms.TOKEN: shown.token, fields[0]: text}, JSON)
        stage.who.acts += 1
    stage.completed()


ATTACKS: Mapping[str, Attack] = {
    one.name: one
    for one in (
        Attack(
            "sweep",
            N_("reads one record after another"),
            ("record-sweep", "off-hours-bulk"),
            blocks=True,
            act=sweep,
            role=Role.CLERK,
        ),
        Attack(
            "guess",
            N_("guesses a password, then comes in with the right one"),
            ("success-after-failures",),
            blocks=True,
            act=guess,
        ),
        Attack(
            "export",
            N_("makes one export after another"),
            ("export-run", "export-volume"),
            blocks=True,
            act=carry_off,
            role=Role.OFFICER,
        ),
        Attack(
            "canary",
            N_("opens a record that nobody has any work with"),
            ("canary-record",),
            blocks=True,
            act=touch,
            role=Role.CLERK,
        ),
        Attack(
            "session-theft",
            N_("goes on in a session from another browser and another network"),
            ("session-taken", "session-in-turn", "new-origin"),
            blocks=True,
            act=steal,
        ),
        Attack(
            "injection",
            N_("tries attacks on a public form; no text of a person is ever refused for that"),
            ("public-probing", "public-probing-kinds"),
            blocks=False,
            act=inject,
        ),
    )
}
"""Every attack that can be played, by its name."""


def play(scene: Scene, name: str) -> Played:
    """Play an attack and wait for what comes of it. Raises KeyError for one that there is not."""
    attack = ATTACKS[name]
    known = book.of_site(scene.settings)
    began = Played(attack.name, attack.rules, attack.blocks, began_at=scene.now)
    role, purpose = _reader(scene, attack.role)
    if attack.role is not None and not purpose:
        why = said(N_("The policy lets nobody read who could play this."))
        return replace(began, why=why)
    standing = _bound(scene)
    with intruder.let_in(scene, role) as who:
        stage = Stage(scene, known, who, purpose)
        try:
            attack.act(stage)
        except CannotPlay as cannot:
            return replace(began, why=cannot.why)
        alert = _alert(scene, attack, who)
        worked, touched = _works(scene), len(_bound(scene) - standing - {who.staff})
        return replace(
            began,
            acts=who.acts,
            completed_at=stage.completed_at,
            alert=alert,
            blocked=who.blocked,
            cited=alert is not None and _is_cited(scene, alert, who),
            worked=worked,
            touched=touched,
        )


def _export(stage: Stage) -> object:
    wanted = {
        "form": stage.scene.form().key,
        "purpose": stage.purpose,
        "format": "csv",
        "reason": str(export.Reason.CHECK),
        "hours": "1",
    }
    return stage.who.post(EXPORTS, **wanted)


def _until_blocked(stage: Stage, again: Callable[[], object]) -> None:
    deadline = stage.scene.now + PATIENCE_MS
    while stage.who.blocked is None and stage.scene.now < deadline:
        time.sleep(_LOOK_SECONDS)
        again()


def _reader(scene: Scene, role: Role | None) -> tuple[Role, str]:
    """Who plays, and a purpose of the form that they read for; "" for none."""
    if role is None:
        return Role.CLERK, ""
    able = (Role.CLERK,) if role is Role.CLERK else (Role.OFFICER, Role.OWNER)
    for one in (*able, Role.OWNER):
        if purpose := trail.served(scene, one):
            return one, purpose
    return role, ""


def _places(scene: Scene, count: int) -> tuple[str, ...]:
    """Addresses of this machine that nobody has come from; raises `CannotPlay` where the site would see one alone."""
    if not scene.pace.source and scene.target.parts.hostname != "127.0.0.1":
        raise CannotPlay(said(N_("From here the site sees one address alone.")))
    first = secrets.randbelow(100) + 100
    return tuple(
        f"127.{first}.{secrets.randbelow(250) + 1}.{number + 1}" for number in range(count)
    )


def _alert(scene: Scene, attack: Attack, who: Intruder) -> Alert | None:
    """Wait for the alert of one of the attack's rules about the intruder, or about nobody in particular."""
    deadline = scene.now + PATIENCE_MS
    while True:
        with scene.read() as connection:
            found = store.of_run(connection, scene.run)
        for one in found:
            if one.rule in attack.rules and one.staff in {who.staff, 0}:
                return one
        if scene.now > deadline:
            return None
        time.sleep(_LOOK_SECONDS)


def _is_cited(scene: Scene, alert: Alert, who: Intruder) -> bool:
    """Tell whether the alert names the intruder's own events alone."""
    entries = {int(name[1:]) for name in alert.events if name.startswith("j")}
    if not entries:
        return bool(alert.events)
    told = {
        one.index: one.codes.get("staff")
        for one in trail.since(scene, min(entries))
        if one.index in entries
    }
    return set(told.values()) == {who.staff} and len(told) == len(entries)


def _works(scene: Scene) -> bool:
    """Tell whether a colleague of the same exercise, who did nothing, works on."""
    return Desk(scene, Role.AUDITOR).visitor.get(HOME).status == 200


def _bound(scene: Scene) -> set[int]:
    with scene.read() as connection:
        return {one.staff for one in restraint.in_force(connection, scene.now)}


def names(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the attacks that are wanted, each that there is where none is named."""
    return tuple(wanted) or tuple(ATTACKS)
