# SPDX-License-Identifier: Apache-2.0
"""Attempts to open a record that must fail, over HTTP: each is denied, and found in the journal with its reason.

Without a purpose, for another role's, after a withdrawal, under each hold, as a role that opens nothing. What the
journal says of the record afterwards is what the officer reads of it at the console.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cast, site, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.access import hold
from uphold.access.gate import Hold
from uphold.app import App
from uphold.journal import entry, proof
from uphold.journal.entry import Entry
from uphold.vault import identifier

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


class Attempts:
    """One submission; a clerk, an officer, an owner and an auditor who are signed in."""

    def __init__(self, app: App, browsers: dict[str, Visitor]) -> None:
        self.app, self.who = app, browsers
        self.numbers = {role: visitor.employ(app, known(role)) for role in browsers}
        for role, browser in browsers.items():
            assert browser.sign_in(known(role)).status == 303
        browsers["clerk"].receipt()
        self.id = app.ring.identifiers.encode(identifier.ENQUIRY, 1)

    def open(self, role: str, **fields: str) -> int:
        answer = self.who[role].act(f"/console/enquiry/{self.id}/open", **fields)
        assert (answer.status == 200) is (cast.subject.name in answer.html)
        return answer.status

    def last(self) -> tuple[int, Entry]:
        """The newest entry, proven to be in the signed journal by the public key alone."""
        with self.app.database.read() as connection:
            *_, (index, raw) = self.app.log.entries(connection)
            proof.check(self.app.log.proof(connection, index), raw, self.app.log.verifier)
        return index, entry.decode(raw)

    def size(self) -> int:
        with self.app.database.read() as connection:
            return self.app.log.head(connection).size

    def denied(self, role: str, named: str, reason: str, asked: str | None) -> int:
        """Try, be refused, and find exactly one entry of it; returns its index."""
        before = self.size()
        fields = {} if asked is None else {"purpose": asked}
        assert self.open(role, **fields) == (403 if asked else 422)
        assert self.size() == before + 1
        index, said = self.last()
        assert (said.kind, said.codes) == (
            "access.denied",
            {"staff": self.numbers[role], "purpose": named, "reason": reason},
        )
        return index


def known(role: str) -> cast.Staff:
    return next(one for one in cast.staff if one.role == role)


@pytest.fixture
def attempts(tmp_path: Path) -> Iterator[Attempts]:
    app = site.build(tmp_path)
    roles = ("clerk", "officer", "owner", "auditor")
    browsers = {role: Visitor(app) for role in roles}
    yield Attempts(app, browsers)
    for browser in browsers.values():
        browser.close()
    app.close()


def suspend(attempts: Attempts, what: str) -> None:
    ids, number = attempts.app.ring.identifiers, attempts.numbers["clerk"]
    fields = {
        "what": what,
        "receipt": ids.encode(identifier.RECEIPT, 1),
        "person": ids.encode(identifier.STAFF, number),
        "purpose": PURPOSE,
        "reason": "incident",
        "span": "hour",
    }
    assert attempts.who["officer"].act("/console/holds", **fields).status == 303


def lift(attempts: Attempts, number: int, *, twice: bool) -> None:
    for role in ("officer", "owner") if twice else ("officer",):
        assert attempts.who[role].act(f"/console/holds/{number}/lift").status == 303


def test_each_attempt_that_must_fail_is_denied_and_found_in_the_journal(attempts: Attempts) -> None:
    assert attempts.open("clerk", purpose=PURPOSE) == 200
    found = [
        attempts.denied("clerk", "none", "purpose-missing", None),
        attempts.denied("clerk", "none", "purpose-missing", ""),
        attempts.denied("clerk", "anything", "purpose-undeclared", "anything"),
        # As another role: a purpose that the policy gives to somebody else.
        attempts.denied("officer", PURPOSE, "role-refused", PURPOSE),
        attempts.denied("clerk", "security", "role-refused", "security"),
    ]
    # A role that opens nothing does not even find the door; of that nothing is to be journaled.
    assert attempts.open("auditor", purpose=PURPOSE) == 404
    stops = {"record": "record-held", "staff": "staff-held", "purpose": "purpose-held"}
    for number, (what, reason) in enumerate({**stops, "all": "all-held"}.items(), 1):
        suspend(attempts, what)
        found.append(attempts.denied("clerk", PURPOSE, reason, PURPOSE))
        lift(attempts, number, twice=what == "all")
        assert attempts.open("clerk", purpose=PURPOSE) == 200
    visitor.withdraw(attempts.app, 1)
    found.append(attempts.denied("clerk", PURPOSE, "consent-withdrawn", PURPOSE))
    # The officer finds every one of them in the journal of the record, in words.
    shown = attempts.who["officer"].get(f"/console/journal/record/{attempts.id}")
    text = " ".join(shown.page.text.split())
    assert text.count("Refused: ") == len(found)
    for said in (
        "No purpose was named.",
        "The policy declares no such purpose.",
        "The policy does not give your role this purpose.",
        "Access to this enquiry is suspended.",
        "Your access is suspended.",
        "Access for this purpose is suspended.",
        "All access to personal data is suspended.",
        "The person has withdrawn the consent for this purpose.",
    ):
        assert said in text
    assert cast.leaks(shown.body) == []


def test_a_hold_that_has_ended_stops_nobody(attempts: Attempts) -> None:
    past = Hold(None, 1, None, site.now() - 1)
    app = attempts.app
    app.writer.run(lambda tx: hold.place(tx, app.ring, past, hold.Reason.DISPUTE))
    assert attempts.open("clerk", purpose=PURPOSE) == 200
