# SPDX-License-Identifier: Apache-2.0
"""What a probe finds before it: the site, people who go to it over HTTP, and what lies behind it, read-only.

    scene.stranger().get("/policy")                  somebody from outside
    scene.staff(Role.CLERK).get("/console")          an exercise account, signed in over HTTP
    scene.submission()                               one calm submission that every probe may use
    scene.submit(changed={"name": None})             a post of one's own
    with scene.read() as connection: ...             the database, read-only

Everything is made when it is first asked for and shared among the probes of one run. Whatever is posted
bears the mark of the exercise; guards and limits are not told to look away, so the scene paces itself.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from uphold import errors
from uphold.access.permission import Role
from uphold.assurance import filling, offered, process
from uphold.assurance.offered import Offered
from uphold.assurance.pace import Pace, clock, sources
from uphold.assurance.process import Process, Unseen
from uphold.assurance.visitor import Answer, Target, Visitor
from uphold.config import Settings
from uphold.database.engine import Database
from uphold.database.writer import Writer
from uphold.journal.log import Log
from uphold.policy.document import Edition, Form
from uphold.submission import form as forms
from uphold.vault import identifier
from uphold.vault.unlock import KeyRing

MARK = "uphold-exercise"
JSON = {"accept": "application/json"}
LOGIN = "/console/login"
# As many forms are kept in stock, so that they grow old enough while something else is done.
_STOCK = 6


@dataclass(frozen=True, slots=True)
class Premises:
    """The open parts of the site that is examined. `editions` are newest first."""

    settings: Settings
    ring: KeyRing
    log: Log
    database: Database
    writer: Writer
    edition: Edition
    editions: tuple[Edition, ...]


class Account(Protocol):
    """An exercise account: what it takes to sign in as it."""

    @property
    def number(self) -> int:
        """The account's number."""

    @property
    def login(self) -> str:
        """The login."""

    @property
    def password(self) -> str:
        """The password, known to this run alone."""


class Exercise(Protocol):
    """What the scene needs of an exercise that has begun."""

    @property
    def run(self) -> int:
        """The run's number."""

    def mark(self) -> str:
        """Return the value of the header that marks a post as the exercise's."""

    def account(self, role: Role) -> Account:
        """Make an exercise account of a role, once."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission of the exercise, durably stored.

    `record` is its row number, `id` its public receipt id, `values` what was written by field, `marks`
    the random parts of that, which stand nowhere else on earth.
    """

    record: int
    id: str
    form: str
    language: str
    values: Mapping[str, str] = field(repr=False)
    marks: tuple[str, ...]

    @property
    def receipt(self) -> str:
        """The path of its receipt."""
        return f"/receipt/{self.id}"


@dataclass(frozen=True, slots=True)
class Files:
    """Where the site keeps what it keeps. `database` is None where a server holds it."""

    folder: Path
    data: Path
    database: Path | None
    ring: Path
    head: Path
    destroyed: Path


Changed = Mapping[str, str | None]
"""Fields to send otherwise than filled in; None leaves one out."""

Watch = Callable[[str, int], None]
"""Told how far a heavy probe is: a step, and a number that grows."""


def unwatched(step: str, at: int) -> None:
    """Tell nobody."""


