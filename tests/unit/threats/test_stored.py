# SPDX-License-Identifier: Apache-2.0
"""What is on record of threats: models as they were, findings as they stand, each change with its entries."""

from tests.office import Office
from uphold.journal import entry
from uphold.threats import element, stored
from uphold.threats.change import NONE, Change, Kind
from uphold.threats.element import Element, Fact
from uphold.threats.judge import State

MODEL = element.model([Element("form:a", "form", "app", {"special": Fact(None, "policy:")})])
UID = "plain@form:a"
ADDED = Change(UID, "plain", "form:a", Kind.ADDED, NONE, State.OPEN, 0, 3, ("form:a.special=true",))
OVER = Change(UID, "plain", "form:a", Kind.RESOLVED, State.OPEN, State.RESOLVED, 3, 3)


def test_nothing_is_on_record_at_first(sqlite_office: Office) -> None:
    office = sqlite_office
    assert office.read(stored.newest) is None
    assert office.read(stored.findings) == {}
    assert office.read(stored.changes) == ()
    assert office.read(stored.said_last) == -1


def test_what_is_stored_is_read_and_journaled(office: Office) -> None:
    modelled = office.run(lambda tx: stored.remember(tx, MODEL))
    found = office.read(stored.newest)
    assert found is not None
    assert (found.digest, found.body, found.entry) == (MODEL.digest, MODEL.canonical(), modelled)
    assert element.read(found.body) == MODEL
    first = office.run(lambda tx: stored.enter(tx, ADDED, modelled))
    second = office.run(lambda tx: stored.enter(tx, OVER, first))
    stands = office.read(stored.findings)[UID]
    assert (stands.state, stands.severity, stands.element) == (State.RESOLVED, 3, "form:a")
    assert stands.first_at <= stands.since
    newest, oldest = office.read(stored.changes)
    assert (oldest.kind, oldest.because, oldest.entry, oldest.cause) == (
        *(Kind.ADDED, ("form:a.special=true",), first, modelled),
    )
    assert (newest.before, newest.after, newest.rule, newest.element) == (
        *("open", State.RESOLVED, "plain", "form:a"),
    )
    assert office.read(lambda c: stored.changes(c, after=first)) == (newest,)
    assert office.read(lambda c: stored.changes(c, most=1)) == (newest,)
    assert office.read(lambda c: stored.history(c, UID)) == (newest, oldest)
    assert office.read(stored.said_last) == second
    told = entry.decode(office.read(lambda c: office.app.log.entry(c, second)))
    assert (told.kind, dict(told.codes)) == (
        "threat.changed",
        {
            "finding": stored.digest(UID),
            "rule": "plain",
            "from": "open",
            "to": "resolved",
            "severity": 3,
            "cause": first,
        },
    )
