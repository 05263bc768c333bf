# SPDX-License-Identifier: Apache-2.0
"""Disclosures at work: an officer who prepares, an owner who approves, and the recipient's key.

one = desk.prepare()                    of a fresh submission, on a court's demand
desk.approve(one.number)                after looking at it, as the owner
desk.sent(one.number)                   the file
"""

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests import cast
from tests.editions import PURPOSE
from tests.office import Office
from uphold.access import disclosure, extract
from uphold.access.disclosure import Desk, Disclosure, Known, Look
from uphold.access.extract import Extract, File
from uphold.access.permission import Actor
from uphold.access.procedure import Order, Scope
from uphold.database.transaction import Transaction
from uphold.mail import outbox
from uphold.mail.letter import Letter
from uphold.submission.record import Facts
from uphold.vault import age

REQUESTER = "Vasileostrovsky Distrikt-Zyuzya Court"
DOCUMENT = "Ruling No. 2-Qyzylja/2026 of 1 November 2026"
FIELDS = frozenset({"name", "email"})
DAY = 24 * 3600 * 1000
LATER = time.time_ns() // 1_000_000 + 30 * DAY


class Releases:
    """The desk of disclosures of one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.officer = office.staff(cast.officer)
        self.owner = office.staff(cast.owner)
        self.record = office.submit()
        self.secret, self.key = age.new_identity()

    @property
    def desk(self) -> Desk:
        return self.office.app.disclosures()

    def order(self) -> Order:
        scope = Scope((self.record,), PURPOSE, FIELDS)
        return Order("authorities", "court-proceedings", REQUESTER, DOCUMENT, self.key, scope)

    def prepare(self, order: Order | None = None, actor: Actor | None = None) -> Disclosure:
        desk, who, what = self.desk, actor or self.officer, order or self.order()
        return self.office.run(lambda tx: disclosure.prepare(tx, desk, who, what))

    def seen(self, number: int, actor: Actor | None = None) -> Extract:
        found = extract.preview(self.office.writer, self.desk, actor or self.owner, number)
        assert isinstance(found, Extract)
        return found

    def approve(
        self, number: int, actor: Actor | None = None, seen: str | None = None
    ) -> Disclosure:
        held = self.seen(number).held if seen is None else seen
        who = actor or self.owner
        return self.office.run(lambda tx: disclosure.approve(tx, number, who, held))

    def sent(self, number: int) -> File:
        found = extract.send(self.office.writer, self.desk, self.officer, number)
        assert isinstance(found, File)
        return found

    def opened(self, file: File, folder: Path) -> Any:
        """What the recipient reads."""
        (folder / "identity").write_text(self.secret)
        found = age.Opened(io.BytesIO(file.content), age.identities(folder / "identity"))
        raw = b"".join(iter(lambda: found.take(1 << 16), b""))
        found.close()
        return msgspec.json.decode(raw)

    def answer(self) -> None:
        """Write an answer to the submission: it holds something more."""
        letter = Letter(cast.subject.email, "Re", "An answer of the office.")
        self.office.run(
            lambda tx: outbox.put(
                tx, self.office.ring, self.record, PURPOSE, self.officer.staff, letter, "en"
            )
        )

    def find(self, number: int) -> Disclosure:
        return self.office.read(lambda c: disclosure.find(c, number))

    def told(self) -> tuple[Disclosure, ...]:
        return self.office.read(lambda c: disclosure.told(c, self.record))

    def of_record(self, now: int) -> tuple[Disclosure, ...]:
        return self.office.read(lambda c: disclosure.of_record(c, self.record, now))


def exercised(look: Look) -> Look:
    """Every submission as if a run of probes had made it."""

    def found(tx: Transaction, numbers: Sequence[int]) -> Mapping[int, Known]:
        every = look(tx, numbers)
        return {n: replace(one, exercise=1) for n, one in every.items() if isinstance(one, Facts)}

    return found


@pytest.fixture
def desk(sqlite_office: Office) -> Releases:
    """A desk of disclosures in files, with one submission."""
    return Releases(sqlite_office)