class Scene:
    """One run of probes on one site. Not for several threads, but its visitors may be in one each."""

    def __init__(
        self,
        premises: Premises,
        target: Target,
        exercise: Exercise,
        *,
        watch: Watch = unwatched,
        pace: Pace | None = None,
    ) -> None:
        """Ask nothing yet of the site at `target`, for the run of `exercise`."""
        self.premises = premises
        self.target = target
        self.exercise = exercise
        self.watch = watch
        self.began_at = clock()
        """When the scene was made, unix milliseconds."""
        self.marks: list[str] = []
        """What is searchable of everything this run has sent."""
        places = sources(target.parts.hostname or "")
        self.pace = pace or Pace(premises.settings.limits, places)
        self._offers: dict[tuple[str, str], list[Offered]] = {}
        self._staff: dict[Role, Visitor] = {}
        self._submission: Submitted | None = None

    @property
    def settings(self) -> Settings:
        """What uphold.toml says."""
        return self.premises.settings

    @property
    def edition(self) -> Edition:
        """The edition in force when the run began."""
        return self.premises.edition

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every edition, newest first."""
        return self.premises.editions

    @property
    def ring(self) -> KeyRing:
        """The key ring."""
        return self.premises.ring

    @property
    def log(self) -> Log:
        """The journal."""
        return self.premises.log

    @property
    def writer(self) -> Writer:
        """The one writer of this process."""
        return self.premises.writer

    @property
    def run(self) -> int:
        """The run's number."""
        return self.exercise.run

    @property
    def address(self) -> str:
        """Where the site is asked, without a slash at its end."""
        return self.target.address

    @property
    def now(self) -> int:
        """Unix milliseconds."""
        return clock()

    def read(self) -> AbstractContextManager[Connection]:
        """Give a read-only connection with one snapshot of the database."""
        return self.premises.database.read()

    @cached_property
    def files(self) -> Files:
        """The site's files."""
        settings, path = self.premises.settings, self.premises.database.path
        return Files(
            folder=settings.folder,
            data=path.parent if path else settings.folder / "data",
            database=path,
            ring=settings.path(settings.keys.ring),
            head=settings.path(settings.keys.head),
            destroyed=settings.path(settings.keys.destroyed),
        )

    def process(self) -> Process | Unseen:
        """Find the process that serves the site, or why it cannot be seen from here."""
        # What stands between people and the process, a proxy or TLS, may have a port of its own.
        behind = self.target.is_configured and (self.settings.serve.proxies or self.settings.secure)
        port = self.settings.serve.port if behind else self.target.parts.port
        return process.serving(port or 0)

    def outputs(self) -> tuple[Path, ...] | Unseen:
        """Find the files that the serving process logs into; empty where it logs into none."""
        if self.target.log is not None:
            return (self.target.log,)
        found = self.process()
        return found if isinstance(found, Unseen) else found.outputs()

    def stranger(self, headers: Mapping[str, str] | None = None, source: str = "") -> Visitor:
        """Make a fresh visitor without cookies, in a browser that reads English.

        `source` is the address of this machine to come from, "" for where the pace allows the most.
        """
        place = source or self.pace.source
        marked = {MARK: self.exercise.mark(), "user-agent": "Uphold exercise", **(headers or {})}
        return Visitor(self.target, marked, partial(self._told, place), place)

    def staff(self, role: Role) -> Visitor:
        """Return the exercise account of a role, signed in over HTTP; the same visitor each time."""
        if role not in self._staff:
            self._staff[role] = self.sign_in(role)
        return self._staff[role]

    def signed_in(self) -> tuple[Visitor, ...]:
        """Return the accounts that have been signed in so far."""
        return tuple(self._staff.values())

    def sign_in(self, role: Role) -> Visitor:
        """Sign the exercise account of a role in once more; raises `errors.Unavailable` if it is refused."""
        account = self.exercise.account(role)
        visitor = self.stranger()
        answer = visitor.post(LOGIN, {"login": account.login, "password": account.password})
        if answer.status != 303 or not visitor.cookies:
            raise errors.Unavailable(
                f"An exercise account could not sign in (status {answer.status}).",
                "If sign-ins from this machine are being throttled, wait and run it again.",
            )
        return visitor

    def form(self, key: str = "") -> Form:
        """Return a form of the edition in force, the first one without a key; raises `errors.Missing`."""
        if key:
            return self.edition.form(key)
        found = next(iter(self.edition.forms.values()), None)
        if found is None:
            raise errors.Missing("The edition in force has no form.", "Declare one in forms/.")
        return found

    def offer(self, form: str = "", language: str = "") -> Offered:
        """Return a freshly shown form, old enough to be sent, never the same one twice."""
        key = self.form(form).key
        spoken = language or self.edition.policy.language
        waiting = self._offers.setdefault((key, spoken), [])
        while len(waiting) <= _STOCK:
            waiting.append(self._fetch(key, spoken))
        found = waiting.pop(0)
        self.pace.old_enough(found.shown_at)
        return found

    def filled(self, offer: Offered, changed: Changed | None = None) -> dict[str, str]:
        """Fill a form in with fresh marked values, every box ticked; None leaves a field out."""
        declared = self.form(offer.form).fields
        written = filling.values(declared)
        self.marks += filling.marks(declared, written)
        boxes = dict.fromkeys(offer.boxes, "yes")
        every = {forms.TOKEN: offer.token, **written, **boxes, **(changed or {})}
        return {name: text for name, text in every.items() if text is not None}

    def submit(
        self,
        form: str = "",
        language: str = "",
        changed: Changed | None = None,
    ) -> Answer:
        """Send a form as a program does; `changed` replaces fields by name, None leaves one out."""
        offer = self.offer(form, language)
        return self.stranger().post(offer.path, self.filled(offer, changed), JSON)

    def submission(self) -> Submitted:
        """Return the run's own submission, accepted and not set aside; made once."""
        if self._submission is None:
            self._submission = self.submitted()
        return self._submission

    def submitted(
        self,
        form: str = "",
        language: str = "",
        changed: Changed | None = None,
    ) -> Submitted:
        """Make a calm submission of one's own; raises `errors.Unavailable` if the site does not take it."""
        offer = self.offer(form, language)
        self.pace.calm()
        fields = self.filled(offer, changed)
        answer = self.stranger().post(offer.path, fields, JSON)
        told: Any = answer.json()
        public = str(told.get("id", "")) if isinstance(told, dict) else ""
        record = self.ring.identifiers.decode(identifier.RECEIPT, public)
        if answer.status != 201 or record is None:
            raise errors.Unavailable(
                f"An exercise submission was not taken (status {answer.status}).",
                "Send the form by hand and see what it says.",
            )
        declared = self.form(offer.form).fields
        values = {item.key: fields[item.key] for item in declared if item.key in fields}
        marks = filling.marks(declared, values)
        return Submitted(record, public, offer.form, offer.language, values, marks)

    def _fetch(self, key: str, language: str) -> Offered:
        path = f"/f/{key}"
        answer = self.stranger({"accept-language": language}).get(path)
        if answer.status != 200:
            raise errors.Unavailable(
                f"The form {key} is not shown (status {answer.status}).", "Open it in a browser."
            )
        return offered.read(key, language, path, self.now, answer.text)

    def _told(self, source: str, method: str, path: str) -> None:
        if method == "POST" and path.startswith("/f/"):
            self.pace.told(source)
