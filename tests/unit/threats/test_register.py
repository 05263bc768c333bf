# SPDX-License-Identifier: Apache-2.0
"""A look stores what changed with its cause, and nothing where nothing changed."""

from collections.abc import Mapping

from tests import cast, modelled, office as offices
from tests.office import Office
from uphold.database.transaction import Transaction
from uphold.threats import acceptance, judge, register, rule, stored
from uphold.threats.element import Model
from uphold.threats.judge import Held, Measured, State
from uphold.threats.register import Looked

RULES = rule.read(
    """
[no-second-factor]
title = { en = "Alone with a password", ru = "Один пароль" }
why = { en = "{id} signs in with a password alone.", ru = "{id} входит только с паролем." }
objects = { en = "accounts", ru = "учётные записи" }
ways = { en = "a guessed password", ru = "подбор пароля" }
applies_to = "account"
when = "not account.factor and not account.passkey"
severity = "4 if account.powerful else 2"
measures = ["second-factor"]
consequence = "access"
violators = ["outsider"]
""",
    "x.toml",
)
NAMES = {one.id for one in RULES}
KEPT = {"second-factor": Measured(Held.KEPT, 9, "ab" * 32, 7)}


def look(
    office: Office, model: Model, states: Mapping[str, Measured], rules: set[str] = NAMES
) -> Looked:
    """Judge a model and look."""
    found = judge.judge(model, RULES if rules else (), states)
    differs = office.read(lambda c: register.differs(c, model, found, rules, offices.now()))
    looked = office.run(lambda tx: register.look(tx, model, found, rules))
    assert differs is bool(looked.changes or looked.modelled >= 0)
    return looked


def size(office: Office) -> int:
    """How many entries the journal has."""
    return office.read(lambda c: office.app.log.head(c).size)


def test_an_unchanged_site_is_looked_at_without_a_trace(office: Office) -> None:
    office.staff(cast.clerk)
    first = look(office, modelled.derive(office.app), {})
    assert [(one.kind, one.after) for one in first.changes] == [("added", State.OPEN)]
    before = size(office)
    again = look(office, modelled.derive(office.app), {})
    assert again == Looked(-1, ())
    assert size(office) == before
    assert len(office.read(stored.changes)) == 1


def test_each_change_has_the_entry_that_caused_it(sqlite_office: Office) -> None:
    office = sqlite_office
    look(office, modelled.derive(office.app), {})
    clerk = office.staff(cast.clerk)
    invited = size(office) - 1
    added = look(office, modelled.derive(office.app), {})
    (one,) = added.changes
    assert (one.uid, one.severity) == (f"no-second-factor@account:{clerk.staff}", 2)
    assert office.read(stored.changes)[0].cause == invited
    held = look(office, modelled.derive(office.app), KEPT)
    assert [(one.kind, one.after) for one in held.changes] == [("resolved", State.MITIGATED)]
    assert office.read(stored.changes)[0].cause == 7
    assert held.modelled == -1
    assert [one.kind for one in look(office, modelled.derive(office.app), {}).changes] == [
        "reopened"
    ]


def test_what_an_acceptance_answered_for_is_open_again_after_it(sqlite_office: Office) -> None:
    office = sqlite_office
    office.staff(cast.clerk)
    model = modelled.derive(office.app)
    uid = look(office, model, {}).changes[0].uid
    until = offices.now() + 60_000
    index = office.run(lambda tx: acceptance.accept(tx, uid, 0, "for a minute", until))
    assert look(office, model, {}) == Looked(-1, ())
    found = judge.judge(model, RULES, {})
    assert not office.read(lambda c: register.differs(c, model, found, NAMES, until - 1))
    assert office.read(lambda c: register.differs(c, model, found, NAMES, until))

    def later(tx: Transaction) -> Looked:
        tx.now = until
        return register.look(tx, model, found, NAMES)

    (one,) = office.run(later).changes
    assert (one.kind, one.before, one.after) == ("reopened", "accepted", State.OPEN)
    assert office.read(stored.changes)[0].cause == index


def test_without_its_rule_a_finding_is_retired_and_kept(sqlite_office: Office) -> None:
    office = sqlite_office
    office.staff(cast.clerk)
    model = modelled.derive(office.app)
    uid = look(office, model, {}).changes[0].uid
    gone = look(office, model, {}, set())
    # Nothing but the rules changed: that the same model was judged anew is the cause.
    assert (gone.changes[0].after, gone.modelled >= 0) == (State.RETIRED, True)
    assert office.read(stored.changes)[0].cause == gone.modelled
    assert office.read(stored.findings)[uid].state is State.RETIRED
    assert look(office, model, {}, set()) == Looked(-1, ())
    back = look(office, model, {})
    assert [(one.kind, one.before) for one in back.changes] == [("reopened", "retired")]
    assert len(office.read(lambda c: stored.history(c, uid))) == 3
