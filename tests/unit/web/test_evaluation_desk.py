# SPDX-License-Identifier: Apache-2.0
"""Statements at the console: made from the evidence of now, signed after a fresh proof, taken home as paper."""

import json
from collections.abc import Iterator

import pytest

from tests import cast, site, visitor
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.app import App
from uphold.assurance import duty, statement
from uphold.assurance.statement import Kind
from uphold.journal import entry
from uphold.law import harm

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")

AT = "/console/proof/evaluation"
NO = {one.id: "no" for one in harm.grounds()}


@pytest.fixture
def owner(here: App) -> Iterator[Visitor]:
    visitor.employ(here, cast.owner)
    with visitor.visiting(here) as who:
        assert who.sign_in(cast.owner).status == 303
        yield who


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def newest(app: App, kind: Kind) -> statement.Statement:
    with app.database.read() as connection:
        made = statement.newest(connection, kind)
    assert made is not None
    return made


def test_an_evaluation_is_made_signed_and_attests_the_duty_of_its_clause(owner: Visitor) -> None:
    app = owner.app
    page = owner.get(AT).html
    assert page.count("never signed") == 3
    assert owner.act(f"{AT}/make/evaluation").status == 303
    made = newest(app, Kind.EVALUATION)
    # No probe has run here, so nothing is shown of any measure.
    assert made.told["outcome"] == "remarks"
    assert {one["status"] for one in made.told["measures"]} == {"not-shown"}
    assert owner.act(f"{AT}/{made.number}/sign").status == 303
    edition = app.shelf.in_force()
    with app.database.read() as connection:
        attested = duty.newest(connection, edition, (edition,))
    assert set(statement.clauses(edition, Kind.EVALUATION)) == {"4.2.2"} <= set(attested)
    assert kinds(app)[-2:] == ["statement.signed", "duty.attested"]
    page = owner.get(AT).html
    assert page.count("never signed") == 2
    assert f"{AT}/{made.number}/sign" not in page
    assert owner.act(f"{AT}/{made.number}/sign").status == 409


def test_a_statement_is_taken_as_paper_and_as_data(owner: Visitor) -> None:
    owner.act(f"{AT}/make/threats")
    made = newest(owner.app, Kind.THREATS)
    for language in ("en", "ru"):
        paper = owner.get(f"{AT}/{made.number}/{language}/pdf")
        assert paper.status == 200
        assert paper.body.startswith(b"%PDF")
    told = json.loads(owner.get(f"{AT}/{made.number}/en/json").body)
    assert told["digest"] == made.digest
    for wrong in (f"{made.number}/en/exe", f"{made.number}/xx/pdf", "77/en/pdf", "x/en/pdf"):
        assert owner.get(f"{AT}/{wrong}").status == 404
    assert owner.act(f"{AT}/make/weather").status == 404


def test_harm_is_proposed_and_each_ground_is_answered(owner: Visitor) -> None:
    page = owner.get(f"{AT}/harm").html
    # The example's forms take a consent by a tick, and ask no special category.
    assert 'id="consent-unidentified-yes" value="yes" checked' in page
    assert 'id="special-no" value="no" checked' in page
    assert 'id="minors-no" value="no" checked' not in page
    answer = owner.act(f"{AT}/harm", **{**NO, "minors": ""})
    assert answer.status == 422
    assert answer.html.count('class="error"') == 1
    assert owner.act(f"{AT}/harm", **{**NO, "consent-unidentified": "yes"}).status == 303
    made = newest(owner.app, Kind.HARM)
    assert made.told["degree"] == "medium"
    assert made.told["answers"]["consent-unidentified"] is True


def test_what_is_not_signed_alarms_once_people_have_written(owner: Visitor) -> None:
    said, app = "not signed, or", owner.app
    assert said not in owner.get("/console").html
    site.submit(app)
    assert said in owner.get("/console").html
    owner.act(f"{AT}/harm", **NO)
    for kind in (Kind.EVALUATION, Kind.THREATS):
        owner.act(f"{AT}/make/{kind}")
    for kind in Kind:
        assert said in owner.get("/console").html
        owner.act(f"{AT}/{newest(app, kind).number}/sign")
    assert said not in owner.get("/console").html


def test_who_only_looks_makes_and_signs_nothing(here: App) -> None:
    visitor.employ(here, cast.auditor)
    with visitor.visiting(here) as who:
        assert who.sign_in(cast.auditor).status == 303
        page = who.get(AT).html
        assert "/make/" not in page
        assert who.get(f"{AT}/harm").status == 404
