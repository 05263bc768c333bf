# SPDX-License-Identifier: Apache-2.0
"""A site's people at work: accounts, submissions on the desk, and what the journal says of it all.

clerk = office.staff(cast.clerk)        an account with its password set
record = office.submit()                a stored submission, on the desk
office.question(clerk, record)          what the clerk asks the gate
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection

from tests import cast, site
from tests.editions import FORM, PURPOSE
from uphold.access import password, reading, staff
from uphold.access.permission import Actor, Role
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.policy.document import Edition
from uphold.vault.keys import KeyRing

T = TypeVar("T")

KEY = b"a site secret for keyed hashes.."
SOURCE = b"a keyed hash of where it comes from"

now = site.now


class Office:
    """One open site, with short words for what the tests of staff do."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.writer: Writer = app.writer
        self.ring: KeyRing = app.ring

    @property
    def edition(self) -> Edition:
        return self.app.shelf.in_force()

    def run(self, work: Callable[[Transaction], T]) -> T:
        return self.writer.run(work)

    def read(self, look: Callable[[Connection], T]) -> T:
        with self.app.database.read() as connection:
            return look(connection)

    def raw(self) -> list[bytes]:
        return self.read(lambda c: [raw for _, raw in self.app.log.entries(c)])

    def entries(self) -> list[entry.Entry]:
        return [entry.decode(raw) for raw in self.raw()]

    def kinds(self) -> list[str]:
        return [found.kind for found in self.entries()]

    def staff(self, person: cast.Staff) -> Actor:
        """Make an account and set its password."""
        role = Role(person.role)
        made = self.run(lambda tx: staff.invite(tx, person.login, role, staff.COMMAND_LINE))
        found = staff.redeem(self.writer, made.token, person.password, now=now())
        assert isinstance(found, staff.Account)
        return Actor(found.number, role)

    def submit(
        self, person: cast.Person = cast.subject, *, aside: bool = False, **values: str
    ) -> int:
        """Store a submission through the intake; returns its number."""
        doubts = ("too-fast", "honeypot") if aside else ()
        return site.submit(self.app, doubts=doubts, **(values or person.values())).number

    def question(
        self, actor: Actor, record: int, purpose: str = PURPOSE, *, exercise: bool = False
    ) -> reading.Question:
        edition = self.edition
        return reading.Question(actor, record, FORM, purpose, edition, edition, exercise)

    def stored(self) -> bytes:
        """Every byte of a SQLite site's data folder."""
        folder = self.app.settings.folder / "data"
        return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.fixture
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap Argon2 parameters: the real ones are tested where hashing is the subject."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(password, "_HASHER", cheap)
    monkeypatch.setattr(password, "_DECOY", cheap.hash("nobody knows this one"))


@pytest.fixture
def office(tmp_path: Path, engine_url: str, quick_hashing: None) -> Iterator[Office]:
    """An office on each engine."""
    app = site.build(tmp_path, engine_url)
    yield Office(app)
    app.close()


@pytest.fixture
def sqlite_office(tmp_path: Path, quick_hashing: None) -> Iterator[Office]:
    """An office in files, for tests that look at their bytes."""
    app = site.build(tmp_path)
    yield Office(app)
    app.close()
