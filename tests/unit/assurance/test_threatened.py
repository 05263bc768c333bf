# SPDX-License-Identifier: Apache-2.0
"""A site is judged from what it is to the register in one call; unchanged, nothing is written."""

from collections.abc import Iterable, Iterator

import pytest

from tests import site
from uphold.app import App
from uphold.assurance import archive, configuration, threatened
from uphold.assurance.evidence import Evidence
from uphold.assurance.probe import Kind, Status
from uphold.database.transaction import Transaction
from uphold.threats import measure, register, rule, stored
from uphold.threats.judge import NOTHING, State

HOUR = 60 * 60 * 1000
RULE = "acknowledged-and-lost"
UID = f"{RULE}@store:database"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("threatened"))
    yield opened
    opened.close()


def look(app: App) -> register.Looked:
    """Look at the site as it is."""
    known, verifier = app.modelled(), app.log.verifier
    return threatened.look(app.database, app.writer, known, verifier, site.now())


def test_a_look_stores_what_was_judged_and_the_next_one_nothing(app: App) -> None:
    with app.database.read() as connection:
        judged = threatened.judge(connection, app.modelled(), app.log.verifier, site.now())
    assert set(judged.states) == set(measure.catalogue())
    assert {one.rule for one in judged.findings} <= set(rule.catalogue())
    # Nothing was examined yet: nothing is held.
    assert State.MITIGATED not in {one.state for one in judged.findings}
    looked = look(app)
    assert len(looked.changes) == len(judged.findings) > 0
    with app.database.read() as connection:
        last = stored.newest(connection)
        size = app.log.head(connection).size
    assert last is not None
    assert (last.digest, last.body) == (judged.model.digest, judged.model.canonical())
    assert look(app) == register.Looked(-1, ())
    with app.database.read() as connection:
        assert app.log.head(connection).size == size


def test_before_a_policy_nothing_is_shown(app: App) -> None:
    known = app.modelled()
    nowhere = type(known)(known.settings, known.ring, None, ())
    with app.database.read() as connection:
        judged = threatened.judge(connection, nowhere, app.log.verifier, site.now())
    assert set(judged.states.values()) == {NOTHING}


def examined(app: App, status: Status, names: Iterable[str]) -> int:
    """Store evidence of probes, good for an hour, and let people attest the rest; returns the last entry."""
    now, edition = site.now(), app.shelf.in_force()
    key = archive.signer(app.settings, app.ring)

    def store(tx: Transaction) -> None:
        for name in names:
            made = Evidence(
                v=1,
                run=1,
                probe=name,
                promise=name.rpartition(".")[0],
                kind=Kind.EXAMINE,
                status=status,
                at=now,
                expires=now + HOUR,
                did="looks",
                saw=(),
                edition=edition.number,
                configuration=configuration.digest(app.settings, edition),
                journal=1,
                uphold="1",
            )
            archive.store(tx, key, made)

    app.writer.run(store)
    with app.database.read() as connection:
        return app.log.head(connection).size - 1


def test_evidence_opens_and_closes_a_threat_by_its_status_and_its_age(app: App) -> None:
    look(app)
    measures = [measure.catalogue()[name] for name in rule.catalogue()[RULE].names]
    names = sorted({name for one in measures for name in one.probes})
    shown = examined(app, Status.KEPT, names)
    now, verifier = site.now(), app.log.verifier

    def changed(at: int) -> tuple[stored.Told, ...]:
        with app.database.read() as connection:
            before = stored.said_last(connection)
        threatened.look(app.database, app.writer, app.modelled(), verifier, at)
        with app.database.read() as connection:
            every = stored.changes(connection, before)
        return tuple(one for one in every if one.uid == UID)

    (held,) = changed(now)
    assert (held.kind, held.after) == ("resolved", State.MITIGATED)
    assert shown - len(names) < held.cause <= shown
    assert changed(now) == ()
    (stale,) = changed(now + 2 * HOUR)
    assert (stale.kind, stale.before, stale.after) == ("reopened", "mitigated", State.OPEN)
    assert shown - len(names) < stale.cause <= shown
    assert changed(now)[0].after is State.MITIGATED
    failed = examined(app, Status.BROKEN, names[:1])
    (broken,) = changed(now)
    assert (broken.kind, broken.after, broken.cause) == ("reopened", State.OPEN, failed)
