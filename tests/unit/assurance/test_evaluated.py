# SPDX-License-Identifier: Apache-2.0
"""A site is seen as its model, its evidence and its register say; the score of sabotages is that of this version."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import site
from tests.sabotage import table
from uphold import errors
from uphold.app import App
from uphold.assurance import evaluated, probes
from uphold.assurance.statement import Kind
from uphold.threats import measure
from uphold.threats.judge import Finding, State
from uphold.threats.stored import Standing

NOW = 1_790_000_000_000


@pytest.fixture
def here(tmp_path: Path) -> Iterator[App]:
    """A whole site, closed in the end."""
    opened = site.build(tmp_path)
    yield opened
    opened.close()


def standing(state: State, severity: int, since: int) -> Standing:
    return Standing("rule@site", "rule", "site", state, severity, since, since)


def test_a_site_without_evidence_is_seen_so(here: App) -> None:
    with here.database.read() as connection:
        found = evaluated.look(connection, here.modelled(), here.log.verifier, NOW)
        told = [
            evaluated.told(connection, here.modelled(), here.log.verifier, NOW, kind)
            for kind in (Kind.EVALUATION, Kind.THREATS)
        ]
    assert set(found.seen.states) == set(measure.catalogue())
    assert (found.seen.level, found.people, found.category) == (4, "few", "other")
    assert found.seen.rules[0] == 0
    assert told[0]["edition"] == here.shelf.in_force().number
    assert told[0]["origin"] == here.settings.origin
    states = [{one["state"] for one in said["threats"]} for said in told]
    assert states[0] == {"open"} <= states[1]
    assert len(told[0]["threats"]) <= len(told[1]["threats"]) == len(found.seen.findings)


def test_before_a_policy_is_in_force_there_is_nothing_to_state(here: App) -> None:
    bare = replace(here.modelled(), edition=None)
    with here.database.read() as connection, pytest.raises(errors.Missing, match="in force"):
        evaluated.told(connection, bare, here.log.verifier, NOW, Kind.THREATS)


def test_the_score_is_that_of_the_sabotages_there_are() -> None:
    assert evaluated.score() == (len(table.SABOTAGES), len(table.SABOTAGES))


def test_attacks_on_rules_are_counted_by_their_probes() -> None:
    mine = [one for one in probes.PROBES if one.id.startswith(evaluated.DETECTED)]
    assert evaluated.noticed({}) == (0, len(mine))


def test_open_threats_are_told_by_severity_and_age() -> None:
    findings = [
        Finding(str(number), "r", "site", state, severity, (), ())
        for number, (state, severity) in enumerate(
            [(State.OPEN, 3), (State.OPEN, 5), (State.OPEN, 3), (State.ACCEPTED, 5)]
        )
    ]
    known = {"0": standing(State.OPEN, 3, 5), "1": standing(State.MITIGATED, 5, 2)}
    found = evaluated.aged(findings, known, 9)
    # One was held until now, one is not on record yet.
    assert found == ((5, 1, 9), (3, 2, 5))
    assert evaluated.aged([], known, 9) == ()
