# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from tests.site import app
from tests.unit.assurance.proofs import HOUR, evidence
from uphold import errors
from uphold.app import App
from uphold.assurance import archive, configuration, probes, proof
from uphold.assurance.probe import Status
from uphold.assurance.proof import Only
from uphold.assurance.report import Report, Verdict, Why
from uphold.policy import promise

__all__ = ["app"]

NOW = 1_900_000_000_000


def report(app: App, now: int = NOW, only: Only = proof.EVERYTHING) -> Report:
    with app.database.read() as connection:
        return proof.report(connection, app.ground(), now, only)


def ran(app: App, *bad: str, **changed: Any) -> None:
    """Every probe ran an hour ago; those named found their promise broken."""
    digest = configuration.digest(app.settings, app.shelf.in_force())
    signer = archive.signer(app.settings, app.ring)
    made = [
        evidence(
            one.id,
            promise=one.promise,
            at=NOW - HOUR,
            expires=NOW + HOUR,
            configuration=digest,
            status=Status.BROKEN if one.id in bad else Status.KEPT,
        )
        for one in probes.PROBES
    ]

    def store(tx: Any) -> None:
        for one in made:
            archive.store(tx, signer, one)

    app.writer.run(store)


@pytest.fixture
def examined(app: App) -> App:
    ran(app, "consent.box-empty.page")
    return app


def test_without_evidence_nothing_is_kept(app: App) -> None:
    found = report(app)
    said = {line.verdict for line in found.promises.values()}
    assert said == {Verdict.NOT_SHOWN}
    assert Verdict.KEPT not in found.counts
    assert not found.is_well
    assert found.run == 0


def test_every_clause_of_the_text_has_a_line_in_its_order(app: App) -> None:
    found, edition = report(app), app.shelf.in_force()
    assert [line.id for line in found.clauses] == [
        clause.id for clause in edition.texts[edition.policy.language]
    ]
    asked = {name for line in found.clauses for name in line.promises}
    assert asked <= set(found.promises)
    built = {one.id for one in promise.catalogue().values() if one.built}
    assert built <= set(found.promises)


def test_a_broken_promise_breaks_exactly_the_clauses_that_make_it(examined: App) -> None:
    found = report(examined)
    bound = {line.id for line in found.clauses if "consent.box-empty" in line.promises}
    assert bound
    assert {line.id for line in found.clauses if line.verdict is Verdict.BROKEN} == bound
    assert found.promises["consent.box-empty"].verdict is Verdict.BROKEN
    assert found.promises["policy.reachable"].verdict is Verdict.KEPT
    assert found.promises["policy.reachable"].at == NOW - HOUR


def test_evidence_that_has_expired_shows_nothing(examined: App) -> None:
    found = report(examined, NOW + HOUR)
    assert found.promises["policy.reachable"].why is Why.STALE
    assert found.promises["consent.box-empty"].why is Why.STALE
    assert Verdict.KEPT not in {line.verdict for line in found.promises.values()}


def test_evidence_edited_by_hand_shows_nothing(app: App) -> None:
    ran(app)
    with app.database.connect() as connection:
        if app.database.dialect == "sqlite":
            connection.execute(text("DROP TRIGGER assurance_evidence_no_update"))
        else:
            connection.execute(text("ALTER TABLE assurance_evidence DISABLE TRIGGER ALL"))
        connection.execute(
            text("UPDATE assurance_evidence SET expires_at = 2 * expires_at WHERE probe = :probe"),
            {"probe": "policy.reachable.page"},
        )
    found = report(app)
    line = found.promises["policy.reachable"]
    assert (line.verdict, line.why) == (Verdict.NOT_SHOWN, Why.ALTERED)


def test_one_clause_is_judged_as_in_the_whole(examined: App) -> None:
    whole = {line.id: line for line in report(examined).clauses}
    found = report(examined, only=Only(clauses=frozenset({"1.1.1"})))
    assert found.clauses == (whole["1.1.1"],)
    assert set(found.promises) == set(whole["1.1.1"].promises)
    assert found.gaps == ()


def test_one_promise_is_judged_alone_with_its_clauses(examined: App) -> None:
    found = report(examined, only=Only(promises=frozenset({"policy.reachable"})))
    assert set(found.promises) == {"policy.reachable"}
    assert {line.verdict for line in found.clauses} == {Verdict.KEPT}
    assert all(line.promises == ("policy.reachable",) for line in found.clauses)
    assert found.is_well
    bad = report(examined, only=Only(promises=frozenset({"consent.box-empty"})))
    assert not bad.is_well
    assert {line.verdict for line in bad.clauses} == {Verdict.BROKEN}


def test_what_is_not_there_cannot_be_asked_about(app: App) -> None:
    with pytest.raises(errors.Missing, match=r"no clause 9\.9"):
        report(app, only=Only(clauses=frozenset({"9.9"})))
    with pytest.raises(errors.Missing, match="no promise"):
        report(app, only=Only(promises=frozenset({"form.invented"})))


def test_a_finding_of_both_languages_is_told_once(app: App) -> None:
    edition = app.shelf.in_force()
    assert proof.found_in(edition, NOW) == ()
    policy = replace(edition.policy, recipients={})
    found = proof.found_in(replace(edition, texts={"en": (), "ru": ()}, policy=policy), NOW)
    assert found
    assert len({(one.rule, one.clause) for one in found}) == len(found)
