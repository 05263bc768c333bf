# SPDX-License-Identifier: Apache-2.0
"""A site that changes and is changed back, as an operator does it: settings, policy, staff, the disk.

at = Changing(app)
act = changing.setting("detection", "on = false")        what happens
act(at); at.look(); changing.unset(at)                   it happens, is looked at, and is undone
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests import cast, modelled, site
from tests.office import Office
from uphold.access import staff
from uphold.access.permission import Role
from uphold.access.staff import State
from uphold.app import App
from uphold.assurance import threatened
from uphold.assurance.modelled import Site
from uphold.journal import entry
from uphold.policy.document import Edition, Retention
from uphold.threats import stored
from uphold.threats.stored import Told

SETTINGS = Path("uphold.toml")
POLICY = Path("policy/policy.toml")


class Changing:
    """A site that things happen to."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.office = Office(app)
        self.folder = app.settings.folder
        self.pretended: Callable[[Edition], Edition] | None = None
        self._texts: dict[Path, str] = {}

    def edit(self, path: Path, before: str, after: str) -> None:
        """Change a file of the site; what it was is remembered."""
        text = (self.folder / path).read_text()
        self._texts.setdefault(path, text)
        assert before in text, f"{before} is not in {path}"
        (self.folder / path).write_text(text.replace(before, after, 1))

    def back(self) -> None:
        """Put every changed file back."""
        for path, text in self._texts.items():
            (self.folder / path).write_text(text)
        self._texts.clear()

    def known(self) -> Site:
        """What the model is derived from."""
        found, pretended = self.app.modelled(), self.pretended
        if pretended is None or found.edition is None:
            return found
        return replace(found, edition=pretended(found.edition))

    def look(self) -> tuple[Told, ...]:
        """Look at what threatens the site; returns the changes that this look has stored."""
        app = self.app
        with app.database.read() as connection:
            before = stored.said_last(connection)
        threatened.look(app.database, app.writer, self.known(), app.log.verifier, site.now())
        with app.database.read() as connection:
            return stored.changes(connection, before)

    def model(self) -> bytes:
        """The canonical model of the site as it is now."""
        with self.app.database.read() as connection:
            verifier = self.app.log.verifier
            judged = threatened.judge(connection, self.known(), verifier, site.now())
        return judged.model.canonical()

    def size(self) -> int:
        """How many entries the journal has."""
        return self.office.read(lambda c: self.app.log.head(c).size)

    def kind(self, index: int) -> str:
        """The kind of an entry of the journal."""
        return entry.decode(self.office.read(lambda c: self.app.log.entry(c, index))).kind


Act = Callable[[Changing], None]


def rewritten(path: Path, before: str, after: str) -> Act:
    """Write something else into a file, and take up what it says."""

    def act(at: Changing) -> None:
        at.edit(path, before, after)
        _taken_up(at)

    return act


def setting(section: str, lines: str) -> Act:
    """Set keys in uphold.toml."""

    def act(at: Changing) -> None:
        text, head = (at.folder / SETTINGS).read_text(), f"[{section}]\n"
        if head in text:
            at.edit(SETTINGS, head, f"{head}{lines}\n")
        else:
            at.edit(SETTINGS, text, f"{text}\n{head}{lines}\n")
        _taken_up(at)

    return act


def published(before: str, after: str) -> Act:
    """Publish a policy that declares something else."""

    def act(at: Changing) -> None:
        at.edit(POLICY, before, after)
        site.publish_policy(at.app)
        at.app.shelf.look()

    return act


def unset(at: Changing) -> None:
    """Put the files back, and take up what they say."""
    at.back()
    _taken_up(at)


def published_again(at: Changing) -> None:
    """Publish the policy as it was."""
    at.back()
    site.publish_policy(at.app)
    at.app.shelf.look()


def _taken_up(at: Changing) -> None:
    at.app = replace(at.app, settings=modelled.settings(at.app))


def loosen(at: Changing) -> None:
    """Let everybody on the machine read the key ring."""
    (at.folder / "keys").chmod(0o755)
    (at.folder / "keys" / "ring.json").chmod(0o644)


def tighten(at: Changing) -> None:
    """Keep others out of the key ring again."""
    (at.folder / "keys" / "ring.json").chmod(0o600)
    (at.folder / "keys").chmod(0o700)


def joins(login: str, role: Role) -> Act:
    """Invite a member of staff."""

    def act(at: Changing) -> None:
        at.office.run(lambda tx: staff.invite(tx, login, role, staff.COMMAND_LINE))

    return act


def leaves(login: str) -> Act:
    """Close an account."""

    def act(at: Changing) -> None:
        accounts = at.office.read(staff.accounts)
        known = {one.login: one.number for one in accounts if one.state is not State.CLOSED}
        at.office.run(lambda tx: staff.close(tx, known[login], known[cast.owner.login]))

    return act


def in_force(pretended: Callable[[Edition], Edition]) -> Act:
    """Have an edition in force that this version would refuse to publish, as one of before its checks may be."""

    def act(at: Changing) -> None:
        at.pretended = pretended

    return act


def as_published(at: Changing) -> None:
    """Have the published edition in force again."""
    at.pretended = None


def special(edition: Edition) -> Edition:
    """Make the content of messages a special category."""
    policy = edition.policy
    one = replace(policy.categories["message"], special=True, dpv="pd:HealthRecord")
    return replace(
        edition, policy=replace(policy, categories={**policy.categories, "message": one})
    )


def endless(edition: Edition) -> Edition:
    """Take the term away that an enquiry is kept for."""
    policy = edition.policy
    one = replace(policy.purposes["communication"], retention=Retention("closed", "P30D", ""))
    purposes = {**policy.purposes, "communication": one}
    return replace(edition, policy=replace(policy, purposes=purposes))
